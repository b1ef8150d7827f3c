/**
 * Where a device's events go: a log, a screen, a simulation's timeline.
 *
 * A caller may rely on this: `emit` takes an event at once, in the order of the calls, and never fails. It does not
 * wait.
 */
import * as Context from "effect/Context"
import type { Emit } from "../domain/wake/WakeEvent.ts"

/** Takes the events of a device, in the order of the calls. */
export class Events extends Context.Service<Events, { readonly emit: Emit }>()("dormouse/ports/Events") {}
