/** Which readings are published, and which are sent at once: a table of what was published last and what comes next. */
import { describe, expect, it } from "vitest"
import type { SensorConfig } from "../../../src/domain/config/DeviceConfig.ts"
import { isCompared, isSelective } from "../../../src/domain/config/limits.ts"
import type { Measurement } from "../../../src/domain/message/Reading.ts"
import { isUrgent, select } from "../../../src/domain/wake/onChange.ts"
import type { Published } from "../../../src/domain/state/Selection.ts"
import { configOf, type TestWake, wakeOf } from "./support.ts"

const now = 10_000_000
const minute = 60_000

const sensorOf = (keys: object): SensorConfig =>
  configOf({ file: { sensors: { simulated: { id: "s", ...keys } } } }).sensors[0] as SensorConfig

/** 20.0 °C and 50 % ten minutes ago, no alarm. */
const last: Published = [now - 10 * minute, 20, 50, 0]

const wakeWith = (keys: object, published: Published | undefined): TestWake =>
  wakeOf({
    file: { sensors: { simulated: { id: "s", ...keys } } },
    state: published === undefined ? {} : { selection: [0, { s: published }] }
  })

interface Row {
  readonly keys: object
  readonly last?: Published | undefined
  readonly reading: Measurement
  /** Whether it is published, and whether at once. */
  readonly expected: "no" | "published" | "urgent"
}

const rows: ReadonlyArray<readonly [name: string, row: Row]> = [
  ["no limits: every reading", { keys: {}, reading: { temperature: 20, humidity: 50 }, expected: "published" }],
  ["the first reading", {
    keys: { temperature: { change: 1 } },
    last: undefined,
    reading: { temperature: 20 },
    expected: "published"
  }],
  ["less than the change", { keys: { temperature: { change: 0.5 } }, reading: { temperature: 20.4 }, expected: "no" }],
  ["as much as the change, upwards", {
    keys: { temperature: { change: 0.1 } },
    reading: { temperature: 20.1 },
    expected: "published"
  }],
  ["as much as the change, downwards", {
    keys: { temperature: { change: 0.5 } },
    reading: { temperature: 19.5 },
    expected: "published"
  }],
  ["the other value has changed, and has no limit", {
    keys: { temperature: { change: 0.5 } },
    reading: { temperature: 20, humidity: 90 },
    expected: "no"
  }],
  ["the other value has changed by its own limit", {
    keys: { temperature: { change: 0.5 }, humidity: { change: 5 } },
    reading: { temperature: 20, humidity: 56 },
    expected: "published"
  }],
  ["in Fahrenheit less than the change", {
    keys: { temperature: { change: 1, unit: "F" } },
    last: [now - minute, 68, 50, 0],
    reading: { temperature: 20.5 },
    expected: "no"
  }],
  ["in Fahrenheit as much as the change", {
    keys: { temperature: { change: 0.9, unit: "F" } },
    last: [now - minute, 68, 50, 0],
    reading: { temperature: 20.5 },
    expected: "published"
  }],
  ["a value that was not there before", {
    keys: { humidity: { change: 5 } },
    last: [now - minute, 20, null, 0],
    reading: { humidity: 50 },
    expected: "published"
  }],
  ["a value that is not there now", {
    keys: { temperature: { change: 5 } },
    reading: { temperature: NaN, humidity: 50 },
    expected: "no"
  }],
  ["just before the silence is over", {
    keys: { max_silence: 900, temperature: { change: 5 } },
    last: [now - 894_000, 20, 50, 0],
    reading: { temperature: 20 },
    expected: "no"
  }],
  ["as the silence is over, a little early", {
    keys: { max_silence: 900, temperature: { change: 5 } },
    last: [now - 896_000, 20, 50, 0],
    reading: { temperature: 20 },
    expected: "published"
  }],
  ["an hour of silence, where none is given", {
    keys: { temperature: { change: 5 } },
    last: [now - 60 * minute, 20, 50, 0],
    reading: { temperature: 20 },
    expected: "published"
  }],
  ["the clock was set back", {
    keys: { temperature: { change: 5 } },
    last: [now + 1, 20, 50, 0],
    reading: { temperature: 20 },
    expected: "published"
  }],
  ["at the upper threshold", {
    keys: { temperature: { above: 21, change: 5 } },
    reading: { temperature: 21 },
    expected: "no"
  }],
  ["above the upper threshold", {
    keys: { temperature: { above: 21, change: 5 } },
    reading: { temperature: 21.1 },
    expected: "urgent"
  }],
  ["still above it", {
    keys: { temperature: { above: 21, change: 5 } },
    last: [now - minute, 21.1, 50, 1],
    reading: { temperature: 22 },
    expected: "no"
  }],
  ["back, but within the hysteresis", {
    keys: { temperature: { above: 21, change: 5 } },
    last: [now - minute, 21.1, 50, 1],
    reading: { temperature: 20.6 },
    expected: "no"
  }],
  ["back by the hysteresis", {
    keys: { temperature: { above: 21, change: 5 } },
    last: [now - minute, 21.1, 50, 1],
    reading: { temperature: 20.5 },
    expected: "urgent"
  }],
  ["back by the hysteresis that is given", {
    keys: { temperature: { above: 21, hysteresis: 2, change: 5 } },
    last: [now - minute, 21.1, 50, 1],
    reading: { temperature: 19.5 },
    expected: "no"
  }],
  ["below the lower threshold", {
    keys: { temperature: { below: 3 } },
    last: [now - minute, 4, 50, 0],
    reading: { temperature: 2.9 },
    expected: "urgent"
  }],
  ["still below it, every reading being published", {
    keys: { temperature: { below: 3 } },
    last: [now - minute, 2.9, 50, 2],
    reading: { temperature: 3.2 },
    expected: "published"
  }],
  ["from below the one to above the other", {
    keys: { temperature: { below: 3, above: 30, change: 50 } },
    last: [now - minute, 2, 50, 2],
    reading: { temperature: 31 },
    expected: "urgent"
  }],
  ["a negative threshold", {
    keys: { temperature: { below: -18 } },
    last: [now - minute, -19, 50, 0],
    reading: { temperature: -18.1 },
    expected: "urgent"
  }],
  ["the humidity's threshold", {
    keys: { humidity: { above: 70, change: 100 } },
    reading: { temperature: 20, humidity: 71 },
    expected: "urgent"
  }],
  ["the humidity's alarm goes on, the temperature's begins", {
    keys: { temperature: { above: 21 }, humidity: { above: 70, change: 100 } },
    last: [now - minute, 20, 75, 4],
    reading: { temperature: 22, humidity: 75 },
    expected: "urgent"
  }],
  ["an alarm whose value is not there now goes on", {
    keys: { humidity: { above: 70, change: 100 } },
    last: [now - minute, 20, 75, 4],
    reading: { temperature: 20 },
    expected: "no"
  }],
  ["above the threshold in the first reading", {
    keys: { temperature: { above: 21 } },
    last: undefined,
    reading: { temperature: 25 },
    expected: "urgent"
  }]
]

const take = (wake: TestWake, sensor: SensorConfig, reading: Measurement): Row["expected"] => {
  const isPublished = select(wake, sensor, reading, now)
  if (!isPublished) return "no"
  const { outbox } = wake.state
  const entry = { id: outbox.lastId + 1, topic: "s/data", payload: "{}" }
  return isUrgent({ ...wake.state, outbox: { ...outbox, entries: [entry] } }) ? "urgent" : "published"
}

describe("a reading is published, or sent at once", () => {
  it.each(rows)("%s", (_, row) => {
    const wake = wakeWith(row.keys, "last" in row ? row.last : last)
    expect(take(wake, sensorOf(row.keys), row.reading)).toBe(row.expected)
  })

  it("is remembered only when it is published, rounded as it is published", () => {
    const keys = { temperature: { change: 1 }, humidity: { above: 60 } }
    const wake = wakeWith(keys, last)
    const before = wake.state
    expect(select(wake, sensorOf(keys), { temperature: 20.5, humidity: 50 }, now)).toBe(false)
    expect(wake.state).toBe(before)
    expect(select(wake, sensorOf(keys), { temperature: 21.2345, humidity: 66 }, now)).toBe(true)
    expect(wake.state.selection).toEqual([1, { s: [now, 21.23, 66, 4] }])
  })

  it("creeps past no limit: small steps in one direction are compared with what was published", () => {
    const keys = { max_silence: 86_400, temperature: { change: 1 } }
    const wake = wakeWith(keys, last)
    const published = [20.3, 20.6, 20.9, 21.2, 21.5, 21.8, 22.1, 22.4].filter((temperature) =>
      select(wake, sensorOf(keys), { temperature }, now)
    )
    expect(published).toEqual([21.2, 22.4])
  })

  it("is urgent until it and all before it are out, and others behind it are not", () => {
    const entry = (id: number) => ({ id, topic: "s/data", payload: "{}" })
    const { state } = wakeOf()
    const urgent = (selection: number, ...ids: ReadonlyArray<number>) =>
      isUrgent({ ...state, selection: [selection, {}], outbox: { ...state.outbox, entries: ids.map(entry) } })
    expect([urgent(3, 1, 2, 3), urgent(3, 3, 4), urgent(3, 4, 5), urgent(3), urgent(0, 1), isUrgent(state)]).toEqual([
      true,
      true,
      false,
      false,
      false,
      false
    ])
  })
})

describe("a sensor is compared", () => {
  it.each([
    [{}, false, false],
    [{ temperature: { change: 1 } }, true, true],
    [{ humidity: { change: 1 } }, true, true],
    [{ temperature: { above: 0 } }, false, true],
    [{ humidity: { below: 10 } }, false, true],
    [{ max_silence: 60, temperature: { hysteresis: 1 } }, false, false]
  ])("%j", (keys, selective, compared) => {
    const sensor = sensorOf(keys)
    expect([isSelective(sensor), isCompared(sensor)]).toEqual([selective, compared])
  })
})
