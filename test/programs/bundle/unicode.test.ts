/**
 * A board whose texts are from all of Unicode, on node:vm: what it says and what it makes of updates is what Node says
 * and makes.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as Espruino from "../../support/espruino.ts"
import { isWhole } from "../../support/runs.ts"
import * as ScriptedServer from "../../support/scriptedServer.ts"
import { configOf, file, live } from "../../support/unicodeLife.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { run } from "../device/support.ts"

describe("a board", () => {
  it("says and takes texts as Node does, in all of Unicode", () =>
    run(Effect.gen(function*() {
      const server = yield* ScriptedServer.make
      const config = configOf(file(VmBoard.serverName, 1883, 1))
      const board = VmBoard.make(yield* Effect.promise(() => Espruino.device(config)), server.endpoint)
      yield* live(server, config, Effect.map(Effect.promise(() => board.wake()), ({ joined, uncaught }) => {
        expect(uncaught).toEqual([])
        expect(joined).toEqual([[config.networks[0]?.ssid, config.networks[0]?.password]])
      }))
    })))

  // None of its files is like those of the others: to make them takes many seconds.
  it.skipIf(!isWhole)("delivers with a program that keeps its long names, where those of the platform cannot be taken",
    () =>
      run(Effect.gen(function*() {
        const server = yield* ScriptedServer.make
        const config = configOf(file(VmBoard.serverName, 1883, 2))
        const board = VmBoard.make(yield* Effect.promise(() => Espruino.unminified(config)), server.endpoint, {
          isFrozen: true
        })
        yield* live(server, config,
          Effect.map(Effect.promise(() => board.wake()), ({ uncaught }) => expect(uncaught).toEqual([])))
      })))
})
