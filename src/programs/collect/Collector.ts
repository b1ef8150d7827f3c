/**
 * A connected collector: messages become rows, and are acknowledged when they are stored.
 *
 * Whatever has arrived in one turn of the event loop is stored in one commit; during a commit the next ones arrive. So
 * batches are as large as the Server is quick, and a single reading waits for nothing.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Text from "../../domain/bytes/Text.ts"
import type * as Client from "../client/Client.ts"
import * as Batches from "./Batches.ts"
import type { Entry } from "./sinks/Entry.ts"
import * as Judge from "./Judge.ts"
import * as Report from "./Report.ts"
import type { Sink, SinkError } from "./sinks/Sink.ts"

export interface Collector {
  readonly client: Client.Client
  readonly sink: Sink
  readonly judge: Judge.Judge
  readonly report: Report.Report
  readonly batches: Batches.Batches
  /** Opens when there may be something to tell. */
  readonly news: Latch.Latch
  /** Writes a line for the user. */
  readonly tell: (line: string) => Effect.Effect<void>
  /** Ends the process at once, so that nothing more is acknowledged. */
  readonly abandon: Effect.Effect<never>
  /** Open from the end on. */
  readonly ending: Latch.Latch
}

export const make = (
  parts: Pick<Collector, "client" | "sink" | "judge" | "report" | "tell" | "abandon">
): Collector => ({ ...parts, batches: Batches.make(), news: Latch.makeUnsafe(false), ending: Latch.makeUnsafe(false) })

/** Everything that the system has for this process is read before it goes on. */
const turn: Effect.Effect<void> = Effect.callback((resume) => {
  const timer = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(timer))
})

/** Milliseconds. */
const againAfter = 5_000

/** Until it works: the disk may be full for a while. */
const commit = (collector: Collector, entries: ReadonlyArray<Entry>): Effect.Effect<void> => {
  const { abandon, ending, news, report, sink, tell } = collector
  const failed = ({ message }: SinkError) =>
    Effect.gen(function*() {
      if (ending.isOpen()) return yield* Effect.andThen(tell(message + "; what was not stored comes again"), abandon)
      Report.failing(report, message)
      news.openUnsafe()
      yield* Effect.raceFirst(Effect.sleep(againAfter), ending.await)
      yield* commit(collector, entries)
    })
  return Effect.matchEffect(sink.commit(entries), {
    onFailure: failed,
    onSuccess: ({ repeated, stored }) =>
      Effect.sync(() => {
        report.sums.stored += stored
        report.sums.repeated += repeated
        if (report.failing !== undefined) news.openUnsafe()
        Report.working(report)
      })
  })
}

const quoted = (topic: string): string => Text.quote(Text.shorten(topic, 80))

const entriesOf = (
  { judge, news, report }: Collector,
  batch: ReadonlyArray<Batches.Collected>
): ReadonlyArray<Entry> => {
  const entries: Array<Entry> = []
  for (const { arrived, message } of batch) {
    const entry = Judge.judge(judge, message, arrived)
    if (entry === undefined) continue
    entries.push(entry)
    if (entry._tag !== "Rejected") continue
    Report.rejected(report, quoted(entry.topic) + " " + entry.reason)
    news.openUnsafe()
  }
  return entries
}

/** Stores batch after batch. A fault of this program ends it before it acknowledges anything. */
const storing = (collector: Collector): Effect.Effect<never> => {
  const { abandon, batches, judge, tell } = collector
  const one = Effect.suspend(() => {
    const batch = Batches.take(batches)
    const entries = entriesOf(collector, batch)
    return Effect.andThen(entries.length === 0 ? Effect.void : commit(collector, entries),
      Effect.map(Clock.currentTimeMillis, (now) => {
        Judge.stored(judge, now)
        Batches.stored(batches, batch.length)
      }))
  })
  return Effect.forever(Effect.andThen(batches.some.await, Effect.andThen(turn, one))).pipe(
    Effect.catchDefect((defect) =>
      Effect.andThen(tell("this is a fault of Dormouse, please report it: " + String(defect)), abandon)
    )
  )
}

const each = (
  { batches, client }: Collector,
  take: (batches: Batches.Batches, message: Client.Received, arrived: number) => Effect.Effect<void>
): Effect.Effect<void> =>
  Effect.flatMap(Clock.Clock, (clock) =>
    Stream.runForEach(client.messages, (message) => take(batches, message, clock.currentTimeMillisUnsafe())))

/** Tells of lost connections and whatever else is in the report, when it is time to. */
const telling = ({ news, report, tell }: Collector): Effect.Effect<never> =>
  Effect.forever(Effect.gen(function*() {
    yield* news.await
    news.closeUnsafe()
    // What belongs together often comes together.
    yield* Effect.sleep(100)
    const line = Report.due(report, yield* Clock.currentTimeMillis)
    if (typeof line === "string") {
      yield* tell(line)
      if (report.lost !== undefined || report.failing !== undefined) news.openUnsafe()
    } else if (line !== undefined) {
      yield* Effect.sleep(line)
      news.openUnsafe()
    }
  }))

const watching = ({ client, judge, news, report }: Collector): Effect.Effect<void> =>
  Stream.runForEach(client.status, (status) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      news.openUnsafe()
      if (status._tag === "Connected") return Report.connected(report, now)
      Judge.disconnected(judge)
      Report.disconnected(report, status.reason.message, now)
    }))

const noticing = ({ client, news, report }: Collector): Effect.Effect<void> =>
  Stream.runForEach(client.notices, (notice) =>
    Effect.suspend(() => {
      if (notice._tag === "OversizedMessage") {
        const { maximum, size, topic = "a message" } = notice
        Report.rejected(report, `${quoted(topic)} has ${size} bytes, more than ${maximum}`)
      } else if (notice._tag === "SubscriptionLost") report.remark = notice.message
      else return Effect.logWarning(notice.message)
      news.openUnsafe()
      return Effect.void
    }))

/** Runs until the Client has ended for good. The end of the Scope stores and acknowledges what was collected. */
export const run = (collector: Collector): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { batches, ending } = collector
    // They end in the opposite order: nothing more is collected, what was is stored, and then it is acknowledged.
    for (const work of [telling, watching, noticing, storing]) yield* Effect.forkScoped(work(collector))
    yield* Effect.forkScoped(each(collector, Batches.acknowledge), { startImmediately: true })
    yield* Effect.addFinalizer(() => Batches.allStored(batches))
    const collecting = yield* Effect.forkScoped(each(collector, Batches.collectAhead), { startImmediately: true })
    yield* Effect.addFinalizer(() => Effect.sync(() => ending.openUnsafe()))
    yield* Fiber.join(collecting)
  })
