import * as Arr from "effect/Array"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import type { Handler, Received } from "../../../src/programs/client/Handler.ts"
import * as Inbox from "../../../src/programs/client/Inbox.ts"
import * as InboxState from "../../../src/programs/client/InboxState.ts"
import * as Streams from "../../../src/programs/client/Streams.ts"
import { fork } from "../../support/clientPair.ts"

const message = (text: string): Received => ({
  topic: "t" as TopicName,
  payload: Bytes.fromText(text),
  qos: 1,
  retain: false,
  dup: false
})

const text = ({ payload }: Received): string => Bytes.toText(payload)

/** An Inbox with one handler, and what it has acknowledged. */
const make = (handler: Handler) =>
  Effect.gen(function*() {
    const inbox = yield* InboxState.make(1_000_000, 1_000, () => [handler], () => {})
    yield* fork(Inbox.run(inbox))
    const acknowledged: Array<number> = []
    const put = (...texts: Arr.NonEmptyReadonlyArray<string>) =>
      Inbox.put(inbox, {
        messages: Arr.map(texts, message),
        bytes: 1,
        tapped: new Set(),
        acknowledge: (count) => {
          acknowledged.push(count)
        },
        hold: () => undefined,
        drop: () => {}
      })
    return { inbox, put, acknowledged }
  })

describe("Inbox", () => {
  it("has handed on and acknowledged what handlers do at once when `put` is done", () =>
    Effect.runPromise(Effect.gen(function*() {
      const seen: Array<string> = []
      const { acknowledged, inbox, put } = yield* make((each) => {
        seen.push(text(each))
      })
      put("1", "2", "3")
      put("4")
      expect(seen).toEqual(["1", "2", "3", "4"])
      expect(acknowledged).toEqual([3, 1])
      expect([inbox.size, inbox.bytes, inbox.taken]).toEqual([0, 0, 4])
    })))

  it("keeps the order when one takes time, and acknowledges before it what was done", () =>
    Effect.runPromise(Effect.gen(function*() {
      const seen: Array<string> = []
      const go = Latch.makeUnsafe(false)
      const all = yield* Deferred.make<void>()
      const { acknowledged, put } = yield* make((each) => {
        seen.push("begin " + text(each))
        if (text(each) === "slow") {
          return Effect.andThen(go.await, Effect.sync(() => {
            seen.push("slow is done")
          }))
        }
        return text(each) === "last" ? Deferred.succeed(all, undefined) : undefined
      })
      put("1", "2", "slow", "3")
      put("last")
      expect(seen).toEqual(["begin 1", "begin 2", "begin slow"])
      expect(acknowledged).toEqual([2])
      yield* go.open
      yield* Deferred.await(all)
      expect(seen).toEqual(["begin 1", "begin 2", "begin slow", "slow is done", "begin 3", "begin last"])
    })))

  it("hands on in order to a stream that begins between two", () =>
    Effect.runPromise(Effect.gen(function*() {
      const seen: Array<string> = []
      const { inbox, put } = yield* make((each) => {
        seen.push(text(each))
      })
      put("1")
      const streaming = yield* fork(Stream.runCollect(Stream.map(Stream.take(Streams.messages(inbox), 2), text)))
      put("2", "3")
      expect(yield* Fiber.join(streaming)).toEqual(["2", "3"])
      expect(seen).toEqual(["1", "2", "3"])
    })))

  it("hands nothing on while a handler still has what is forgotten, and counts only what came since", () =>
    Effect.runPromise(Effect.gen(function*() {
      const seen: Array<string> = []
      const begun = yield* Deferred.make<void>()
      const go = Latch.makeUnsafe(false)
      const all = yield* Deferred.make<void>()
      const { inbox, put } = yield* make((each) => {
        seen.push(text(each))
        if (text(each) === "slow") return Effect.andThen(Deferred.succeed(begun, undefined), go.await)
        return text(each) === "last" ? Deferred.succeed(all, undefined) : undefined
      })
      put("slow")
      put("lost")
      yield* Deferred.await(begun)
      yield* Inbox.forget(inbox)
      put("new", "last")
      expect(seen).toEqual(["slow"])
      expect([inbox.size, inbox.bytes]).toEqual([2, 1 + 2 * InboxState.overheadBytes])
      yield* go.open
      yield* Deferred.await(all)
      yield* Effect.yieldNow
      expect(seen).toEqual(["slow", "new", "last"])
      expect([inbox.size, inbox.bytes]).toEqual([0, 0])
    })))

  it("hands nothing on that comes after its end", () =>
    Effect.runPromise(Effect.gen(function*() {
      const seen: Array<string> = []
      const { inbox, put } = yield* make((each) => {
        seen.push(text(each))
      })
      put("1")
      Inbox.end(inbox)
      put("2")
      expect(seen).toEqual(["1"])
    })))
})
