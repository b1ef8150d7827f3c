/** What the judge of a cluster's messages says of good and of bad runs. */
import { describe, expect, it } from "vitest"
import { type Arrival, judge } from "./Judge.ts"
import type { Noted } from "./Wire.ts"

const sent = (payload: string, dup = false, sessionPresent = false): Noted => ({ payload, dup, sessionPresent })
const arrival = (payload: string, dup = false): Arrival => ({ payload, dup })

const good = { acknowledged: 1, lost: [], invented: [], wrongDup: [], doubled: [] }
const none = { repeated: 0, anew: 0, cautious: 0, duplicates: 0, explained: 0 }

describe("of one message the judge says", () => {
  const stories: ReadonlyArray<
    readonly [name: string, sent: ReadonlyArray<Noted>, arrivals: ReadonlyArray<Arrival>, verdict: object]
  > = [
    ["nothing, when it was sent and came once", [sent("1")], [arrival("1")], { ...good, ...none }],
    ["that it is lost, when it did not come", [sent("1")], [], { ...good, ...none, lost: ["1"] }],
    ["that another was made up", [sent("1")], [arrival("1"), arrival("2")], { ...good, ...none, invented: ["2"] }],
    ["that it was repeated on its Session", [sent("1"), sent("1", true, true)], [arrival("1")], {
      ...good,
      ...none,
      repeated: 1
    }],
    ["that it was sent anew without a Session", [sent("1"), sent("1")], [arrival("1"), arrival("1")], {
      ...good,
      ...none,
      anew: 1,
      explained: 1
    }],
    ["that DUP was missing on a Session that was kept", [sent("1"), sent("1", false, true)], [arrival("1")], {
      ...good,
      ...none,
      wrongDup: ["1"]
    }],
    ["that DUP was set without a Session", [sent("1"), sent("1", true)], [arrival("1")], {
      ...good,
      ...none,
      wrongDup: ["1"]
    }],
    ["that DUP was set at first", [sent("1", true, true)], [arrival("1")], { ...good, ...none, cautious: 1 }],
    ["that it came again with DUP", [sent("1")], [arrival("1"), arrival("1", true)], {
      ...good,
      ...none,
      duplicates: 1
    }],
    ["that the Servers doubled it", [sent("1")], [arrival("1"), arrival("1")], { ...good, ...none, doubled: ["1"] }]
  ]

  it.each(stories)("%s", (_, packets, arrivals, verdict) => {
    expect(judge(new Set(["1"]), packets, arrivals)).toEqual(verdict)
  })
})
