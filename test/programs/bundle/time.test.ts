/** The script of a board that asks a server for the time: what it does without one, and what updates it takes. */
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import { hasNoTime } from "../../../src/programs/bundle/sparedBy.ts"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, find, run } from "../device/support.ts"

const file = {
  update_interval: 600,
  network: { ssid: "home" },
  time: { server: "one.example" },
  mqtt: { broker: VmBoard.serverName, topic_config: "home/config", config_wait_time: 0.05 }
}

let files: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  files = await Espruino.device(deviceConfig(file))
}, 180_000)

/** This board's platform has no UDP, so that each question fails at once and tells whom it was for. */
const wake = (board: VmBoard.Board) =>
  Effect.map(Effect.promise(() => board.wake()), ({ events, uncaught }) => {
    expect(uncaught).toEqual([])
    return { events, asked: find(events, "TimeUnknown")?.reason }
  })

describe("a board that asks for the time", () => {
  it("delivers all the same where it cannot, and then asks in an hour", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const board = VmBoard.make(files, tcp)
      const asked: Array<number> = []
      for (let wakes = 0; wakes < 11; wakes++) {
        const one = yield* wake(board)
        if (one.asked !== undefined) asked.push(wakes)
        expect(find(one.events, "Delivered")).toMatchObject({ count: 1, pending: 0 })
      }
      expect(asked).toHaveLength(2)
      expect([asked[0], (asked[1] ?? 0) >= 6 && (asked[1] ?? 0) <= 7]).toEqual([0, true])
    })))

  it("takes updates to another server, to none, and back", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      const update = (version: number, server: string) =>
        observer.publish("home/config", JSON.stringify({ version, time: { server } }), { retain: true })
      yield* update(1, "two.example")
      const first = yield* wake(board)
      expect(first.asked).toMatch(/^one\.example:123: /)
      expect(find(first.events, "ConfigAccepted")?.version).toBe(1)
      const later = (count: number) =>
        Effect.map(Effect.forEach(Array.from({ length: count }), () => wake(board)),
          (all) => all.flatMap(({ asked }) => asked === undefined ? [] : [asked]))
      expect(yield* later(8)).toEqual([expect.stringMatching(/^two\.example:123: /)])
      yield* update(2, "")
      expect((yield* later(14)).length).toBeLessThanOrEqual(1)
      expect(yield* later(14)).toEqual([])
      yield* update(3, "one.example")
      yield* wake(board)
      // It knows nothing of its clock any more.
      expect(yield* later(1)).toEqual([expect.stringMatching(/^one\.example:123: /)])
    })))
})

describe("a board's program", () => {
  it("is made without what asks for the time, unless its configuration wants that", () => {
    expect([hasNoTime(deviceConfig()), hasNoTime(deviceConfig(file))]).toEqual([true, false])
    expect(files[".config"]).toContain("one.example")
    expect(Object.keys(files)).toContain(".time")
  })
})
