import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Probation from "../../../src/domain/wake/Probation.ts"
import { underPrefix } from "../../../src/domain/wake/Wake.ts"
import { configOf, type Given, patchOf, stateOf, wakeOf } from "./support.ts"

/** An update of version 5 is in force. */
const on = (wakes: number, version = 5, rolledBack = 0): Given => ({
  state: { probation: { version, wakes }, rolledBack }
})

const stored = Bytes.fromText("update")

describe("an update on probation", () => {
  it.each<readonly [name: string, given: Given, update: Bytes.Bytes | undefined, isOn: boolean, isOver: boolean]>([
    ["none", {}, undefined, false, false],
    ["none, on a device of version 0", { file: { version: 0 } }, undefined, false, false],
    ["the one in force", on(0), stored, true, false],
    ["the one in force, after two wakes", on(2), stored, true, false],
    ["the one in force, after three wakes", on(3), stored, true, true],
    ["the one in force, after more wakes", on(4), stored, true, true],
    ["one that is not in force, after three wakes", on(3, 4), stored, false, false],
    ["the one in force was rolled back before", on(0, 0, 5), stored, false, true],
    ["a version that was rolled back is the flashed one", on(0, 0, 5), undefined, false, false],
    ["another version was rolled back", on(0, 0, 4), stored, false, false]
  ])("%s", (_, given, update, isOn, isOver) => {
    const wake = wakeOf({ ...given, wake: { update } })
    expect([Probation.isOn(wake), Probation.isOver(wake)]).toEqual([isOn, isOver])
  })
})

describe("a wake that may try", () => {
  it.each<readonly [name: string, given: Given, isCounted: boolean, wakes: number]>([
    ["counts", on(0), true, 1],
    ["counts after others", on(2), true, 3],
    ["does not count for an update that is not in force", on(1, 4), false, 1],
    ["does not count without one", {}, false, 0]
  ])("%s", (_, given, isCounted, wakes) => {
    const wake = wakeOf(given)
    expect(Probation.count(wake)).toBe(isCounted)
    expect(wake.state.probation).toEqual({ ...stateOf(given).probation, wakes })
  })
})

describe("the Server was reached", () => {
  it.each<readonly [name: string, given: Given, delivered: number, version: number, wakes: number]>([
    ["and took a message: the update is kept", on(2), 1, 0, 0],
    ["with nothing pending: the wake does not count", on(2), 0, 5, 1],
    ["with nothing pending in a wake that did not count", on(0), 0, 5, 0]
  ])("%s", (_, given, delivered, version, wakes) => {
    const wake = wakeOf(given)
    Probation.pass(wake, delivered)
    expect(
      patchOf({ ...stateOf(given), probation: { version: -1, wakes: 0 } }, wake.state)
    ).toEqual({ probation: { version, wakes } })
  })
})

describe("the wake under the configuration before the update", () => {
  const baked = configOf({ file: { version: 1, device_id: "baked" } })
  const older = { file: { version: 3, device_id: "previous" }, mqtt: { topic_data_prefix: "q" } }
  const previous: Probation.Previous = { bytes: Bytes.fromText("previous"), value: configOf(older) }
  const none: Probation.Previous = { bytes: Bytes.fromText("none"), value: { version: -1 } }
  const given: Given = {
    pending: "a",
    inFlight: [[4, 1, "dup"]],
    attemptCount: 7,
    lastAttemptTime: 9_000,
    state: { probation: { version: 5, wakes: 3 }, suspects: [[1, 2]] },
    wake: { update: stored, held: [1], isReplaced: true }
  }
  const reason = "the Server could not be reached with it in 3 wakes"
  const said = (device: string): string => JSON.stringify({ device, version: 5, status: "rolled_back", reason })

  it.each<
    readonly [
      name: string,
      previous: Probation.Previous | undefined,
      device: string,
      prefix: string,
      update: Bytes.Bytes | undefined
    ]
  >([
    ["that was stored", previous, "previous", "q", previous.bytes],
    ["that was flashed, where none was stored", none, "baked", "p", none.bytes],
    ["that was flashed, where none can be read", undefined, "baked", "p", undefined]
  ])("%s", (_, before, device, prefix, update) => {
    const wake = wakeOf(given)
    const back = Probation.rolledBack(wake, baked, before)
    expect(
      [back.config.deviceId, back.update, back.held, back.isReplaced, back.stored]
    ).toEqual([device, update, [], undefined, wake.stored])
    expect(patchOf(stateOf(given), back.state)).toEqual({
      outbox: {
        entries: [{ id: 1, topic: "a", payload: "a1" }, { id: 2, topic: "config_status", payload: said(device) }],
        lastId: 2,
        dropped: 0
      },
      session: { inFlight: [], lastIdentifier: 4 },
      reconnect: { attemptCount: 0, lastAttemptTime: 9_000, draw: 0 },
      probation: { version: 0, wakes: 0 },
      rolledBack: 5,
      suspects: [],
      prefix: underPrefix(stateOf(), prefix).prefix
    })
    expect(wake.events).toEqual(
      [{ _tag: "ConfigRolledBack", version: 5, reason: "the Server could not be reached with it in 3 wakes" }]
    )
  })

  it("says so once, where the power went before the update was put away", () => {
    const wake = wakeOf({ ...given, state: { ...given.state, rolledBack: 5 } })
    expect(Probation.rolledBack(wake, baked, previous).state.outbox.entries.map(({ topic }) => topic)).toEqual(["a"])
    expect(wake.events.map(({ _tag }) => _tag)).toEqual(["ConfigRolledBack"])
  })

  it("evicts what there is no room for, as the configuration that counts again says", () => {
    const wake = wakeOf(given)
    const narrow = configOf({ file: { version: 1 }, mqtt: { outbox: { capacity: 1 } } })
    expect(Probation.rolledBack(wake, narrow, undefined).state.outbox.entries.map(({ id }) => id)).toEqual([2])
    expect(wake.events[1]).toEqual({ _tag: "Dropped", count: 1 })
  })
})
