/**
 * Starts the program on the board and listens until it sleeps, or for a while: a program that is too large dies at
 * once.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { memoryMessage, quiet } from "./Board.ts"
import { refuse, type FlashError } from "./FlashError.ts"
import type { Link } from "./Link.ts"
import { closing } from "./ports.ts"
import * as Speech from "./Speech.ts"
import { memoryAdvice, type Interpreter } from "./upload.ts"

/** Not longer than this: a board that cannot reach its broker stays awake for a while. */
const listenMillis = 20_000

/** Uncaught exceptions, and a stack that is full, which Espruino calls an interruption. */
const troubleMessage = /^Uncaught |Execution Interrupted|recursion|interpreter error/i

export type Ending = "asleep" | "awake" | "silent"

const fault = (text: string, found: Interpreter): Effect.Effect<never, FlashError> =>
  memoryMessage.test(text)
    ? refuse("out of memory while starting: " + memoryAdvice(found))
    : refuse(`the program stopped on the board: ${text}`)

/** `heard` is called with everything that the board prints. */
export const start = (
  link: Link,
  found: Interpreter,
  heard: (said: Speech.Said) => Effect.Effect<void>
): Effect.Effect<Ending, FlashError> => {
  let ending: Ending = "silent"
  const speech = Speech.make()
  const take = (all: ReadonlyArray<Speech.Said>): Effect.Effect<void, FlashError> =>
    Effect.forEach(all, (said) => {
      if (said._tag === "Line" && (memoryMessage.test(said.text) || troubleMessage.test(said.text))) {
        return fault(
          said.text,
          found
        )
      }
      if (said._tag === "Event") ending = said.event._tag === "Sleeping" ? "asleep" : "awake"
      return heard(said)
    }, { discard: true })

  const listen = Effect.gen(function*() {
    yield* Queue.clear(link.received)
    yield* link.write(quiet + "load()\n")
    while (ending !== "asleep") yield* take(speech.push(yield* Queue.take(link.received)))
  }).pipe(
    // A board's own USB port goes away when the board sleeps.
    Effect.catchTag("LinkError", ({ reason }) =>
      Effect.flatMap(take(speech.end()), () => {
        if (ending === "silent") {
          return refuse(
            `the port was closed while the program started (${closing(reason)}); npx dormouse monitor may show more`
          )
        }
        ending = "asleep"
        return Effect.void
      }))
  )
  return Effect.map(Effect.timeoutOption(listen, listenMillis), () => ending)
}
