/**
 * `npm run fuzz`: any number of inputs from one seed through both codecs, with progress. What they must hold is in
 * check.ts.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { run } from "../../src/programs/dormouse/runCommand.ts"
import { Refusal } from "../../src/programs/dormouse/Refusal.ts"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Shared from "../../src/programs/dormouse/SharedOptions.ts"
import { check, show } from "./check.ts"
import * as codecs from "./codecs.ts"
import type { Input } from "./Input.ts"
import * as Report from "./Report.ts"
import { watch } from "./watch.ts"

/** A batch takes a fraction of a second; on a busy machine some. */
const patienceMillis = 60_000

const flags = {
  inputs: Shared.whole("inputs", "How many inputs to run (1000000)", 1).pipe(Flag.withDefault(1_000_000)),
  seed: Shared.seed("Fixes all inputs: the same seed gives the same ones").pipe(Flag.withDefault("1")),
  from: Shared.whole("from", "The number of the first input (0)", 0).pipe(Flag.withDefault(0)),
  replay: Flag.String("replay").pipe(
    Flag.withMetavar("HEX"),
    Flag.withDescription("Do not make inputs: run this one, bytes in hex"),
    Flag.optional
  ),
  chunks: Flag.String("chunks").pipe(
    Flag.withMetavar("SIZES"),
    Flag.withDescription("With --replay: sizes of the chunks in bytes, such as 1,3 (used over and over)"),
    Flag.withDefault("1")
  ),
  maximum: Shared.whole("maximum", "With --replay: what the framer may hold of one packet, in bytes (20000)", 0).pipe(
    Flag.withDefault(20_000)
  )
}

const refuse = (message: string) => new Refusal({ message })

const replayed = (hex: string, chunks: string, maximum: number): Effect.Effect<Input, Refusal> => {
  if (!/^([0-9a-f]{2})+$/i.test(hex)) return Effect.fail(refuse("--replay must be bytes in hex, such as 300100"))
  const sizes = chunks.split(",").map(Number)
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    return Effect.fail(refuse("--chunks must be whole numbers above 0, such as 1,3"))
  }
  return Effect.succeed({ stream: new Uint8Array(Buffer.from(hex, "hex")), sizes, maximum })
}

const replay = (hex: string, chunks: string, maximum: number) =>
  Effect.gen(function*() {
    const input = yield* replayed(hex, chunks, maximum)
    const seen = check(yield* Effect.promise(codecs.load), input)
    if (typeof seen === "string") return yield* refuse("broken: " + seen)
    yield* Console.log(`holds: ${seen.packets.length} packets, then ${seen.verdict === "" ? "no fault" : seen.verdict}`)
    for (const packet of seen.packets) yield* Console.log("  " + show(packet))
  })

const fuzz = (seed: string, from: number, inputs: number) =>
  Effect.gen(function*() {
    const report = Report.make({ seed, from, inputs, progress: Progress.make() })
    const found = yield* watch({ seed, from, count: inputs, every: Math.min(inputs, 2_000) }, {
      patienceMillis,
      onAt: report.at
    })
    const { isGood, lines } = report.end(found)
    if (!isGood) return yield* refuse(lines.join("\n"))
    for (const line of lines) yield* Console.log(line)
  })

const command = Command.make("fuzz", flags,
  (given) =>
    (Option.isSome(given.replay) ? replay(given.replay.value, given.chunks, given.maximum)
      : fuzz(given.seed, given.from, given.inputs)).pipe(
        Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message))
      )).pipe(
    Command.withDescription("Random and spoilt bytes through the framers and decoders of a Client and of a board."),
    Command.withExamples([
      { command: "npm run fuzz -- --inputs 10000000 --seed 7", description: "Ten million of them" },
      { command: "npm run fuzz -- --replay 30050001 --chunks 1,2", description: "One of your own" }
    ])
  )

run(command)
