/** What a row of the table of drivers says (`drivers`), and the figures that most rows share. */

/**
 * How a sensor is wired. `i2c`: SDA is at `pin`, and SCL at `scl` or at the next pin. `spi`: `pin` selects the chip,
 * the clock is at `sck`, its data at `miso`.
 */
export type Bus = "none" | "pin" | "adc" | "i2c" | "onewire" | "spi"

/** The value, the range in which it may be, and the source. */
export type Range = readonly [value: number, low: number, high: number, source: string]

export interface DriverRow {
  /** For people. */
  readonly title: string
  readonly description: string
  readonly bus: Bus
  /** Espruino's module, which must be in the board's Storage; undefined: the interpreter itself is enough. */
  readonly module?: string
  readonly connect?: string
  /** Milliseconds between `connect` and `read`. */
  readonly wait?: number
  readonly read: string
  /** The quantities, in the order of the JSON. `read` names them. */
  readonly gives: ReadonlyArray<string>
  /** Those that it also gives if the file names them. */
  readonly also?: ReadonlyArray<string>
  /** It gives one quantity, and the file may say which. */
  readonly isNamed?: true
  /** It counts from the start of the program, and not while the board sleeps: what it gives never falls but at a start. */
  readonly counts?: true
  /** Milliseconds until it has measured; milliamperes meanwhile; milliamperes all the time. */
  readonly time: Range
  readonly current: Range
  readonly standby: Range
}

export const sheet = (chip: string): string => chip + " data sheet"
export const nothing: Range = [0, 0, 0, "no sensor"]

/** A sensor on I2C that is only powered: milliseconds, milliamperes, milliamperes asleep. */
export const figures = (
  chip: string,
  time: readonly [number, number, number],
  current: readonly [number, number, number],
  standby: readonly [number, number, number]
): Pick<DriverRow, "time" | "current" | "standby"> => ({
  time: [...time, sheet(chip) + ", one measurement"],
  current: [...current, sheet(chip) + ", measuring"],
  standby: [...standby, sheet(chip) + ", standby; breakout boards add their regulator's current"]
})
