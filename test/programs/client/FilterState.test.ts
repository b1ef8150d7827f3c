import { describe, expect, it } from "vitest"
import * as FilterState from "../../../src/programs/client/FilterState.ts"

type Event =
  | "subscribe"
  | "unsubscribe"
  | "SUBACK"
  | "SUBACK 0x80"
  | "UNSUBACK"
  | "lost"
  | "Session Present 0"
  | "Session Present 1"
  // It comes after a CONNECT that had no answer.
  | "Session Present 1, perhaps a new one"

const step = (state: FilterState.FilterState, event: Event): FilterState.FilterState => {
  switch (event) {
    case "subscribe":
    case "unsubscribe":
      return FilterState.asked(state, 0)
    case "SUBACK":
      return FilterState.granted
    case "SUBACK 0x80":
      return FilterState.refused(state)
    case "UNSUBACK":
      return FilterState.released
    case "lost":
      return FilterState.disconnected(state)
    case "Session Present 0":
      return FilterState.connected(state, "new")
    case "Session Present 1":
      return FilterState.connected(state, "kept")
    case "Session Present 1, perhaps a new one":
      return FilterState.connected(state, "doubtful")
  }
}

type Due = ReturnType<typeof FilterState.due>

/** What happened, and what is to be asked for when the filter is wanted, and when it is not. */
const rows: ReadonlyArray<readonly [events: ReadonlyArray<Event>, wanted: Due, unwanted: Due]> = [
  [[], "subscribe", undefined],
  [["subscribe"], undefined, undefined],
  [["subscribe", "SUBACK"], undefined, "unsubscribe"],
  // The caller learns it; on the next connection it may be granted.
  [["subscribe", "SUBACK 0x80"], undefined, undefined],
  [["subscribe", "SUBACK 0x80", "lost", "Session Present 1"], "subscribe", undefined],
  [["subscribe", "SUBACK", "lost"], undefined, "unsubscribe"],
  [["subscribe", "SUBACK", "lost", "Session Present 1"], undefined, "unsubscribe"],
  [["subscribe", "SUBACK", "lost", "Session Present 0"], "subscribe", undefined],
  // The SUBSCRIBE or its SUBACK was lost: whatever the Server has, it is asked again.
  [["subscribe", "lost", "Session Present 1"], "subscribe", "unsubscribe"],
  [["subscribe", "lost", "Session Present 0"], "subscribe", undefined],
  [["subscribe", "SUBACK", "lost", "Session Present 0", "subscribe", "lost", "Session Present 1"], "subscribe",
    "unsubscribe"],
  [["subscribe", "lost", "Session Present 1", "lost", "Session Present 1", "subscribe", "SUBACK"], undefined,
    "unsubscribe"],
  [["subscribe", "SUBACK", "unsubscribe"], undefined, undefined],
  [["subscribe", "SUBACK", "unsubscribe", "UNSUBACK"], "subscribe", undefined],
  // The UNSUBSCRIBE or its UNSUBACK was lost.
  [["subscribe", "SUBACK", "unsubscribe", "lost", "Session Present 1"], "subscribe", "unsubscribe"],
  [["subscribe", "SUBACK", "unsubscribe", "lost", "Session Present 0"], "subscribe", undefined],
  [["subscribe", "SUBACK", "unsubscribe", "lost", "Session Present 1", "unsubscribe", "UNSUBACK"], "subscribe",
    undefined],
  // A change of QoS that is refused leaves what there was.
  [["subscribe", "SUBACK", "subscribe", "SUBACK 0x80"], undefined, "unsubscribe"],
  [["subscribe", "SUBACK", "subscribe", "subscribe", "SUBACK 0x80"], undefined, "unsubscribe"],
  // The first SUBSCRIBE may have reached the Server, whatever it says to the second.
  [["subscribe", "lost", "Session Present 1", "subscribe", "SUBACK 0x80"], "subscribe", "unsubscribe"],
  // The Server may have lost the Session, and begun another that it keeps now.
  [["subscribe", "SUBACK", "lost", "Session Present 1, perhaps a new one"], "subscribe", "unsubscribe"],
  [["subscribe", "SUBACK", "lost", "Session Present 1, perhaps a new one", "subscribe", "SUBACK"], undefined,
    "unsubscribe"],
  [["subscribe", "SUBACK", "lost", "Session Present 1, perhaps a new one", "subscribe", "SUBACK 0x80"], "subscribe",
    "unsubscribe"],
  [["subscribe", "SUBACK 0x80", "lost", "Session Present 1, perhaps a new one"], "subscribe", undefined],
  [["Session Present 1, perhaps a new one"], "subscribe", undefined]
]

describe("what is to be asked for", () => {
  it.each(rows)("after %j", (events, wanted, unwanted) => {
    const state = events.reduce(step, FilterState.initial)
    expect(FilterState.due(state, true, 999, 1_000)).toBe(wanted)
    expect(FilterState.due(state, false, 999, 1_000)).toBe(unwanted)
  })

  it("is the same again when an answer does not come for long, or the clock was set back", () => {
    const subscribing = step(FilterState.initial, "subscribe")
    expect(FilterState.due(subscribing, true, 1_000, 1_000)).toBe("subscribe")
    expect(FilterState.due(subscribing, false, 1_000, 1_000)).toBe("unsubscribe")
    expect(FilterState.due(subscribing, true, -1, 1_000)).toBe("subscribe")
  })
})
