/** What goes wrong in a life, wake by wake: all of it follows from the seed, before the life begins. */
import { draw, type Fault, type Kind, kinds } from "./Fault.ts"
import type { Chance } from "./random.ts"
import type { Scene } from "./Scene.ts"

/** `at`: the wake, from 1. */
export interface Planned {
  readonly at: number
  readonly fault: Fault
}

/** Wakes for which a Server may stay away: longer than an Outbox lasts. */
const longestAway = 45

/** The kinds of faults in this life, and how often they come. */
const swarm = (chance: Chance): ReadonlyMap<Kind, number> =>
  new Map(
    kinds.flatMap((kind): ReadonlyArray<readonly [Kind, number]> =>
      chance.is(0.45) ? [[kind, chance.one([0.05, 0.15, 0.4])]] : []
    )
  )

export const plan = (chance: Chance, scene: Scene, wakes: number): ReadonlyArray<Planned> => {
  const planned: Array<Planned> = []
  const shares = swarm(chance)
  let version = scene.config.version
  let away = 0
  const isOften = (kind: Kind) => shares.get(kind) ?? 0
  for (let at = 1; at <= wakes; at++) {
    if (away === 0 && chance.is(isOften("away") / 8)) away = chance.one([1, 3, 10, longestAway])
    if (away > 0) {
      away--
      planned.push({ at, fault: draw("away", chance, scene, () => version) })
    }
    for (const [kind, share] of shares) {
      if (kind === "away" || !chance.is(share)) continue
      planned.push({ at, fault: draw(kind, chance, scene, () => version += chance.is(0.85) ? 1 : chance.whole(-2, 3)) })
    }
  }
  return planned
}
