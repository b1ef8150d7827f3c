/**
 * One lived configuration with what it means for a battery.
 */
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as Advice from "../../domain/energy/Advice.ts"
import * as Outlook from "../../domain/energy/Outlook.ts"
import * as Setup from "../../domain/energy/Setup.ts"
import type { Life } from "./Simulation.ts"

export interface Case {
  /** The configuration's file, or what stands for it. */
  readonly name: string
  readonly config: DeviceConfig
  readonly days: number
  readonly life: Life
  readonly setup: Setup.Setup
  readonly outlook: Outlook.Outlook
  readonly changes: ReadonlyArray<Advice.Change>
  /** Messages that the Server acknowledged. */
  readonly delivered: number
}

export const make = (name: string, config: DeviceConfig, days: number, life: Life, choice: Setup.Choice): Case => {
  const setup = Setup.make(choice, config.sensors.map(({ type }) => type))
  const { ending, totals } = life
  // A device that is always on does not tell every delivery.
  const delivered = ending.sleeps ? totals.firstTry + totals.later : ending.acknowledged
  const stretch = { usage: life.usage, millis: ending.elapsedMillis, delivered }
  return {
    name,
    config,
    days,
    life,
    setup,
    outlook: Outlook.of(stretch, setup),
    changes: Advice.changes(stretch, setup, { unanswered: life.unanswered }),
    delivered
  }
}
