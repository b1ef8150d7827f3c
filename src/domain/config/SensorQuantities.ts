/**
 * The quantities of a sensor in a device's file: `temperature` and `humidity` have keys of their own, all others are in
 * `quantities`.
 */
import * as ConfigFault from "./ConfigFault.ts"
import type { Issue } from "./ConfigFault.ts"
import type { QuantityFile, Values } from "./ConfigFile.ts"
import * as ConfigTable from "./ConfigTable.ts"
import type { Quantity, SensorConfig } from "./DeviceConfigFields.ts"
import * as DriverLookup from "./DriverLookup.ts"
import { quote } from "../bytes/Text.ts"

/** What every sensor's message has a place for. */
const usual = ["temperature", "humidity"]

/** Names that the messages and events of a reading have for something else. */
const taken = ["temperature", "humidity", "data", "unit", "uptime", "time", "sensor", "_tag", "__proto__"]

export interface Entry {
  /** The keys of the file, of which `temperature` and `humidity` are always filled in. */
  readonly keys: ReadonlyArray<string>
  readonly quantities: ReadonlyArray<Quantity>
}

/** How a value that was measured becomes the one that is published, if not as it is. */
type Calibration = Pick<
  QuantityFile,
  "decimals" | "offset" | "scale" | "measuredLow" | "trueLow" | "measuredHigh" | "trueHigh"
>

export const isAsMeasured = ({ decimals, measuredLow, offset, scale }: Calibration): boolean =>
  decimals === undefined && offset === undefined && scale === undefined && measuredLow === undefined

/** The settings of a quantity, which for temperature and humidity are elsewhere. */
export const settingsOf = (
  { humidity, temperature }: Pick<SensorConfig, "temperature" | "humidity">,
  quantity: Quantity
): Omit<QuantityFile, "unit"> =>
  quantity.key === "temperature" ? temperature : quantity.key === "humidity" ? humidity : quantity

const nameFix = "letters, digits and _, and none of temperature, humidity, data, unit, uptime, time, sensor"

/** Issues are those of one mistake each: two points are both given, and differ. */
export const calibrationRules = (field: string, found: Values<Calibration>, issues: Array<Issue>): void => {
  const { measuredHigh, measuredLow, offset, scale, trueHigh, trueLow } = found
  const given = [measuredLow, trueLow, measuredHigh, trueHigh].filter((value) => value !== undefined).length
  if (given === 0) return
  const refuse = (key: string, fix: string, problem: string) =>
    void issues.push({ field: field + "." + key, fix, problem })
  if (given < 4) {
    refuse("measured_low", "given together with true_low, measured_high and true_high", "is one of " + given)
  } else if (measuredLow === measuredHigh) {
    refuse("measured_high", "another value than measured_low", "is " + measuredHigh)
  } else if (offset !== undefined || scale !== undefined) {
    refuse("measured_low", "given without offset and scale", "is given")
  }
}

const isName = (name: string): boolean => {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    const isLetter = code > 96 && code < 123 || code > 64 && code < 91 || code === 95
    if (!isLetter && !(i > 0 && code > 47 && code < 58)) return false
  }
  return name !== "" && name.length <= 32 && taken.indexOf(name) < 0
}

/** Rules for what `read` has found. */
export const rules = ({ quantities }: Entry, path: string, issues: Array<Issue>): void => {
  for (const quantity of quantities) {
    const { key } = quantity
    const field = path + ".quantities." + key
    if (!isName(key)) issues.push({ field, fix: nameFix, problem: "is " + quote(key.slice(0, 40)) })
    calibrationRules(field, quantity, issues)
  }
}

/** The sensor's entry in the file, as far as its quantities are concerned. `path` is its place. */
export const read = (input: unknown, path: string, report: ConfigTable.Report): Entry => {
  const quantities: Array<Quantity> = []
  if (!ConfigTable.isObject(input)) return { keys: [], quantities }
  const given = input["quantities"]
  if (given !== undefined && !ConfigTable.isObject(given)) {
    report.issues.push(ConfigFault.notAnObject(path + ".quantities", given))
  }
  if (ConfigTable.isObject(given)) {
    for (const key of Object.keys(given)) {
      const field = path + ".quantities." + key
      const found = ConfigTable.read<QuantityFile>(ConfigTable.quantityRows, given[key], field, report)
      quantities.push({ ...found as QuantityFile, key })
    }
  }
  return { keys: Object.keys(input), quantities }
}

/** The list in a sensor's configuration; undefined: temperature and humidity, as they are measured. */
export const listOf = (
  driver: string,
  key: string,
  sensor: Pick<SensorConfig, "temperature" | "humidity">,
  { keys, quantities }: Entry
): ReadonlyArray<Quantity> | undefined => {
  const gives = DriverLookup.givesOf(driver, key)
  const known = gives === undefined ? usual.filter((name) => keys.indexOf(name) >= 0)
    : quantities.length > 0 && DriverLookup.isNamed(driver) ? [] : gives
  const isUsual = gives !== undefined && quantities.length === 0 && known.join() === usual.join()
  if (isUsual && isAsMeasured(sensor.temperature) && isAsMeasured(sensor.humidity)) return undefined
  const list: Array<Quantity> = []
  for (const name of known) list.push(quantities.filter((each) => each.key === name)[0] ?? { key: name })
  for (const quantity of quantities) if (known.indexOf(quantity.key) < 0) list.push(quantity)
  return list
}
