/** The smallest input that still breaks something, found by fast-check from one that does. */
import * as fc from "fast-check"
import { check } from "./check.ts"
import type { Codecs } from "./codecs.ts"
import type { Input } from "./Input.ts"

export const shrink = (codecs: Codecs, input: Input): Input => {
  const { maximum } = input
  const streams = fc.uint8Array({ maxLength: input.stream.length })
  const sizes = fc.array(fc.integer({ min: 1, max: Math.max(...input.sizes) }), {
    minLength: 1,
    maxLength: input.sizes.length
  })
  const holds = fc.property(streams, sizes,
    (stream, sizes) => typeof check(codecs, { stream, sizes, maximum }) !== "string")
  const { counterexample } = fc.check(holds, { examples: [[input.stream, [...input.sizes]]], numRuns: 1 })
  if (counterexample === null) return input
  const [smaller, split] = counterexample as [Uint8Array, Array<number>]
  return { stream: smaller, sizes: split, maximum }
}
