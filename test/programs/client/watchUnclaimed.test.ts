import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Topic from "../../../src/domain/packet/Topic.ts"
import * as Core from "../../../src/programs/client/Core.ts"
import * as Inbox from "../../../src/programs/client/Inbox.ts"
import * as Settings from "../../../src/programs/client/settings.ts"
import * as Subscribe from "../../../src/programs/client/subscribe.ts"
import * as Subscriptions from "../../../src/programs/client/Subscriptions.ts"
import { watchUnhandled } from "../../../src/programs/client/watchUnhandled.ts"

const minute = 60_000

/** A Client that has subscribed to `polled` without a handler, the messages that it acknowledges, and its notices. */
const make = Effect.gen(function*() {
  const core = yield* Core.make(
    Result.getOrThrow(Settings.settings({ endpoint: { host: "h", port: 1 }, clientId: "c" }))
  )
  const filter = Result.getOrThrow(Topic.filter("polled"))
  Subscriptions.want(core.subscriptions, Subscriptions.entryFor(core.subscriptions, filter),
    Subscriptions.wanted({ qos: 1 }, undefined))
  const notices = yield* PubSub.subscribe(core.notices)
  const acknowledged: Array<string> = []
  const put = (topic: string) => {
    const message = {
      topic: topic as Topic.TopicName,
      payload: Bytes.empty,
      qos: 1,
      retain: false,
      dup: false
    } as const
    const hold = () => () => {
      acknowledged.push(topic)
    }
    Inbox.put(core.inbox, {
      messages: [message],
      bytes: 1,
      tapped: new Set(),
      acknowledge: () => {},
      hold,
      drop: () => {}
    })
  }
  return { core, put, acknowledged, told: PubSub.takeUpTo(notices, 100) }
})

const run = <A>(test: Effect.Effect<A, never, Scope.Scope>) => Effect.runPromise(Effect.scoped(test))

describe("messages that nobody takes", () => {
  it("are reported when they have waited since the last check, and again when they are twice as many", () =>
    run(Effect.gen(function*() {
      const { core, put, told } = yield* make
      put("polled")
      watchUnhandled(core, 0)
      expect(yield* told).toEqual([])
      watchUnhandled(core, 10)
      watchUnhandled(core, 20)
      put("polled")
      watchUnhandled(core, 30)
      expect(yield* told).toMatchObject([
        { _tag: "UnclaimedMessages", topic: "polled", messages: 1 },
        { _tag: "UnclaimedMessages", topic: "polled", messages: 2 }
      ])
    })))

  it("are given up after a minute when no Topic Filter has asked for them, and not those that came later", () =>
    run(Effect.gen(function*() {
      const { acknowledged, core, put, told } = yield* make
      put("old")
      put("polled")
      watchUnhandled(core, 0)
      put("old")
      watchUnhandled(core, minute - 1)
      yield* told
      expect(acknowledged).toEqual([])
      watchUnhandled(core, minute)
      expect(acknowledged).toEqual(["old"])
      expect(yield* told).toMatchObject([{ _tag: "MessagesDropped", topic: "old", messages: 1 }])
      expect(Inbox.takeUnclaimed(core.inbox).map(({ topic }) => topic)).toEqual(["polled", "old"])
    })))

  it("hold nothing back any more once others were given up, until the user subscribes again", () =>
    run(Effect.gen(function*() {
      const { core, put, told } = yield* make
      put("old")
      watchUnhandled(core, 0)
      watchUnhandled(core, minute)
      put("older")
      put("polled")
      expect(yield* told).toMatchObject([
        { _tag: "MessagesDropped", topic: "old", messages: 1 },
        { _tag: "MessagesDropped", topic: undefined, messages: 1 }
      ])
      Result.getOrThrow(Subscribe.prepare({
        ...core,
        settings: { ...core.settings, subscriptions: [{ topicFilter: "new" }] }
      }))
      put("older")
      expect(Inbox.takeUnclaimed(core.inbox).map(({ topic }) => topic)).toEqual(["polled", "older"])
    })))
})
