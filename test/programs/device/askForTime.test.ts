/** What is asked, remembered and set, and in which order. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import type { Wake } from "../../../src/domain/wake/Wake.ts"
import { Storage, StorageError } from "../../../src/ports/Storage.ts"
import { TimeError, TimeSource } from "../../../src/ports/TimeSource.ts"
import { askForTime } from "../../../src/programs/device/askForTime.ts"
import type { Ports } from "../../../src/programs/device/ports.ts"
import { wakeOf } from "../../domain/wake/support.ts"

const now = 60_000
const known = Date.UTC(2026, 10, 29)
const hour = 3_600_000

interface Around {
  readonly answer: Effect.Effect<number, TimeError>
  readonly isFull?: boolean
  readonly canSet?: boolean
  readonly next?: number
  /** What the clock shows. */
  readonly at?: number
}

/** Asks once. `done` is what the ports were told, in its order. */
const ask = async ({ answer, at = now, canSet = true, isFull = false, next = 0 }: Around) => {
  const done: Array<string> = []
  const wake = wakeOf({
    file: { time: { server: "pool" } },
    pending: "s/data",
    inFlight: [[1, 1]],
    state: { startedAt: at - 10_000, clock: { last: at - 1, next, lost: 0, doubted: 0 } }
  })
  const entries = wake.state.outbox.entries.map((entry) => ({ ...entry, payload: `{"uptime":4}` }))
  wake.state = { ...wake.state, outbox: { ...wake.state.outbox, entries } }
  wake.stay = { from: at - 1_000, until: at + 60_000, isRetained: true }
  const before = wake.state
  const written: Array<DeviceState.DeviceState> = []
  const ports = Context.make(TimeSource, {
    ask: ({ host, port }) => Effect.suspend(() => (done.push("ask " + host + ":" + port), answer)),
    adjust: canSet ? (millis) => void done.push("set " + millis) : undefined
  }).pipe(
    Context.add(Storage, {
      read: () => Result.succeed(undefined),
      write: (name, value) => {
        done.push("write " + name)
        if (isFull) return Result.fail(new StorageError({ operation: "write", name, message: "full" }))
        written.push(Result.getOrThrow(DeviceState.decode(value)))
        return Result.succeed(undefined)
      }
    }),
    Context.add(Clock.Clock, { currentTimeMillisUnsafe: () => at } as Clock.Clock)
  ) as unknown as Ports
  await Effect.runPromise(askForTime(ports, wake as Wake))
  return { done, wake, before, written: written[0] }
}

describe("a server is asked for the time, and", () => {
  it("what is kept is remembered as it will be, with dates, before the clock is set", async () => {
    const { done, wake, written } = await ask({ answer: Effect.succeed(known - now) })
    expect(done).toEqual(["ask pool:123", "write state", "set " + (known - now)])
    expect(written?.startedAt).toBe(known - 10_000)
    expect(written?.outbox.entries[0]?.payload).toBe(`{"uptime":4,"time":"2026-11-28T23:59:54Z"}`)
    expect(wake.clockMoved).toBe(known - now)
    expect(wake.stay).toEqual({ from: known - 1_000, until: known + 60_000, isRetained: true })
    expect(wake.events).toEqual([{ _tag: "TimeTold", millis: known - now, isSet: true }])
  })

  it("the clock is not set where flash does not take that", async () => {
    const { before, done, wake } = await ask({ answer: Effect.succeed(known), isFull: true })
    expect(done).toEqual(["ask pool:123", "write state"])
    expect([wake.state.startedAt, wake.state.outbox, wake.clockMoved]).toEqual([before.startedAt, before.outbox,
      undefined])
    expect(wake.state.clock?.next).toBe(now + hour)
    expect(wake.events).toEqual([
      { _tag: "NotSaved", reason: "full" },
      { _tag: "TimeUnknown", reason: "the clock is not set, for flash did not take it" }
    ])
  })

  it("nothing is moved where the clock is not ours to set", async () => {
    const { before, done, wake } = await ask({ answer: Effect.succeed(2_000), at: known, canSet: false })
    expect(done).toEqual(["ask pool:123"])
    expect([wake.state.startedAt, wake.clockMoved]).toEqual([before.startedAt, undefined])
    expect(wake.state.clock?.next).toBeGreaterThan(known + 23 * hour)
    expect(wake.events).toEqual([{ _tag: "TimeTold", millis: 2_000, isSet: false }])
  })

  it("what is not believed is told, and remembered for the next answer", async () => {
    const { done, wake } = await ask({ answer: Effect.succeed(48 * hour), at: known })
    expect(done).toEqual(["ask pool:123"])
    expect(wake.state.clock).toMatchObject({ next: known + hour, doubted: 48 * hour })
    expect(wake.events).toMatchObject([{ reason: expect.stringMatching(/^pool:123: the answer says 2026-12-01T/) }])
  })

  it("a failure is told in its words", async () => {
    const answer = Effect.fail(new TimeError({ reason: "Unreachable", message: "pool:123: no way" }))
    const { done, wake } = await ask({ answer })
    expect(done).toEqual(["ask pool:123"])
    expect(wake.events).toEqual([{ _tag: "TimeUnknown", reason: "pool:123: no way" }])
  })

  it("one that says nothing is waited for two seconds", async () => {
    const began = performance.now()
    const { wake } = await ask({ answer: Effect.never })
    expect(performance.now() - began).toBeGreaterThan(1_990)
    expect(wake.events).toEqual([{ _tag: "TimeUnknown", reason: "pool:123 did not tell the time within 2 s" }])
  })

  it("not before its time", async () => {
    const { before, done, wake } = await ask({ answer: Effect.succeed(0), next: now + 1 })
    expect([done, wake.events]).toEqual([[], []])
    expect(wake.state).toBe(before)
  })
})
