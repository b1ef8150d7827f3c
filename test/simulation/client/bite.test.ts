/**
 * The checkers bite: a Client with a deliberate bug breaks its promise within 200 seeds, and the Client itself does
 * not.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { checkers } from "./checkers/all.ts"
import { mutants, type Row } from "./mutants.ts"
import * as Later from "./mutantsLater.ts"
import * as Life from "./Life.ts"
import * as Run from "./Run.ts"

const seeds = 200

/** The story that brings the bug to light. */
const bitten = ({ checker, mutant, wanted }: Row): Promise<Run.Failure | undefined> => {
  const own = checkers.filter(({ name }) => name === checker)
  expect(own.length).toBe(1)
  const run = Run.run({ seed: 1, seeds, checkers: own, mutant: mutant(), wanted })
  return Effect.runPromise(Effect.map(run, ({ failure }) => failure))
}

describe("a Client that", () => {
  it.each(mutants)("$bug breaks the promise: $checker", async (row) => {
    const failure = await bitten(row)
    expect(failure).toBeDefined()
    if (failure === undefined) return
    const sound = await Effect.runPromise(Life.live({ ...failure.options, mutant: undefined }))
    expect(sound.broken).toBe(undefined)
  })
})

describe("a Client of MQTT 5, or with a store, that", () => {
  it.each(Later.mutants)("$bug breaks the promise $checker, and no other ($kind)", async (row) => {
    const { checker, kind, mutant, wanted } = row
    // The first promise that is broken in any story is the right one.
    const run = Run.run({ seed: 1, seeds, kinds: [kind], checkers, mutant, wanted })
    const { failure } = await Effect.runPromise(run)
    expect(failure?.broken.promise.name).toBe(checker)
    if (failure === undefined) return
    const sound = await Effect.runPromise(Life.live({ ...failure.options, mutant: undefined }))
    expect(sound.broken).toBe(undefined)
  })
})

describe("each checker", () => {
  it("is bitten by a bug of its own", () => {
    const named = new Set([...mutants, ...Later.mutants].map(({ checker }) => checker))
    expect(checkers.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
  })
})
