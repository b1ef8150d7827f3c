/**
 * Reads what has arrived of a configuration, for whoever judges it. Rare, for a wake knows the document that it has
 * seen before.
 */
import { patch } from "../../../domain/state/patch.ts"
import * as ConfigUpdate from "../../../domain/config/ConfigUpdate.ts"
import type { DeviceState } from "../../../domain/state/DeviceState.ts"
import { isPresent } from "../../../domain/config/isPresent.ts"
import { isTooMuch } from "./Ability.ts"
import { read, versionOf } from "./contents.ts"

/** A sentence when it is the present version, which is then known by the document alone. */
export const look = (wake: { state: DeviceState }, update: ConfigUpdate.ConfigUpdate): string | undefined => {
  // It will be refused unread.
  if (isTooMuch(update.document ?? "")) return undefined
  update.contents = read(update)
  if (update.announced !== undefined || versionOf(update.contents.document) !== update.version) return undefined
  wake.state = patch(wake.state, { refusedUpdate: ConfigUpdate.mark(update) })
  return isPresent(update.version)
}
