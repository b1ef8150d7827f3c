/**
 * A configuration update must prove itself before it is kept. As long as the Server has not been reached with it, it is
 * on probation. After a number of wakes that tried and failed, the device goes back to the configuration before, and
 * reports this when it can.
 *
 * The wakes that may try are counted, before they try, so that a wake that dies counts too.
 */
import * as Backoff from "../delivery/Backoff.ts"
import * as Outbox from "../delivery/Outbox.ts"
import { patch } from "../state/patch.ts"
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import * as DeviceState from "../state/DeviceState.ts"
import { effectiveConfig } from "../config/effectiveConfig.ts"
import type * as Bytes from "../bytes/Bytes.ts"
import { quote } from "../bytes/Text.ts"
import { fullConfig } from "./fullConfig.ts"
import { underPrefix, type Wake } from "./Wake.ts"
import { emitDropped } from "./WakeEvent.ts"

/** After so many wakes that did not reach the Server, an update is rolled back. */
export const maxWakes = 3

/** The configuration in use has not reached the Server yet. */
export const isOn = ({ config, state }: Pick<Wake, "config" | "state">): boolean =>
  state.probation.version > 0 && state.probation.version === config.version

/** This wake may try. True: the state must be stored before it does. */
export const count = (wake: Wake): boolean => {
  if (!isOn(wake)) return false
  const { version, wakes } = wake.state.probation
  wake.state = patch(wake.state, { probation: { version, wakes: wakes + 1 } })
  return true
}

/** The update has had all its wakes. Or it was rolled back already, and the power failed before it was removed. */
export const isOver = (wake: Wake): boolean =>
  (isOn(wake) && wake.state.probation.wakes >= maxWakes) ||
  (wake.update !== undefined && wake.state.rolledBack === wake.config.version)

/**
 * The Server was reached with an update on probation: the update is kept if a message was `delivered`. If nothing was
 * pending, it is not proved yet, and the wake does not count. Of several tries in a row only the first one counted.
 */
export const pass = (wake: Wake, delivered: number): void => {
  const { version, wakes } = wake.state.probation
  const probation = delivered > 0 ? DeviceState.noProbation() : { version, wakes: wakes > 0 ? wakes - 1 : 0 }
  wake.state = patch(wake.state, { probation })
}

/**
 * The configuration before the update, as it is in Storage and as a value; undefined: the one flashed with the program.
 */
export interface Previous {
  readonly bytes: Bytes.Bytes
  readonly value: unknown
}

/** The wake under the configuration before the update. A message about it is pending. */
export const rolledBack = (wake: Wake, baked: DeviceConfig, previous: Previous | undefined): Wake => {
  const { version } = wake.config
  const config = previous === undefined ? baked : effectiveConfig(baked, previous.value as DeviceConfig)
  const reason = "the Server could not be reached with it in " + maxWakes + " wakes"
  const who = "{\"device\":" + quote(fullConfig(config).deviceId)
  const message = {
    topic: "config_status",
    payload: who + ",\"version\":" + version + ",\"status\":\"rolled_back\",\"reason\":\"" + reason + "\"}"
  }
  // Reported once, even if the power failed before the update was removed.
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
    emit: wake.emit,
    // The word about it has its place in the snapshot, before what lies in the journal, if there is room.
    placed: isSaid || Outbox.size(state.outbox) <= Outbox.mostEntries ? state.outbox.lastId : state.outbox.lastId - 1,
    ...(wake.kept === undefined ? {} : { kept: wake.kept })
  }
}
