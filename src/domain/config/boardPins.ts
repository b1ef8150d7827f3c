/**
 * The pins of the chips on the boards of the energy model: which exist, which are taken, which can only read, and which
 * decide at a start how the chip boots. For Node: a board carries none of it.
 *
 * From the chips' data sheets: ESP32 series v4.6, ESP32-C3 series v1.8, ESP32-S3 series v1.8, sections "pin overview", "ADC"
 * and "strapping pins".
 */

/** Numbers of GPIOs. */
export interface Pins {
  readonly chip: string
  readonly all: ReadonlyArray<number>
  /** The program is read from flash through them. */
  readonly flash: ReadonlyArray<number>
  /** They have no output. */
  readonly inputOnly: ReadonlyArray<number>
  /** Their level at a start decides how the chip boots. */
  readonly strapping: ReadonlyArray<number>
  /** Measured at with the converter that works at any time (ADC1), and with the one that works while the radio is off. */
  readonly analog: ReadonlyArray<number>
  readonly analogWithoutRadio: ReadonlyArray<number>
  /** They can end deep sleep by Espruino's `deepSleepExt0`. */
  readonly waking: ReadonlyArray<number>
  /** The console, through which a board is flashed and monitored. */
  readonly console: ReadonlyArray<number>
}

const span = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

const esp32: Pins = {
  chip: "ESP32",
  all: [...span(0, 19), ...span(21, 23), ...span(25, 27), ...span(32, 39)],
  flash: span(6, 11),
  inputOnly: span(34, 39),
  strapping: [0, 2, 5, 12, 15],
  analog: span(32, 39),
  waking: [0, 2, 4, ...span(12, 15), ...span(25, 27), ...span(32, 39)],
  analogWithoutRadio: [0, 2, 4, ...span(12, 15), ...span(25, 27)],
  console: [1, 3]
}

const esp32c3: Pins = {
  chip: "ESP32-C3",
  all: span(0, 21),
  flash: span(11, 17),
  inputOnly: [],
  strapping: [2, 8, 9],
  analog: span(0, 4),
  waking: [],
  analogWithoutRadio: [5],
  console: [18, 19, 20, 21]
}

const esp32s3: Pins = {
  chip: "ESP32-S3",
  all: [...span(0, 21), ...span(26, 48)],
  flash: span(26, 32),
  inputOnly: [],
  strapping: [0, 3, 45, 46],
  analog: span(1, 10),
  waking: span(0, 21),
  analogWithoutRadio: span(11, 20),
  console: [19, 20, 43, 44]
}

/**
 * The boards by name. A board of the energy model without pins does not compile, nor a board here without figures
 * there.
 */
export const pinsOf = {
  "esp32-firebeetle": esp32,
  "esp32-lolin32": esp32,
  "esp32-nodemcu": esp32,
  "esp32-c3": esp32c3,
  "esp32-s3": esp32s3
} as const satisfies Readonly<Record<string, Pins>>

export type BoardName = keyof typeof pinsOf

/** Each chip once. */
export const chips: ReadonlyArray<Pins> = [esp32, esp32c3, esp32s3]
