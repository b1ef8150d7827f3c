/** The entry of the bundle that deviceLife.ts makes. */
export { start } from "../../../src/adapters/espruino/effect/Fiber.ts"
export * from "./deviceModules.ts"
