/**
 * The energy model: the cost of each thing that a device does, in millicoulombs (milliampere times second).
 *
 * The model is a table of parts: the amount of a driver, times a charge that follows from the figures. Everything else
 * is a sum.
 *
 * A result has a range: each figure alone is moved to the ends of its range, and the effects are combined as those of
 * independent figures, by the root of the sum of the squares of their logarithms.
 */
import { type Figures, type Name, names, type Values, values } from "./Figures.ts"
import type { Joining, Setup } from "./Setup.ts"
import type { Amounts, Driver, Usage } from "./Usage.ts"

export type Cause = "radio" | "failed tries" | "processor" | "sensor" | "deep sleep"

export const causes: ReadonlyArray<Cause> = ["radio", "failed tries", "processor", "sensor", "deep sleep"]

export interface Part {
  readonly phase: string
  /** Unless it was used by a failed try. */
  readonly cause: Cause
  readonly driver: Driver
  /** Millicoulombs for one unit of the driver. */
  readonly charge: (v: Values, joining: Joining) => number
}

const part = (cause: Cause, phase: string, driver: Driver, charge: Part["charge"]): Part => ({
  phase,
  cause,
  driver,
  charge
})

/** From milliamperes and milliseconds to millicoulombs. */
const during = (current: number, millis: number): number => current * millis / 1_000

const working = (current: number, work: number, v: Values): number => current * work / v.interpreterSpeed

export const phases = {
  boot: "boot: chip and firmware",
  work: "interpreter and program",
  sensor: "sensor",
  find: "finding the network",
  key: "key and association",
  address: "address by DHCP",
  vain: "search that finds no network",
  tls: "TLS handshake",
  talk: "connection, with traffic",
  wait: "connection, waiting",
  send: "sending",
  flash: "writing to flash",
  sleep: "deep sleep"
} as const

export const parts: ReadonlyArray<Part> = [
  part("processor", phases.boot, "wakes",
    (v) => during(v.bootCurrent, v.bootTime) + during(v.waitCurrent, v.startTime)),
  part("processor", phases.work, "quietWakes", (v) => working(v.processorCurrent, v.wakeWork, v)),
  part("processor", phases.work, "radioWakes", (v) => working(v.processorCurrent, v.startWork, v)),
  part("sensor", phases.sensor, "sensings", (v) => during(v.sensorCurrent, v.sensorTime)),
  part("sensor", phases.sensor, "quietSensings", (v) => during(v.waitCurrent, v.sensorTime)),
  part("radio", phases.find, "radioWakes", (v) => during(v.radioCurrent, v.radioStartTime)),
  part("radio", phases.find, "joins",
    (v, { channel }) => during(v.radioCurrent, channel === "scan" ? v.scanTime : v.knownChannelTime)),
  part("radio", phases.key, "joins", (v) => during(v.radioCurrent, v.keyTime + v.associationTime)),
  // Half of the time listening, half of it between beacons.
  part("radio", phases.address, "joins",
    (v, { address }) => address === "fixed" ? 0 : during((v.radioCurrent + v.idleCurrent) / 2, v.addressTime)),
  part("radio", phases.vain, "searching", (v) => during(v.radioCurrent, 1)),
  part("radio", phases.tls, "handshakes", (v) => during(v.radioCurrent, v.tlsTime)),
  part("radio", phases.talk, "active", (v) => during(v.radioCurrent, 1)),
  part("radio", phases.wait, "idle", (v) => during(v.idleCurrent, 1)),
  part("radio", phases.send, "packets", (v) => during(Math.max(0, v.transmitCurrent - v.radioCurrent), v.packetTime)),
  // The radio stays on while the interpreter works online.
  part("radio", phases.work, "visits", (v) => working(v.radioCurrent, v.visitWork, v)),
  part("radio", phases.work, "messages", (v) => working(v.radioCurrent, v.messageWork, v)),
  part("radio", phases.work, "retries", (v) => working(v.radioCurrent, v.tryWork, v)),
  part("processor", phases.flash, "writes", (v) => during(v.processorCurrent + v.flashCurrent, v.flashTime)),
  part("deep sleep", phases.sleep, "asleep", (v) => during(v.sleepCurrent, 1)),
  part("sensor", phases.sensor, "asleep", (v) => during(v.sensorStandbyCurrent, 1))
]

const priced = (amounts: Amounts, v: Values, joining: Joining): number =>
  parts.reduce((sum, { charge, driver }) => amounts[driver] === 0 ? sum : sum + amounts[driver] * charge(v, joining), 0)

/** All charge, in millicoulombs. */
export const total = ({ failed, served }: Usage, v: Values, joining: Joining): number =>
  priced(served, v, joining) + priced(failed, v, joining)

/** A sum split by cause or by phase; millicoulombs. The parts add up to the whole. */
export const split = <Key extends string>(
  usage: Usage,
  { figures, joining }: Setup,
  key: (part: Part, failed: boolean) => Key
): ReadonlyMap<Key, number> => {
  const v = values(figures)
  const sums = new Map<Key, number>()
  const add = (amounts: Amounts, failed: boolean) => {
    for (const each of parts) {
      const amount = amounts[each.driver]
      if (amount !== 0) {
        sums.set(key(each, failed), (sums.get(key(each, failed)) ?? 0) + amount * each.charge(v, joining))
      }
    }
  }
  add(usage.served, false)
  add(usage.failed, true)
  return sums
}

export const byCause = (usage: Usage, setup: Setup): ReadonlyMap<Cause, number> =>
  split<Cause>(usage, setup, ({ cause }, failed) => failed ? "failed tries" : cause)

export const byPhase = (usage: Usage, setup: Setup): ReadonlyMap<string, number> =>
  split(usage, setup, ({ phase }) => phase)

/** A result, and the range that follows from the ranges of the figures. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** By which factor a figure changes a result, from the lower end of its range to the upper. */
export interface Effect {
  readonly name: Name
  readonly low: number
  readonly high: number
}

export const effects = (figures: Figures, result: (v: Values) => number): ReadonlyArray<Effect> => {
  const v = values(figures)
  const value = result(v)
  if (!(value > 0)) return []
  return names.map((name) => ({
    name,
    low: result({ ...v, [name]: figures[name].low }) / value,
    high: result({ ...v, [name]: figures[name].high }) / value
  }))
}

export const estimate = (figures: Figures, result: (v: Values) => number): Estimate => {
  const value = result(values(figures))
  let [down, up] = [0, 0]
  for (const { high, low } of effects(figures, result)) {
    down += Math.min(0, Math.log(low), Math.log(high)) ** 2
    up += Math.max(0, Math.log(low), Math.log(high)) ** 2
  }
  return { value, low: value * Math.exp(-Math.sqrt(down)), high: value * Math.exp(Math.sqrt(up)) }
}
