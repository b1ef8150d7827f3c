/**
 * Replaces domain/config/SensorRows for a board with the usual sensors only: of what else an update may ask for, it
 * knows enough to refuse it (`Ability`).
 */
import type { Rows } from "../../../domain/config/ConfigRow.ts"
import { limitRows as usualRows } from "../../../domain/config/SensorRows.ts"

export const limitRows = usualRows

export const calibrationRows = [() =>
  [
    ["decimals", "decimals", "number", undefined],
    ["offset", "offset", "number", undefined],
    ["scale", "scale", "number", undefined],
    ["measured_low", "measuredLow", "number", undefined]
  ] as const] as const satisfies Rows

export const quantityRows = [] as const

export const driverRows = [() =>
  [
    ["quantities", "quantities", "parts", undefined, quantityRows],
    ["driver", "driver", "level", undefined]
  ] as const] as const satisfies Rows
