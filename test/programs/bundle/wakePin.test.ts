/** The script of a board that a pin wakes: when it sleeps until then, and when by its timer. */
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, find, run, tags } from "../device/support.ts"

const file = {
  update_interval: 600,
  wake_pin: 33,
  network: { ssid: "home" },
  mqtt: {
    broker: VmBoard.serverName,
    topic_data_prefix: "home/d1",
    topic_config: "home/config",
    config_wait_time: 0.05,
    publish_status: true
  }
}

let files: Readonly<Record<string, string>> = {}
let plain: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  files = await Espruino.device(deviceConfig({ ...file, sensors: { simulated: { id: "s1" } } }))
  plain = await Espruino.device(deviceConfig({ network: { ssid: "home" }, mqtt: file.mqtt }))
}, 180_000)

describe("a board that a pin wakes", () => {
  it("sleeps until the pin changes when all is delivered, and says by what it was woken", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      const first = yield* Effect.promise(() => board.wake())
      expect([first.uncaught, first.onPin]).toEqual([[], [33, 1]])
      expect(find(first.events, "Sleeping")).toMatchObject({ pending: 0, onPin: 33 })
      board.level = 1
      expect((yield* Effect.promise(() => board.wake())).onPin).toEqual([33, 0])
      const said = yield* observer.messages("home/d1/status", 2)
      expect(JSON.parse(said[1]?.payload ?? "")).toMatchObject({ woken_by: "pin", next_connection: null })
    })))

  it("sleeps by its timer while something is pending, and until the pin changes again when that is delivered", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const board = VmBoard.make(files, undefined)
      const failed = yield* Effect.promise(() => board.wake())
      expect(tags(failed.events)).toContain("TryFailed")
      expect(failed.onPin).toBeUndefined()
      expect(failed.slept).toBeGreaterThan(500_000_000)
      expect(find(failed.events, "Sleeping")).not.toHaveProperty("onPin")
      board.server = tcp
      let last = yield* Effect.promise(() => board.wake())
      for (let wakes = 0; wakes < 8 && last.onPin === undefined; wakes++) {
        last = yield* Effect.promise(() => board.wake())
      }
      expect(last.onPin).toEqual([33, 1])
      expect(find(last.events, "Delivered")).toMatchObject({ pending: 0 })
    })))

  it("sleeps by its timer with a chip that no pin wakes", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const board = VmBoard.make(files, tcp)
      board.hasExt0 = false
      const { onPin, slept, uncaught } = yield* Effect.promise(() => board.wake())
      expect([uncaught, onPin]).toEqual([[], undefined])
      expect(slept).toBeGreaterThan(500_000_000)
    })))

  it("is asleep by its timer while an update is on probation", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      yield* observer.publish("home/config", JSON.stringify({ version: 1, wake_on: "high" }), { retain: true })
      const taken = yield* Effect.promise(() => board.wake())
      expect([tags(taken.events).includes("ConfigAccepted"), taken.onPin]).toEqual([true, undefined])
      expect((yield* Effect.promise(() => board.wake())).onPin).toEqual([33, 1])
    })))
})

describe("a board that no pin wakes", () => {
  it("has none of it, and refuses an update that asks for it", () =>
    run(Effect.gen(function*() {
      expect(plain[".bootcde"]).not.toContain("deepSleepExt0")
      expect(files[".bootcde"]).toContain("deepSleepExt0")
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(plain, tcp)
      yield* observer.publish("home/config", JSON.stringify({ version: 1, wake_pin: 33 }), { retain: true })
      const { events } = yield* Effect.promise(() => board.wake())
      expect(find(events, "ConfigRefused")).toMatchObject({
        reason:
          "wake_pin must not be given on this board, whose program sleeps by its timer; flash a bundle made with it"
      })
    })))
})
