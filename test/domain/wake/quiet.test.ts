import { describe, expect, it } from "vitest"
import { isQuiet } from "../../../src/domain/wake/quiet.ts"
import { configOf, type Given, stateOf } from "./support.ts"

const now = 100_000_000
const seconds = (count: number): number => now - count * 1000

/** Sensors with intervals, 600 and 1,200 s. The policy wants a try each 2,000 s. A wake comes each 300 s. */
const file = { sensors: { simulated: { id: "s", interval: 600 }, bme280: { id: "b", pin: 1, interval: 1_200 } } }
const policy = { min_interval: 1_000, max_interval: 2_000 }
const readAt = { s: seconds(300), b: seconds(900) }

const rows: ReadonlyArray<readonly [name: string, given: Given, isQuiet: boolean]> = [
  ["none is due and nothing is pending", {}, true],
  ["a sensor is due", { state: { readAt: { ...readAt, s: seconds(600) } } }, false],
  ["a sensor is due a second after the wake began", { state: { readAt: { ...readAt, s: seconds(599) } } }, false],
  ["a sensor is due in more than a second", { state: { readAt: { ...readAt, s: seconds(598.999) } } }, true],
  ["a sensor was never read", { state: { readAt: { s: seconds(300) } } }, false],
  ["the clock was set back since a sensor was read", { state: { readAt: { ...readAt, s: now + 1_001 } } }, false],
  ["a sensor is read at every wake", {
    file: { sensors: { simulated: { id: "s" }, bme280: { id: "b", pin: 1, interval: 1_200 } } }
  }, false],
  ["a sensor is read at every wake, but publishes only what has changed", {
    file: { sensors: { simulated: { id: "s", temperature: { change: 1 } } } },
    state: { readAt: {} }
  }, true],
  ["a sensor is due, but publishes only what has changed", {
    file: { sensors: { simulated: { id: "s", interval: 60, humidity: { change: 1 } } } }
  }, true],
  ["a sensor has a threshold and no change", {
    file: { sensors: { simulated: { id: "s", temperature: { above: 30 } } } },
    state: { readAt: {} }
  }, false],
  ["there is no sensor", { file: { sensors: {} } }, false],
  ["a message is pending", { pending: "a" }, false],
  ["the last try failed", { attemptCount: 1 }, false],
  ["an update is on probation", { state: { readAt, probation: { version: 5, wakes: 0 } } }, false],
  ["the next wake is just the last that the policy allows", { lastAttemptTime: seconds(1_700) }, true],
  ["the next wake would be later than the policy wants a try", { lastAttemptTime: seconds(1_700) - 1 }, false],
  ["the last try is the present moment", { lastAttemptTime: now }, true],
  ["the clock was set back since the last try", { lastAttemptTime: now + 1 }, false]
]

describe("a wake has nothing to say", () => {
  it.each(rows)("%s", (_, given, expected) => {
    const whole = { file, policy, lastAttemptTime: seconds(300), ...given, state: { readAt, ...given.state } }
    expect(isQuiet({ config: configOf(whole), state: stateOf(whole) }, now)).toBe(expected)
  })
})
