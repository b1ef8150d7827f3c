/** The script of a board that publishes only what has changed: what it does, and what updates it takes. */
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import { publishesAlways } from "../../../src/programs/bundle/sparedBy.ts"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, find, run } from "../device/support.ts"
import { wake } from "./wake.ts"

const file = {
  update_interval: 600,
  network: { ssid: "home" },
  sensors: { simulated: { id: "s1", max_silence: 2_400, temperature: { change: 100, above: 90 } } },
  mqtt: { broker: VmBoard.serverName, topic_config: "home/config", config_wait_time: 0.05 }
}

let files: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  files = await Espruino.device(deviceConfig(file))
}, 180_000)

const unchanged = { tags: ["Woke", "Measured", "Unchanged", "Sleeping"], hasJoined: false }

describe("a board that publishes what has changed, and at least every 40 minutes", () => {
  it("turns on no radio in a wake whose reading has not", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const board = VmBoard.make(files, tcp)
      for (let rounds = 0; rounds < 3; rounds++) {
        const sends = yield* wake(board)
        expect([sends.hasJoined, find(sends.events, "Delivered")]).toEqual([true,
          expect.objectContaining({ count: 1 })])
        for (let quiet = 0; quiet < 3; quiet++) expect(yield* wake(board)).toMatchObject(unchanged)
      }
    })))

  it("takes an update of its limits, and one to none and back", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      const update = (version: number, limits: object) =>
        observer.publish("home/config", JSON.stringify({ version, sensors: { simulated: { id: "s1", ...limits } } }), {
          retain: true
        })
      yield* update(1, {})
      expect((yield* wake(board)).tags).toContain("ConfigAccepted")
      for (let wakes = 0; wakes < 3; wakes++) expect((yield* wake(board)).tags).not.toContain("Unchanged")
      yield* update(2, { max_silence: 1_200, temperature: { change: 100 } })
      expect((yield* wake(board)).tags).toContain("ConfigAccepted")
      const published: Array<boolean> = []
      for (let wakes = 0; wakes < 6; wakes++) published.push(!(yield* wake(board)).tags.includes("Unchanged"))
      expect(published.filter((one) => one).length).toBeGreaterThanOrEqual(2)
      expect(published).toContain(false)
    })))
})

describe("a board's program", () => {
  it("is made without what compares readings, unless its configuration wants that", () => {
    expect([publishesAlways(deviceConfig()), publishesAlways(deviceConfig(file))]).toEqual([true, false])
  })
})
