/**
 * The radio. On a machine that has its own network, all three functions do nothing.
 *
 * A caller may rely on this:
 * - The radio is off until `start`, which does not wait: joining goes on while the caller does other work.
 * - `joined` waits until there is a network, or fails when none of the given networks could be joined, each within its
 *   own time-out. The first network is preferred.
 * - `stop` turns the radio off; it does not wait, never fails and may be called at any time.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Network } from "../domain/config/DeviceConfig.ts"

/** No network could be joined. `message` names the networks that were tried. */
export class WifiError extends Data.TaggedError("WifiError")<{
  readonly message: string
}> {}

/** The radio of a board. `joined` fails with WifiError. */
export class Wifi extends Context.Service<Wifi, {
  readonly start: (networks: ReadonlyArray<Network>) => void
  readonly joined: Effect.Effect<void, WifiError>
  readonly stop: () => void
}>()("dormouse/ports/Wifi") {}
