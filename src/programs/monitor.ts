/**
 * `npm run monitor -- --port /dev/ttyUSB0`: what a board says, until Ctrl-C. It only listens: the board is not disturbed.
 *
 * The USB port of some boards goes away while they sleep; it is then waited for.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import { existsSync } from "node:fs"
import * as Link from "./flash/Link.ts"
import * as Options from "./flash/Options.ts"
import * as Ports from "./flash/ports.ts"
import { layoutOf, show } from "./flash/show.ts"
import * as Speech from "./flash/Speech.ts"
import * as Format from "./simulate/Format.ts"
import { presenter } from "./simulate/Options.ts"

const againMillis = 500

/** A path that is not there need not be opened to be found missing. Windows' ports are no paths. */
const mayBeThere = (port: string): boolean => !port.startsWith("/") || existsSync(port)

const monitor = (given: Options.Monitor) =>
  Effect.gen(function*() {
    const port = yield* Ports.checked(Option.getOrUndefined(given.port))
    const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
    const layout = layoutOf(process.stdout.columns || 110, canColor ? Format.coloured : Format.plain)
    const note = (text: string) => Console.log(layout.paint("quiet", "-- " + text))
    const print = (all: ReadonlyArray<Speech.Said>) =>
      Effect.forEach(all, (said) => Effect.forEach(show(Date.now(), said, layout), (line) => Console.log(line)), { discard: true })

    let everOpen = false
    let isWaiting = false
    const listen = Effect.scoped(Effect.gen(function*() {
      const link = yield* Link.open(port)
      yield* note(everOpen ? `${port} is back` : `listening to ${port}; Ctrl-C ends this`)
      everOpen = true
      isWaiting = false
      const speech = Speech.make()
      yield* Effect.forever(Effect.flatMap(Queue.take(link.received), (piece) => print(speech.push(piece)))).pipe(
        Effect.tapError(() => print(speech.end()))
      )
    }))

    while (true) {
      if (mayBeThere(port)) {
        const { reason } = yield* Effect.flip(listen)
        // A board that sleeps is waited for; a port that cannot be right is not.
        if (!everOpen && !Ports.isMissing(reason)) return yield* Effect.flatMap(Ports.explain(port, reason), Effect.fail)
      }
      if (!isWaiting) {
        const { message } = yield* Ports.explain(port, "ENOENT")
        yield* note(everOpen ? `${port} went away: the board sleeps, or was unplugged. Waiting` : `${message}. A board that sleeps may take its USB port along; waiting`)
      }
      isWaiting = true
      yield* Effect.sleep(againMillis)
    }
  }).pipe(
    (program) => Option.isSome(given.seconds) ? Effect.asVoid(Effect.timeoutOption(program, given.seconds.value * 1_000)) : program
  )

const command = Command.make("monitor", Options.monitor, (given) =>
  Effect.tapErrorTag(monitor(given), "FlashError", ({ message }) => Console.error(message))).pipe(
    Command.withDescription("What a board says: its events in words, everything else as it comes."),
    Command.withExamples([
      { command: "npm run monitor -- --port /dev/ttyUSB0", description: "Until Ctrl-C" },
      { command: "npm run monitor -- --port /dev/ttyUSB0 --seconds 60", description: "For a minute" }
    ])
  )

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (fault: NodeJS.ErrnoException) => process.exit(fault.code === "EPIPE" ? 0 : 1))

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(presenter, CliConfig.layer({ builtIns: [GlobalFlag.Help] }), NodeServices.layer)),
  NodeRuntime.runMain
)
