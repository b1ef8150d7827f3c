/**
 * Every story of `dormouse simulate` with many seeds and devices, in virtual time: each must end, with its books
 * balanced.
 *
 * `npm run stories -- --seeds 100 --days 30` runs them all; a short form is a test. It names the story, the seed and
 * the device of the first life that does not end as it should.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { simulated as adapters } from "../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import { isMain, run } from "../../src/programs/dormouse/runCommand.ts"
import { demo } from "../../src/programs/dormouse/demo.ts"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Shared from "../../src/programs/dormouse/SharedOptions.ts"
import * as Simulation from "../../src/programs/simulate/life/Simulation.ts"
import { type Name, names, stories } from "../../src/programs/simulate/life/Story.ts"

const make = (changes: object): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(DeviceConfig.check({ ...demo, update_interval: 900, ...changes })).config

/** Devices whose times are unlike: on the minute, spread by chance, and always on. */
const devices = {
  "sleeps": make({}),
  "sleeps, its wakes spread": make({ spread_wakes: true }),
  "is always on": make({ deep_sleep: false })
} as const

export type Device = keyof typeof devices

export const deviceNames = Object.keys(devices) as ReadonlyArray<Device>

/** Lives one story; undefined when it ended as it should, else what is wrong. */
export const faultOf = (device: Device, story: Name, seed: string, days: number): Effect.Effect<string | undefined> =>
  Simulation.live(adapters, { config: devices[device], days, seed, story: stories[story], onEntry: () => {} }).pipe(
    Effect.map(({ ending, totals }) => {
      // A device that is always on does not emit every delivery.
      const gone = ending.pending + totals.dropped + totals.unchanged
      const delivered = ending.sleeps ? totals.firstTry + totals.later : totals.readings - gone
      const known = delivered + gone
      if (totals.received === 0 && story !== "outage") return "nothing was delivered"
      return totals.readings === known ? undefined
        : `${totals.readings} readings, but ${known} delivered, pending, dropped or unchanged`
    }),
    Effect.catchTag("Standstill", ({ at }) => Effect.succeed("stands still at " + at + " ms")),
    Effect.map((fault) =>
      fault === undefined ? undefined : `story ${story}, seed ${seed}, a device that ${device}: ${fault}`
    )
  )

const flags = {
  seeds: Shared.seeds("How many seeds each story has (100)").pipe(Flag.withDefault(100)),
  days: Shared.days("Simulated days of a device that sleeps; one that is always on has a tenth (30)", 3_650).pipe(
    Flag.withDefault(30)
  )
}

const main = async (given: Command.Command.Config.Infer<typeof flags>) => {
  const total = given.seeds * names.length * deviceNames.length
  const progress = Progress.make()
  let lives = 0
  for (let seed = 1; seed <= given.seeds; seed++) {
    for (const story of names) {
      for (const device of deviceNames) {
        // A device that is always on takes ten times as long to simulate.
        const days = given.days / (device === "is always on" ? 10 : 1)
        const fault = await Effect.runPromise(faultOf(device, story, String(seed), days))
        lives++
        progress.say(() => `${lives} of ${total} lives`)
        if (fault === undefined) continue
        progress.clear()
        console.error(fault)
        process.exitCode = 1
      }
    }
  }
  progress.clear()
  console.log(
    `${lives} lives of ${given.days} days, of devices that are always on a tenth: ${
      process.exitCode === 1 ? "not all ended as they should" : "all ended as they should"
    }`
  )
}

const command = Command.make("stories", flags, (given) => Effect.promise(() => main(given))).pipe(
  Command.withDescription(
    "Every story with many seeds and devices, in virtual time: each must end, with its books balanced."
  ),
  Command.withExamples([{
    command: "npm run stories -- --seeds 10 --days 7",
    description: "A week of each, ten times"
  }])
)

if (isMain(import.meta.url)) run(command)
