/**
 * The beginning and the ends of a probation: an update is stored as the configuration in force, and is kept, or the one before it
 * comes back.
 *
 * All of it is rare. A board keeps it in files of its own, so it does not wait for anything.
 */
import * as Effect from "effect/Effect"
import { changed } from "../../domain/changed.ts"
import * as Backoff from "../../domain/Backoff.ts"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import { inForce } from "../../domain/inForce.ts"
import * as Snapshot from "../../domain/Snapshot.ts"
import { quote } from "../../domain/Text.ts"
import { Storage } from "../../ports/Storage.ts"
import * as Memory from "./Memory.ts"
import { isOn, mostWakes } from "./Probation.ts"
import { tell, tellDropped } from "./WakeEvent.ts"
import { toStored, whole } from "./whole.ts"

/** The name of what was in force before the update in Storage. */
export const previousName = "config.old"

/** Stores an update as the one in force, on probation. Each step alone leaves a device that works. */
export const begin = (memory: Memory.Memory, update: DeviceConfig) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    // What is itself on probation has never worked: what was in force before it did. Without one that was stored the file
    // counts again, which is newer than this.
    if (!isOn(memory)) yield* storage.write(previousName, memory.update ?? Snapshot.encode({ version: -1 }))
    // Who turns MQTT off wants no Server to be reached.
    const probation = update.mqtt.enabled ? { version: update.version, wakes: 0 } : DeviceState.noProbation()
    memory.state = { ...memory.state, probation, rolledBack: 0 }
    yield* Memory.remember(memory)
    yield* storage.write(Memory.configName, Snapshot.encode(toStored(update)))
  })

/**
 * The Server was reached with an update on probation: it is kept if a message was `delivered`. Where nothing was owed that is
 * still to be seen, and the wake does not count.
 */
export const pass = (memory: Memory.Memory, delivered: number): void => {
  const { version, wakes } = memory.state.probation
  const probation = delivered > 0 ? DeviceState.noProbation() : { version, wakes: wakes - 1 }
  memory.state = changed(memory.state, { probation })
}

/** Goes back to the configuration before the update, and owes the Server a word about it. */
export const rollBack = (memory: Memory.Memory, baked: DeviceConfig): Effect.Effect<Memory.Memory, never, Storage> =>
  Effect.gen(function*() {
    const { version } = memory.config
    const previous = yield* Memory.read(previousName)
    const config = previous === undefined ? baked : inForce(baked, previous.value as DeviceConfig)
    const reason = "the Server could not be reached with it in " + mostWakes + " wakes"
    const who = "{\"device\":" + quote(whole(config).deviceId)
    const message = { topic: "config_status", payload: who + ",\"version\":" + version + ",\"status\":\"rolled_back\",\"reason\":\"" + reason + "\"}" }
    // Said once, though the power may have gone before the update was put away.
    const isSaid = memory.state.rolledBack === version
    const { dropped, state } = isSaid ? { dropped: [], state: memory.state } : DeviceState.owe(memory.state, message, config.mqtt.outbox)
    const back: Memory.Memory = {
      config,
      update: previous?.bytes,
      state: Memory.underPrefix(
        { ...state, probation: DeviceState.noProbation(), rolledBack: version, reconnect: Backoff.succeeded(state.reconnect), suspects: [] },
        config.mqtt.topicDataPrefix
      ),
      stored: memory.stored,
      held: []
    }
    yield* tell({ _tag: "ConfigRolledBack", version, reason })
    yield* tellDropped(dropped.length)
    // First of all that it is over: were the power to go here, the update would be known by its version.
    yield* Memory.remember(back)
    const storage = yield* Storage
    yield* Effect.ignore(storage.write(Memory.configName, previous?.bytes ?? Snapshot.encode({ version: -1 })))
    return back
  })
