/**
 * Why nothing is to be done about a configuration that has arrived, as far as that can be told at little cost. A board has a
 * twin, for to read a document costs it more than all the rest of a wake.
 */
import * as Effect from "effect/Effect"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import type { Memory } from "./Memory.ts"

/** A sentence for the log; undefined: it is to be judged. */
export const known = (_memory: Memory, update: ConfigUpdate.ConfigUpdate): string | undefined => ConfigUpdate.unremarkable(update)

const nothing = (): string | undefined => undefined

/** The same of what `known` does not know, after all that may cost: here nothing is left. On a board it waits, so it may here. */
export const look = (_memory: Memory, _update: ConfigUpdate.ConfigUpdate): Effect.Effect<string | undefined> => Effect.map(Effect.sleep(0), nothing)
