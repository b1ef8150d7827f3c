/**
 * Device wakes in a second of processor time: a fleet that calls the decisions of a wake, and one in which the device
 * program lives every wake. Run by `npm run bench -- fleet`.
 *
 * Both live the same story (an outage of a few hours) under each policy, in the same process, in turns. The medians are
 * printed, and that of the ratios: by how much the simulation of a fleet is quicker for not running the program.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Sensor from "../../src/adapters/simulation/Sensor.ts"
import { wake } from "../../src/adapters/simulation/wake.ts"
import * as World from "../../src/adapters/simulation/world/World.ts"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import * as Weather from "../../src/domain/message/Weather.ts"
import { demo } from "../../src/programs/dormouse/demo.ts"
import * as Fleet from "../../src/programs/simulate/fleet/Fleet.ts"
import * as FleetStory from "../../src/programs/simulate/fleet/FleetStory.ts"
import * as Policies from "../../src/programs/simulate/fleet/Policies.ts"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import { heading, line, median, ratio } from "./client/table.ts"

export interface Options {
  /** Pairs of turns for each policy. */
  readonly turns: number
}

const world: Fleet.World = {
  wakeIn: wake,
  latencyMillis: World.usualLatencyMillis,
  sensorMillis: Sensor.readMillis,
  measure: Weather.at
}

const seed = "1"

interface Size {
  readonly devices: number
  readonly days: number
  readonly direct: boolean
}

/** As much as takes some tenths of a second each. */
const direct: Size = { devices: 100, days: 4, direct: true }
const program: Size = { devices: 2, days: 1, direct: false }

/** Wakes in a second of this process's time. */
const rate = async (config: DeviceConfig.DeviceConfig, size: Size): Promise<number> => {
  const turns = Effect.runSync(Random.withSeed(FleetStory.turns("outage", config, size.days), seed))
  const before = process.cpuUsage()
  const { wakes } = await Effect.runPromise(Fleet.live(world, { ...size, config, seed, turns }))
  const { system, user } = process.cpuUsage(before)
  return wakes / (user + system) * 1_000_000
}

const progress = Progress.make()

const thousands = (count: number): string => Math.round(count).toLocaleString("en-US")

const measure = async ({ config, name }: Policies.Policy, turns: number): Promise<string> => {
  const taken: Array<readonly [directly: number, byProgram: number]> = []
  // The first two turns warm up.
  for (let turn = -2; turn < turns; turn++) {
    progress.say(() => `${name}, turn ${Math.max(turn + 1, 0)} of ${turns}`)
    const rates = [await rate(config, direct), await rate(config, program)] as const
    if (turn >= 0) taken.push(rates)
  }
  progress.clear()
  const directly = taken.map(([first]) => first)
  const byProgram = taken.map(([, second]) => second)
  return line(name, thousands(median(directly)), thousands(median(byProgram)), ratio(directly, byProgram))
}

export const run = async ({ turns }: Options): Promise<void> => {
  const { config } = Result.getOrThrow(DeviceConfig.check(demo))
  console.log(`Device wakes in a second of processor time, medians of ${turns} pairs (half of the ratios lie between)`)
  console.log(heading("policy", "decisions called directly", "lived by the program", "ratio"))
  for (const policy of Policies.of(config)) console.log(await measure(policy, turns))
}
