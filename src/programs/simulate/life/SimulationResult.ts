/**
 * One simulated configuration, and what it means for a battery.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as Advice from "../../../domain/energy/Advice.ts"
import * as Outlook from "../../../domain/energy/Outlook.ts"
import * as Setup from "../../../domain/energy/Setup.ts"
import type { Life } from "./Simulation.ts"

export interface SimulationResult {
  /** The configuration's file, or what stands for it. */
  readonly name: string
  readonly config: DeviceConfig
  readonly days: number
  readonly life: Life
  readonly setup: Setup.Setup
  /** For ordinary days with this configuration: the battery life is calculated from it. */
  readonly outlook: Outlook.Outlook
  /** How many ordinary days it was made from. */
  readonly ordinaryDays: number
  /**
   * For the simulated days, with everything that happened in them. The same value as `outlook` if they were ordinary.
   */
  readonly lived: Outlook.Outlook
  /** What would gain on ordinary days. */
  readonly changes: ReadonlyArray<Advice.Change>
  /** Messages that the Server acknowledged. */
  readonly delivered: number
}

export const stretchOf = ({ ending, totals, usage }: Life): Outlook.Stretch => ({
  usage,
  millis: ending.elapsedMillis,
  // A device that is always on does not emit every delivery.
  delivered: ending.sleeps ? totals.firstTry + totals.later : ending.acknowledged
})

/** `ordinary` is the life of ordinary days: `life` itself when its days were such. */
export const make = (
  name: string,
  config: DeviceConfig,
  days: number,
  life: Life,
  ordinary: Life,
  choice: Setup.Choice
): SimulationResult => {
  const setup = Setup.make(choice, config.sensors.map(({ type }) => type))
  const [stretch, usual] = [stretchOf(life), stretchOf(ordinary)]
  const outlook = Outlook.of(usual, setup)
  return {
    name,
    config,
    days,
    life,
    setup,
    outlook,
    ordinaryDays: ordinary.ending.elapsedMillis / 86_400_000,
    lived: life === ordinary ? outlook : Outlook.of(stretch, setup),
    changes: Advice.changes(usual, setup, {
      unanswered: ordinary.unanswered,
      capacity: config.mqtt.outbox.capacity,
      isSeldom: config.deepSleep && config.mqtt.sendInterval > config.publishInterval
    }),
    delivered: stretch.delivered
  }
}
