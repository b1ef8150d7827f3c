/** What every adapter of the Wifi port must keep to. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { Network } from "../../src/domain/config/DeviceConfig.ts"
import { Wifi } from "../../src/ports/Wifi.ts"

export interface WifiHarness {
  /** Runs a test to its end, with the radio to be tested; moves the clock along when time is virtual. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, Wifi>) => Promise<A>
  /** Networks of which at least one can be joined. */
  readonly networks: ReadonlyArray<Network>
  /** Networks none of which can be joined, where the adapter can have such. */
  readonly outOfReach?: ReadonlyArray<Network>
}

export const wifiSuite = (name: string, harness: WifiHarness): void => {
  const { networks, outOfReach, run } = harness

  describe(`Wifi on ${name}`, () => {
    it("joins a network after start", () =>
      run(Effect.gen(function*() {
        const wifi = yield* Wifi
        wifi.start(networks)
        yield* wifi.joined
        // Once joined, it says so to everybody who asks again.
        yield* wifi.joined
        wifi.stop()
      })))

    it("may be stopped at any time, and twice", () =>
      run(Effect.gen(function*() {
        const wifi = yield* Wifi
        wifi.stop()
        wifi.start(networks)
        wifi.stop()
        wifi.stop()
      })))

    it("joins again after it was stopped", () =>
      run(Effect.gen(function*() {
        const wifi = yield* Wifi
        wifi.start(networks)
        yield* wifi.joined
        wifi.stop()
        wifi.start(networks)
        yield* wifi.joined
        wifi.stop()
      })))

    it.skipIf(outOfReach === undefined)("fails with WifiError and the networks' names when none can be joined",
      () =>
        run(Effect.gen(function*() {
          const wifi = yield* Wifi
          wifi.start(outOfReach ?? [])
          const error = yield* Effect.flip(wifi.joined)
          expect(error._tag).toBe("WifiError")
          for (const network of outOfReach ?? []) expect(error.message).toContain(network.ssid)
          wifi.stop()
        })))
  })
}
