import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { names } from "../../src/programs/simulate/life/Story.ts"
import { deviceNames, faultOf } from "./allStories.ts"

const cases = names.flatMap((story) => deviceNames.map((device) => ({ story, device })))

describe("every story ends, and loses no reading without counting it", () => {
  it.effect.each(cases)("$story with a device that $device", ({ device, story }) =>
    Effect.gen(function*() {
      // Chance has most to say in the flaky one.
      for (const seed of story === "flaky" ? ["1", "2", "3"] : ["1"]) {
        expect(yield* faultOf(device, story, seed, 1))
          .toBeUndefined()
      }
    }))
})
