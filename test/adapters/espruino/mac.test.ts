/** A board on the interpreter that fills its MAC address in. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as BoardLab from "../../support/boardLab.ts"
import * as Espruino from "../../support/espruino.ts"

const configuration = {
  name: "mac",
  file: {
    device_id: "air-{mac}",
    sensors: { simulated: { id: "air" } },
    mqtt: { topic_data_prefix: "home/{mac}/{device_id}", topic_config: "config/all" }
  }
}

const played = { script: "function getSerial(){return 'a0b1c2d3-e4f5'}", modules: [] }

describe.skipIf(Espruino.interpreter === "")("a board with its address in its names, on Espruino" + Espruino.hint,
  () => {
    it("writes to topics of its own, and takes an update that names the address",
      () =>
        Effect.runPromise(Effect.scoped(Effect.gen(function*() {
          const lab = yield* BoardLab.make(configuration, {}, played)
          const wake = () => Effect.promise(() => lab.wake())
          yield* Effect.promise(() => lab.server("up"))
          const { deaths, report } = yield* wake()
          expect(deaths).toEqual([])
          expect(lab.messages.map(([topic]) => topic)).toEqual(["home/a0b1c2d3e4f5/air-a0b1c2d3e4f5/air/data"])
          expect(report?.jsvars.peak).toBeLessThanOrEqual(1_700)
          yield* Effect.promise(() => lab.retain({ version: 2, mqtt: { topic_data_prefix: "roof/{mac}" } }))
          const updating = yield* wake()
          expect(updating.deaths).toEqual([])
          expect(updating.events).toContainEqual({ _tag: "ConfigAccepted", version: 2 })
          expect((yield* wake()).deaths).toEqual([])
          expect(lab.messages.at(-1)?.[0]).toBe("roof/a0b1c2d3e4f5/air/data")
        }))), 120_000)

    it("runs with credentials beside its program, and takes updates that leave them",
      () =>
        Effect.runPromise(Effect.scoped(Effect.gen(function*() {
          const file = { ...configuration.file, credentials: true, network: undefined }
          const own = { ".own": JSON.stringify([[["home", "secret12", 20]], "user-\u00fc", "p", "north"]) }
          const lab = yield* BoardLab.make({ name: "credentials", file }, {}, { ...played, own })
          const wake = () => Effect.promise(() => lab.wake())
          yield* Effect.promise(() => lab.server("up"))
          const { deaths, report } = yield* wake()
          expect(deaths).toEqual([])
          expect(report?.jsvars.peak).toBeLessThanOrEqual(1_750)
          yield* Effect.promise(() => lab.retain({ version: 2, mqtt: { topic_data_prefix: "roof" } }))
          const updating = yield* wake()
          expect([updating.deaths, updating.events]).toEqual([[],
            expect.arrayContaining([{ _tag: "ConfigAccepted", version: 2 }])])
          expect((yield* wake()).deaths).toEqual([])
          expect(lab.messages.at(-1)?.[0]).toBe("roof/air/data")
          expect(lab.clients).toEqual(["north", "north", "north"])
        }))), 120_000)
  })
