/** The rows of ConfigTable for what a sensor measures and how it is connected. */
import type { Rows } from "./ConfigRow.ts"

/** JavaScript of an owner, for one sensor. */
const codeBytes = 4000

/** Degrees, or percent: temperature and humidity have no value beyond it. */
const beyond = 1000
/** Nor any other quantity beyond this. */
const far = 1e9

export const limitRows = [() =>
  [
    ["change", "change", "above", undefined, 0, beyond],
    ["above", "above", "number", undefined, -beyond, beyond],
    ["below", "below", "number", undefined, -beyond, beyond],
    ["hysteresis", "hysteresis", "number", undefined, 0, beyond]
  ] as const] as const satisfies Rows

/** How a value that was measured becomes the one that is published. */
export const calibrationRows = [() =>
  [
    ["decimals", "decimals", "whole", undefined, 0, 6],
    ["offset", "offset", "number", undefined, -far, far],
    ["scale", "scale", "number", undefined, -far, far],
    ["measured_low", "measuredLow", "number", undefined, -far, far],
    ["true_low", "trueLow", "number", undefined, -far, far],
    ["measured_high", "measuredHigh", "number", undefined, -far, far],
    ["true_high", "trueHigh", "number", undefined, -far, far],
    ["device_class", "deviceClass", "text", undefined, 0, 64]
  ] as const] as const satisfies Rows

/** Each quantity of a sensor but temperature and humidity. */
export const quantityRows = [() =>
  [
    ["name", "name", "text", undefined],
    ["unit", "unit", "text", undefined],
    ["change", "change", "above", undefined, 0, far],
    ["above", "above", "number", undefined, -far, far],
    ["below", "below", "number", undefined, -far, far],
    ["hysteresis", "hysteresis", "number", undefined, 0, far]
  ] as const, calibrationRows[0]] as const satisfies Rows

/** What only some drivers ask for. */
export const driverRows = [() =>
  [
    ["driver", "driver", "level", undefined],
    ["scl", "scl", "whole", undefined, 0],
    ["sck", "sck", "whole", undefined, 0],
    ["miso", "miso", "whole", undefined, 0],
    ["echo", "echo", "whole", undefined, 0],
    ["address", "address", "whole", undefined, 1, 127],
    ["device", "device", "text", undefined, 0, 32],
    ["bus", "bus", ["none", "pin", "adc", "i2c", "onewire", "spi"], undefined],
    ["module", "module", "level", undefined],
    ["connect", "connect", "text", undefined, 0, codeBytes],
    ["read", "read", "text", undefined, 0, codeBytes],
    ["wait", "wait", "number", undefined, 0, 4],
    ["script", "script", "text", undefined, 0, codeBytes],
    ["command", "command", "text", undefined, 0, codeBytes],
    // Last, because it is read after all others.
    ["quantities", "quantities", "parts", undefined, quantityRows]
  ] as const] as const satisfies Rows
