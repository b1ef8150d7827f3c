/**
 * `dormouse compare --config device.json --readings readings.db`: the simulation beside reality.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Driven from "../../adapters/simulation/driven.ts"
import * as World from "../../adapters/simulation/world/World.ts"
import * as Comparison from "../../domain/compare/Comparison.ts"
import * as Deviation from "../../domain/compare/Deviation.ts"
import * as Observed from "../../domain/compare/Observed.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as EnergyFile from "../../domain/energy/EnergyFile.ts"
import type { Choice } from "../../domain/energy/Setup.ts"
import * as Statuses from "../collect/stored/Statuses.ts"
import * as Stored from "../collect/stored/Stored.ts"
import { configured, imaginable, onBoard } from "../dormouse/configured.ts"
import * as Output from "../dormouse/Output.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import { stoodStill } from "../dormouse/stoodStill.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { layout } from "../dormouse/terminal/layout.ts"
import { choose } from "../simulate/choose.ts"
import * as Lines from "./Lines.ts"
import type { Given } from "./Options.ts"
import { predict } from "./predict.ts"

const refuse = (message: string) => new Refusal({ message })

/** Every source of a corrected figure begins so. */
const mark = "measured by dormouse compare"

const energyFile: Output.Kind = {
  option: "--write",
  what: "an energy file",
  ending: ".json",
  isEarlier: (content) => content.includes(`"${mark}`)
}

const checkPlace = (given: Given) =>
  Effect.gen(function*() {
    if (Option.isNone(given.write)) return
    const inputs = [given.config, given.readings, ...Option.toArray(given.energy)]
    const wrong = yield* Output.fault(energyFile, given.write.value, inputs)
    if (wrong !== undefined) return yield* refuse(wrong)
  })

const deviceOf = (given: Given) =>
  Effect.gen(function*() {
    const config = yield* onBoard(yield* configured(Option.some(given.config)))
    yield* imaginable(given.config, config)
    if (!config.deepSleep) {
      return yield* refuse(
        given.config + ": the device is always on (deep_sleep is false): it has no wakes that could be compared"
      )
    }
    return config
  })

type All = ReadonlyMap<string, ReadonlyArray<Observed.Seen>>

/** The devices that are compared with the simulation: the one that is wanted, or all. */
const chosen = (given: Given, config: DeviceConfig, all: All) =>
  Effect.gen(function*() {
    if (all.size === 0) {
      return yield* refuse(
        `--readings ${given.readings} has no status of a device: set mqtt.publish_status to true, and let dormouse collect run: the times need 10 connections, the battery's loss a day and 1.5 percent`
      )
    }
    const wanted = Option.getOrElse(given.device, () => config.deviceId)
    if (all.has(wanted)) return [wanted]
    if (Option.isSome(given.device)) {
      return yield* refuse(
        `--device ${wanted} has no status there; there are ${[...all.keys()].slice(0, 20).join(", ")}`
      )
    }
    return [...all.keys()]
  })

const observedOf = (names: ReadonlyArray<string>, all: All): Observed.Observed => {
  const seen = names.map((name) => all.get(name) ?? [])
  return seen.length === 1 ? Observed.of(seen[0] ?? []) : Observed.together(seen)
}

const dayOf = (millis: number): string => new Date(millis).toISOString().slice(0, 10)

const sourceOf = (names: ReadonlyArray<string>, { from, statuses, to }: Observed.Observed): string => {
  const who = names.length === 1 ? names[0] : Format.plural(names.length, "device")
  return `${mark}: ${Format.plural(statuses, "status")} of ${who ?? ""}, ${dayOf(from)} to ${dayOf(to)}`
}

const members = (all: All): ReadonlyArray<Deviation.Member> =>
  [...all].map(([device, seen]) => ({
    device,
    observed: Observed.of(seen),
    last: seen[seen.length - 1] as Observed.Seen
  }))

/** What is usual where there are too few devices to know it: what was measured of the chosen ones, else the model. */
const expected = ({ model }: Comparison.Comparison, { discharge, times }: Observed.Observed) => ({
  beforeRadio: (times?.beforeRadio ?? model.beforeRadio).value,
  radio: (times?.radio ?? model.radio).value,
  tries: 1,
  perDay: (discharge?.perDay ?? model.perDay).value
})

const lastOf = (all: All): number => Math.max(...[...all.values()].map((seen) => seen[seen.length - 1]?.at ?? 0))

const write = (given: Given, choice: Choice, { corrected }: Comparison.Comparison) =>
  Effect.gen(function*() {
    if (Option.isNone(given.write)) return
    if (Object.keys(corrected).length === 0) {
      return yield* Console.log(
        `nothing is corrected, so ${given.write.value} is not written`
      )
    }
    const text = EnergyFile.write({ ...choice, figures: { ...choice.figures, ...corrected } })
    yield* Effect.mapError(Output.write(energyFile.option, given.write.value, text), refuse)
    yield* Console.log(`\n${given.write.value}: the corrected figures, for simulate --energy`)
  })

const network = { joinMillis: World.usualJoinMillis, latencyMillis: World.usualLatencyMillis }

const compare = (given: Given) =>
  Effect.gen(function*() {
    const seen = { ...yield* layout, stampWidth: 0 }
    yield* checkPlace(given)
    const config = yield* deviceOf(given)
    const choice = yield* choose(given)
    const all = Statuses.byDevice(yield* Stored.open("--readings", given.readings))
    const names = yield* chosen(given, config, all)
    const observed = observedOf(names, all)
    const predicted = yield* Effect.mapError(
      predict(Driven.onBoard, network, config, choice, given.retainedConfig),
      stoodStill("healthy", 0, "1")
    )
    const source = sourceOf(names, observed)
    const comparison = Comparison.compare(predicted, observed, source)
    const { setup } = predicted
    const own = members(all)
    yield* Console.log(
      [
        Format.rule(`${source.slice(mark.length + 2)}; ${setup.board}`, seen),
        ...Lines.lines(setup, comparison, observed, seen),
        "",
        Format.rule("the devices", seen),
        ...Lines.soonest(own, seen),
        ...Lines.deviations(Deviation.deviations(own, expected(comparison, observed), lastOf(all)), seen)
      ].join("\n")
    )
    yield* write(given, choice, comparison)
  }).pipe(Effect.scoped)

/** What the command does. */
export const handle = (given: Given) =>
  Effect.tapErrorTag(compare(given), "Refusal", ({ message }) => Console.error(message))
