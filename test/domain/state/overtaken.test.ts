/** Ids that are kept of messages in the journal, when another message gets the next id first. */
import { expect, it } from "vitest"
import { overtaken } from "../../../src/domain/state/overtaken.ts"
import { stateOf } from "../wake/support.ts"

/** Two entries, and three more in the journal: they will be 3, 4 and 5. */
const given = (id: number) =>
  stateOf({
    pending: "a b",
    state: { journal: 7, journaled: 3, clock: { last: 1, next: 2, lost: id, doubted: 0 }, selection: [id, {}] }
  })

it.each([
  ["of none", 0, 0],
  ["of an entry of the Outbox", 2, 2],
  ["of the first in the journal", 3, 4],
  ["of the last in the journal", 5, 6],
  ["of none that is there yet", 6, 6]
])("an id %s: %i becomes %i", (_, id, expected) => {
  const { clock, selection } = overtaken(given(id))
  expect([clock?.lost, selection?.[0]]).toEqual([expected, expected])
})

it("a state that keeps none is the value that it was", () => {
  const state = stateOf({ pending: "a", state: { journal: 7, journaled: 3 } })
  expect(overtaken(state)).toBe(state)
})
