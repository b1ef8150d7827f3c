/**
 * `npm run chaos:client`: a Client and a hostile Server, story after story from one seed, with every promise checked at
 * every step. If one is broken, it prints the shortest story found, with the command that replays it.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { run } from "../../../src/programs/dormouse/runCommand.ts"
import { Refusal } from "../../../src/programs/dormouse/Refusal.ts"
import * as Progress from "../../../src/programs/dormouse/terminal/Progress.ts"
import * as Shared from "../../../src/programs/dormouse/SharedOptions.ts"
import { checkers } from "./checkers/all.ts"
import * as Life from "./Life.ts"
import * as Report from "./Report.ts"
import * as Run from "./Run.ts"
import { shrink } from "./Shrink.ts"
import type { Step } from "./Step.ts"
import * as Story from "./Story.ts"

/** Of what was seen, the last lines. */
const lastLines = 60

const flags = {
  seeds: Shared.seeds("How many seeds, each the one after the one before (1000)").pipe(Flag.withDefault(1_000)),
  seed: Shared.whole("seed", "The first seed (1)", 0).pipe(Flag.withDefault(1)),
  kind: Flag.Literals("kind", Story.kindNames).pipe(
    Flag.withDescription(
      "Stories of one kind: the version of MQTT, and whether there is a store and kills (all kinds)"
    ),
    Flag.optional
  ),
  only: Shared.only("One story, with these of its steps: numbers with commas between them, or none, or all")
}

const tell = (failure: Run.Failure, isShort: boolean) =>
  Effect.gen(function*() {
    const { broken, options } = failure
    const { seed } = options.story
    if (!isShort) yield* Console.error(`seed ${seed} breaks a promise: ${broken.promise.name}: ${broken.reason}`)
    const bar = Progress.make()
    const set = { ...options, checkers: [broken.promise] }
    const shrunk = isShort
      ? { steps: options.steps, broken, stories: 0 }
      : yield* shrink(set, broken,
        (stories, steps) => bar.say(() => `looking for the shortest story: ${steps} steps after ${stories} stories`))
    bar.clear()
    const lines: Array<string> = []
    const onSeen: Life.Options["onSeen"] = (at, seen) => {
      const line = Report.seenLine(at, seen)
      if (line !== undefined) lines.push(line)
      if (lines.length > lastLines) lines.shift()
    }
    yield* Life.live({ ...set, steps: shrunk.steps, onSeen })
    for (const line of Report.broken(failure, shrunk, lines)) yield* Console.log(line)
    return yield* new Refusal({ message: `1 promise was broken, in the story of seed ${seed}` })
  })

const many = (seed: number, seeds: number, kinds: ReadonlyArray<Story.KindName>) =>
  Effect.gen(function*() {
    const bar = Progress.make()
    const onStory = (sum: Run.Sum) =>
      bar.say(() =>
        `${sum.stories} of ${seeds * kinds.length} stories, ${
          (sum.stories * 1_000 / bar.elapsed()).toFixed(1)
        } a second, no promise broken`
      )
    const { failure, sum } = yield* Run.run({ seed, seeds, kinds, checkers, onStory })
    bar.clear()
    if (failure !== undefined) return yield* tell(failure, false)
    for (const line of Report.sums(sum, checkers.length)) yield* Console.log(line)
  })

const chosen = (only: string, steps: ReadonlyArray<Step>): Effect.Effect<ReadonlyArray<Step>, Refusal> => {
  const found = only === "all" ? steps : Shared.chosen(only, steps)
  return typeof found === "string"
    ? Effect.fail(new Refusal({ message: found.replace(", or none", ", or none, or all") })) : Effect.succeed(found)
}

/** One story again, with some of its steps. */
const again = (seed: number, kind: Story.KindName, only: string) =>
  Effect.gen(function*() {
    const story = Story.draw(String(seed), kind)
    const options: Life.Options = { story, steps: yield* chosen(only, story.steps), checkers }
    const { broken } = yield* Life.live(options)
    if (broken !== undefined) return yield* tell({ options, broken }, true)
    yield* Console.log(
      `Every promise was kept in the story of seed ${seed} with ${options.steps.length} of ${story.steps.length} steps.`
    )
  })

const command = Command.make("chaos:client", flags,
  ({ kind, only, seed, seeds }) =>
    (Option.isSome(only) ? again(seed, Option.getOrElse(kind, () => "mqtt4" as const), only.value)
      : many(seed, seeds, Option.match(kind, { onNone: () => Story.kindNames, onSome: (one) => [one] }))).pipe(
        Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message))
      )).pipe(
    Command.withDescription(
      "A Client and a hostile Server, in simulated time: every promise checked, what breaks one shrunk to a short story."
    ),
    Command.withExamples([
      { command: "npm run chaos:client -- --seeds 10000 --seed 1", description: "Ten thousand stories of each kind" },
      { command: "npm run chaos:client -- --seed 7 --only 3,5", description: "Two steps of one story again" },
      { command: "npm run chaos:client -- --kind mqtt5-store", description: "MQTT 5, a store, and kills" }
    ])
  )

// A trace for every error that the Client meets is a quarter of the time.
Error.stackTraceLimit = 0

run(command)
