/**
 * The stories for a fleet: the same as for one device, except that the outage ends here, because a fleet is a danger to
 * a Server when the Server comes back.
 */
import * as Effect from "effect/Effect"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as Story from "../life/Story.ts"

/** In a life of few days all is shorter. Days. */
const outageBegins = (days: number): number => Math.min(1, days / 4)
const outageLasts = (days: number): number => Math.min(0.5, days / 4)

const outage: Story.Story = {
  about: "the Server goes away for 12 hours after the first day",
  turns: (_, days) =>
    Effect.succeed([
      { at: outageBegins(days), title: "the Server goes away", apply: (stage) => stage.setServer("refusing") },
      {
        at: outageBegins(days) + outageLasts(days),
        title: "the Server is back",
        apply: (stage) => stage.setServer("up")
      }
    ])
}

export const of = (name: Story.Name): Story.Story => name === "outage" ? outage : Story.stories[name]

/** What happens to the fleet in its days. */
export const turns = (name: Story.Name, config: DeviceConfig, days: number): Effect.Effect<ReadonlyArray<Story.Turn>> =>
  Effect.map(of(name).turns(config, days), (all) => all.filter((turn) => turn.at < days))
