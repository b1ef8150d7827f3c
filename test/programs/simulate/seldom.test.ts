/** What sending hourly buys: lived, and as the advice foretells it. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Setup from "../../../src/domain/energy/Setup.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import * as SimulationResult from "../../../src/programs/simulate/life/SimulationResult.ts"
import { stories } from "../../../src/programs/simulate/life/Story.ts"

const lived = async (mqtt: object, changes: object = {}): Promise<SimulationResult.SimulationResult> => {
  const file = { ...demo, ...changes, mqtt: { ...demo.mqtt, ...mqtt } }
  const { config } = Result.getOrThrow(DeviceConfig.check(file))
  const life = await Effect.runPromise(
    Simulation.live(adapters, { config, days: 2, seed: "1", story: stories.healthy, onEntry: () => {} })
  )
  return SimulationResult.make("", config, 2, life, life, Setup.usual)
}

const advised = ({ changes }: SimulationResult.SimulationResult, what = "sent hourly"): number | undefined =>
  changes.find(({ title }) => title === what)?.gain

describe("a device that measures every five minutes and sends hourly", () => {
  it("lives three times as long as one that sends at every wake, as the advice says", async () => {
    const [steady, hourly] = [await lived({}), await lived({ send_interval: 3_600 })]
    const gain = hourly.outlook.lifeDays.value / steady.outlook.lifeDays.value
    expect(gain).toBeGreaterThan(3)
    expect((advised(steady) as number) / gain).toBeGreaterThan(0.97)
    expect((advised(steady) as number) / gain).toBeLessThan(1.03)
    expect(advised(hourly)).toBeUndefined()
    // Nothing is bought with readings: what is missing waits for the hour's end.
    expect(hourly.life.totals.readings).toBe(steady.life.totals.readings)
    expect(steady.delivered - hourly.delivered).toBe(11)
  })

  it("gains, by a wake half as often, what the advice says: it connects as often as before", async () => {
    const [often, seldom] = [await lived({ send_interval: 3_600 }),
      await lived({ send_interval: 3_600 }, { update_interval: 600 })]
    const gain = seldom.outlook.lifeDays.value / often.outlook.lifeDays.value
    expect(gain).toBeLessThan(1.4)
    expect(Math.abs((advised(often, "a wake half as often") as number) / gain - 1)).toBeLessThan(0.03)
  })

  it.each([
    ["with a BME280", {}, { sensors: { bme280: { id: "a", pin: 21 } } }],
    ["with values of their own, for which there is room for half an hour", { publish_values: true }, {}],
    ["that has sent every half hour", { send_interval: 1_800 }, {}],
    ["with a retained configuration not asked for", { load_config_from_mqtt: false }, {}]
  ])("gains what the advice says: %s", async (_, mqtt, changes) => {
    const [before, hourly] = [await lived(mqtt, changes), await lived({ ...mqtt, send_interval: 3_600 }, changes)]
    const gain = hourly.outlook.lifeDays.value / before.outlook.lifeDays.value
    expect(gain).toBeGreaterThan(1.15)
    expect(Math.abs((advised(before) as number) / gain - 1)).toBeLessThan(0.05)
  })
})
