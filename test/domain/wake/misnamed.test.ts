import { describe, expect, it } from "vitest"
import type { SensorConfig } from "../../../src/domain/config/DeviceConfig.ts"
import * as Measuring from "../../../src/domain/wake/Measuring.ts"
import { wakeOf } from "./support.ts"

const script = { driver: "script", id: "bed", script: "done(1)", quantities: { moisture: {}, salt: {} } }

describe("a script that gives", () => {
  it.each<readonly [what: string, got: object, reason: string | undefined, published: boolean]>([
    ["what the file names", { moisture: 40, salt: 2 }, undefined, true],
    ["more than that", { moisture: 40, salt: 2, other: 1 }, undefined, true],
    ["less, tells what is missing", { moisture: 40 }, "it gave no salt, but moisture", true],
    ["something else, publishes nothing", { moisure: 40 }, "it gave no moisture, salt, but moisure", false]
  ])("%s", (_, got, reason, published) => {
    const wake = wakeOf({ file: { sensors: { bed: script } } })
    Measuring.measured(wake, wake.config.sensors[0] as SensorConfig, got, 1_000)
    const told = wake.events.flatMap((event) => event._tag === "NotMeasured" ? [[event.sensor, event.reason]] : [])
    expect(told).toEqual(reason === undefined ? [] : [["bed", reason]])
    expect(wake.state.outbox.entries.map(({ topic }) => topic)).toEqual(published ? ["bed/data"] : [])
  })
})
