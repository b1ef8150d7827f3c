/**
 * What each driver costs a board, alone and beside a second sensor, and that it measures what its data sheet says: lived
 * on the interpreter with Espruino's own modules and buses that are played to them.
 */
import * as Effect from "effect/Effect"
import { drivers, isOwn, rowOf } from "../../src/domain/config/drivers.ts"
import * as BoardLab from "./boardLab.ts"
import * as PlayedBuses from "./playedBuses.ts"
import * as PlayedSensors from "./playedSensors.ts"

/** Every driver whose code a bundle makes from its row. */
export const names: ReadonlyArray<string> = Object.keys(drivers).filter((name) => !isOwn(name) && name !== "simulated")

export interface Cost {
  /** Of the boot code. */
  readonly bytes: number
  /** Variables at the peak of two wakes. */
  readonly peak: number
  /** The deepest C stack, in bytes. */
  readonly stack: number
  /** What kept it from measuring or delivering. */
  readonly faults: ReadonlyArray<string>
}

/** What was measured, and what the data sheet makes of the same registers. */
export interface Value {
  readonly key: string
  readonly measured: number
  readonly expected: number
  readonly tolerance: number
}

export interface Figures {
  readonly name: string
  readonly alone: Cost
  readonly partner: string
  readonly pair: Cost
  readonly values: ReadonlyArray<Value>
}

/** Hundredths and what a module that calculates in whole numbers loses. */
const usualTolerance = 0.006

/** The sensor beside it: most owners' first, or one on other wires. */
const partners = {
  dht22: { file: { dht22: { id: "two", pin: 4 } }, module: "DHT22", value: PlayedSensors.dht22 },
  bme280: { file: { bme280: { id: "two", pin: 21 } }, module: "BME280", value: PlayedSensors.bme280 }
} as const

export const partnerOf = (name: string): keyof typeof partners => rowOf(name)?.bus === "pin" ? "bme280" : "dht22"

/** A DHT22's temperature has an offset there, so that it is not driven by what is in every program. */
const expectedOf = (name: string, expected: PlayedBuses.Played["expected"]): PlayedBuses.Played["expected"] =>
  name === "dht22" ? { ...expected, temperature: (expected["temperature"] ?? NaN) + 0.5 } : expected

type Document = Readonly<Record<string, unknown>>

const lastOf = (lab: BoardLab.Lab, id: string): Document =>
  JSON.parse(lab.messages.findLast(([topic]) => topic.endsWith(`/${id}/data`))?.[1] ?? "{}") as Document

const wakes = 2

/** Two wakes of a board with these sensors, and what it published last of the first. */
const live = (name: string, withPartner: boolean) =>
  Effect.scoped(Effect.gen(function*() {
    const { file, script } = (PlayedBuses.played[name] as () => PlayedBuses.Played)()
    const row = rowOf(name)
    const partner = partners[partnerOf(name)]
    const both = [{ [name]: { id: "one", ...file } }, ...(withPartner ? [partner.file] : [])]
    const sensors = Object.assign({}, ...both) as object
    const played = {
      script: script + (withPartner ? "\n" + PlayedSensors.busesOf([partnerOf(name)]) : ""),
      modules: [...(row?.module === undefined ? [] : [row.module]), ...(withPartner ? [partner.module] : [])]
    }
    // What counts is for boards that do not sleep; one wake is measured all the same.
    const lab = yield* BoardLab.make({ name, file: { sensors } }, {}, played)
    yield* Effect.promise(() => lab.server("up"))
    const lives: Array<BoardLab.Lived> = []
    for (let wake = 0; wake < wakes; wake++) lives.push(yield* Effect.promise(() => lab.wake()))
    const failed = lives.flatMap(({ events }) =>
      events.flatMap((event) => event._tag === "NotMeasured" ? [event.sensor + ": " + event.reason] : [])
    )
    const other = lastOf(lab, "two")
    const wrong = !withPartner || Math.abs(Number(other["temperature"]) - partner.value.temperature) < 0.1 ? []
      : [`the ${partnerOf(name)} beside it measured ${String(other["temperature"])}`]
    const missing = lab.messages.length === wakes * both.length ? []
      : [`${lab.messages.length} readings of ${wakes * both.length} arrived`]
    const cost: Cost = {
      bytes: lab.bytes,
      peak: Math.max(...lives.map(({ report }) => report?.jsvars.peak ?? NaN)),
      stack: Math.max(...lives.map(({ report }) => report?.stack.needed ?? NaN)),
      faults: [...lives.flatMap(({ deaths }) => deaths), ...failed, ...wrong, ...missing]
    }
    return { cost, document: lastOf(lab, "one") }
  }))

export const run = (name: string): Effect.Effect<Figures> =>
  Effect.gen(function*() {
    const { expected, tolerance = usualTolerance } = (PlayedBuses.played[name] as () => PlayedBuses.Played)()
    const { cost: alone, document } = yield* live(name, false)
    const { cost: pair } = yield* live(name, true)
    const values = Object.entries(expectedOf(name, expected)).map(([key, value]): Value => ({
      key,
      measured: Number(document[key]),
      expected: Math.round(value * 10_000) / 10_000,
      tolerance
    }))
    return { name, alone, partner: partnerOf(name), pair, values }
  })
