/** A publishing program with a store, killed at any moment, against a real Server: nothing accepted is lost. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import * as directory from "../support/directory.ts"
import * as Mosquitto from "../support/mosquitto.ts"
import { runs } from "../support/runs.ts"
import * as kills from "./kills.ts"
import { settings } from "./settings.ts"

for (const version of [4, 5] as const) {
  it.skipIf(Mosquitto.executable === undefined)(
    `a killed publisher of MQTT ${version} loses nothing that was accepted, and nothing of QoS 2 comes twice`,
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const { tcp } = yield* Mosquitto.make({}, settings)
        const folder = yield* directory.temporary
        const sum = yield* Effect.promise(() =>
          kills.run({ port: tcp.port, version, folder, kills: runs(2, 20), random: Math.random })
        )
        expect(sum).toMatchObject({ lost: 0, twiceExactlyOnce: 0 })
        expect(sum.atWork).toBeGreaterThan(0)
      })))
  )
}
