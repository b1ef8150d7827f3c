/**
 * The twin of domain/wake/known.ts for a board: it recognizes the document that was judged last without reading it, and
 * believes a version only after it has read the document to its end.
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
