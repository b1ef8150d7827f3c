/**
 * Deep sleep: everything in RAM is lost, Storage and the clock go on.
 *
 * A caller may rely on this:
 * - `deepSleep` does not return. The next thing that happens is a new start of the program, `millis` later or, when
 *   something else wakes the board, earlier.
 * - Any length of 0 or more is accepted; what the platform cannot do in one piece it does in several.
 * - With a pin it is the pin that ends the sleep, and no time: a platform that cannot do that sleeps for `millis`.
 * - `wokenBy` says why the program has started, and always the same while it runs.
 *
 * On a board deep sleep ends in a reset, which keeps both promises. On a platform without a reset (Node,
 * simulation) the adapter keeps them with `restarting`, which is in another file, so that a board does not carry it.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { WakePin } from "../domain/wake/WakePin.ts"

/**
 * Why the program started: deep sleep was over; a pin ended it; the power came back; something else reset the board, or
 * restarted the program.
 */
export type WakeCause = "timer" | "pin" | "power" | "reset"

/** Deep sleep, after which the program starts anew. */
export class Sleep extends Context.Service<Sleep, {
  /** Sleeps for `millis` milliseconds, or until `pin` says so, and restarts the program. */
  readonly deepSleep: (millis: number, pin?: WakePin) => Effect.Effect<never>
  /** Does not wait. */
  readonly wokenBy: () => WakeCause
  /**
   * This wake takes `millis` milliseconds more, and a while: what ends one that hangs is to wait so long. Undefined: nothing does. Does
   * not wait.
   */
  readonly stayAwake?: (millis: number) => void
}>()("dormouse/ports/Sleep") {}
