/** A board's events go to its console. */
import type { Events } from "../../ports/Events.ts"

export const events: Events["Service"] = { emit: console.log }
