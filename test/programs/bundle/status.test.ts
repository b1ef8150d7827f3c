/** The script of a board that says how it is. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, run } from "../device/support.ts"

const file = {
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

it("says in each wake how it is, and what went wrong before, once", () =>
  run(Effect.gen(function*() {
    const files = yield* Effect.promise(() => Espruino.device(deviceConfig(file)))
    const { tcp } = yield* aedes.make()
    const board = VmBoard.make(files, tcp)
    const observer = yield* Observer.make(tcp)
    /** What it says in its next wake, the n-th that reaches the Server. */
    const said = (count: number) =>
      Effect.gen(function*() {
        const { uncaught } = yield* Effect.promise(() => board.wake())
        expect(uncaught).toEqual([])
        const all = yield* observer.messages("home/d1/status", count)
        expect(all).toHaveLength(count)
        return JSON.parse(all.at(-1)?.payload ?? "") as Readonly<Record<string, unknown>>
      })
    expect(yield* said(1)).toMatchObject({
      device: "d1",
      pending: 0,
      tries: 1,
      woken_by: "reset",
      last_error: null,
      next_connection: 600
    })
    board.server = undefined
    yield* Effect.promise(() => board.wake())
    board.server = tcp
    let wakes = 0
    let after: Readonly<Record<string, unknown>> | undefined
    for (; after === undefined && wakes < 20; wakes++) {
      const { events } = yield* Effect.promise(() => board.wake())
      if (!events.some(({ _tag }) => _tag === "Delivered")) continue
      const all = yield* observer.messages("home/d1/status", 2)
      after = JSON.parse(all[1]?.payload ?? "") as Readonly<Record<string, unknown>>
    }
    expect(after).toMatchObject({ last_error: expect.stringMatching(/./), tries: 4 })
    expect(yield* said(3)).toMatchObject({ last_error: null, tries: 1 })
  })), 180_000)
