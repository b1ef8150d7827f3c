import { describe, expect, it } from "vitest"
import { isEarly } from "../../../src/domain/wake/seldom.ts"
import { type Given, wakeOf } from "./support.ts"

const now = 100_000_000
const seconds = (count: number): number => now - count * 1000

/** A wake comes each 300 s, and one message of it; the device sends each hour, and has room for 8 messages. */
const mqtt = { send_interval: 3_600, outbox: { capacity: 8 } }
const given: Given = { mqtt, lastAttemptTime: seconds(300), pending: "s/data" }

const pending = (count: number): string => Array.from({ length: count }, () => "s/data").join(" ")

/** Room for more messages than an interval has. */
const roomy = { ...mqtt, outbox: { capacity: 100 } }
const slower: Given = {
  file: { sensors: { simulated: { id: "s" }, dht22: { id: "d", pin: 4, interval: 600 } } },
  mqtt: roomy
}

/** The same device sends each six hours while its battery is low. */
const low: Given = {
  file: { battery: { pin: 35, low_send_interval: 21_600 } },
  mqtt: roomy,
  state: { isBatteryLow: true }
}

const rows: ReadonlyArray<readonly [name: string, change: Given, isEarly: boolean]> = [
  ["the last try was one wake ago", {}, true],
  ["nothing is pending", { pending: "" }, true],
  ["every wake is to send", { mqtt: { outbox: mqtt.outbox } }, false],
  ["the next wake is nearer to the interval's end", { lastAttemptTime: seconds(3_449.999) }, true],
  ["no wake is nearer to the interval's end", { lastAttemptTime: seconds(3_450) }, false],
  ["the interval is over", { lastAttemptTime: seconds(3_600) }, false],
  ["the interval was over long ago", { lastAttemptTime: 0 }, false],
  ["the interval is as short as that of the wakes", { mqtt: { ...mqtt, send_interval: 300 } }, false],
  ["the interval is shorter than that of the wakes", { mqtt: { ...mqtt, send_interval: 60 } }, false],
  ["the last try is the present moment", { lastAttemptTime: now }, true],
  ["the clock was set back since the last try", { lastAttemptTime: now + 1 }, false],
  ["it is the device's first wake", { wake: { stored: undefined } }, false],
  ["flash did not take the reading", { wake: { isUnsaved: true } }, false],
  ["the last try failed", { attemptCount: 1 }, false],
  ["the tries in a row were in vain", { attemptCount: 3 }, false],
  ["an update is on probation", { state: { probation: { version: 5, wakes: 0 } } }, false],
  ["one was to be on probation that was not stored", { state: { probation: { version: 6, wakes: 0 } } }, true],
  ["a word about an update is pending", { pending: "s/data config_status" }, false],
  ["an answer to a command is pending", { pending: "s/data command_result" }, false],
  ["a reading that crossed a threshold is pending", { state: { selection: [1, {}] } }, false],
  ["the one that crossed a threshold is out", { state: { selection: [0, {}] } }, true],
  ["a suspect is pending", { state: { suspects: [[1, 1]] } }, true],
  ["there is just room for another wake", { pending: pending(7) }, true],
  ["there is no room for another wake", { pending: pending(8) }, false],
  ["there is no room for both sensors of another wake", {
    file: { sensors: { simulated: { id: "s" }, dht22: { id: "d", pin: 4 } } },
    pending: pending(7)
  }, false],
  ["there is just room for the values of another wake", {
    mqtt: { ...mqtt, publish_values: true },
    pending: pending(5)
  }, true],
  ["there is no room for the values of another wake", { mqtt: { ...mqtt, publish_values: true }, pending: pending(6) },
    false],
  ["there never is room for a whole wake", {
    mqtt: { ...mqtt, outbox: { capacity: 2 }, publish_values: true },
    pending: ""
  }, false],
  ["one less is pending than to send with", { mqtt: { ...mqtt, send_when_pending: 3 }, pending: pending(2) }, true],
  ["as many are pending as to send with", { mqtt: { ...mqtt, send_when_pending: 3 }, pending: pending(3) }, false],
  ["more are pending than to send with", { mqtt: { ...mqtt, send_when_pending: 3 }, pending: pending(4) }, false],
  ["one is pending, with which to send", { mqtt: { ...mqtt, send_when_pending: 1 } }, false],
  ["nothing is pending, and one is to send with", { mqtt: { ...mqtt, send_when_pending: 1 }, pending: "" }, true],
  ["as many are to send with as there never is room for", {
    mqtt: { ...mqtt, send_when_pending: 100 },
    pending: pending(8)
  }, false],
  ["fewer are pending, where more are to send with than there is room for", {
    mqtt: { ...mqtt, send_when_pending: 100 },
    pending: pending(7)
  }, true],
  ["one less is pending than an interval has, whatever the clock says", { mqtt: roomy, pending: pending(11) }, true],
  ["as many are pending as an interval has, whatever the clock says", { mqtt: roomy, pending: pending(12) }, false],
  ["as many are pending as one sensor of two has in an interval", { ...slower, pending: pending(12) }, true],
  ["as many are pending as two sensors have in an interval, one read half as often", {
    ...slower,
    pending: pending(18)
  }, false],
  ["as many are pending as readings with their values", {
    mqtt: { ...roomy, publish_values: true },
    pending: pending(36)
  }, false],
  ["a value is missing of as many", { mqtt: { ...roomy, publish_values: true }, pending: pending(35) }, true],
  ["the battery is low, and its interval is not over", { ...low, lastAttemptTime: seconds(20_000) }, true],
  ["the battery is low, and its interval is over", { ...low, lastAttemptTime: seconds(21_600) }, false],
  ["the battery is low, and every wake is to send otherwise", {
    ...low,
    mqtt: { outbox: { capacity: 100 } },
    lastAttemptTime: seconds(20_000)
  }, true],
  ["the battery is low, and as many are pending as its interval has", { ...low, pending: pending(72) }, false],
  ["the battery is low, and the usual interval is longer", {
    ...low,
    mqtt: { send_interval: 30_000, outbox: { capacity: 200 } },
    lastAttemptTime: seconds(22_000)
  }, true],
  ["the battery is measured, and not low", { ...low, state: {}, lastAttemptTime: seconds(3_600) }, false],
  ["the battery is low, and the last try failed", { ...low, attemptCount: 1 }, false],
  ["there is no sensor", { file: { sensors: {} }, pending: "" }, true]
]

describe("a wake need not send", () => {
  it.each(rows)("%s", (_, change, expected) => {
    expect(isEarly(wakeOf({ ...given, ...change }), now)).toBe(expected)
  })
})

describe("whatever else is so, a wake sends", () => {
  /** Each reason by itself, in words that share no code with the decision. */
  const reasons: ReadonlyArray<readonly [name: string, change: Given]> = [
    ["first wake", { wake: { stored: undefined } }],
    ["failed try", { attemptCount: 2 }],
    ["probation", { state: { probation: { version: 5, wakes: 1 } } }],
    ["clock set back", { lastAttemptTime: now + 5_000 }],
    ["interval over", { lastAttemptTime: seconds(4_000) }],
    ["no room", { pending: pending(8) }],
    ["a word about an update", { pending: "config_status" }]
  ]

  it("when one reason is there, or any two together, and does not when none is", () => {
    expect(isEarly(wakeOf(given), now)).toBe(true)
    for (const [one, first] of reasons) {
      for (const [two, second] of reasons) {
        expect([one, two, isEarly(wakeOf({ ...given, ...first, ...second }), now)]).toEqual([one, two, false])
      }
    }
  })

  it("at the latest when the interval is over, in steps of a wake, wherever the clock is set back to", () => {
    for (const back of [0, 1, 299, 300, 3_599, 3_600, 50_000]) {
      const last = now - back * 1000
      let waited = 0
      while (isEarly(wakeOf({ ...given, pending: "", lastAttemptTime: last }), now + waited * 1000)) waited += 300
      expect(waited).toBeLessThanOrEqual(3_600)
    }
  })

  it("as often in wakes as in seconds, though each wake finds the clock set back to just behind the last try", () => {
    for (const [count, sensors] of [[12, { simulated: { id: "s" } }], [24, slower.file?.["sensors"]]] as const) {
      const file = sensors === undefined ? {} : { sensors }
      let wakes = 0
      for (
        ;
        isEarly(wakeOf({ ...given, file, mqtt: roomy, lastAttemptTime: now - 1, pending: pending(wakes) }), now);
      ) {
        wakes++
      }
      expect(wakes).toBeLessThanOrEqual(count)
    }
  })
})
