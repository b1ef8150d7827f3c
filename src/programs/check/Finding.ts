/**
 * The findings about a device's file, each with its place.
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as BoardRules from "../../domain/config/BoardRules.ts"
import * as ConfigTable from "../../domain/config/ConfigTable.ts"
import * as DeviceConfig from "../../domain/config/DeviceConfig.ts"
import * as DriverLookup from "../../domain/config/DriverLookup.ts"
import type { BoardName } from "../../domain/energy/boards.ts"
import * as Json from "../../domain/bytes/Json.ts"
import { syntaxFault } from "../dormouse/JsonScan.ts"
import { pemKeys, pemText, withoutSchema } from "../dormouse/loadConfig.ts"
import { battery } from "./battery.ts"
import * as hardware from "./hardware.ts"
import * as network from "./network.ts"
import * as Places from "./Places.ts"
import type { Remark } from "./Remark.ts"
import { scripts } from "./scripts.ts"
import { sending } from "./sending.ts"
import { sensors } from "./sensors.ts"
import { texts } from "./texts.ts"
import { publishing } from "./publishing.ts"
import * as topics from "./topics.ts"
import { nearest, unknownKeys } from "./unknownKeys.ts"
import { outbox } from "./outbox.ts"
import { wakePin } from "./wakePin.ts"
import { wakeTime } from "./wakeTime.ts"

export interface Finding {
  readonly place: Places.Place
  /** An error refuses the file; a warning is about something strange but harmless. */
  readonly severity: "error" | "warning"
  /** What is wrong and what would be right. Never holds a password. */
  readonly message: string
  /**
   * A board could not work with it, but a run on this machine may: an error if the file is checked for a board, else a
   * warning.
   */
  readonly failsOnBoard?: boolean
}

/** In the form of compilers and editors: `file:line:column: severity: message`. */
export const lineOf = (file: string, { message, place, severity }: Finding, shown: string = severity): string =>
  `${file}:${place.line}:${place.column}: ${shown}: ${message}`

export interface Findings {
  readonly findings: ReadonlyArray<Finding>
  /** The configuration, when there is no error. */
  readonly config: DeviceConfig.DeviceConfig | undefined
}

type Document = { readonly [key: string]: unknown }

const only = (place: Places.Place, message: string): Findings => ({
  findings: [{ place, severity: "error", message }],
  config: undefined
})

/** What people who know JavaScript write into JSON, by the message of the scan. */
const hints: ReadonlyArray<readonly [saying: RegExp, before: RegExp, hint: string]> = [
  [/there is "[}\]]"/, /,\s*$/, "the comma before it must be removed"],
  [/there is "\/"/, /(?:)/, "JSON has no comments"],
  [/there is "'"/, /(?:)/, "texts need double quotes"],
  [/a comma or .* there is "\\""/, /(?:)/, "a comma is missing before it"]
]

const syntax = (text: string): Findings => {
  const { column, line, problem } = syntaxFault(text)
  const before = text.split("\n").slice(0, line).join("\n")
  const upTo = before.slice(0, before.lastIndexOf("\n") + column)
  const hint = hints.find(([saying, ends]) => saying.test(problem) && ends.test(upTo))
  return only({ line, column }, problem + (hint === undefined ? "" : ": " + hint[2]))
}

const inside = (value: unknown): Document => ConfigTable.isObject(value) ? value : {}

const driversOf = (document: Document): ReadonlyArray<unknown> =>
  Object.entries(inside(document["sensors"])).map(([key, sensor]) => inside(sensor)["driver"] ?? key)

/** A board runs no program: a device of nothing but commands is for a machine, and what a board cannot do is no concern. */
const isForMachine = (document: Document): boolean => {
  const drivers = driversOf(document)
  return drivers.length > 0 && drivers.every((driver) => driver === "command")
}

/** A machine without pins can read something of it. */
const isReadHere = (document: Document): boolean =>
  driversOf(document).some((driver) => driver === "command" || driver === "script" || driver === "simulated")

/** What is missing, or has no driver. */
const gaps = (document: Document, places: Places.Places): ReadonlyArray<Finding> => {
  const { credentials, mqtt, network, sensors: given } = document
  const found: Array<Finding> = []
  const warn = (place: Places.Place, message: string, failsOnBoard = false) =>
    found.push({ place, severity: "warning", message, failsOnBoard })
  if (!ConfigTable.isObject(mqtt) || mqtt["enabled"] === undefined) {
    warn(places.of("mqtt.enabled"), "mqtt.enabled is missing and so false: the device measures and publishes nothing")
  }
  const isOn = ConfigTable.isObject(mqtt) && mqtt["enabled"] === true
  if (isOn && mqtt["client_id"] === undefined) {
    warn(places.of("mqtt.client_id"),
      "mqtt.client_id is missing and so esp_sensor: a second device with that name would disconnect this one; \"{device_id}\" takes the device's")
  }
  if (network === undefined && credentials !== true) {
    warn(places.of("network"), "network is missing: a board will join none" +
      (isReadHere(document) ? " (a run on this machine needs none)" : ""), isOn)
  }
  const keys = Object.keys(inside(given))
  if (keys.length === 0) warn(places.of("sensors"), "sensors is missing or empty: there is nothing to measure")
  for (const key of keys) {
    const { driver = key } = inside(inside(given)[key])
    if (typeof driver !== "string" || DriverLookup.isDriver(driver)) continue
    const meant = nearest(driver, DriverLookup.names)
    const is = "sensors." + key + (driver === key ? "" : " is a " + driver + ", which") + " has no driver on a board"
    warn(places.ofKey("sensors." + key),
      is + (meant === undefined ? ": docs/sensors.md lists those that there are" : "; did you mean " + meant + "?"),
      true)
  }
  return found
}

const toFinding = (places: Places.Places) => ({ fails, message, path }: Remark): Finding => ({
  place: places.of(path),
  severity: fails === "check" ? "error" : "warning",
  message,
  failsOnBoard: fails === "board"
})

/** Values that are each allowed, but not together. Only for a configuration without errors. */
const surprises = (
  config: DeviceConfig.DeviceConfig,
  document: Document,
  places: Places.Places,
  board: BoardName | undefined
): ReadonlyArray<Finding> => {
  const [mqtt, given] = [inside(document["mqtt"]), inside(document["sensors"])]
  const remarks = [
    ...hardware.pins(config, board),
    ...sensors(config),
    ...network.network(config, document, mqtt),
    ...topics.braces(mqtt),
    ...topics.shared(config, document, mqtt, given),
    ...topics.confused(config),
    ...publishing(config),
    ...texts(config),
    ...wakeTime(config),
    ...sending(config),
    ...battery(config),
    ...wakePin(config, board),
    ...outbox(config)
  ]
  return remarks.map(toFinding(places))
}

const warnings = (document: Document, places: Places.Places): ReadonlyArray<Finding> => [
  ...places.repeated.map(({ path, place }): Finding => ({
    place,
    severity: "warning",
    message: path + " is given twice: the last one counts"
  })),
  ...unknownKeys(document).map(({ meant, path }): Finding => ({
    place: places.ofKey(path),
    severity: "warning",
    message: path + " is not a key of the configuration and is ignored" +
      (meant === undefined ? "" : "; did you mean " + meant + "?")
  })),
  ...gaps(document, places)
]

/** The certificates of the file, and what is wrong with those that it names. */
const certificates = (mqtt: unknown, path: string, places: Places.Places) =>
  Effect.gen(function*() {
    const found: Array<Finding> = []
    const texts: { [key: string]: string } = {}
    if (!ConfigTable.isObject(mqtt)) return { found, texts }
    for (const key of pemKeys) {
      const value = mqtt[key]
      if (typeof value !== "string") continue
      const text = yield* Effect.result(pemText(path, key, value))
      if (Result.isSuccess(text)) texts[key] = text.success
      else found.push({ place: places.of("mqtt." + key), severity: "error", message: text.failure.message })
    }
    return { found, texts }
  })

/** The warnings of the check except unknown keys, for which there is a better message here. */
const others = (said: ReadonlyArray<string>, places: Places.Places): ReadonlyArray<Finding> =>
  said.filter((warning) => !warning.endsWith(" is not a key of the configuration and is ignored"))
    .map((message): Finding => ({ place: places.ofKey(message.split(" ")[0] as string), severity: "warning", message }))

const inOrder = (one: Finding, other: Finding): number =>
  one.place.line - other.place.line || one.place.column - other.place.column

/**
 * What an ESP32 with Espruino cannot do. A missing driver is a finding of its own, with the place of the key and a
 * guess.
 */
const boardFaults = (config: DeviceConfig.DeviceConfig) =>
  BoardRules.faults(config).filter(({ problem }) => problem !== BoardRules.noDriver)

/**
 * Checks `text`, decoded (`loadConfig`), as the content of the file at `path`; files that it names are searched beside
 * it. With a board its pins are checked. `isBoard`: the file is for a board, so what an ESP32 with Espruino cannot do
 * is an error.
 */
export const judge = (
  text: string,
  path: string,
  board?: BoardName,
  isBoard = board !== undefined
): Effect.Effect<Findings, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const parsed = Result.try((): unknown => Json.parse(text))
    if (Result.isFailure(parsed)) return syntax(text)
    const value = parsed.success
    if (!ConfigTable.isObject(value)) {return only({ line: 1, column: 1 },
        "a configuration must be a JSON object, { ... }, but this is another value")}
    const places = Places.find(text)
    const document = withoutSchema(value)
    const { mqtt, sensors: given } = document
    const ofScripts = (yield* scripts(given, path)).map(toFinding(places))
    const { found, texts } = yield* certificates(mqtt, path, places)
    const checked = DeviceConfig.check(
      ConfigTable.isObject(mqtt) ? { ...document, mqtt: { ...mqtt, ...texts } } : document
    )
    const issues = Result.isSuccess(checked) ? (isBoard ? boardFaults(checked.success.config) : [])
      : checked.failure.issues
    const errors = issues.map(({ field, fix, problem }): Finding => ({
      place: places.of(field),
      severity: "error",
      message: field + " must be " + fix + ", but " + problem
    }))
    const more = Result.isSuccess(checked)
      ? [...others(checked.success.warnings, places), ...surprises(checked.success.config, document, places, board)]
      : []
    const judged = (finding: Finding): Finding =>
      isBoard && finding.failsOnBoard === true ? { ...finding, severity: "error" } : finding
    const findings = [...found, ...ofScripts, ...errors, ...warnings(document, places), ...more].map(judged).sort(
      inOrder
    ).filter(({ failsOnBoard = false }) => isBoard || !failsOnBoard || !isForMachine(document))
    const isRefused = findings.some(({ severity }) => severity === "error")
    return { findings, config: Result.isSuccess(checked) && !isRefused ? checked.success.config : undefined }
  })
