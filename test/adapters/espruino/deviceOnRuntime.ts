/** The entry of the bundle that deviceLife.ts makes. */
export { printWith } from "../../../src/adapters/espruino/effect/Effect.ts"
export { start } from "../../../src/adapters/espruino/effect/Fiber.ts"
export * from "./deviceModules.ts"
