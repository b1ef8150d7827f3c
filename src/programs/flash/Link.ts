/**
 * An open port: text goes in, text comes out, until the port disappears. It lives as long as its Scope; the driver is a
 * child process.
 */
import type * as Cause from "effect/Cause"
import * as CauseOf from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { fork, type ChildProcess } from "node:child_process"
import * as Place from "../dormouse/Place.ts"
import type { Found, Order, Report } from "./tools.ts"

/** The port cannot be opened, or has disappeared. `reason` is the driver's word. */
export class LinkError extends Data.TaggedError("LinkError")<{
  readonly reason: string
}> {}

export interface Link {
  readonly port: string
  /** Bytes, one in each character; not above 0x7f, which EspruinoTools would damage on TCP. */
  readonly write: (text: string) => Effect.Effect<void>
  /** What arrives, in pieces. Fails when the port disappears, after the last piece. */
  readonly received: Queue.Dequeue<string, LinkError>
}

/** For a board: what a serial port runs at. One with a USB port of its own takes any. */
export const baud = 115_200

const openingMillis = 15_000
const listingMillis = 10_000

const start: Effect.Effect<ChildProcess, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const { execArgv, file } = Place.part("flash/tools")
    return fork(file, { execArgv: [...execArgv], stdio: ["ignore", "ignore", "ignore", "ipc"] })
  }),
  // The port is free again only when the process has ended.
  (child) =>
    Effect.callback<void>((resume) => {
      if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
      child.once("exit", () => resume(Effect.void))
      child.kill("SIGKILL")
    })
)

const order = (child: ChildProcess, what: Order): void => {
  if (child.connected) child.send(what)
}

const lost = (reason: string): Cause.Cause<LinkError> => CauseOf.fail(new LinkError({ reason }))

/** The port, once it is open. `port`: a serial port's path, or tcp://host:port. */
export const open = (port: string): Effect.Effect<Link, LinkError, Scope.Scope> =>
  Effect.gen(function*() {
    const child = yield* start
    const received = yield* Queue.unbounded<string, LinkError>()
    const opened = Effect.callback<void, LinkError>((resume) => {
      const end = (reason: string) => {
        Queue.failCauseUnsafe(received, lost(reason))
        resume(Effect.fail(new LinkError({ reason })))
      }
      child.on("message", (message) => {
        const report = message as Report
        if (report._tag === "Opened") resume(Effect.void)
        if (report._tag === "Received") Queue.offerUnsafe(received, report.text)
        if (report._tag === "Failed") end(report.reason)
        if (report._tag === "Closed") end("closed")
      })
      child.on("error", (fault) => end(fault.message))
      child.on("exit", () => end("EspruinoTools ended"))
      order(child, { _tag: "Open", port, baud })
    })
    const late = Effect.fail(new LinkError({ reason: "ETIMEDOUT" }))
    yield* Effect.timeoutOrElse(opened, { duration: openingMillis, orElse: () => late })
    return { port, write: (text) => Effect.sync(() => order(child, { _tag: "Write", text })), received }
  })

const tokenisingMillis = 30_000

/**
 * The scripts with their words and numbers as single bytes, which Espruino reads faster and which take less room. Fails
 * if EspruinoTools cannot make them.
 */
export const tokenise = (scripts: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, LinkError> =>
  Effect.scoped(Effect.gen(function*() {
    const child = yield* start
    const failed = (reason: string) => Effect.fail(new LinkError({ reason }))
    const tokenised = Effect.callback<ReadonlyArray<string>, LinkError>((resume) => {
      child.on("message", (message) => {
        const report = message as Report
        resume(
          report._tag === "Tokenised" ? Effect.succeed(report.scripts)
            : failed(report._tag === "Failed" ? report.reason : "no answer")
        )
      })
      child.on("exit", () => resume(failed("EspruinoTools ended")))
      order(child, { _tag: "Tokenise", scripts })
    })
    return yield* Effect.timeoutOrElse(tokenised, { duration: tokenisingMillis, orElse: () => failed("ETIMEDOUT") })
  }))

/** The serial ports of this machine; none if they cannot be listed. */
export const list: Effect.Effect<ReadonlyArray<Found>> = Effect.scoped(Effect.gen(function*() {
  const child = yield* start
  const listed = Effect.callback<ReadonlyArray<Found>>((resume) => {
    child.on("message", (message) => {
      const report = message as Report
      resume(Effect.succeed(report._tag === "Listed" ? report.ports : []))
    })
    child.on("exit", () => resume(Effect.succeed([])))
    order(child, { _tag: "List" })
  })
  return yield* Effect.timeoutOrElse(listed, { duration: listingMillis, orElse: () => Effect.succeed([]) })
}))
