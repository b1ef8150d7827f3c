/**
 * Replaces domain/config/SensorQuantities for a board whose sensors give temperature and humidity as they are measured:
 * a sensor of an update that gives something else has an empty list, and is refused (`Ability`).
 */
import * as ConfigTable from "../../../domain/config/ConfigTable.ts"
import type * as Original from "../../../domain/config/SensorQuantities.ts"

export const calibrationRules: typeof Original.calibrationRules = () => {}

export const rules: typeof Original.rules = () => {}

export const read: typeof Original.read = (input) => {
  const isGiven = ConfigTable.isObject(input) && input["quantities"] !== undefined
  return { keys: [], quantities: isGiven ? [{ key: "" }] : [] }
}

export const listOf: typeof Original.listOf = (_driver, _key, { humidity, temperature }, { quantities }) => {
  const isAsMeasured = quantities.length === 0 &&
    [temperature, humidity].every((each) =>
      each.decimals === undefined && each.offset === undefined && each.scale === undefined &&
      each.measuredLow === undefined
    )
  return isAsMeasured ? undefined : []
}
