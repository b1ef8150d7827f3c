/**
 * `dormouse chaos`: years of devices under faults, with every promise checked at every step. If one is broken, it
 * prints the shortest story found, with the command that replays it.
 *
 * The one file of the program that knows adapters, the terminal, and the process; its parts are in chaos/.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import { underFaults } from "../../adapters/simulation/driven.ts"
import type * as Faults from "../../adapters/simulation/faults/Faults.ts"
import type * as World from "../../adapters/simulation/world/World.ts"
import { checkers } from "./checkers/all.ts"
import type { Adapters } from "./Life.ts"
import * as Life from "./Life.ts"
import * as Options from "./Options.ts"
import * as Run from "./Run.ts"
import * as Shrink from "./Shrink.ts"
import * as Story from "./Story.ts"
import { chaos as chaosCommand } from "./command.ts"
import { layout } from "../dormouse/terminal/layout.ts"
import { isMain, run } from "../dormouse/runCommand.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import * as Progress from "../dormouse/terminal/Progress.ts"

/** So many of the device's events are shown as lead to the end. */
const lastWakes = 3

const adapters: Adapters<World.World, Faults.Fault> = underFaults

/** Prints the failure with the fewest faults that still break the promise. */
const tell = (failure: Run.Failure<Faults.Fault>, isShort: boolean, layout: Format.Layout) =>
  Effect.gen(function*() {
    Error.stackTraceLimit = 10
    // The search may take minutes.
    if (!isShort) yield* Console.error("seed " + failure.seed + " breaks a promise: " + failure.broken.reason)
    const bar = Progress.make()
    const onLife = (lives: number, faults: number) =>
      bar.say(() => "looking for the shortest story: " + Format.plural(faults, "fault") + " after " + lives + " lives")
    const shrunk = isShort
      ? { faults: failure.faults.filter(({ at }) => at <= failure.broken.at), broken: failure.broken }
      : yield* Shrink.shrink(adapters, failure, { onLife })
    bar.clear()
    const events: Array<Story.EmittedEvent> = []
    yield* Life.live(adapters, {
      seed: failure.seed,
      scene: failure.scene,
      plan: shrunk.faults,
      checkers: [shrunk.broken.promise],
      onSeen: (at, seen) => {
        if (seen._tag !== "Emitted") return
        events.push({ at, event: seen.event })
        if (seen.event._tag !== "Woke") return
        const wakes = events.flatMap(({ event }, index) => event._tag === "Woke" ? [index] : [])
        if (wakes.length > lastWakes) events.splice(0, wakes[1])
      }
    })
    for (const line of Story.broken(failure, shrunk, events.slice(-40), adapters.describe, layout)) {
      yield* Console.log(line)
    }
    return yield* new Refusal({ message: "1 promise was broken, in the life of seed " + failure.seed })
  })

const many = (given: Options.Given, layout: Format.Layout) =>
  Effect.gen(function*() {
    const years = Option.getOrElse(given.years, () => 10)
    const bar = Progress.make()
    const onLife = (sum: Run.Sum) =>
      bar.say(() =>
        Story.years(sum.counts.millis) + " of " + years + " years, " + Format.plural(sum.lives, "life") + ", "
        + (sum.lives * 1_000 / bar.elapsed()).toFixed(1) + " seeds a second, no promise broken"
      )
    const { failure, sum } = yield* Run.run(adapters, { seed: given.seed, years, wakes: given.wakes, checkers, onLife })
    bar.clear()
    if (failure !== undefined) return yield* tell(failure, false, layout)
    for (const line of Story.sums(sum, checkers.length, layout)) yield* Console.log(line)
  })

/** One life again, with some of its faults. */
const again = (given: Options.Given, layout: Format.Layout) =>
  Effect.gen(function*() {
    const set = Run.setting(adapters, given.seed, given.wakes)
    const faults = yield* Options.only(given, set.plan)
    const { broken } = yield* Life.live(adapters, { ...set, plan: faults, checkers })
    if (broken !== undefined) return yield* tell({ ...set, faults, broken }, true, layout)
    yield* Console.log(
      "Every promise was kept in the life of seed " + given.seed + " with " + Format.plural(faults.length, "fault") +
        "."
    )
  })

/** What the command does. */
export const handle = (given: Options.Given) =>
  Effect.gen(function*() {
    const whole = { ...(yield* layout), stampWidth: 0 }
    yield* Option.isSome(given.only) ? again(given, whole) : many(given, whole)
  }).pipe(Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message)))

// A stack trace for every error that the device meets would take a quarter of the time.
Error.stackTraceLimit = 0

if (isMain(import.meta.url)) run(Command.withHandler(chaosCommand, handle))
