/** A loop or a handler that makes others wait is reported, once, and only if it does so for long. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { expect, it } from "vitest"
import type { Received } from "../../../src/programs/client/Handler.ts"
import * as Events from "../../../src/programs/library/Events.ts"
import * as Subscription from "../../../src/programs/library/Subscription.ts"

const received = { topic: "a", payload: new Uint8Array(1), qos: 1, retain: false, dup: false } as Received

const story = Effect.gen(function*() {
  const seen: Array<string> = []
  const taker = Subscription.loop("a/#", 1,
    Events.make((event) => seen.push("message" in event ? event.message : ""), () => {}))
  const handle = () => taker.handler(received) as Effect.Effect<unknown> | undefined
  expect(handle()).toBe(undefined)
  const waiting = yield* Effect.forkChild(handle() ?? Effect.die("there is room"), { startImmediately: true })
  yield* TestClock.adjust(9_999)
  expect(seen).toEqual([])
  yield* TestClock.adjust(60_000)
  expect(seen).toEqual([
    "the loop over a/# has not asked for a message for 10 s, and 2 wait; all messages of this client wait with them: "
    + "go on with the loop, leave it, or handle messages beside it"
  ])
  yield* Effect.promise(() => taker.mailbox.next())
  expect(waiting.pollUnsafe()).toBe(undefined)
  void taker.mailbox.next()
  yield* Fiber.join(waiting)
})

it("reports a loop after ten seconds", () => Effect.runPromise(Effect.provide(story, TestClock.layer())))

const slowHandler = Effect.gen(function*() {
  const seen: Array<string> = []
  let release = () => {}
  const pending = new Promise<void>((resolve) => release = resolve)
  const taker = Subscription.handled("a/#", () => pending, Events.make(({ _tag }) => seen.push(_tag), () => {}))
  const work = taker.handler(received) as Effect.Effect<unknown>
  const waiting = yield* Effect.forkChild(work, { startImmediately: true })
  yield* TestClock.adjust(9_999)
  expect(seen).toEqual([])
  yield* TestClock.adjust(60_000)
  expect(seen).toEqual(["HandlerStalled"])
  release()
  yield* Fiber.join(waiting)
})

it("reports a handler after ten seconds", () => Effect.runPromise(Effect.provide(slowHandler, TestClock.layer())))
