import { describe, expect, it } from "vitest"
import * as Presence from "../../../src/domain/collect/Presence.ts"

const second = 1_000

describe("a message may be as old as the absence", () => {
  const away = Presence.begin(5 * second)

  it("while the Server gives what it has kept", () => {
    let presence = Presence.arrive(away, 100 * second, false)
    expect(presence).toMatchObject({ from: 5 * second, isLive: false })
    presence = Presence.arrive(presence, 100 * second + 999, false)
    expect(presence).toMatchObject({ from: 5 * second, isLive: false })
  })

  it("until there is a pause", () => {
    const old = Presence.arrive(away, 100 * second, false)
    const live = Presence.arrive(old, 101 * second, false)
    expect(live).toMatchObject({ from: 101 * second, isLive: true })
    expect(Presence.arrive(live, 101 * second + 1, false).from).toBe(101 * second + 1)
  })

  it("also after the time that storing took, in which the Server waits", () => {
    const old = Presence.acknowledged(Presence.arrive(away, 100 * second, false), 105 * second)
    expect(Presence.arrive(old, 105 * second + 999, false).isLive).toBe(false)
    expect(Presence.arrive(old, 106 * second, false).isLive).toBe(true)
  })

  it("and the first one always, however late it comes", () => {
    expect(Presence.arrive(away, 1e9, false).from).toBe(5 * second)
    expect(Presence.arrive(Presence.acknowledged(away, 10 * second), 1e9, false).from).toBe(5 * second)
  })

  it("unless something else shows that it is not", () => {
    expect(Presence.arrive(away, 100 * second, true)).toMatchObject({ from: 100 * second, isLive: true })
  })

  it("and never older than one before it, if the clock was set back", () => {
    const live = Presence.arrive(away, 100 * second, true)
    expect(Presence.arrive(live, 50 * second, false).from).toBe(100 * second)
  })
})

describe("two readings of a topic are in step", () => {
  const rows: ReadonlyArray<
    readonly [uptimes: readonly [number, number], arrivals: readonly [number, number], boolean]
  > = [
    [[0, 300], [0, 300_000], true],
    [[0, 300], [0, 298_000], true],
    [[0, 300], [0, 297_999], false],
    // A backlog, and a repetition.
    [[0, 300], [0, 3], false],
    [[300, 300], [0, 300_000], false],
    [[300, 0], [0, 300_000], false],
    // So close together they always are.
    [[0, 4], [0, 4_000], false]
  ]
  it.each(rows)("uptimes %j, arrivals %j: %j", ([first, second], [before, after], wanted) => {
    expect(Presence.isInStep({ uptime: first, arrived: before }, { uptime: second, arrived: after })).toBe(wanted)
  })
})
