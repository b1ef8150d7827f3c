/** What every adapter of the TimeSource port must keep to. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import { type TimeServer, TimeSource } from "../../src/ports/TimeSource.ts"

/** What a server does: it tells the time; it says something that is none; it says nothing. */
export type Behaviour = "tells" | "refuses" | "silent"

export interface TimeSourceHarness<R> {
  /** Runs a test to its end; moves the clock along when time is virtual. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, TimeSource | Scope.Scope | R>) => Promise<A>
  /** A server, and how much more its clock shows, in milliseconds. */
  readonly serve: (
    behaviour: Behaviour
  ) => Effect.Effect<{ readonly server: TimeServer; readonly aheadMillis: number }, never, TimeSource | Scope.Scope | R>
  /** Nobody answers there, and the platform knows it. */
  readonly nobody?: TimeServer
}

/** Half of what an exchange may take here. Milliseconds. */
const near = 200

export const timeSourceSuite = <R = never>(name: string, harness: TimeSourceHarness<R>): void => {
  const { nobody, run, serve } = harness

  describe(`TimeSource on ${name}`, () => {
    it("gives by how much the clock is behind, as often as it is asked", () =>
      run(Effect.gen(function*() {
        const source = yield* TimeSource
        const { aheadMillis, server } = yield* serve("tells")
        for (let times = 0; times < 2; times++) {
          const millis = yield* source.ask(server)
          expect(Number.isInteger(millis)).toBe(true)
          expect(Math.abs(millis - aheadMillis)).toBeLessThan(near)
        }
      })))

    it("sets the clock, where that is ours to set", () =>
      run(Effect.gen(function*() {
        const source = yield* TimeSource
        const { server } = yield* serve("tells")
        if (source.adjust === undefined) return
        source.adjust(yield* source.ask(server))
        expect(Math.abs(yield* source.ask(server))).toBeLessThan(near)
        source.adjust(-5_000)
        expect(Math.abs((yield* source.ask(server)) - 5_000)).toBeLessThan(near)
      })))

    it("fails with TimeError and the server's name when the answer says no time", () =>
      run(Effect.gen(function*() {
        const source = yield* TimeSource
        const { server } = yield* serve("refuses")
        const error = yield* Effect.flip(source.ask(server))
        expect([error._tag, error.reason]).toEqual(["TimeError", "BadAnswer"])
        expect(error.message).toContain(server.host + ":" + server.port + ": ")
      })))

    it("may be interrupted while no answer comes, and asked again", () =>
      run(Effect.gen(function*() {
        const source = yield* TimeSource
        const { server } = yield* serve("silent")
        for (let times = 0; times < 2; times++) {
          const given = yield* Effect.timeoutOrElse(source.ask(server), {
            duration: 100,
            orElse: () => Effect.succeed("none")
          })
          expect(given).toBe("none")
        }
      })))

    it.skipIf(nobody === undefined)("fails with TimeError where nobody is to be asked",
      () =>
        run(Effect.gen(function*() {
          const source = yield* TimeSource
          const error = yield* Effect.flip(source.ask(nobody as TimeServer))
          expect([error._tag, error.reason]).toEqual(["TimeError", "Unreachable"])
        })))
  })
}
