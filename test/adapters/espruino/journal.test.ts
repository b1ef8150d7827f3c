/** A week without a Server on Espruino itself: what has no room in the snapshot lies in the journal, and none is lost. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as JournalRecord from "../../../src/domain/delivery/JournalRecord.ts"
import * as Outbox from "../../../src/domain/delivery/Outbox.ts"
import * as JournalRing from "../../../src/domain/state/JournalRing.ts"
import * as Snapshot from "../../../src/domain/state/Snapshot.ts"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { broker, events, flashed, pending, run } from "./wakes.ts"

const week = 2_016
const topic = "air/data"

const payload = (number: number): string =>
  JSON.stringify({ temperature: 21.4, humidity: 48.2, uptime: number * 300, unit: "C" })

/** The journal's file with these readings in it. */
const journalWith = (file: Uint8Array, from: number, to: number): Uint8Array => {
  const bytes = Uint8Array.from(file)
  const write = (part: Uint8Array, at: number): void => bytes.set(part, at)
  const access = { bytes, write, erasePage: () => {} }
  for (let number = from; number <= to; number++) {
    const record = JournalRecord.encode({ topic, payload: payload(number) }, undefined)
    expect(JournalRing.append(access, record, 1, Infinity)).toBe(number - from + 1)
  }
  return bytes
}

/** As if the device pending so many readings, and had last tried when the clock showed `lastAttempt`, in milliseconds. */
const owing = (image: string, count: number, lastAttempt: number): void => {
  const files = Espruino.readFlash(image)
  const stored = Espruino.valueIn(files["state"]) ?? ""
  const state = JSON.parse(stored.slice(stored.indexOf("{"))) as object
  const head = Array.from({ length: Outbox.fewEntries }, (_, index) => [index + 1, topic, payload(index + 1)])
  const value = { ...state, e: head, o: [head.length, 0, 1], f: [], b: [9, lastAttempt, 0] }
  const others = Object.entries(files).map(([file, text]) => [file, Buffer.from(text, "latin1")])
  Espruino.writeFlash(image, {
    ...Object.fromEntries(others),
    state: Espruino.logOf("state", Snapshot.encode(value)),
    journal: journalWith(Buffer.from(files["journal"] ?? "", "latin1"), head.length + 1, count)
  })
}

/** Readings from number `from` on, up to number `to`, behind what lies in the journal. */
const going = (image: string, from: number, to: number): void => {
  const files = Object.entries(Espruino.readFlash(image)).map(([file, text]) => [file, Buffer.from(text, "latin1")])
  const all = Object.fromEntries(files) as Record<string, Uint8Array>
  const bytes = Uint8Array.from(all["journal"] as Uint8Array)
  const access = { bytes, write: (part: Uint8Array, at: number): void => bytes.set(part, at), erasePage: () => {} }
  for (let number = from; number <= to; number++) {
    JournalRing.append(access, JournalRecord.encode({ topic, payload: payload(number) }, undefined), 1, Infinity)
  }
  Espruino.writeFlash(image, { ...all, journal: bytes })
}

const began = 1_800_000_000_000

const boot = (image: string, clock: number): Effect.Effect<Espruino.Boot> =>
  Effect.promise(() =>
    Espruino.boot(image, { ESPRUINO_CLOCK: String(clock), ESPRUINO_MEASURE: "2" }, {
      onText: () => {},
      giveUpMillis: 120_000
    })
  )

const policy = { reconnect: { max_attempts: 1 } }

const numbers = (messages: ReadonlyArray<readonly [topic: string, payload: string]>): ReadonlyArray<number> =>
  messages.filter(([name]) => name.endsWith(topic)).map(([, text]) => (JSON.parse(text) as { uptime: number }).uptime)

/** The boards' limits, where the interpreter tells. */
const withinLimits = ({ report }: Espruino.Boot, variables = 1_900): void => {
  if (report === undefined) return
  expect(report.jsvars.peak).toBeLessThanOrEqual(variables)
  expect(report.stack.needed).toBeLessThanOrEqual(14_700)
}

describe.skipIf(Espruino.interpreter === "")("a week without a Server, on Espruino" + Espruino.hint, () => {
  it("fills the snapshot, then the journal, and delivers all of it in order", () =>
    run(Effect.gen(function*() {
      const port = yield* TcpServer.freePort
      const image = yield* flashed(port, policy)
      for (let wake = 0; wake < 30; wake++) withinLimits(yield* boot(image, began + wake * 60_000))
      expect(pending(image)).toHaveLength(Outbox.fewEntries)
      const { messages } = yield* broker(port)
      const last = yield* boot(image, began + 7 * 3_600_000)
      withinLimits(last)
      expect(events(last)).toContainEqual({ _tag: "Delivered", count: 31, pending: 0 })
      const seen = numbers(messages)
      expect(seen).toHaveLength(31)
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
    })), 120_000)

  it("writes one record of at most 128 bytes in a wake with 1,000 pending", () =>
    run(Effect.gen(function*() {
      const image = yield* flashed(yield* TcpServer.freePort, policy)
      yield* boot(image, began)
      owing(image, 1_000, began)
      const lived = yield* boot(image, began + 600_000)
      expect(events(lived)).toContainEqual({ _tag: "Woke", pending: 1_000, attemptCount: 9 })
      expect(events(lived).map(({ _tag }) => _tag)).toEqual(["Woke", "Measured", "Waiting", "Sleeping"])
      expect(events(lived).at(-1)).toMatchObject({ pending: 1_001 })
      withinLimits(lived)
      if (lived.report) {
        expect(lived.report.flash.written).toBeGreaterThan(60)
        expect(lived.report.flash.written).toBeLessThanOrEqual(128)
      }
    })), 120_000)

  it("thins out the older half with thin_older, and delivers what is kept, in order, from the first to the last",
    () =>
      run(Effect.gen(function*() {
        const port = yield* TcpServer.freePort
        const image = yield* flashed(port, { ...policy, outbox: { capacity: 600, when_full: "thin_older" } })
        yield* boot(image, began)
        owing(image, 606, began)
        const lived = yield* boot(image, began + 600_000)
        // Of the 4,095 that a C3 has.
        withinLimits(lived, 2_800)
        expect(events(lived)).toContainEqual({ _tag: "Dropped", count: 151 })
        expect(events(lived).at(-1)).toMatchObject({ _tag: "Sleeping", pending: 456 })
        const { messages } = yield* broker(port)
        for (let wakes = 1; numbers(messages).length < 456 && wakes < 6; wakes++) {
          // Not in place: what is thinned out comes into the Outbox.
          withinLimits(yield* boot(image, began + wakes * 7 * 3_600_000), 2_300)
        }
        const halved = Array.from({ length: 151 }, (_, index) => Outbox.fewEntries + 1 + 2 * index)
        const newer = Array.from({ length: 606 - 305 }, (_, index) => 306 + index)
        expect(numbers(messages).slice(0, 455)).toEqual(
          [...Array.from({ length: Outbox.fewEntries }, (_, index) => index + 1), ...halved, ...newer]
            .map((number) => number * 300)
        )
        expect(pending(image)).toEqual([])
      })), 280_000)

  it("thins out again what it has thinned out", () =>
    run(Effect.gen(function*() {
      const image = yield* flashed(yield* TcpServer.freePort, {
        ...policy,
        outbox: { capacity: 600, when_full: "thin_older" }
      })
      yield* boot(image, began)
      owing(image, 606, began)
      withinLimits(yield* boot(image, began + 600_000), 2_800)
      going(image, 607, 756)
      const lived = yield* boot(image, began + 700_000)
      withinLimits(lived, 2_800)
      expect(events(lived).map(({ _tag }) => _tag)).toEqual(["Woke", "Measured", "Dropped", "Waiting", "Sleeping"])
      const state = Espruino.valueIn(Espruino.readFlash(image)["state"]) ?? ""
      const { h } = JSON.parse(state.slice(state.indexOf("{"))) as { readonly h: ReadonlyArray<number> }
      // In the other sheet, with one reading of four.
      expect(h.slice(2, 4)).toEqual([1, 4])
    })), 120_000)

  it("delivers 2,016 readings in order, in windows, each once", () =>
    run(Effect.gen(function*() {
      const port = yield* TcpServer.freePort
      const image = yield* flashed(port, policy)
      yield* boot(image, began)
      owing(image, week, began)
      const { messages } = yield* broker(port)
      let wakes = 0
      while (numbers(messages).length < week + wakes && wakes < 10) {
        const lived = yield* boot(image, began + (wakes + 1) * 7 * 3_600_000)
        withinLimits(lived)
        wakes++
      }
      const seen = numbers(messages)
      const all = Array.from({ length: week }, (_, index) => (index + 1) * 300)
      expect(seen.slice(0, week)).toEqual(all)
      expect(seen).toHaveLength(week + wakes)
      expect(pending(image)).toEqual([])
    })), 280_000)
})
