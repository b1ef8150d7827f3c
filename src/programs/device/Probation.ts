/**
 * A configuration update proves itself before it is kept: as long as the Server has not been reached with it, it is on
 * probation, and after so many wakes in vain the device goes back to the configuration that worked, and says so once it can.
 *
 * Counted are the wakes that may try, before they try, so that one that dies counts too.
 */
import * as Effect from "effect/Effect"
import * as Backoff from "../../domain/Backoff.ts"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import * as Snapshot from "../../domain/Snapshot.ts"
import type { TopicName } from "../../domain/Topic.ts"
import { Storage } from "../../ports/Storage.ts"
import * as Memory from "./Memory.ts"
import { tell, tellDropped } from "./WakeEvent.ts"

/** In so many wakes an update may fail to reach the Server. */
export const mostWakes = 3

/** The name of what was in force before the update in Storage. */
export const previousName = "config.old"

const isOn = ({ config, state }: Memory.Memory): boolean => state.probation.version > 0 && state.probation.version === config.version

/** This wake may try. */
export const count = (memory: Memory.Memory): Effect.Effect<void, never, Storage> => {
  if (!isOn(memory)) return Effect.void
  const { version, wakes } = memory.state.probation
  memory.state = { ...memory.state, probation: { version, wakes: wakes + 1 } }
  return Memory.remember(memory)
}

/** The Server was reached: what is in force is kept. */
export const pass = (memory: Memory.Memory): void => {
  if (isOn(memory)) memory.state = { ...memory.state, probation: DeviceState.noProbation }
}

/** The update has had its wakes; or it is over with it, and the power went before it could be put away. */
export const isOver = (memory: Memory.Memory): boolean =>
  (isOn(memory) && memory.state.probation.wakes >= mostWakes) ||
  (memory.update !== undefined && memory.state.rolledBack === memory.config.version)

/** Stores an update as the one in force, on probation. Each step alone leaves a device that works. */
export const begin = (memory: Memory.Memory, update: DeviceConfig) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    // Without one that was stored the file counts again, which is newer than this.
    yield* storage.write(previousName, memory.update ?? Snapshot.encode({ version: -1 }))
    // Who turns MQTT off wants no Server to be reached.
    const probation = update.mqtt.enabled ? { version: update.version, wakes: 0 } : DeviceState.noProbation
    memory.state = { ...memory.state, probation, rolledBack: 0 }
    yield* Memory.remember(memory)
    yield* storage.write(Memory.configName, Snapshot.encode(update))
  })

/** Goes back to the configuration before the update, and owes the Server a word about it. */
export const rollBack = (memory: Memory.Memory, baked: DeviceConfig): Effect.Effect<Memory.Memory, never, Storage> =>
  Effect.gen(function*() {
    const { version } = memory.config
    const previous = yield* Memory.read(previousName)
    const config = previous === undefined ? baked : Memory.inForce(baked, previous.value as DeviceConfig)
    const reason = "the Server could not be reached with it in " + mostWakes + " wakes"
    const message = {
      topic: (config.mqtt.topicDataPrefix + "/config_status") as TopicName,
      payload: Bytes.fromText(JSON.stringify({ version, status: "rolled_back", reason })),
      qos: 1 as const,
      retain: false
    }
    // Said once, though the power may have gone before the update was put away.
    const isSaid = memory.state.rolledBack === version
    const { dropped, state } = isSaid ? { dropped: [], state: memory.state } : DeviceState.owe(memory.state, message, config.mqtt.outbox)
    const back: Memory.Memory = {
      config,
      update: previous?.bytes,
      state: { ...state, probation: DeviceState.noProbation, rolledBack: version, reconnect: Backoff.succeeded(state.reconnect) },
      stored: memory.stored
    }
    yield* tell({ _tag: "ConfigRolledBack", version, reason })
    yield* tellDropped(dropped.length)
    // First of all that it is over: were the power to go here, the update would be known by its version.
    yield* Memory.remember(back)
    const storage = yield* Storage
    yield* Effect.ignore(storage.write(Memory.configName, previous?.bytes ?? Snapshot.encode({ version: -1 })))
    return back
  })
