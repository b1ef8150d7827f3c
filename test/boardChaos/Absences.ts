/** Of two Servers that share what they keep, one goes away and comes back: nothing for a device that knows one. */
import type { Planned } from "./Plan.ts"
import type { Chance } from "./random.ts"
import type { Scene } from "./Scene.ts"

/** How often it begins, and wakes for which it lasts. */
const share = 0.12
const lengths = [1, 2, 5, 20]

export const plan = (chance: Chance, { config }: Scene, wakes: number): ReadonlyArray<Planned> => {
  if (typeof config.mqtt.broker === "string") return []
  const planned: Array<Planned> = []
  for (let at = 1; at <= wakes; at++) {
    if (!chance.is(share)) continue
    const away = chance.one([0, 1])
    for (let left = chance.one(lengths); left > 0 && at <= wakes; left--) {
      planned.push({ at, fault: { kind: "one away", behaviour: { away } } })
      if (left > 1) at++
    }
  }
  return planned
}
