/**
 * The twin of programs/device/known.ts for a board: a document is not read to find that it is the one judged last, nor its version
 * believed before it has been read to its end.
 */
import * as Effect from "effect/Effect"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import type { DeviceState } from "../../domain/DeviceState.ts"
import * as Look from "./look.ts"

export const known = ({ state }: { readonly state: DeviceState }, update: ConfigUpdate.ConfigUpdate): string | undefined =>
  update.announced !== undefined ? ConfigUpdate.unremarkableOfTwo(update)
  : update.document && ConfigUpdate.mark(update) === state.refusedUpdate ? "this configuration was judged before"
  : undefined

/** Reading and judging take much of the C stack. Behind a timer it is empty. */
export const look = (memory: { state: DeviceState }, update: ConfigUpdate.ConfigUpdate): Effect.Effect<string | undefined> =>
  Effect.map(Effect.sleep(0), () => Look.look(memory, update))
