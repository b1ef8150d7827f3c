/** A collector that is killed under load, against real Servers: nothing lost, nothing twice. */
import * as Effect from "effect/Effect"
import * as path from "node:path"
import { expect, it } from "vitest"
import * as directory from "../support/directory.ts"
import { program } from "../support/program.ts"
import { runs } from "../support/runs.ts"
import { brokers } from "./brokers.ts"
import * as kills from "./kills.ts"

for (const [name, { isThere, make }] of Object.entries(brokers)) {
  it.skipIf(!isThere)("a collector that is killed again and again loses nothing and stores nothing twice, on " + name,
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const { tcp } = yield* make
        const folder = yield* directory.temporary
        const sum = yield* Effect.promise(() =>
          kills.run({
            port: tcp.port,
            program: [program("dormouse")],
            file: path.join(folder, "readings.db"),
            kills: runs(4, 20),
            devices: 100,
            rate: 1_000,
            prefix: "kills",
            random: Math.random
          })
        )
        expect(sum).toMatchObject({ lost: 0, twice: 0, unknown: 0, incomplete: 0 })
        expect(sum.published).toBeGreaterThan(500)
        expect(sum.rows).toBe(sum.published)
        expect(sum.atWork).toBeGreaterThan(0)
      }))))
}
