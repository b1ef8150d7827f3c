/** The script of a board that fills its MAC address in: many boards are flashed with one bundle. */
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import { hasMac } from "../../../src/programs/bundle/sparedBy.ts"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, find, run } from "../device/support.ts"
import { wake } from "./wake.ts"

const file = {
  device_id: "air-{mac}",
  device_name: "Air {mac}",
  network: { ssid: "home" },
  mqtt: {
    broker: VmBoard.serverName,
    client_id: "{device_id}",
    topic_data_prefix: "home/{mac}",
    topic_config: "home/config/{device_id}",
    config_wait_time: 0.05,
    publish_status: true
  }
}

let files: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  files = await Espruino.device(deviceConfig(file))
}, 180_000)

const north = { serial: "a0b1c2d3-e4f5", mac: "a0b1c2d3e4f5" }
const south = { serial: "00010203-0405", mac: "000102030405" }

describe("two boards with one bundle", () => {
  it("have each their own names and topics", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      for (const { mac, serial } of [north, south]) {
        const board = VmBoard.make(files, tcp)
        board.serial = serial
        const { tags } = yield* wake(board)
        expect(tags).toContain("Delivered")
        expect(yield* observer.messages(`home/${mac}/s1/data`, 1)).toHaveLength(1)
        const [status] = yield* observer.messages(`home/${mac}/status`, 1)
        expect(JSON.parse(status?.payload ?? "")).toMatchObject({ device: "air-" + mac })
      }
    })))

  it("take each their own update, also one that names the address, and keep it", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      const send = (version: number, update: object) =>
        observer.publish(`home/config/air-${north.mac}`, JSON.stringify({ version, ...update }), { retain: true })
      yield* send(1, { mqtt: { topic_data_prefix: "attic/{device_id}" } })
      expect((yield* wake(board)).tags).toContain("ConfigAccepted")
      const answers = yield* observer.messages(`home/${north.mac}/config_status`, 1)
      expect(JSON.parse(answers[0]?.payload ?? "")).toMatchObject({ device: "air-" + north.mac, status: "accepted" })
      expect((yield* wake(board)).tags).toContain("Delivered")
      expect(yield* observer.messages(`attic/air-${north.mac}/s1/data`, 1)).toHaveLength(1)
      // What an update gave goes on, and so does what the device's name is in.
      yield* send(2, { device_id: "roof-{mac}", update_interval: 2 })
      expect((yield* wake(board)).tags).toContain("ConfigAccepted")
      expect(find((yield* wake(board)).events, "Delivered")).toBeDefined()
      expect(yield* observer.messages(`attic/roof-${north.mac}/s1/data`, 1)).toHaveLength(1)
      const { mac } = north
      yield* observer.publish(`home/config/roof-${mac}`, JSON.stringify({ version: 2 }), { retain: true })
      expect((yield* wake(board)).tags).toContain("Delivered")
    })))

  it("need a part of the program that others do not have", () => {
    expect([hasMac(deviceConfig(file)), hasMac(deviceConfig())]).toEqual([true, false])
    expect(files[".bootcde"]).toContain("getSerial")
    expect(files[".config"]).toContain("home/{mac}")
  })
})
