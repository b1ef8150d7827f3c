/**
 * What a device has used in some time, counted in things that each cost charge: boots, joins, milliseconds asleep.
 *
 * Charge is proportional to these amounts, so a life is simulated once, and its charge can be calculated many times.
 * `failed` was used by tries that failed, `served` by everything else.
 */

export const drivers = [
  /** Wakes; those without the radio, and those with it. */
  "wakes",
  "quietWakes",
  "radioWakes",
  /** Sensors read; and those read while the device waited for nothing else. */
  "sensings",
  "quietSensings",
  /** Networks joined, and milliseconds of searching that found no network. */
  "joins",
  "searching",
  "handshakes",
  /** Milliseconds online: with traffic, and without traffic, when the radio sleeps between beacons. */
  "active",
  "idle",
  /** Frames sent, an estimate from the bytes. */
  "packets",
  /** Tries that delivered, the messages that they delivered, tries after the first in a wake. */
  "visits",
  "messages",
  "retries",
  /** Writes to flash. */
  "writes",
  /** Milliseconds. */
  "asleep"
] as const

export type Driver = (typeof drivers)[number]

export type Amounts = Record<Driver, number>

export interface Usage {
  readonly served: Amounts
  readonly failed: Amounts
}

export const none = (): Amounts => Object.fromEntries(drivers.map((driver) => [driver, 0])) as Amounts

export const empty = (): Usage => ({ served: none(), failed: none() })

/** Adds `amounts` to `to`, and sets them to zero. */
export const move = (amounts: Amounts, to: Amounts): void => {
  for (const driver of drivers) {
    to[driver] += amounts[driver]
    amounts[driver] = 0
  }
}

const combine = (a: Amounts, b: Amounts, f: (a: number, b: number, driver: Driver) => number): Amounts => {
  const combined = none()
  for (const driver of drivers) combined[driver] = f(a[driver], b[driver], driver)
  return combined
}

const zip = (a: Usage, b: Usage, f: (a: number, b: number, driver: Driver) => number): Usage => ({
  served: combine(a.served, b.served, f),
  failed: combine(a.failed, b.failed, f)
})

export const plus = (a: Amounts, b: Amounts): Amounts => combine(a, b, (x, y) => x + y)

/** What was used between two counts of the same life. */
export const difference = (later: Usage, earlier: Usage): Usage => zip(later, earlier, (a, b) => a - b)

/** The same with each amount changed. */
export const map = (usage: Usage, f: (amount: number, driver: Driver) => number): Usage =>
  zip(usage, usage, (amount, _, driver) => f(amount, driver))
