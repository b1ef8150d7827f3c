/** The entry of the bundle that deviceLife.ts makes. */
export { start } from "../../../src/adapters/espruino/runtime/Fiber.ts"
export * from "./deviceModules.ts"
