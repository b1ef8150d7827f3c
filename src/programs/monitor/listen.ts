/**
 * Listens to a board, and waits for it when its port goes away: the USB port of some boards does while they sleep.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Format from "../dormouse/terminal/Format.ts"
import { type FlashError, refuse } from "../flash/FlashError.ts"
import * as Link from "../flash/Link.ts"
import type * as Options from "../flash/Options.ts"
import * as Ports from "../flash/ports.ts"
import { layoutOf, show } from "../flash/show.ts"
import * as Speech from "../flash/Speech.ts"

const againMillis = 500

export interface Output {
  readonly columns: number
  readonly paint: Format.Paint
  readonly print: (line: string) => Effect.Effect<void>
}

/** How often the ports are listed while one is waited for: listing starts a process. */
const listEvery = 10

/** Goes on until it is interrupted or its time is up, for a port that is not there, too. */
export const monitor = (given: Options.Monitor, output: Output): Effect.Effect<void, FlashError> =>
  Effect.gen(function*() {
    const port = yield* Ports.checked(Option.getOrUndefined(given.port))
    const layout = layoutOf(output.columns, output.paint)
    const note = (text: string) => output.print(layout.paint("quiet", "-- " + text))
    const print = (all: ReadonlyArray<Speech.Said>) =>
      Effect.forEach(all, (said) => Effect.forEach(show(Date.now(), said, layout), (line) => output.print(line)), {
        discard: true
      })

    let everOpen = false
    let seen: string | undefined
    const listen = Effect.scoped(Effect.gen(function*() {
      const link = yield* Link.open(port)
      yield* note(everOpen ? `${port} is back` : `listening to ${port}; Ctrl-C ends this`)
      everOpen = true
      seen = undefined
      const speech = Speech.make()
      return yield* Effect.forever(Effect.flatMap(Queue.take(link.received), (piece) => print(speech.push(piece))))
        .pipe(
          Effect.tapError(() => print(speech.end()))
        )
    }))
    const wait = Effect.gen(function*() {
      if (seen === undefined) {
        yield* note(everOpen
          ? `${port} went away: the board sleeps, or was unplugged; waiting for it`
          : `${port} does not exist; waiting for it, as for a board that sleeps or is plugged in later; Ctrl-C ends this`)
        seen = ""
      }
      // A port that was there is the right one, so it does not say what others exist.
      const ports = everOpen ? seen : yield* Ports.found
      if (ports !== seen) yield* note(ports)
      seen = ports
    })

    const listenAgain = Effect.gen(function*() {
      for (let round = 0;; round++) {
        if (Ports.mayBeThere(port)) {
          const { reason } = yield* Effect.flip(listen)
          // It waits for a board that sleeps, but not for a port that cannot be right.
          if (!everOpen && !Ports.isMissing(reason)) {
            return yield* Effect.flatMap(Ports.explain(port, reason), Effect.fail)
          }
        }
        if (seen === undefined || round % listEvery === 0) yield* wait
        yield* Effect.sleep(againMillis)
      }
    })
    if (Option.isNone(given.seconds)) return yield* listenAgain
    yield* Effect.timeoutOption(listenAgain, given.seconds.value * 1_000)
    if (!everOpen) return yield* refuse(`${port} did not come within ${given.seconds.value} s; ${yield* Ports.found}`)
  })
