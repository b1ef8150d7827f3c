/** What a simulation of ordinary days predicts for the statuses of a device. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as documents from "../../domain/collect/documents.ts"
import type { Predicted } from "../../domain/compare/Comparison.ts"
import { median } from "../../domain/compare/Statistics.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import type { Choice } from "../../domain/energy/Setup.ts"
import * as Setup from "../../domain/energy/Setup.ts"
import * as Status from "../../domain/message/Status.ts"
import type { Standstill } from "../../ports/Standstill.ts"
import * as Ordinary from "../simulate/life/Ordinary.ts"
import * as Simulation from "../simulate/life/Simulation.ts"
import { stretchOf } from "../simulate/life/SimulationResult.ts"
import type { Story } from "../simulate/life/Story.ts"

/** What the simulated network takes. Milliseconds. */
export interface Network {
  readonly joinMillis: number
  /** One way. */
  readonly latencyMillis: number
}

/** TCP's handshake, and the packets. */
const roundTrips = 2

/** Nothing goes wrong; where a configuration is retained, it is the one in use. */
const ordinary = (hasConfig: boolean): Story => ({
  about: "ordinary days",
  turns: ({ mqtt, version }) => {
    const text = JSON.stringify({ version })
    const { topicConfig, topicConfigData, topicConfigVersion } = mqtt
    return Effect.succeed(
      hasConfig
        ? [{
          at: 0,
          title: "a configuration is retained",
          apply: (stage) => {
            if (topicConfigVersion !== "") stage.simulateMessage(topicConfigVersion, String(version), { retain: true })
            stage.simulateMessage(topicConfigVersion === "" ? topicConfig : topicConfigData, text, { retain: true })
          }
        }]
        : []
    )
  }
})

/** The device's own times in the simulated world, milliseconds of the radio in each status. */
const radioTimes = (prefix: string) => {
  const times: Array<number> = []
  const onEntry: Simulation.Options["onEntry"] = (entry) => {
    if (entry._tag !== "Message" || entry.topic !== prefix + "/" + Status.level) return
    const read = documents.status(entry.payload)
    if (Result.isFailure(read) || read.success.uptime === 0 || read.success.tries !== 1) return
    if (read.success.radioMillis !== undefined) times.push(read.success.radioMillis)
  }
  return { times, onEntry }
}

export const predict = <World extends Simulation.SimulatedWorld>(
  adapters: Simulation.Adapters<World>,
  network: Network,
  given: DeviceConfig,
  choice: Choice,
  hasConfig: boolean
): Effect.Effect<Predicted, Standstill> =>
  Effect.gen(function*() {
    const config = { ...given, mqtt: { ...given.mqtt, publishStatus: true } }
    const { onEntry, times } = radioTimes(config.mqtt.topicDataPrefix)
    const story = ordinary(hasConfig)
    const life = yield* Simulation.live(adapters, { config, days: Ordinary.daysOf(config), seed: "1", story, onEntry })
    const { messages, visits } = life.usage.served
    return {
      setup: Setup.make(choice, config.sensors.map(({ type }) => type)),
      stretch: stretchOf(life),
      visit: {
        online: Math.max(0, median(times) - network.joinMillis),
        trips: 2 * roundTrips * network.latencyMillis,
        messages: 1 + messages / Math.max(1, visits),
        hasTls: config.mqtt.ssl,
        hasBattery: "battery" in config && config.battery !== undefined
      }
    }
  })
