/** The script of a board that sends more seldom than it measures: what it does, and what updates it takes. */
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import { sendsAlways } from "../../../src/programs/bundle/sparedBy.ts"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, find, run } from "../device/support.ts"
import { wake } from "./wake.ts"

const file = {
  update_interval: 600,
  network: { ssid: "home" },
  mqtt: { broker: VmBoard.serverName, topic_config: "home/config", config_wait_time: 0.05, send_interval: 2_400 }
}

let files: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  files = await Espruino.device(deviceConfig(file))
}, 180_000)

const quiet = { tags: ["Woke", "Measured", "Sleeping"], hasJoined: false }

const pends = (count: number) => ({
  ...quiet,
  events: expect.arrayContaining([expect.objectContaining({ pending: count })])
})

describe("a board that sends every 40 minutes and measures every ten", () => {
  it("sends in its first wake and in each fourth behind it, all that is pending", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const board = VmBoard.make(files, tcp)
      for (const count of [1, 4, 4]) {
        const sends = yield* wake(board)
        expect(sends.hasJoined).toBe(true)
        expect(find(sends.events, "Delivered")).toMatchObject({ count, pending: 0 })
        for (const pending of [1, 2, 3]) expect(yield* wake(board)).toEqual(pends(pending))
      }
    })))

  it("tries again in the next wake that may, after a try in vain", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const board = VmBoard.make(files, undefined)
      const failed = yield* wake(board)
      expect(failed.tags.filter((tag) => tag === "TryFailed")).toHaveLength(3)
      const waits = yield* wake(board)
      expect([waits.hasJoined, waits.tags]).toEqual([false, ["Woke", "Measured", "Waiting", "Sleeping"]])
      board.server = tcp
      let last = yield* wake(board)
      for (let wakes = 0; wakes < 6 && !last.hasJoined; wakes++) last = yield* wake(board)
      expect(find(last.events, "Delivered")).toMatchObject({ pending: 0 })
      expect((yield* wake(board)).hasJoined).toBe(false)
    })))

  it("takes updates of when to send, to send at every wake, and back", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      const update = (version: number, send_interval: number) =>
        observer.publish("home/config", JSON.stringify({ version, mqtt: { send_interval } }), { retain: true })
      yield* update(1, 0)
      expect((yield* wake(board)).tags).toContain("ConfigAccepted")
      for (let wakes = 0; wakes < 3; wakes++) expect((yield* wake(board)).hasJoined).toBe(true)
      yield* update(2, 1_200)
      expect((yield* wake(board)).tags).toContain("ConfigAccepted")
      // What is on probation is tried at once.
      const radio: Array<boolean> = []
      for (let wakes = 0; wakes < 5; wakes++) radio.push((yield* wake(board)).hasJoined)
      expect(radio).toEqual([true, false, true, false, true])
    })))
})

describe("a board's program", () => {
  it("is made without what keeps readings for later, unless its configuration wants that", () => {
    expect([sendsAlways(deviceConfig()), sendsAlways(deviceConfig(file))]).toEqual([true, false])
    expect(files[".config"]).toContain("2400")
  })
})
