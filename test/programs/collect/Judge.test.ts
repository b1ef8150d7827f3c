import { describe, expect, it } from "vitest"
import * as Judge from "../../../src/programs/collect/Judge.ts"
import type { Entry } from "../../../src/programs/collect/sinks/Entry.ts"
import { received, row } from "./messages.ts"

const now = row().arrived

const reading = (uptime: number, more = {}) => received("garden/pond/data", `{"uptime":${uptime}}`, more)
const status = (uptime: number, more = {}) => received("garden/status", `{"device":"pond","uptime":${uptime}}`, more)

const rowOf = (entry: Entry | undefined) => entry?._tag === "Reading" ? entry.row : undefined

describe("what comes of a message", () => {
  it("is nothing for topics that nobody asked for, or that have no readings", () => {
    const judge = Judge.make(["garden/+/data"], 0, [])
    expect(Judge.judge(judge, received("house/pond/data", "{\"uptime\":1}"), now)).toBeUndefined()
    expect(Judge.judge(judge, received("garden/pond/temperature", "21.5"), now)).toBeUndefined()
    expect(Judge.judge(judge, reading(1), now)).toMatchObject({ _tag: "Reading" })
  })

  it("is refused with its reason, and its bytes are kept", () => {
    const judge = Judge.make(["#"], 0, [])
    const bad = received("garden/pond/data", "no")
    expect(Judge.judge(judge, bad, now)).toEqual({
      _tag: "Rejected",
      topic: "garden/pond/data",
      reason: "is not JSON",
      payload: bad.payload,
      arrived: now
    })
    expect(Judge.judge(judge, received("garden/status", "online"), now)).toMatchObject({ reason: "is not JSON" })
  })

  it("may be as old as the absence, until the Server has no more from then", () => {
    const judge = Judge.make(["#"], 5, [])
    const earliest = (uptime: number, after: number) =>
      rowOf(Judge.judge(judge, reading(uptime), now + after))?.earliest
    expect([earliest(1, 0), earliest(2, 500), earliest(3, 1_500)]).toEqual([5, 5, now + 1_500])
    Judge.disconnected(judge)
    expect([earliest(4, 9_000), earliest(5, 9_001)]).toEqual([now + 1_500, now + 1_500])
    // Two readings as far apart as they were taken, among many others that leave no pause.
    for (let after = 9_500; after < 19_000; after += 500) {
      Judge.judge(judge, received("garden/shed/data", `{"uptime":${after}}`), now + after)
    }
    expect(earliest(15, 19_001)).toBe(now + 19_001)
  })

  it("may be of any age if it is retained", () => {
    const judge = Judge.make(["#"], 5, [])
    expect(rowOf(Judge.judge(judge, reading(1, { retain: true }), now))?.earliest).toBe(0)
  })

  it("is dated by what a status before it has made known", () => {
    const judge = Judge.make(["#"], 5, [])
    // Nobody knows how long these have waited.
    expect(Judge.judge(judge, status(100), now)).toMatchObject({ _tag: "Status", moment: undefined })
    expect(rowOf(Judge.judge(judge, reading(160), now))).toMatchObject({ dated: "arrival", time: now })
    expect(Judge.judge(judge, status(200), now + 2_000)).toMatchObject({
      _tag: "Status",
      row: { device: "pond", uptime: 200, time: now + 2_000, dated: "arrival", topic: "garden/status" },
      moment: { prefix: "garden", device: "pond", uptime: 200, at: now + 2_000 }
    })
    expect(rowOf(Judge.judge(judge, reading(201), now + 60_000))).toMatchObject({ dated: "status", time: now + 3_000 })
    // A copy that the Server keeps says nothing about now.
    expect(Judge.judge(judge, status(260, { retain: true }), now + 90_000)).toMatchObject({
      _tag: "Status",
      row: { time: now + 62_000, dated: "status" },
      moment: undefined
    })
  })

  it("is dated by what an earlier run has stored", () => {
    const moment = { prefix: "garden", device: "pond", uptime: 100, at: now - 60_000 }
    const judge = Judge.make(["#"], 5, [moment])
    expect(rowOf(Judge.judge(judge, reading(130), now))).toMatchObject({ dated: "status", time: now - 30_000 })
  })

  it("takes no more memory for devices than a bounded one", () => {
    const judge = Judge.make(["#"], 5, [])
    for (let device = 0; device <= Judge.maximumMoments; device++) {
      const text = `{"device":"d${device}","uptime":1,"time":"2026-11-29T22:10:00Z"}`
      Judge.judge(judge, received("garden/status", text), now)
    }
    expect(judge.moments.size).toBe(Judge.maximumMoments)
  })
})
