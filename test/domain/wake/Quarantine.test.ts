import { describe, expect, it } from "vitest"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import * as Quarantine from "../../../src/domain/wake/Quarantine.ts"

/** A state with a pending message to each of these topics, 1, 2, 3 and so on, with failures by id. */
const owing = (
  topics: ReadonlyArray<string>,
  suspects: DeviceState.DeviceState["suspects"] = []
): DeviceState.DeviceState => {
  const policy = { capacity: 100, whenFull: "drop_oldest" } as const
  const state = topics.reduce((before, topic) => DeviceState.enqueue(before, { topic, payload: topic }, policy).state,
    DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 }))
  return { ...DeviceState.assign(state, 32, []), suspects }
}

const phases = (state: DeviceState.DeviceState, delivered = 0): ReadonlyArray<ReadonlyArray<number>> => {
  const all: Array<ReadonlyArray<number>> = [Quarantine.held(state)]
  for (let held = all[0] ?? []; held.length > 0;) all.push(held = Quarantine.release(state, held, delivered))
  return all
}

describe("what is held back, phase by phase", () => {
  const rows: ReadonlyArray<
    readonly [
      what: string,
      topics: ReadonlyArray<string>,
      suspects: DeviceState.DeviceState["suspects"],
      phases: ReadonlyArray<ReadonlyArray<number>>
    ]
  > = [
    ["nothing without suspects", ["a", "b"], [], [[]]],
    ["nothing for a suspect that is delivered", ["a", "b"], [[9, 2]], [[]]],
    ["all of a suspect's topic, then nothing", ["a", "b", "a"], [[1, 1]], [[1, 3], []]],
    ["one on which two connections ended goes behind its topic", ["a", "b", "a"], [[1, 2]], [[1, 3], [1], []]],
    ["several of them go one by one", ["a", "b", "a", "a"], [[1, 2], [3, 4]], [[1, 3, 4], [1, 3], [3], []]],
    ["two topics", ["a", "b", "c", "b"], [[1, 1], [4, 1]], [[1, 2, 4], []]]
  ]
  it.each(rows)("%s", (_, topics, suspects, expected) => {
    expect(phases(owing(topics, suspects))).toEqual(expected)
  })
})

it("the oldest of several suspects of a topic goes first where the Server takes other messages", () => {
  expect(phases(owing(["a", "b", "a", "a"], [[1, 2], [3, 2]]), 1)).toEqual([[1, 3, 4], [3, 4], [3], []])
})

describe("blame", () => {
  const failures = (state: DeviceState.DeviceState, sent: ReadonlyArray<number>, delivered: number, times: number) => {
    let now = state
    const all: Array<number | "abandoned"> = []
    for (let i = 0; i < times; i++) {
      const blame = Quarantine.blame(now, sent, delivered)
      if (blame === undefined) break
      now = blame.state
      all.push(blame.isAbandoned ? "abandoned" : blame.failures)
    }
    return { all, state: now }
  }

  it("falls on the first that was sent and not acknowledged, and on none where all were", () => {
    expect(Quarantine.blame(owing(["a", "b", "c"]), [2, 3], 1)?.entry.id).toBe(2)
    expect(Quarantine.blame(owing(["a"]), [], 1)).toBeUndefined()
    expect(Quarantine.blame(owing(["a"]), [7], 1)).toBeUndefined()
  })

  it("abandons a message after five connections, if others are acknowledged on them, and counts it as gone", () => {
    const { all, state } = failures(owing(["a", "b"]), [1], 1, 10)
    expect(all).toEqual([1, 2, 3, 4, "abandoned"])
    expect([state.outbox.entries.map(({ id }) => id), state.outbox.dropped, state.suspects]).toEqual([[2], 1, []])
    expect(state.session.inFlight.map(({ entry }) => entry)).toEqual([2])
  })

  it("never abandons one where nothing else is acknowledged", () => {
    expect(failures(owing(["a"]), [1], 0, 50).all.slice(-1)).toEqual([2])
  })
})
