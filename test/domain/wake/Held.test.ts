import { describe, expect, it } from "vitest"
import type { DeviceState } from "../../../src/domain/state/DeviceState.ts"
import * as Held from "../../../src/domain/wake/Held.ts"
import { stateOf, wakeOf } from "./support.ts"

type Suspects = DeviceState["suspects"]
type Ids = ReadonlyArray<number>

describe("what is held back as a try begins", () => {
  it.each<
    readonly [
      name: string,
      pending: string,
      suspects: Suspects,
      attemptCount: number,
      held: Ids,
      suspectsAfter: Suspects
    ]
  >([
    ["nothing without suspects", "a b", [], 1, [], []],
    ["all messages of a suspect's topic", "a b a", [[1, 1]], 1, [1, 3], [[1, 1]]],
    ["where there are no others, the first part goes at once", "a a", [[1, 1]], 1, [], [[1, 1]]],
    ["but for what two connections ended on", "a a", [[1, 2]], 2, [1], [[1, 2]]],
    ["at the third try the configuration goes first", "a a", [[1, 1]], 3, [1, 2], [[1, 1]]],
    ["and at every try from then on", "a a", [[1, 1]], 9, [1, 2], [[1, 1]]],
    ["a suspect that is not pending any more is forgotten", "a b", [[7, 2]], 1, [], []],
    ["also where nothing is pending", "", [[7, 2]], 1, [], []]
  ])("%s", (_, pending, suspects, attemptCount, held, after) => {
    const wake = wakeOf({ pending, attemptCount, state: { suspects } })
    Held.begin(wake)
    expect([wake.held, wake.state.suspects, wake.events]).toEqual([held, after, []])
  })
})

describe("what is pending later", () => {
  it.each<readonly [name: string, pending: string, held: Ids, lastId: number, after: Ids]>([
    ["waits behind what is held back of its topic", "a b a", [1], 2, [1, 3]],
    ["goes at once, if it is of another topic", "a b c", [1], 2, [1]],
    ["goes at once, if nothing is held back", "a a", [], 1, []],
    ["waits behind each topic that is held back", "a b a b c", [1, 2], 2, [1, 2, 3, 4]],
    ["is only what came since", "a a a", [1], 2, [1, 3]]
  ])("%s", (_, pending, held, lastId, after) => {
    const wake = wakeOf({ pending, wake: { held } })
    Held.follow(wake, lastId)
    expect(wake.held).toEqual(after)
  })
})

describe("the next part of what was held back", () => {
  it.each<readonly [name: string, suspects: Suspects, held: Ids, delivered: number, after: Ids]>([
    ["is all of it, where one connection ended", [[1, 1]], [1, 2, 3], 0, []],
    ["but for what two connections ended on", [[2, 2]], [1, 2, 3], 0, [2]],
    ["then that", [[2, 2]], [2], 0, []],
    ["with several of them one by one", [[1, 2], [2, 2]], [1, 2], 0, [2]],
    ["with several of them the oldest before the rest, where the Server takes others", [[1, 2], [2, 2]], [1, 2, 3], 1, [
      2,
      3
    ]],
    ["and the rest before them, where it takes none", [[1, 2], [2, 2]], [1, 2, 3], 0, [1, 2]]
  ])("%s", (_, suspects, held, delivered, after) => {
    const wake = wakeOf({ pending: "a a a", state: { suspects }, wake: { held } })
    wake.isResting = true
    Held.release(wake, delivered)
    expect(wake.held).toEqual(after)
    // What had no room beside it in the Outbox comes out of the journal after it.
    expect(wake.isResting).toBe(false)
    expect(wake.state).toEqual(stateOf({ pending: "a a a", state: { suspects } }))
  })
})
