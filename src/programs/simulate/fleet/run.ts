/**
 * `dormouse simulate --fleet`: the same story for the same fleet with each policy, and a table of the results.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as Format from "../../dormouse/terminal/Format.ts"
import { Refusal } from "../../dormouse/Refusal.ts"
import * as Simulation from "../life/Simulation.ts"
import { stoodStill } from "../../dormouse/stoodStill.ts"
import type * as Story from "../life/Story.ts"
import { joinMillis } from "./Device.ts"
import * as Fleet from "./Fleet.ts"
import * as FleetStory from "./FleetStory.ts"
import * as Policies from "./Policies.ts"
import * as Table from "./Table.ts"

export interface Options {
  readonly config: DeviceConfig
  readonly devices: number
  readonly days: number
  readonly seed: string
  readonly story: Story.Name
  readonly paint: Format.Paint
  readonly print: (line: string) => void
  /** Called with the progress: which policy, the milliseconds simulated, the wakes. */
  readonly onProgress: (policy: string, millis: number, wakes: number) => void
  /** One policy is complete. */
  readonly onPolicy: (policy: string, wakes: number, realWakes: number) => void
}

/** Why `config` cannot be used for a fleet; undefined: it can. */
const unfit = ({ deepSleep, mqtt }: DeviceConfig): string | undefined => {
  if (!mqtt.enabled) return "--fleet looks at connections, but mqtt.enabled is false: set it to true"
  return deepSleep ? undefined : "--fleet is for devices that sleep, but deep_sleep is false: set it to true"
}

const title = ({ config, days, devices, seed, story }: Options): ReadonlyArray<string> => {
  const [device, what] = Simulation.title(config, days, story, seed)
  const join = Format.duration(joinMillis.least) + " to " + Format.duration(joinMillis.most)
  return [
    device as string,
    Format.plural(devices, "device") + " like it, powered up at once; joining the Wi-Fi takes each of them " + join,
    what + ": " + FleetStory.of(story).about
  ]
}

/** A fleet's devices ask nobody for the time, of which neither the broker nor the policy sees anything. */
const untimed = (config: DeviceConfig): DeviceConfig => ({ ...config, time: { ...config.time, server: "" } })

/** Simulates the fleet's days once for each policy. The same options print the same lines. */
export const run = (world: Fleet.World, options: Options): Effect.Effect<void, Refusal> =>
  Effect.gen(function*() {
    const { days, devices, onPolicy, onProgress, paint, print, seed, story } = options
    const config = untimed(options.config)
    const fault = unfit(config)
    if (fault !== undefined) return yield* new Refusal({ message: fault })
    for (const line of title(options)) print(paint("strong", line))
    if (options.config.time.server !== "") print("time.server is left out: a fleet's devices ask nobody for the time")
    const turns = yield* Random.withSeed(FleetStory.turns(story, config, days), seed)
    const columns: Array<Table.Column> = []
    for (const policy of Policies.of(config)) {
      const sums = yield* Fleet.live(world, {
        config: policy.config,
        devices,
        days,
        seed,
        turns,
        onProgress: (millis, wakes) => onProgress(policy.name, millis, wakes)
      }).pipe(Effect.mapError(stoodStill(story, days, seed)))
      onPolicy(policy.name, sums.wakes, sums.realWakes)
      columns.push({ name: policy.name, sums })
    }
    for (
      const line of [""].concat(Table.lines(columns, { devices, days }, paint, Table.rows(Simulation.nounOf(config))))
    ) print(line)
  })
