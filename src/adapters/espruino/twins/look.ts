/**
 * Reads what has arrived of a configuration, for the code that judges it. Rare, because a wake recognizes the document
 * that it has seen before.
 */
import { patch } from "../../../domain/state/patch.ts"
import * as ConfigUpdate from "../../../domain/config/ConfigUpdate.ts"
import { documentTopic } from "../../../domain/config/ConfigUpdateFields.ts"
import * as UpdateLimits from "../../../domain/config/UpdateLimits.ts"
import type { DeviceState } from "../../../domain/state/DeviceState.ts"
import { isPresent } from "../../../domain/config/isPresent.ts"
import type { Look } from "../../../domain/wake/known.ts"
import { lackForJudge } from "./Ability.ts"
import { read, versionOf } from "./contents.ts"

/**
 * `reason`: it is the present version, which is then recognized by the document alone. `fault`: it contains too much,
 * or there is no memory to judge it.
 */
export const look = (wake: { state: DeviceState }, update: ConfigUpdate.ConfigUpdate): Look => {
  const text = update.document ?? ""
  const fault = UpdateLimits.textFault(documentTopic(update.mqtt), text) ?? lackForJudge(text)
  if (fault !== undefined) return { fault }
  update.contents = read(update)
  if (update.announced !== undefined || versionOf(update.contents.document) !== update.version) return {}
  wake.state = patch(wake.state, { refusedUpdate: ConfigUpdate.mark(update) })
  return { reason: isPresent(update.version) }
}
