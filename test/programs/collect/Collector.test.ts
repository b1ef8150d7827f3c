/** When a message is acknowledged: with a Server that sees every packet, and a sink that waits to be told. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import type { Packet } from "../../../src/domain/packet/Packet.ts"
import * as Client from "../../../src/programs/client/Client.ts"
import * as Collector from "../../../src/programs/collect/Collector.ts"
import type { Entry } from "../../../src/programs/collect/sinks/Entry.ts"
import * as Judge from "../../../src/programs/collect/Judge.ts"
import * as Report from "../../../src/programs/collect/Report.ts"
import { type Counts, SinkError } from "../../../src/programs/collect/sinks/Sink.ts"
import { fork } from "../../support/clientPair.ts"
import { run } from "../../support/runClient.ts"
import * as ScriptedServer from "../../support/scriptedServer.ts"

interface Commit {
  readonly uptimes: ReadonlyArray<number>
  readonly answer: (result: "stored" | "failed") => Effect.Effect<void>
}

const uptimesOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<number> =>
  entries.map((entry) => entry._tag === "Reading" ? entry.row.uptime : -1)

const start = (cleanSession = false) =>
  Effect.gen(function*() {
    const server = yield* ScriptedServer.make
    const options = { endpoint: server.endpoint, clientId: "c", cleanSession }
    const making = yield* fork(Client.make(options))
    const guest = yield* server.welcome(true)
    const client = yield* Fiber.join(making)
    const commits = yield* Queue.unbounded<Commit>()
    const lines: Array<string> = []
    let abandoned = 0
    const commit = (entries: ReadonlyArray<Entry>): Effect.Effect<Counts, SinkError> =>
      Effect.gen(function*() {
        const answer = yield* Deferred.make<Counts, SinkError>()
        yield* Queue.offer(commits, {
          uptimes: uptimesOf(entries),
          answer: (result) =>
            Effect.asVoid(result === "stored" ? Deferred.succeed(answer, { stored: entries.length, repeated: 0 })
              : Deferred.fail(answer, new SinkError({ message: "the disk is full" })))
        })
        return yield* Deferred.await(answer)
      })
    const collector = Collector.make({
      client,
      sink: { name: "sink", from: undefined, moments: [], begin: () => Effect.void, commit },
      judge: Judge.make(["#"], 0, []),
      report: Report.make(),
      tell: (line) => Effect.sync(() => void lines.push(line)),
      abandon: Effect.suspend(() => {
        abandoned++
        return Effect.never
      })
    })
    const scope = yield* Scope.make()
    const running = yield* fork(Scope.provide(Collector.run(collector), scope))
    return {
      collector,
      server,
      guest,
      commits,
      lines,
      abandoned: () => abandoned,
      end: Effect.andThen(Fiber.interrupt(running), Scope.close(scope, Exit.void))
    }
  })

const publish = (packetIdentifier: number, dup = false): Packet => ({
  _tag: "Publish",
  topic: "garden/pond/data" as TopicName,
  payload: Bytes.fromText(`{"uptime":${packetIdentifier}}`),
  qos: 1,
  retain: false,
  dup,
  packetIdentifier
})

/** The Packet Identifiers of the next PUBACKs. */
const acknowledged = (guest: ScriptedServer.Guest, count: number) =>
  Effect.map(Effect.replicateEffect(guest.expect("Puback"), count), (all) =>
    all.map(({ packetIdentifier }) => packetIdentifier))

/** No PUBACK has been sent: the answer to a PINGREQ of the Client's would come after it. */
const nothingAcknowledged = (guest: ScriptedServer.Guest) =>
  Effect.map(Effect.timeoutOption(guest.expect("Puback"), 150), ({ _tag }) => expect(_tag).toBe("None"))

const numbers = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe("a collector", () => {
  it("acknowledges a message when it is stored, and not before", () =>
    run(Effect.gen(function*() {
      const { commits, end, guest } = yield* start()
      yield* guest.send(publish(1))
      const commit = yield* Queue.take(commits)
      expect(commit.uptimes).toEqual([1])
      yield* nothingAcknowledged(guest)
      yield* commit.answer("stored")
      expect(yield* acknowledged(guest, 1)).toEqual([1])
      yield* end
    })))

  it("stores together what has come together, and what comes meanwhile after it", () =>
    run(Effect.gen(function*() {
      const { commits, end, guest } = yield* start()
      // Until both streams have had a message of one read, the first one does not go ahead.
      yield* guest.send(publish(1))
      yield* Effect.flatMap(Queue.take(commits), ({ answer }) => answer("stored"))
      yield* acknowledged(guest, 1)
      yield* guest.send(...numbers(2, 50).map((number) => publish(number)))
      const second = yield* Queue.take(commits)
      expect(second.uptimes).toEqual(numbers(2, 50))
      yield* guest.send(...numbers(51, 90).map((number) => publish(number)))
      yield* nothingAcknowledged(guest)
      yield* second.answer("stored")
      expect(yield* acknowledged(guest, 49)).toEqual(numbers(2, 50))
      const third = yield* Queue.take(commits)
      expect(third.uptimes).toEqual(numbers(51, 90))
      yield* third.answer("stored")
      expect(yield* acknowledged(guest, 40)).toEqual(numbers(51, 90))
      yield* end
    })))

  it("acknowledges what is refused or of no interest with the others, in order", () =>
    run(Effect.gen(function*() {
      const { collector, commits, end, guest, lines } = yield* start()
      const bad = { ...publish(1), payload: Bytes.fromText("no") } as Packet
      const other = { ...publish(2), topic: "garden/pond/temperature" as TopicName } as Packet
      yield* guest.send(bad, other, publish(3))
      let uptimes: ReadonlyArray<number> = []
      while (uptimes.length < 2) {
        const commit = yield* Queue.take(commits)
        uptimes = uptimes.concat(commit.uptimes)
        yield* commit.answer("stored")
      }
      expect(uptimes).toEqual([-1, 3])
      expect(yield* acknowledged(guest, 3)).toEqual([1, 2, 3])
      expect(collector.report.sums.rejected).toBe(1)
      while (lines.length === 0) yield* Effect.sleep(20)
      expect(lines).toEqual(["1 message rejected: \"garden/pond/data\" is not JSON"])
      yield* end
    })))

  it("stores and acknowledges what it has, before it leaves", () =>
    run(Effect.gen(function*() {
      const { commits, end, guest } = yield* start()
      yield* guest.send(publish(1), publish(2))
      const commit = yield* Queue.take(commits)
      const ending = yield* fork(end)
      yield* nothingAcknowledged(guest)
      yield* commit.answer("stored")
      // Whether the second message is of this commit depends on how far the first stream had come.
      let rest = 2 - commit.uptimes.length
      while (rest > 0) {
        const next = yield* Effect.timeoutOption(Queue.take(commits), 300)
        if (next._tag === "None") break
        rest -= next.value.uptimes.length
        yield* next.value.answer("stored")
      }
      expect(yield* acknowledged(guest, 2 - rest)).toEqual(numbers(1, 2 - rest))
      yield* Fiber.join(ending)
    })))

  it("tries again when it cannot store, and acknowledges only then", () =>
    run(Effect.gen(function*() {
      const { commits, end, guest, lines } = yield* start()
      yield* guest.send(publish(1))
      yield* Effect.flatMap(Queue.take(commits), ({ answer }) => answer("failed"))
      yield* nothingAcknowledged(guest)
      // After five seconds.
      const again = yield* Queue.take(commits)
      expect(again.uptimes).toEqual([1])
      yield* again.answer("stored")
      expect(yield* acknowledged(guest, 1)).toEqual([1])
      expect(lines).toEqual([
        "the disk is full; trying again; nothing is acknowledged meanwhile, so nothing is lost"
      ])
      yield* end
    })))

  it("leaves without an acknowledgement of what it cannot store", () =>
    run(Effect.gen(function*() {
      const { abandoned, commits, end, guest, lines } = yield* start()
      yield* guest.send(publish(1))
      const commit = yield* Queue.take(commits)
      // The process would end: here it waits for ever.
      yield* Effect.forkDetach(end, { startImmediately: true })
      yield* commit.answer("failed")
      while (abandoned() === 0) yield* Effect.sleep(20)
      yield* nothingAcknowledged(guest)
      expect(lines).toEqual(["the disk is full; what was not stored comes again"])
    })))

  it("stores again, and once, what the Server sends again on the next connection", () =>
    run(Effect.gen(function*() {
      const { commits, end, guest, server } = yield* start()
      yield* guest.send(publish(1))
      const commit = yield* Queue.take(commits)
      yield* guest.cut
      const next = yield* server.welcome(true)
      yield* next.send(publish(1, true))
      yield* commit.answer("stored")
      const again = yield* Queue.take(commits)
      expect(again.uptimes).toEqual([1])
      yield* again.answer("stored")
      expect(yield* acknowledged(next, 1)).toEqual([1])
      yield* end
    })))
})
