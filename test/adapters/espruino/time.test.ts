/** A board on Espruino itself that asks a real server for the time over UDP. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import * as TimeServer from "../../support/timeServer.ts"
import { broker, document, events, pending, run, wake } from "./wakes.ts"

const flashed = (port: number, time: { readonly host: string; readonly port: number }) =>
  Effect.gen(function*() {
    const image = path.join(yield* Directory.temporary, "espruino.flash")
    const file = { ...document(port), time: { server: time.host, port: time.port } }
    const { config } = Result.getOrThrow(DeviceConfig.check(file))
    Espruino.writeFlash(image, yield* Effect.promise(() => Espruino.device(config).then(Espruino.tokenised)))
    return image
  })

/** One wake of a board whose clock shows so many milliseconds. */
const wakeAt = (image: string, clock: number) =>
  Effect.map(wake(image, { ESPRUINO_CLOCK: String(Math.round(clock)) }), (boot) => ({ ...boot, events: events(boot) }))

interface Reading {
  readonly uptime: number
  readonly time?: string
}

const readings = (messages: ReadonlyArray<readonly [topic: string, payload: string]>): ReadonlyArray<Reading> =>
  messages.map(([, payload]) => JSON.parse(payload) as Reading)

const told = (all: ReturnType<typeof events>) => all.filter(({ _tag }) => _tag === "TimeTold" || _tag === "TimeUnknown")

/** Milliseconds between what a reading says and what this machine's clock shows, and `ahead`. */
const wrong = ({ time }: Reading, ahead = 0): number => Math.abs(Date.parse(time ?? "") - Date.now() - ahead)

const interval = 600_000_000

describe.skipIf(Espruino.interpreter === "")("a board with time.server on Espruino" + Espruino.hint, () => {
  it("gets its time in its first wake, dates its readings, and goes on so: also behind a power cut", () =>
    run(Effect.gen(function*() {
      const { messages, tcp } = yield* broker()
      const server = yield* TimeServer.make
      const image = yield* flashed(tcp.port, server)
      const first = yield* wakeAt(image, 400)
      expect(told(first.events)).toMatchObject([{ _tag: "TimeTold", isSet: true }])
      expect(first.slept).toBeLessThanOrEqual(interval)
      // Not by what the clock was set ahead, which is 56 years.
      expect(first.slept).toBeGreaterThan(interval - 20_000_000)
      const [one] = readings(messages) as [Reading]
      expect(one.uptime).toBe(0)
      expect(wrong(one)).toBeLessThan(10_000)

      // Asleep for 600 s by the clock that was set.
      const second = yield* wakeAt(image, Date.now() + 600_000)
      expect(told(second.events)).toEqual([])
      const two = readings(messages)[1] as Reading
      expect(Math.abs(two.uptime - 600)).toBeLessThan(20)
      expect(wrong(two, 600_000)).toBeLessThan(10_000)

      // The power was away for a day.
      server.aheadMillis = 86_400_000
      const third = yield* wakeAt(image, 300)
      expect(told(third.events)).toMatchObject([{ _tag: "TimeTold", isSet: true }])
      const three = readings(messages)[2] as Reading
      expect(three.uptime - two.uptime).toBeLessThan(10)
      expect(three.uptime).toBeGreaterThanOrEqual(two.uptime)
      expect(wrong(three, server.aheadMillis)).toBeLessThan(10_000)
      expect(server.requests).toHaveLength(2)
      expect(pending(image)).toEqual([])
      for (const { report } of [first, second, third]) {
        if (report) expect(report.stack.needed).toBeLessThanOrEqual(report.stack.limit)
      }
    })))

  it("dates what it could not deliver before it knew the time", () =>
    run(Effect.gen(function*() {
      const port = yield* TcpServer.freePort
      const server = yield* TimeServer.make
      server.spoil = () => undefined
      const image = yield* flashed(port, server)
      const silent = yield* wakeAt(image, 400)
      expect(told(silent.events)).toEqual([
        { _tag: "TimeUnknown", reason: "127.0.0.1:" + server.port + " did not tell the time within 2 s" }
      ])
      server.spoil = (answer) => answer
      const { messages } = yield* broker(port)
      // Two hours later: an hour must pass before it asks again.
      yield* wakeAt(image, 7_200_400)
      const [one, two] = readings(messages) as [Reading, Reading]
      expect(wrong(one, -7_200_000)).toBeLessThan(15_000)
      expect(wrong(two)).toBeLessThan(15_000)
    })))

  it.each([
    ["is a kiss of death", (answer: Buffer) => answer.fill(0, 1, 2), "the server does not want to be asked"],
    ["is from before this program", (answer: Buffer) => answer.fill("e0", 32, 33, "hex").fill("e0", 40, 41, "hex"),
      "which cannot be"]
  ])("delivers without a time where the answer %s, in the words of the refusal",
    (_, spoil, reason) =>
      run(Effect.gen(function*() {
        const { messages, tcp } = yield* broker()
        const server = yield* TimeServer.make
        server.spoil = spoil
        const image = yield* flashed(tcp.port, server)
        const only = yield* wakeAt(image, 400)
        expect(told(only.events)).toMatchObject([{ _tag: "TimeUnknown", reason: expect.stringContaining(reason) }])
        expect(readings(messages)).toMatchObject([{ uptime: 0 }])
        expect(readings(messages)[0]?.time).toBeUndefined()
        // Nor in the next wake, in which it does not ask.
        yield* wakeAt(image, 610_400)
        expect(server.requests).toHaveLength(1)
        const { time, uptime } = readings(messages)[1] as Reading
        expect(time).toBeUndefined()
        expect(Math.abs(uptime - 610)).toBeLessThan(5)
      })))
})
