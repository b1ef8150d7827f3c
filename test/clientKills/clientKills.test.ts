/**
 * Programs that are killed at any moment, against a real Server. One that publishes with a store: nothing accepted is
 * lost. One that receives on a kept Session: nothing is lost, and nothing of QoS 2 comes again after its PUBREC.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as directory from "../support/directory.ts"
import * as Mosquitto from "../support/mosquitto.ts"
import { runs } from "../support/runs.ts"
import * as kills from "./kills.ts"
import * as receiving from "./receiving.ts"
import { settings } from "./settings.ts"

/** With a Mosquitto and a folder of its own. */
const against = <A>(use: (port: number, folder: string) => Promise<A>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const { tcp } = yield* Mosquitto.make({}, settings)
    const folder = yield* directory.temporary
    return yield* Effect.promise(() => use(tcp.port, folder))
  })))

for (const version of [4, 5] as const) {
  it.skipIf(Mosquitto.executable === undefined)(
    `a killed publisher of MQTT ${version} loses nothing that was accepted, and nothing of QoS 2 comes twice`,
    async () => {
      const sum = await against((port, folder) =>
        kills.run({ port, version, folder, kills: runs(2, 20), random: Math.random })
      )
      expect(sum).toMatchObject({ lost: 0, twiceExactlyOnce: 0 })
      expect(sum.atWork).toBeGreaterThan(0)
    }
  )
}

for (const [version, hasStore] of [[4, true], [5, true], [4, false]] as const) {
  it.skipIf(Mosquitto.executable === undefined)(
    `a killed receiver of MQTT ${version} loses nothing, and gets nothing of QoS 2 again after its PUBREC (store: ${hasStore})`,
    async () => {
      const sum = await against((port, folder) =>
        receiving.run({ port, version, folder, hasStore, kills: runs(2, 20), random: Math.random })
      )
      expect(sum).toMatchObject({ lost: 0, twiceExactlyOnce: 0, late: 0 })
      expect(sum.atWork).toBeGreaterThan(0)
    }
  )
}

describe("what became of the messages of a killed receiver", () => {
  const judge = (
    began: ReadonlyArray<readonly [string, ReadonlyArray<number>]>,
    received: Record<string, number>,
    sent: ReadonlyArray<string> = []
  ) =>
    receiving.judge(
      { began: new Map(began.map(([name, runs]) => [name, [...runs]])), ended: new Set(["0-2", "1-1"]) },
      new Set(["0-2", "1-1", "2-2"]),
      { received: new Map(Object.entries(received)), sent: new Map(sent.map((name, place) => [name, place])) }
    )

  it("is a loss without the end of a handler, and too much behind a PUBREC or in one run", () => {
    expect(judge([["0-2", [1, 2]]], { "0-2": 1 })).toMatchObject({ lost: 1, twiceExactlyOnce: 1, againExactlyOnce: 0 })
    expect(judge([["0-2", [1, 1]]], {})).toMatchObject({ twiceExactlyOnce: 1 })
    expect(judge([["0-2", [1, 2]]], { "0-2": 2 })).toMatchObject({ twiceExactlyOnce: 0, againExactlyOnce: 1 })
    expect(judge([["1-1", [1, 2]]], {})).toMatchObject({ twiceExactlyOnce: 0, againAtLeastOnce: 1 })
  })

  it("is late when it comes behind one of its QoS that the Server had sent later", () => {
    const began = [["2-2", [1]], ["0-2", [1]], ["1-1", [1]]] as const
    expect(judge(began, {}, ["1 0-2", "1 1-1", "1 2-2"])).toMatchObject({ late: 1 })
    expect(judge(began, {}, ["1 1-1", "1 2-2", "1 0-2"])).toMatchObject({ late: 0 })
  })
})
