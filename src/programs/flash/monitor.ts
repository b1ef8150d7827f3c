/**
 * Listens to a board, and waits for it when its port goes away: the USB port of some boards does while they sleep.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import { existsSync } from "node:fs"
import type * as Format from "../simulate/Format.ts"
import type { FlashError } from "./FlashError.ts"
import * as Link from "./Link.ts"
import type * as Options from "./Options.ts"
import * as Ports from "./ports.ts"
import { layoutOf, show } from "./show.ts"
import * as Speech from "./Speech.ts"

const againMillis = 500

/** A path that is not there need not be opened to be found missing. Windows' ports are no paths. */
const mayBeThere = (port: string): boolean => !port.startsWith("/") || existsSync(port)

export interface Output {
  readonly columns: number
  readonly paint: Format.Paint
  readonly print: (line: string) => Effect.Effect<void>
}

/** Goes on until it is interrupted or its time is up. */
export const monitor = (given: Options.Monitor, output: Output): Effect.Effect<void, FlashError> =>
  Effect.gen(function*() {
    const port = yield* Ports.checked(Option.getOrUndefined(given.port))
    const layout = layoutOf(output.columns, output.paint)
    const note = (text: string) => output.print(layout.paint("quiet", "-- " + text))
    const print = (all: ReadonlyArray<Speech.Said>) =>
      Effect.forEach(all, (said) => Effect.forEach(show(Date.now(), said, layout), (line) => output.print(line)), { discard: true })

    let everOpen = false
    let isWaiting = false
    const listen = Effect.scoped(Effect.gen(function*() {
      const link = yield* Link.open(port)
      yield* note(everOpen ? `${port} is back` : `listening to ${port}; Ctrl-C ends this`)
      everOpen = true
      isWaiting = false
      const speech = Speech.make()
      return yield* Effect.forever(Effect.flatMap(Queue.take(link.received), (piece) => print(speech.push(piece)))).pipe(
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
