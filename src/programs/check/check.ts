/**
 * `dormouse check device.json`: everything that is wrong with a device's file, at once, as `file:line:column: ...`.
 *
 * The findings are the result of the command and go to standard output; the exit code says whether there were errors.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import { buffer as readAll } from "node:stream/consumers"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import type { BoardName } from "../../domain/energy/boards.ts"
import { decode, readText } from "../dormouse/loadConfig.ts"
import * as DeviceWords from "../dormouse/terminal/deviceWords.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import * as Outbox from "./outbox.ts"
import { type Finding, judge, lineOf } from "./Finding.ts"

/** The file that is standard input. */
const input = "-"

const read = (file: string) =>
  file === input
    ? Effect.flatMap(
      Effect.tryPromise({
        try: () => readAll(process.stdin),
        catch: () => new Refusal({ message: "standard input cannot be read" })
      }),
      (bytes) => decode("standard input", bytes)
    )
    : readText(file, "give the path of a device's configuration, a JSON file, or - for standard input")

const line = (file: string, finding: Finding, paint: Format.Paint): string =>
  lineOf(file, finding, paint(finding.severity === "error" ? "bad" : "strong", finding.severity))

/** The device in a few words, so that the user may notice a mistake that is no error. */
const summary = (config: DeviceConfig): string =>
  `${config.deviceName}: ${DeviceWords.rhythm(config)}; ${DeviceWords.sensors(config)}; ${DeviceWords.server(config)}${
    Outbox.words(config)
  }`

export interface Given {
  readonly file: string
  /** The board whose pins are checked; none: an ESP32, and what other chips can do is not refused. */
  readonly board: Option.Option<BoardName>
  /** Warnings are errors. */
  readonly strict: boolean
}

/** What the command does. */
export const handle = ({ board, file, strict }: Given) =>
  Effect.gen(function*() {
    const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
    const paint = canColor ? Format.coloured : Format.plain
    const name = file === input ? "standard input" : file
    const text = yield* Effect.mapError(read(file), ({ message }) => new Refusal({ message }))
    const judged = yield* judge(text, file === input ? "./standard input" : file, Option.getOrUndefined(board))
    const findings = strict ? judged.findings.map((finding): Finding => ({ ...finding, severity: "error" }))
      : judged.findings
    const config = findings.some(({ severity }) => severity === "error") ? undefined : judged.config
    for (const finding of findings) yield* Console.log(line(name, finding, paint))
    const count = (severity: Finding["severity"]) => findings.filter((finding) => finding.severity === severity).length
    if (config === undefined) {
      return yield* new Refusal({
        message: `${name}: ${Format.plural(count("error"), "error")}, ${Format.plural(count("warning"), "warning")}`
      })
    }
    yield* Console.log(
      `${name} is valid${count("warning") === 0 ? "" : ", with " + Format.plural(count("warning"), "warning")}. ${
        summary(config)
      }`
    )
  }).pipe(Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message)))
