import * as fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import { build, program } from "./programs.ts"
import { onDevice, onEffect } from "./runtimes.ts"

vi.mock("../../../src/adapters/espruino/effect/shape.ts", () => import("./uncompiled.ts"))

describe("the device's runtime", () => {
  it("does what effect does, whatever the program, and whenever it is interrupted", async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }), async (program, interruptAt) => {
        const expected = await onEffect((tools) => build(tools, program), interruptAt)
        expect(onDevice((tools) => build(tools, program), interruptAt)).toEqual(expected)
      }),
      { numRuns: 3000 }
    )
  })
})
