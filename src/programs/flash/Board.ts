/**
 * The interpreter at the other end of a port, asked one thing at a time.
 *
 * A question is one line of JavaScript that prints its answer after a mark with the question's number, so that no
 * answer is taken for another one's and no echo for an answer. Every question has a time limit.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type { Link, LinkError } from "./Link.ts"

/** No answer in time. `heard` is what came instead. */
export class Silence extends Data.TaggedError("Silence")<{
  readonly heard: string
}> {}

/** The board threw: its exception's text. */
export class Thrown extends Data.TaggedError("Thrown")<{
  readonly text: string
}> {}

/** The interpreter has no variable left. */
export class OutOfMemory extends Data.TaggedError("OutOfMemory")<{}> {}

export type Fault = LinkError | Silence | Thrown | OutOfMemory

export interface Board {
  /** A line without an answer. */
  readonly say: (statement: string) => Effect.Effect<void>
  /** The value of a JavaScript expression, as JSON brings it. */
  readonly ask: (expression: string, withinMillis: number) => Effect.Effect<unknown, Fault>
  /**
   * Asks again and again, because a board may be starting: `before` is sent before every question. Errors of a program
   * that runs there do not count.
   */
  readonly insist: (expression: string, before: string, withinMillis: number) => Effect.Effect<unknown, Fault>
}

/** Ends what is being typed or run. */
export const interrupt = "\u0003"

/** At the beginning of a line: the interpreter does not echo it. */
export const quiet = "\u0010"

/** The mark in two pieces, so that a port that only echoes cannot answer. */
export const question = (number: number, expression: string): string =>
  `${quiet}try{print("<dorm"+"ouse ${number}>",JSON.stringify(${expression}))}catch(e){print("<dorm"+"ouse ${number}!>",e.toString())}\n`

export const memoryMessage = /OUT OF MEMORY|interpreter error:.*MEMORY/

/** How long a question waits before it is asked again. */
const againMillis = 1_000

/** Of what was heard, enough to find a mark that comes in pieces, and to report what it was. */
const keptCharacters = 10_000

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const make = (link: Link): Board => {
  let heard = ""
  let number = 0

  /** Takes what comes until one of the questions since `first` is answered. */
  const answer = (first: number, isCalm = true): Effect.Effect<unknown, LinkError | Thrown | OutOfMemory> =>
    Effect.gen(function*() {
      while (true) {
        for (const [, asked, failed, text] of heard.matchAll(/<dormouse (\d+)(!?)> ?([^\r\n]*)\r?\n/g)) {
          if (Number(asked) < first) continue
          if (failed === "!") return yield* new Thrown({ text: text as string })
          return parse(text as string)
        }
        if (isCalm && memoryMessage.test(heard)) return yield* new OutOfMemory()
        heard = (heard + (yield* Queue.take(link.received))).slice(-keptCharacters)
      }
    })

  const silence = Effect.suspend(() => Effect.fail(new Silence({ heard })))

  const ask = (expression: string, withinMillis: number) =>
    Effect.suspend(() => {
      heard = ""
      const first = ++number
      return link.write(question(first, expression)).pipe(
        Effect.andThen(answer(first)),
        Effect.timeoutOrElse({ duration: withinMillis, orElse: () => silence })
      )
    })

  const insist = (expression: string, before: string, withinMillis: number) =>
    Effect.gen(function*() {
      heard = ""
      const first = number + 1
      for (let waited = 0; waited < withinMillis; waited += againMillis) {
        yield* link.write(before + question(++number, expression))
        const found = yield* Effect.timeoutOption(answer(first, false), Math.min(againMillis, withinMillis - waited))
        if (Option.isSome(found)) return found.value
      }
      return yield* silence
    })

  return { say: (statement) => link.write(quiet + statement + "\n"), ask, insist }
}
