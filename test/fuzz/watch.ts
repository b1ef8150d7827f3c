/**
 * Runs inputs in a process of its own, and finds the one that breaks something, does not return, or ends the process.
 *
 * The process says how far it is every few thousand inputs. When it falls silent or dies, the inputs since then are run
 * again one by one in a new one.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { type ChildProcess, fork } from "node:child_process"

/** What the process is started with. */
export interface Job {
  readonly seed: string
  readonly from: number
  readonly count: number
  /** It says how far it is before every so many inputs. */
  readonly every: number
  /** URL of a module like codecs.ts, to be used in place of it. */
  readonly codecs?: string | undefined
}

/** Before input `number`: the packets read so far, and the memory of the process in bytes. */
export interface At {
  readonly _tag: "At"
  readonly number: number
  readonly packets: number
  readonly bytes: number
}

/** The input `number` breaks something. It was shrunk to `stream` (in hex), `sizes`, `maximum`. */
export interface Broken {
  readonly _tag: "Broken"
  readonly number: number
  readonly fault: string
  readonly stream: string
  readonly sizes: ReadonlyArray<number>
  readonly maximum: number
}

/** Everything held. How often the device came to each verdict; "" when there was no fault. */
export interface Done {
  readonly _tag: "Done"
  readonly verdicts: Readonly<Record<string, number>>
}

/** The process does not return from one of the inputs from `number` to below `end`, or is ended by it. */
export interface Lost {
  readonly _tag: "Lost"
  readonly number: number
  readonly end: number
  readonly how: string
}

export type Said = At | Broken | Done

/** Heap that the process may have: an input, or many, that take more end it. MB. */
const heapMegabytes = 256

const program = new URL("./worker.ts", import.meta.url)

/** Of what Node writes at its end, the line that says why. */
const essence = (complaint: string): string => {
  const lines = complaint.split("\n").map((line) => line.trim()).filter((line) => line !== "")
  return lines.find((line) => /error/i.test(line)) ?? lines[0] ?? "without a word"
}

/** Its messages, and how it ended. */
const start = (job: Job): Effect.Effect<Queue.Queue<Said | string>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const said = yield* Queue.unbounded<Said | string>()
    yield* Effect.acquireRelease(
      Effect.sync((): ChildProcess => {
        const child = fork(program, [JSON.stringify(job)], {
          execArgv: ["--import", "tsx", `--max-old-space-size=${heapMegabytes}`],
          stdio: ["ignore", "inherit", "pipe", "ipc"]
        })
        let complaint = ""
        child.stderr?.on("data", (text: Buffer) => {
          complaint += text.toString()
        })
        child.on("message", (each: Said) => Queue.offerUnsafe(said, each))
        child.on("close", (code, signal) =>
          Queue.offerUnsafe(said, `its process ended with ${signal ?? "code " + code}: ${essence(complaint)}`))
        child.on("error", (fault) => Queue.offerUnsafe(said, fault.message))
        return child
      }),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    return said
  })

/** One process, up to its end. */
const once = (job: Job, patienceMillis: number, onAt: (at: At) => void): Effect.Effect<Broken | Done | Lost> =>
  Effect.scoped(Effect.gen(function*() {
    const said = yield* start(job)
    let number = job.from
    // Loading the codecs takes its time, too.
    let patience = Math.max(patienceMillis, 30_000)
    while (true) {
      const next = yield* Effect.timeoutOrElse(Queue.take(said), {
        duration: patience,
        orElse: () => Effect.succeed(`it did not return within ${patience / 1000} s`)
      })
      if (typeof next === "string") {
        return { _tag: "Lost", number, end: Math.min(number + job.every, job.from + job.count), how: next } as const
      }
      if (next._tag !== "At") return next
      number = next.number
      patience = patienceMillis
      onAt(next)
    }
  }))

/** `patienceMillis`: how long a process may be silent. `onAt` hears how far it is. */
export const watch = (
  job: Job,
  options: { readonly patienceMillis: number; readonly onAt: (at: At) => void }
): Effect.Effect<Broken | Done | Lost> =>
  Effect.gen(function*() {
    const found = yield* once(job, options.patienceMillis, options.onAt)
    if (found._tag !== "Lost" || job.every === 1) return found
    const again = yield* once({ ...job, from: found.number, count: found.end - found.number, every: 1 },
      options.patienceMillis, () => {})
    // Alone they may do no harm: then what came before them does.
    return again._tag === "Done" ? found : again
  })
