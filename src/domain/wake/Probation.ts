/**
 * A configuration update proves itself before it is kept: as long as the Server has not been reached with it, it is on
 * probation, and after so many wakes in vain the device goes back to the configuration that worked, and says so once it
 * can.
 *
 * Counted are the wakes that may try, before they try, so that one that dies counts too.
 */
import * as Backoff from "../delivery/Backoff.ts"
import { patch } from "../state/patch.ts"
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import * as DeviceState from "../state/DeviceState.ts"
import { effectiveConfig } from "../config/effectiveConfig.ts"
import type * as Bytes from "../bytes/Bytes.ts"
import { quote } from "../bytes/Text.ts"
import { fullConfig } from "./fullConfig.ts"
import { underPrefix, type Wake } from "./Wake.ts"
import { emitDropped } from "./WakeEvent.ts"

/** In so many wakes an update may fail to reach the Server. */
export const maxWakes = 3

/** What is in force has not reached the Server yet. */
export const isOn = ({ config, state }: Pick<Wake, "config" | "state">): boolean =>
  state.probation.version > 0 && state.probation.version === config.version

/** This wake may try. True: that is to be remembered before it does. */
export const count = (wake: Wake): boolean => {
  if (!isOn(wake)) return false
  const { version, wakes } = wake.state.probation
  wake.state = patch(wake.state, { probation: { version, wakes: wakes + 1 } })
  return true
}

/** The update has had its wakes; or it is over with it, and the power went before it could be put away. */
export const isOver = (wake: Wake): boolean =>
  (isOn(wake) && wake.state.probation.wakes >= maxWakes) ||
  (wake.update !== undefined && wake.state.rolledBack === wake.config.version)

/**
 * The Server was reached with an update on probation: it is kept if a message was `delivered`. Where nothing was owed
 * that is still to be seen, and the wake does not count; of tries in a row only the first one counted.
 */
export const pass = (wake: Wake, delivered: number): void => {
  const { version, wakes } = wake.state.probation
  const probation = delivered > 0 ? DeviceState.noProbation() : { version, wakes: wakes > 0 ? wakes - 1 : 0 }
  wake.state = patch(wake.state, { probation })
}

/**
 * What was in force before the update, as it lies in Storage and as a value; undefined: what was flashed with the
 * program.
 */
export interface Previous {
  readonly bytes: Bytes.Bytes
  readonly value: unknown
}

/** The wake under the configuration before the update. The Server is owed a word about it. */
export const rolledBack = (wake: Wake, baked: DeviceConfig, previous: Previous | undefined): Wake => {
  const { version } = wake.config
  const config = previous === undefined ? baked : effectiveConfig(baked, previous.value as DeviceConfig)
  const reason = "the Server could not be reached with it in " + maxWakes + " wakes"
  const who = "{\"device\":" + quote(fullConfig(config).deviceId)
  const message = {
    topic: "config_status",
    payload: who + ",\"version\":" + version + ",\"status\":\"rolled_back\",\"reason\":\"" + reason + "\"}"
  }
  // Said once, though the power may have gone before the update was put away.
  const isSaid = wake.state.rolledBack === version
  const { dropped, state } = isSaid ? { dropped: [], state: wake.state }
    : DeviceState.enqueue(wake.state, message, config.mqtt.outbox)
  const { reconnect } = state
  const over = {
    ...state,
    probation: DeviceState.noProbation(),
    rolledBack: version,
    reconnect: Backoff.succeeded(reconnect),
    suspects: []
  }
  wake.emit({ _tag: "ConfigRolledBack", version, reason })
  emitDropped(wake.emit, dropped.length)
  return {
    config,
    update: previous?.bytes,
    state: underPrefix(over, config.mqtt.topicDataPrefix),
    stored: wake.stored,
    held: [],
    emit: wake.emit
  }
}
