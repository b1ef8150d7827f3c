/** What is done about a command, once, and what is remembered of it. */
import { describe, expect, it } from "vitest"
import * as Outgoing from "../../../src/domain/packet/Outgoing.ts"
import type { Given } from "../../../src/domain/wake/CommandFields.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import { isStaying } from "../../../src/domain/wake/commands.ts"
import * as Obey from "../../../src/domain/wake/obey.ts"
import { configOf, type TestWake, wakeOf, written } from "./support.ts"

const mqtt = { topic_command: "cmd" }
const present = Date.parse("2026-12-01T00:00:00Z")

const given = (text: string, packetIdentifier = 7, more: Partial<Given> = {}): Given => ({
  text,
  retain: false,
  dup: false,
  packetIdentifier,
  ...more
})

/** On a connection with a Session that the Server has kept. */
const attemptOn = (wake: TestWake): Attempt.Attempt => ({
  ...Attempt.make(wake),
  accepted: true,
  isSessionPresent: true
})

const done = (attempt: Attempt.Attempt, command: Given, now = 1_000) => {
  const order = Obey.judge(attempt, command, now)
  Obey.settle(attempt, order, now, undefined)
  Obey.acknowledge(attempt, order, Outgoing.none)
  return order
}

const answers = ({ state }: TestWake): ReadonlyArray<unknown> =>
  state.outbox.entries.map(({ payload, topic }) => {
    const { command, reason, status } = JSON.parse(payload) as Record<string, unknown>
    return [topic, command, status, ...(reason === undefined ? [] : [reason])]
  })

describe("a command is", () => {
  it.each<readonly [name: string, command: Given, now: number, status: string, reason: RegExp | undefined]>([
    ["done", given("send"), 0, "done", undefined],
    ["done with QoS 0", given("send", undefined), 0, "done", undefined],
    ["unknown", given("jump"), 0, "unknown", /knows read, send/],
    ["refused as it stands", given("interval"), 0, "refused", /needs seconds/],
    ["refused where it is retained", given("restart", 7, { retain: true }), 0, "refused", /only stay_awake/],
    ["done before its until", given("{\"command\":\"send\",\"until\":\"2026-12-01T00:00:01Z\"}"), present, "done",
      undefined],
    ["refused behind it", given("{\"command\":\"send\",\"until\":\"2026-11-30T00:00:00Z\"}"), present, "refused",
      /passed/],
    ["refused where nobody knows", given("{\"command\":\"send\",\"until\":1}"), 5_000, "refused",
      /does not know the time/]
  ])("%s", (_, command, now, status, reason) => {
    const wake = wakeOf({ mqtt })
    const order = done(attemptOn(wake), command, now)
    expect([order.status, order.reason]).toEqual([status,
      reason === undefined ? undefined : expect.stringMatching(reason)])
    expect(answers(wake).length).toBe(1)
  })

  it("failed where it could not be done, and is not tried again", () => {
    const wake = wakeOf({ mqtt })
    const attempt = attemptOn(wake)
    const order = Obey.judge(attempt, given("{\"command\":\"read\",\"id\":1}"), 0)
    expect(Obey.reads(order)).toBe(true)
    Obey.settle(attempt, order, 0, "no sensor could be read")
    expect(answers(wake)).toEqual([["command_result", "read", "failed", "no sensor could be read"]])
    expect(done(attempt, given("{\"command\":\"read\",\"id\":1}", 8)).status).toBe("repeated")
  })
})

describe("a command that comes again", () => {
  const withId = "{\"command\":\"interval\",\"seconds\":60,\"id\":\"a\"}"

  it.each<readonly [name: string, first: Given, second: Given, status: string | undefined]>([
    ["without an id, from the Server", given("send"), given("send", 7, { dup: true }), undefined],
    ["without an id, from a Server that sets no DUP", given("send"), given("send"), "repeated"],
    ["without an id, from somebody else", given("send"), given("send", 8), "done"],
    ["with the same Packet Identifier, but another", given("send"), given("interval 5", 7, { dup: true }), "done"],
    ["with an id, from the Server", given(withId), given(withId, 7, { dup: true }), undefined],
    ["with an id, from somebody else", given(withId), given(withId, 9), "repeated"]
  ])("%s", (_, first, second, status) => {
    const wake = wakeOf({ mqtt })
    done(attemptOn(wake), first)
    const next = attemptOn(wake)
    expect(done(next, second).status).toBe(status)
    expect(written(next.replies)).toEqual(["PUBACK " + second.packetIdentifier])
  })

  it("waits where an answer is held back, which the Server may not accept", () => {
    const wake = wakeOf({ mqtt })
    done(attemptOn(wake), given("send", 1))
    const attempt = attemptOn(wake)
    expect(Obey.isTooSoon(attempt, Obey.judge(attempt, given("send", 2), 0))).toBe(true)
    expect(Obey.isTooSoon(attempt, Obey.judge(attempt, given("send", 1, { dup: true }), 0))).toBe(false)
  })

  it("without an id is another one where the Server has forgotten the Session", () => {
    const wake = wakeOf({ mqtt })
    done(attemptOn(wake), given("send"))
    const fresh = { ...attemptOn(wake), isSessionPresent: false }
    expect(done(fresh, given("send", 7, { dup: true })).status).toBe("done")
  })

  it("without an id is another one, once the Server is known to have the acknowledgement", () => {
    const wake = wakeOf({ mqtt })
    const attempt = attemptOn(wake)
    done(attempt, given("send"))
    Obey.confirmed(attempt)
    expect(wake.state.commands?.[3]).toEqual([])
    expect(done(attemptOn(wake), given("send")).status).toBe("done")
  })

  it("is one of eight that are remembered, and no ninth is begun while the Server lacks eight acknowledgements", () => {
    const wake = wakeOf({ mqtt })
    for (let n = 1; n <= 9; n++) done(attemptOn(wake), given("{\"command\":\"send\",\"id\":" + n + "}", n))
    expect(wake.state.commands?.[3].length).toBe(8)
    // The Server has all answers, and acknowledged them.
    wake.state = { ...wake.state, outbox: { ...wake.state.outbox, entries: [] } }
    const attempt = attemptOn(wake)
    for (let n = 2; n <= 9; n++) done(attempt, given("{\"command\":\"send\",\"id\":" + n + "}", n, { dup: true }))
    expect(Obey.isTooSoon(attempt, Obey.judge(attempt, given("send", 10), 0))).toBe(true)
    expect(Obey.isTooSoon(attemptOn(wake), Obey.judge(attempt, given("send", 10), 0))).toBe(false)
  })
})

describe("what commands change", () => {
  it("the interval, at once and for later, and back", () => {
    const wake = wakeOf({ mqtt })
    done(attemptOn(wake), given("interval 60"))
    expect([wake.config.publishInterval, wake.state.commands?.[0]]).toEqual([60, 60])
    done(attemptOn(wake), given("interval 0"))
    expect([wake.config, wake.state.commands?.[0]]).toEqual([configOf({ mqtt }), 0])
  })

  it("how long the device stays awake: as long as the longest says, until its until", () => {
    const wake = wakeOf({ mqtt })
    done(attemptOn(wake), given("stay_awake 600"))
    done(attemptOn(wake), given("stay_awake 60"))
    expect(wake.stay).toEqual({ from: 1_000, until: 601_000, isRetained: false })
    expect([999, 1_000, 600_999, 601_000].map((now) => isStaying(wake, now))).toEqual([false, true, true, false])
    const told = wake.events.filter(({ _tag }) => _tag === "Staying")
    expect(told).toEqual([{ _tag: "Staying", millis: 600_000 }])
    done(attemptOn(wake), given("stay_awake 0"))
    expect(wake.stay).toBeUndefined()
    done(attemptOn(wake), given("stay_awake"))
    expect(wake.stay).toEqual({ from: 1_000, until: 301_000, isRetained: false })
    const until = "{\"command\":\"stay_awake\",\"until\":" + (present / 1_000 + 100) + "}"
    done(attemptOn(wake), given(until, 7, { retain: true }), present)
    expect(wake.stay).toEqual({ from: present, until: present + 100_000, isRetained: true })
  })

  it("nothing the second time, but for a retained stay_awake, which holds in every wake and is answered once", () => {
    const wake = wakeOf({ mqtt })
    for (let wakes = 0; wakes < 3; wakes++) {
      wake.stay = undefined
      done(attemptOn(wake), given("stay_awake 600", wakes, { retain: true }))
      expect(wake.stay).toEqual({ from: 1_000, until: 601_000, isRetained: true })
    }
    expect(answers(wake).length).toBe(1)
  })

  it("a status is due until the Server has it", () => {
    const wake = wakeOf({ mqtt })
    const attempt = attemptOn(wake)
    done(attempt, given("report"))
    expect(wake.state.commands?.[2]).toBe(1)
    Obey.confirmed(attempt)
    expect(wake.state.commands?.[2]).toBe(0)
  })

  it("restart ends the wake", () => {
    const wake = wakeOf({ mqtt })
    done(attemptOn(wake), given("restart"))
    expect(wake.isRestarting).toBe(true)
  })
})
