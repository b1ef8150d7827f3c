import { expect, it } from "vitest"
import { changesOf, fullConfig } from "../../../src/domain/wake/fullConfig.ts"
import { configOf } from "./support.ts"

it("on Node a configuration is whole, and all of an accepted one is stored", () => {
  const config = configOf()
  expect(fullConfig(config)).toBe(config)
  expect(changesOf(config)).toBe(config)
})
