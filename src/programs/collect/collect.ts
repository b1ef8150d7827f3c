/**
 * `dormouse collect --broker mqtt://host --out readings.db`: the readings of a fleet, each stored once.
 */
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import * as NodeSocket from "../../adapters/node/Socket.ts"
import { maximumBytes } from "../../domain/collect/documents.ts"
import { statusFilter } from "../../domain/collect/Topics.ts"
import * as Topic from "../../domain/packet/Topic.ts"
import * as Client from "../client/Client.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import * as Files from "../dormouse/Output.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import { sayIfSlow } from "../dormouse/terminal/sayIfSlow.ts"
import { draw } from "./drawing.ts"
import * as Collector from "./Collector.ts"
import * as Judge from "./Judge.ts"
import { type Given, usualTopics } from "./Options.ts"
import * as Report from "./Report.ts"
import { isPossible, shared } from "./share.ts"
import * as Output from "./sinks/Output.ts"
import type { Sink } from "./sinks/Sink.ts"

const refuse = (message: string) => new Refusal({ message })

const asRefusal = ({ message }: { readonly message: string }) => refuse(message)

/** The Topic Filters of the user, and those of the statuses beside them. */
const filtersOf = (given: Given) =>
  Effect.gen(function*() {
    const named = given.topic.flatMap((text) => text.split(",")).map((text) => text.trim())
    const filters = named.length === 0 ? usualTopics : [...new Set(named)]
    for (const filter of filters) {
      yield* Effect.mapError(Effect.fromResult(Topic.filter(filter)), ({ message }) => refuse("--topic: " + message))
      if (filter.startsWith("$share/")) {
        return yield* refuse("--topic " + filter + " is a shared subscription: give its group with --share")
      }
    }
    const beside = filters.map(statusFilter).filter((filter) => filter !== undefined && !filters.includes(filter))
    return { readings: filters, statuses: [...new Set(beside as ReadonlyArray<string>)] }
  })

const checkGroup = (given: Given) =>
  Option.isSome(given.share) && !/^[^/+#]+$/.test(given.share.value)
    ? Effect.fail(
      refuse("--share must be the name of a group, without / + #, but is " + JSON.stringify(given.share.value))
    )
    : Effect.void

/** Its library is compiled for each system, and there may be none for this one. */
const loadSqlite = Effect.tryPromise({
  try: () => import("./sinks/Sqlite.ts"),
  catch: (fault) =>
    refuse("--out needs SQLite, which cannot be loaded on this system (" + (fault as Error).message.split("\n")[0] +
      "): give --format instead")
})

const openFile = (file: string, clientId: string) =>
  Effect.gen(function*() {
    if (!/\.(db|sqlite|sqlite3)$/i.test(file)) {
      return yield* refuse(
        "--out " + file + " does not end in .db or .sqlite: for lines of text, leave it out and give --format"
      )
    }
    const fault = yield* Files.placeFault("--out", file)
    if (fault !== undefined) return yield* refuse(fault)
    const path = yield* Path.Path
    yield* Effect.mapError(Files.makeDirectory(path.dirname(path.resolve(file))),
      (error) => refuse(Files.unwritable("--out", file)(error)))
    const { open } = yield* loadSqlite
    return yield* Effect.mapError(open(file, clientId), asRefusal)
  })

const openSink = ({ clientId, format, out }: Given) => {
  if (Option.isSome(out) && Option.isSome(format)) {
    return Effect.fail(refuse("--format is for standard output and cannot be used with --out: leave one of them out"))
  }
  if (Option.isSome(out)) return openFile(out.value, clientId)
  return Option.isSome(format) ? Effect.succeed(Output.make(format.value))
    : Effect.fail(
      refuse("say where readings go: --out readings.db, or --format csv, jsonl or influx for standard output")
    )
}

const optionsOf = (given: Given) =>
  Effect.gen(function*() {
    if (Option.isNone(given.broker)) return yield* refuse("say where devices publish: --broker mqtt://localhost")
    const { value } = given.broker
    const server = yield* Effect.mapError(Effect.fromResult(ServerUrl.parseMqtt(value, "--broker")), asRefusal)
    if (given.clientId === "") return yield* refuse("--client-id is empty: the Server keeps a Session by that name")
    return {
      ...ServerUrl.clientOptions(server),
      clientId: given.clientId,
      cleanSession: false,
      // A little more than a reading may have, so that what is too large is rejected by its topic.
      maximumPacketSize: 4 * maximumBytes,
      // A Server that has much to give may be slow to answer.
      replyTimeout: 30_000
    }
  })

/** Subscribes to all of it. A Server that grants QoS 0 only would lose readings without a word. */
const subscribe = (client: Client.Client, filters: ReadonlyArray<string>) =>
  Effect.forEach(filters, (filter) =>
    Effect.flatMap(client.subscribe(filter, { qos: 1 }), (granted) =>
      granted === 1 ? Effect.void
        : Effect.fail(refuse("the Server grants " + filter + " with QoS 0 only: readings would get lost on the way"))),
    { discard: true })

const checkSharing = (options: Client.ClientOptions, { share }: Given, server: string) =>
  Effect.gen(function*() {
    if (Option.isNone(share)) return
    const without = server + " has no shared subscriptions: leave out --share"
    const possible = yield* Effect.catchTag(isPossible(options, share.value), "SubscriptionRefused",
      () => Effect.fail(refuse(server + " refuses shared subscriptions: leave out --share")))
    if (possible === false) return yield* refuse(without)
    if (possible === undefined) {
      yield* Console.error("whether " + server + " has shared subscriptions could not be tried")
    }
  })

/** Since when messages may have been kept for us: a new Session has none from before. */
const beginning = (client: Client.Client, sink: Sink) =>
  Effect.gen(function*() {
    const status = yield* Stream.runHead(client.status)
    const isKept = Option.isSome(status) && status.value._tag === "Connected" && status.value.sessionPresent
    if (isKept) return sink.from ?? 0
    const now = yield* Clock.currentTimeMillis
    yield* sink.begin(now)
    return now
  })

/** Names in topics may hold anything: a terminal must not obey it. */
const tell = (line: string) => Console.error(line.replace(/\p{Cc}/gu, "?"))

const collect = (given: Given) =>
  Effect.gen(function*() {
    yield* checkGroup(given)
    const { readings, statuses } = yield* filtersOf(given)
    const options = yield* optionsOf(given)
    const sink = yield* openSink(given)
    const server = options.endpoint.host + ":" + options.endpoint.port
    yield* checkSharing(options, given, server)
    const client = yield* sayIfSlow("connecting to " + server, Client.make(options))
    const wanted = Option.match(given.share, {
      onNone: () => readings,
      onSome: (group) => readings.map((filter) => shared(group, filter))
    })
    const judge = Judge.make([...readings, ...statuses], yield* beginning(client, sink), sink.moments)
    const report = Report.make()
    const abandon = Effect.sync((): never => process.exit(1))
    const collector = Collector.make({ client, sink, judge, report, tell, abandon })
    let hasBegun = false
    const start = Effect.gen(function*() {
      yield* subscribe(client, [...statuses, ...wanted])
      yield* tell(`collecting ${wanted.join(", ")} from ${server} into ${sink.name}; Ctrl-C ends it`)
      hasBegun = true
      return yield* Effect.never
    })
    yield* Effect.addFinalizer(() => hasBegun ? tell(Report.sum(report)) : Effect.void)
    // What the Server has kept comes before its answer to SUBSCRIBE.
    yield* Effect.scoped(Effect.raceFirst(Collector.run(collector), start))
    return yield* refuse("the connection to " + server + " has ended")
  }).pipe(
    Effect.scoped,
    Effect.provide(NodeSocket.layer),
    // What the Client has to say is in the report.
    Effect.provideService(References.MinimumLogLevel, "Error"),
    Effect.mapError((error) => error._tag === "Refusal" ? error : refuse(error.message))
  )

const work = (given: Given) => {
  if (Option.isSome(given.report)) return draw(given, given.report.value)
  return given.device.length > 0 ? Effect.fail(refuse("--device is for --report: a collector takes every device"))
    : collect(given)
}

/** What the command does. */
export const handle = (given: Given) =>
  Effect.tapErrorTag(work(given), "Refusal", ({ message }) => Console.error(message))
