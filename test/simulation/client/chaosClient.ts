/**
 * `npm run chaos:client`: a Client and a hostile Server, story after story from one seed, with every promise checked
 * at every step. What breaks one is told as the shortest story found, with the command that tells it again.
 */
import * as NodeRuntime from "@effect/platform-node-shared/NodeRuntime"
import * as NodeServices from "../../../src/programs/dormouse/services.ts"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import { presenter } from "../../../src/programs/dormouse/run.ts"
import { Refusal } from "../../../src/programs/simulate/Options.ts"
import * as Progress from "../../../src/programs/simulate/Progress.ts"
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
  seeds: Flag.Int("seeds").pipe(
    Flag.filter(
      (seeds) => seeds >= 1,
      () => "a whole number above 0"
    ),
    Flag.withDescription("How many stories, each with the seed after the one before (1000)"),
    Flag.withDefault(1_000)
  ),
  seed: Flag.Int("seed").pipe(
    Flag.filter(
      (seed) => seed >= 0,
      () => "a whole number of at least 0"
    ),
    Flag.withDescription("The first seed (1)"),
    Flag.withDefault(1)
  ),
  only: Flag.String("only").pipe(
    Flag.withMetavar("NUMBERS"),
    Flag.withDescription("One story, with these of its steps: numbers with commas between them, or none, or all"),
    Flag.optional
  )
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
      : yield* shrink(set, broken, (stories, steps) =>
          bar.say(() => `looking for the shortest story: ${steps} steps after ${stories} stories`)
        )
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

const many = (seed: number, seeds: number) =>
  Effect.gen(function*() {
    const bar = Progress.make()
    const onStory = (sum: Run.Sum) =>
      bar.say(() => `${sum.seeds} of ${seeds} seeds, ${(sum.seeds * 1_000 / bar.elapsed()).toFixed(1)} a second, no promise broken`)
    const { failure, sum } = yield* Run.run({ seed, seeds, checkers, onStory })
    bar.clear()
    if (failure !== undefined) return yield* tell(failure, false)
    for (const line of Report.sums(sum, checkers.length)) yield* Console.log(line)
  })

const chosen = (only: string, steps: ReadonlyArray<Step>): Effect.Effect<ReadonlyArray<Step>, Refusal> => {
  if (only === "all") return Effect.succeed(steps)
  const numbers = only === "none" ? [] : only.split(",").map((one) => one.trim())
  const wrong = numbers.find((one) => !/^\d{1,9}$/.test(one) || Number(one) >= steps.length)
  if (wrong === undefined) return Effect.succeed(steps.filter((_, index) => numbers.includes(String(index))))
  const allowed = `numbers from 0 to ${steps.length - 1} with commas between them, or none, or all`
  const message = `--only must be ${allowed}, but has ${JSON.stringify(wrong)}`
  return Effect.fail(new Refusal({ message }))
}

/** One story again, with some of its steps. */
const again = (seed: number, only: string) =>
  Effect.gen(function*() {
    const story = Story.draw(String(seed))
    const options: Life.Options = { story, steps: yield* chosen(only, story.steps), checkers }
    const { broken } = yield* Life.live(options)
    if (broken !== undefined) return yield* tell({ options, broken }, true)
    yield* Console.log(
      `Every promise was kept in the story of seed ${seed} with ${options.steps.length} of ${story.steps.length} steps.`
    )
  })

const command = Command.make("chaos:client", flags, ({ only, seed, seeds }) =>
  (Option.isSome(only) ? again(seed, only.value) : many(seed, seeds)).pipe(
    Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message))
  )
).pipe(
  Command.withDescription(
    "A Client and a hostile Server, in simulated time: every promise checked, what breaks one shrunk to a short story."
  ),
  Command.withExamples([
    { command: "npm run chaos:client -- --seeds 10000 --seed 1", description: "Ten thousand stories" },
    { command: "npm run chaos:client -- --seed 7 --only 3,5", description: "Two steps of one story again" }
  ])
)

// A trace for every error that the Client meets is a quarter of the time.
Error.stackTraceLimit = 0

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(presenter, CliConfig.layer({ builtIns: [GlobalFlag.Help] }), NodeServices.layer)),
  NodeRuntime.runMain
)
