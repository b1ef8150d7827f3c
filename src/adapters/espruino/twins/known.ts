/**
 * The twin of domain/wake/known.ts for a board: a document is not read to find that it is the one judged last, nor its
 * version believed before it has been read to its end.
 */
import * as ConfigUpdate from "../../../domain/config/ConfigUpdate.ts"
import type { DeviceState } from "../../../domain/state/DeviceState.ts"

export { look } from "./look.ts"

export const known = (
  { state }: { readonly state: DeviceState },
  update: ConfigUpdate.ConfigUpdate
): string | undefined =>
  update.announced !== undefined ? ConfigUpdate.unremarkableOfTwo(update)
    : update.document && ConfigUpdate.mark(update) === state.refusedUpdate ? "this configuration was judged before"
    : undefined
