/** The whole device on Espruino itself while the Server is away, refuses or drops the connection, on both runtimes. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as aedes from "../../support/aedes.ts"
import * as DelayedServer from "../../support/delayedServer.ts"
import { stages } from "../../support/droppedConnections.ts"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import * as Wakes from "./wakes.ts"

const tags = (boot: Espruino.Boot): ReadonlyArray<string> => Wakes.events(boot).map(({ _tag }) => _tag)

const count = (boot: Espruino.Boot, tag: string): number => tags(boot).filter((each) => each === tag).length

const runtimes = [
  { runtime: "the device-sized runtime", files: Espruino.device, needs: 0, stack: {} },
  {
    runtime: "effect's own runtime",
    files: Espruino.deviceOnEffect,
    needs: Espruino.manyVariables,
    stack: Espruino.large
  }
]

describe.skipIf(Espruino.interpreter === "").each(runtimes)(
  "the device on Espruino, under faults, on $runtime" + Espruino.hint,
  ({ files, needs, stack }) => {
    /** One wake; where the interpreter measures, within the stack that boards have, and not only by luck. */
    const wake = (image: string) =>
      Effect.map(Wakes.wake(image, { ESPRUINO_MEASURE: "1", ...stack }), (boot) => {
        if (boot.report) expect(boot.report.stack.needed).toBeLessThanOrEqual(boot.report.stack.limit - 400)
        return boot
      })

    const lacks = Effect.map(Wakes.variables, (variables) => variables < needs)
    const hint = `needs an interpreter with ${needs} variables`

    it("keeps its reading wherever the connection is dropped, and delivers it when it is not", { timeout: 120_000 },
      (test) =>
        Wakes.run(Effect.gen(function*() {
          if (yield* lacks) return test.skip(hint)
          const { aedes: server, messages, tcp } = yield* Wakes.broker()
          yield* Wakes.retain(server, JSON.stringify({ version: 1 }))
          const proxy = yield* DelayedServer.make(tcp)
          const image = yield* Wakes.flashed(proxy.endpoint.port, {}, files)
          let taken = 0
          for (const [faults, left] of stages) {
            yield* proxy.change(faults)
            const dropped = yield* wake(image)
            const what = JSON.stringify([faults, dropped.lines])
            expect(count(dropped, "TryFailed"), what).toBe(left)
            expect(Wakes.pending(image), what).toHaveLength(left)
            yield* proxy.change(DelayedServer.healthy)
            yield* wake(image)
            expect(Wakes.pending(image)).toEqual([])
            taken += 2
            // At least once is what QoS 1 promises.
            expect(messages.length).toBeGreaterThanOrEqual(taken)
          }
        })))

    it("tries three times, waits across restarts as the policy says, and tries again", { timeout: 60_000 },
      (test) =>
        Wakes.run(Effect.gen(function*() {
          if (yield* lacks) return test.skip(hint)
          const image = yield* Wakes.flashed(yield* TcpServer.freePort, { reconnect: { min_interval: 15 } }, files)
          expect(count(yield* wake(image), "TryFailed")).toBe(3)
          const waiting = yield* wake(image)
          expect(tags(waiting)).toEqual(["Woke", "Measured", "Waiting", "Sleeping"])
          // The wait is over before the interval.
          expect(waiting.slept).toBeLessThanOrEqual(15_000_000)
          yield* Effect.sleep((waiting.slept ?? 0) / 1000)
          expect(count(yield* wake(image), "TryFailed")).toBe(1)
          expect(Wakes.pending(image)).toHaveLength(3)
        })))

    it("waits for an answer and between the tries of a wake as long as it is configured", { timeout: 60_000 },
      (test) =>
        Wakes.run(Effect.gen(function*() {
          if (yield* lacks) {
            return test.skip(hint)
          }
          const began: Array<number> = []
          const silent = yield* TcpServer.make(() => void began.push(performance.now()))
          const keys = { timeout: 1, reconnect: { try_interval: 2 } }
          const failed = Wakes.events(yield* wake(yield* Wakes.flashed(silent.endpoint.port, keys, files))).filter((
            event
          ) => event._tag === "TryFailed")
          expect(failed.map(({ reason }) => reason)).toEqual(
            Array(3).fill(`127.0.0.1:${silent.endpoint.port} has not answered for 1 s`)
          )
          // The first try counts from the beginning of its wake.
          expect(began[1] as number - (began[0] as number)).toBeGreaterThan(1_000)
          expect(began[2] as number - (began[1] as number)).toBeGreaterThan(1_900)
        })))

    it("keeps its reading from a Server that refuses its credentials, and tries no more than it may", {
      timeout: 60_000
    }, (test) =>
      Wakes.run(Effect.gen(function*() {
        if (yield* lacks) return test.skip(hint)
        const { tcp } = yield* aedes.make({ user: { username: "oak", password: "acorn" } })
        const image = yield* Wakes.flashed(tcp.port, { username: "oak", password: "leaf", reconnect: {} }, files)
        const failed = Wakes.events(yield* wake(image)).filter((event) => event._tag === "TryFailed")
        expect(failed.map(({ error }) => error)).toEqual(["ConnectionRefused", "ConnectionRefused",
          "ConnectionRefused"])
        expect(tags(yield* wake(image))).toEqual(["Woke", "Measured", "Waiting", "Sleeping"])
        expect(Wakes.pending(image)).toHaveLength(2)
      })))
  }
)
