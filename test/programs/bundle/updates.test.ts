/**
 * What a board's script does about updates that hold much or ask for what its bundle cannot do: taken, or refused by
 * name.
 */
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import { overLimits, withinLimits } from "../../support/largeUpdates.ts"
import * as Observer from "../../support/observer.ts"
import * as Board from "../../support/board.ts"
import * as UpdateLimits from "../../../src/domain/config/UpdateLimits.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, find, run } from "../device/support.ts"

let files: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  files = await Espruino.device(
    deviceConfig({
      update_interval: 600,
      network: { ssid: "home" },
      mqtt: { broker: VmBoard.serverName, topic_config: "home/{device_id}/config", config_wait_time: 0.05 }
    })
  )
}, 180_000)

/** What becomes of each, one after the other: the version accepted, or why it was refused. */
const told = (
  updates: ReadonlyArray<object>,
  change: (board: VmBoard.Board) => void = () => {},
  given: Readonly<Record<string, string>> = files
) =>
  Effect.gen(function*() {
    const { tcp } = yield* aedes.make()
    const observer = yield* Observer.make(tcp)
    const board = VmBoard.make(given, tcp)
    change(board)
    const verdicts: Array<string> = []
    for (const [index, update] of updates.entries()) {
      yield* observer.publish("home/d1/config", JSON.stringify({ version: index + 1, ...update }), { retain: true })
      const { events, uncaught } = yield* Effect.promise(() => board.wake())
      expect(uncaught).toEqual([])
      verdicts.push(
        find(events, "ConfigRefused")?.reason ?? (find(events, "ConfigAccepted") === undefined ? "nothing" : "accepted")
      )
      expect(events.at(-1)?._tag).toBe("Sleeping")
    }
    return verdicts
  })

describe("an update of a board", () => {
  it("is taken when it contains as much as is allowed", () =>
    run(Effect.gen(function*() {
      const verdicts = yield* told(withinLimits.map(({ update }) => update))
      expect(verdicts).toEqual(withinLimits.map(() => "accepted"))
    })))

  it("is refused by name when it contains more, however short it is", () =>
    run(Effect.gen(function*() {
      // Each on its own board: what is said twice is reported once.
      for (const { name, reason, update } of overLimits) {
        const [verdict] = yield* told([update])
        expect([name, verdict]).toEqual([name, expect.stringMatching(reason)])
      }
    })))

  it("is refused by number when the board has no memory for it left", () =>
    run(Effect.gen(function*() {
      const [verdict] = yield* told([{ update_interval: 300 }], (board) => {
        board.freeVariables = 800
      })
      expect(verdict).toMatch(/^the update takes about 17\d\d of Espruino's variables, but this board has 800 left/)
    })))

  it("is refused without loading what judges it, which could be too much already", () =>
    run(Effect.gen(function*() {
      const { ".review": _review, ...others } = files
      const many = { note: Array.from({ length: UpdateLimits.maxValues + 1 }, () => 1) }
      expect(yield* told([many], () => {}, others)).toEqual([expect.stringMatching(/must hold at most 100 values/)])
      const small = (board: VmBoard.Board) => {
        board.freeVariables = 1_700
      }
      expect(yield* told([{ update_interval: 300 }], small, others)).toEqual([
        expect.stringMatching(/^the update takes about 17\d\d of Espruino's variables/)
      ])
    })))

  it("is refused when the bundle cannot do what it asks for, with how it could", () =>
    run(Effect.gen(function*() {
      const asked: ReadonlyArray<readonly [object, RegExp]> = [
        [{ deep_sleep: false },
          /^deep_sleep must stay true on this board, whose program can only sleep; flash a bundle made with it/],
        [{ mqtt: { outbox: { when_full: "thin_older" } } },
          /^mqtt.outbox.when_full must not be thin_older on this board, whose program thins nothing out; flash a bundle made with it/],
        [{ mqtt: { send_interval: 3_600 } },
          /^mqtt.send_interval must stay 0 on this board, whose program sends at every wake; flash a bundle made with it/],
        [{ sensors: { simulated: { temperature: { change: 1 } } } },
          /^change, above and below must not be given on this board, whose program publishes every reading; flash/],
        [{ mqtt: { publish_status: true } },
          /^mqtt.publish_status must stay false on this board, whose program has no status; flash a bundle made with it/],
        [{ time: { server: "10.0.0.1" } },
          /^time.server must stay empty on this board, whose program asks no server for the time; flash a bundle made with it/],
        [{ awake_timeout: 121 }, /^awake_timeout must be at most 120 on this board, twice its bundle's, but is 121/],
        [{ sensors: { thermopile: { pin: 4 } } },
          /^sensors.thermopile must be one of dht22, bme280, simulated on a board, but has no driver/],
        [{ sensors: { ds18b20: { pin: 4 } } },
          /^sensors.ds18b20 must be one of dht22, bme280, simulated on a board, but has no driver/],
        [{ sensors: { simulated: { quantities: { pressure: {} } } } },
          /^sensors.simulated must be driven, connected and calibrated as it was on this board, whose program/],
        [{ sensors: { simulated: { humidity: { offset: 1 } } } },
          /^sensors.simulated must be driven, connected and calibrated as it was on this board, whose program/],
        [{ sensors: { dht22: { pin: 4 } } },
          /^sensors.dht22 needs Espruino's module DHT22, which this board does not have; flash it with --module/],
        [{ mqtt: { broker: "fd00::1" } },
          /^mqtt.broker must be a host name or an IPv4 address on a board, but is an IPv6 address/],
        // Its program has one Server.
        [{ mqtt: { broker: ["a", "b"] } },
          /^mqtt.broker must be a host name or address alone, such as "broker.local", but is an array$/],
        [{ mqtt: { outbox: { bytes: 400_000 } } }, /^mqtt.outbox.bytes must be at most \d+ on a board, but is 400000/],
        [{ mqtt: { topic_data_prefix: "x".repeat(201) } },
          /^mqtt.topic_data_prefix must be at most 200 bytes on a board, but has 201: /],
        [{ network: { ssid: "s".repeat(32) } }, /^network.ssid must be at most 31 bytes on a board, but has 32/],
        [{ network: { ssid: "s", password: "p".repeat(64) } },
          /^network.password must be at most 63 bytes on a board, but has 64$/]
      ]
      const verdicts = yield* told(asked.map(([update]) => update))
      expect(verdicts).toEqual(asked.map(([, reason]) => expect.stringMatching(reason) as string))
    })))

  it("is taken when the bundle can", () =>
    run(Effect.gen(function*() {
      const verdicts = yield* told([
        { awake_timeout: 120 },
        { time: { server: "", sync_interval: 600 } },
        { sensors: { dht22: { pin: 4 }, simulated: {} } },
        { network: { ssid: "s".repeat(31), password: "p".repeat(63) } },
        { mqtt: { outbox: { capacity: 8 }, publish_values: true, ssl: false, send_interval: 0, send_when_pending: 4 } }
      ], (board) =>
        void Board.storageOn(board.flash).write("DHT22",
          new Uint8Array(Buffer.from("exports.connect=function(){return{read:function(done){done({temp:1,rh:2})}}}"))))
      expect(verdicts).toEqual(["accepted", "accepted", "accepted", "accepted", "accepted"])
    })))

  it("changes the texts that contain {device_id}", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      yield* observer.publish("home/d1/config", JSON.stringify({ version: 1, device_id: "cellar" }), { retain: true })
      yield* Effect.promise(() => board.wake())
      yield* observer.publish("home/cellar/config", JSON.stringify({ version: 2, device_id: "roof" }), { retain: true })
      const { events } = yield* Effect.promise(() => board.wake())
      expect(find(events, "ConfigAccepted")?.version).toBe(2)
    })))
})
