/** The script of a board that measures its battery: what it says, when it sends, and what updates it takes. */
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import { residentConfig } from "../../../src/programs/bundle/residentConfig.ts"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, find, run } from "../device/support.ts"
import { wake } from "./wake.ts"

const plain = {
  update_interval: 600,
  network: { ssid: "home" },
  mqtt: {
    broker: VmBoard.serverName,
    topic_data_prefix: "home/d1",
    topic_config: "home/config",
    config_wait_time: 0.05,
    publish_status: true
  }
}
const battery = { pin: 35, command: "volts", divider: 2, low: 20, low_send_interval: 1_800 }
const file = { ...plain, battery }

let files: Readonly<Record<string, string>> = {}
let without: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  files = await Espruino.device(deviceConfig(file))
  without = await Espruino.device(deviceConfig(plain))
}, 180_000)

/** Behind two equal resistors, of a full scale of 3.3 V, with some noise. */
const reading = (volts: number) => {
  let count = 0
  return (pin: number) => {
    if (pin !== 35) throw new Error("Invalid pin")
    return volts / 2 / 3.3 + (count++ % 2 === 0 ? 0.001 : -0.001)
  }
}

describe("a board that measures its battery", () => {
  it("says how full it is, sends more seldom while it is low, and says so", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      board.analog = reading(3.98)
      for (let wakes = 0; wakes < 2; wakes++) {
        const { events, hasJoined, tags } = yield* wake(board)
        expect(tags.slice(0, 3)).toEqual(["Woke", "Battery", "Measured"])
        expect([hasJoined, find(events, "Battery")]).toEqual([true, { _tag: "Battery", volts: 3.98, percent: 75 }])
      }
      const said = yield* observer.messages("home/d1/status", 2)
      expect(JSON.parse(said[1]?.payload ?? "")).toMatchObject({
        battery: 75,
        battery_volts: 3.98,
        battery_low: false,
        next_connection: 600
      })
      board.analog = reading(3.65)
      const turned = yield* wake(board)
      expect(find(turned.events, "BatteryLow")).toMatchObject({ isLow: true, percent: 8, sendsEvery: 1_800_000 })
      const radio = [turned.hasJoined]
      for (let wakes = 0; wakes < 6; wakes++) radio.push((yield* wake(board)).hasJoined)
      // It says so at once.
      expect(radio).toEqual([true, false, false, true, false, false, true])
      const low = yield* observer.messages("home/d1/status", 5)
      expect(JSON.parse(low[4]?.payload ?? "")).toMatchObject({ battery: 8, battery_low: true, next_connection: 1_800 })
      board.analog = reading(4.1)
      const better = yield* wake(board)
      expect(find(better.events, "BatteryLow")).toMatchObject({ isLow: false, sendsEvery: 0 })
      expect(better.hasJoined).toBe(true)
    })))

  it("reports one that cannot be measured, and does everything else", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      board.analog = () => 0
      expect(find((yield* wake(board)).events, "NotMeasured")).toMatchObject({
        sensor: "battery",
        reason: "0 V cannot be; check battery.pin, battery.divider and its wiring"
      })
      board.analog = () => {
        throw new Error("Invalid pin")
      }
      const { events, tags } = yield* wake(board)
      expect(find(events, "NotMeasured")).toMatchObject({ sensor: "battery", reason: "Invalid pin" })
      expect(tags).toContain("Delivered")
      const said = yield* observer.messages("home/d1/status", 2)
      expect(JSON.parse(said[1]?.payload ?? "")).toMatchObject({
        battery: null,
        battery_volts: null,
        battery_low: false,
        last_error: "battery: Invalid pin"
      })
    })))

  it("takes an update of its limit", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      board.analog = reading(3.8)
      const update = { version: 1, battery: { pin: 35, low: 50, low_send_interval: 3_600 } }
      yield* observer.publish("home/config", JSON.stringify(update), { retain: true })
      expect((yield* wake(board)).tags).toContain("ConfigAccepted")
      expect(find((yield* wake(board)).events, "BatteryLow")).toMatchObject({ isLow: true, sendsEvery: 3_600_000 })
    })))

  it("refuses one without the pin", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      board.analog = reading(3.8)
      const update = { version: 1, battery: { command: "volts" } }
      yield* observer.publish("home/config", JSON.stringify(update), { retain: true })
      expect(find((yield* wake(board)).events, "ConfigRefused")).toMatchObject({
        reason: expect.stringContaining("battery.pin must be given on a board")
      })
    })))
})

describe("a board that does not", () => {
  it("has none of it in its program, and refuses an update that asks for it", () =>
    run(Effect.gen(function*() {
      expect(without[".bootcde"]).not.toContain("BatteryLow")
      expect(without[".bootcde"]).not.toContain("analogRead")
      expect(files[".bootcde"]).toContain("analogRead")
      expect(residentConfig(JSON.stringify(deviceConfig(plain)))).not.toContain("battery")
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(without, tcp)
      yield* observer.publish("home/config", JSON.stringify({ version: 1, battery: { pin: 35 } }), { retain: true })
      expect(find((yield* wake(board)).events, "ConfigRefused")).toMatchObject({
        reason: "battery must not be given on this board, whose program measures none; flash a bundle made with it"
      })
    })))
})
