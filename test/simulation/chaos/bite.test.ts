/** The checkers bite: a device with a deliberate bug breaks its promise within 200 seeds. */
import * as Effect from "effect/Effect"
import { describe, expect, it, vi } from "vitest"
import * as Faults from "../../../src/adapters/simulation/faults/Faults.ts"
import { checkers } from "../../../src/programs/chaos/checkers/all.ts"
import * as Life from "../../../src/programs/chaos/Life.ts"
import * as Scene from "../../../src/programs/chaos/life/Scene.ts"
import { underFaults as adapters } from "../../../src/adapters/simulation/driven.ts"
import { isWhole } from "../../support/runs.ts"
import { type Mutation, mutations } from "./mutations.ts"

const framer = vi.hoisted(() => ({ isBounded: true }))

vi.mock("../../../src/domain/packet/Framer.ts", async (original) => {
  const real = await original<typeof import("../../../src/domain/packet/Framer.ts")>()
  return { ...real, make: (size: number) => real.make(framer.isBounded ? size : 268_435_460) }
})

/**
 * What breaks this promise in the first of 200 seeds that does, in lives with more than usual of the faults that lead
 * there.
 */
const bitten = async (
  name: string,
  kinds: Mutation["kinds"],
  program?: Mutation["program"],
  begin?: Mutation["begin"],
  factor = 4
): Promise<string | undefined> => {
  const own = checkers.filter((checker) => checker.name === name)
  expect(own.length).toBe(1)
  for (let seed = 1; seed <= 200; seed++) {
    const scene = Scene.draw(String(seed), 60)
    const plan = Faults.plan(String(seed), Faults.only(kinds, factor), scene.config.publishInterval * 1_000,
      Life.actMillis(scene))
    const mutant = {
      ...(program === undefined ? {} : { program: program(scene.config) }),
      ...(begin === undefined ? {} : { begin })
    }
    const { broken } = await Effect.runPromise(
      Life.live(adapters, { seed: String(seed), scene, plan, checkers: own, ...mutant })
    )
    if (broken !== undefined) return broken.reason
  }
  return undefined
}

describe("a device that", () => {
  const looked = mutations.filter(({ isRare }) => isWhole || isRare !== true)

  it.each(looked)("$bug breaks the promise: $checker", async ({ begin, checker, factor, kinds, program }) => {
    expect(await bitten(checker, kinds, program, begin, factor)).toBeDefined()
  })

  it("reads packets of any size breaks the promise: memory", async () => {
    framer.isBounded = false
    expect(await bitten("memory", ["garbage"])).toContain("continued to read")
    framer.isBounded = true
  })
})

describe("each checker", () => {
  it("is bitten by a bug of its own", () => {
    const named = new Set(mutations.filter(({ isRare }) => isRare !== true).map(({ checker }) => checker))
    expect(checkers.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
  })
})
