/**
 * How a configuration update over MQTT becomes the next configuration: an accepted one is stored and used from the next wake.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import type { TopicName } from "../../domain/Topic.ts"
import type { Storage } from "../../ports/Storage.ts"
import { type Call, type CallError, deliver, publish, receive, receiveWithin } from "./call.ts"
import { settlement, type Settlement } from "./Settlement.ts"
import * as Memory from "./Memory.ts"
import * as Probation from "./Probation.ts"
import * as Visit from "./Visit.ts"
import { tell, tellDropped, type WakeEvent } from "./WakeEvent.ts"

/** Waits for the configuration: the SUBACK first, then up to `config_wait_time` for what is retained. */
const arrived = (call: Call): Effect.Effect<void, CallError, Storage> =>
  Effect.gen(function*() {
    const { memory, visit } = call
    while (visit.subscription === "waiting" && visit.broken === undefined) yield* receive(call)
    // Whoever is not answered sends no more, once enough is in flight; and what need not be waited for goes with DISCONNECT.
    const until = (yield* Clock.currentTimeMillis) + memory.config.mqtt.configWaitTime * 1000
    while (visit.subscription === "granted" && visit.broken === undefined && ConfigUpdate.isWaiting(visit.update)) {
      const left = until - (yield* Clock.currentTimeMillis)
      if (left <= 0) return
      yield* publish(call)
      if (!(yield* receiveWithin(call, left))) return
    }
  })

/** Owes the Server a word on what became of its update, so that it goes out with the next try at the latest. */
const owe = ({ memory }: Call, { seen, status }: Settlement) =>
  Effect.gen(function*() {
    const { outbox, topicDataPrefix } = memory.config.mqtt
    const message = {
      topic: (topicDataPrefix + "/config_status") as TopicName,
      payload: Bytes.fromText(status),
      qos: 1 as const,
      retain: false
    }
    const owed = DeviceState.owe({ ...memory.state, refusedUpdate: seen }, message, outbox)
    memory.state = DeviceState.assign(owed.state, Visit.window)
    yield* tellDropped(owed.dropped.length)
    yield* Memory.rememberBeforeSending(memory)
  })

/** Does what was decided. True: an update was stored. */
const carryOut = (call: Call, decided: Settlement) =>
  Effect.gen(function*() {
    if (decided.config !== undefined) {
      const stored = yield* Effect.result(Probation.begin(call.memory, decided.config))
      if (Result.isFailure(stored)) {
        yield* tell({ _tag: "NotSaved", reason: stored.failure.message })
        return false
      }
    }
    yield* tell(decided.event)
    // Reported once, and not at every wake that finds it still there.
    if (decided.status === "") return false
    yield* owe(call, decided)
    if (call.visit.broken !== undefined) return false
    yield* publish(call)
    yield* deliver(call)
    return decided.config !== undefined
  })

/** Acts on what has arrived. True: an update was stored. */
export const settle = (call: Call): Effect.Effect<boolean, CallError, Storage> => {
  const { memory, visit } = call
  const reason = visit.broken === undefined
    ? ConfigUpdate.unremarkable(visit.update) ?? (ConfigUpdate.isShort(visit.update) ? "no configuration within " + memory.config.mqtt.configWaitTime + " s" : undefined)
    : undefined
  return reason === undefined
    ? carryOut(call, settlement({
      update: visit.update,
      seen: memory.state.refusedUpdate,
      rolledBack: memory.state.rolledBack,
      fault: visit.broken?.message
    }))
    : Effect.as(tell({ _tag: "ConfigUnchanged", reason }), false)
}

/** The Server lets nobody subscribe to what we asked for: SUBACK 0x80 (3.9.3). */
export const refusedSubscription: WakeEvent = {
  _tag: "ConfigUnchanged",
  reason: "the Server refused the subscription (SUBACK 0x80); check what this client may read"
}

/** Takes a newer configuration, if there is one. Only called when the data is out. */
export const take = (call: Call): Effect.Effect<void, CallError, Storage> =>
  Effect.gen(function*() {
    const { visit } = call
    if (visit.subscription === "none") return
    yield* arrived(call)
    // A configuration too large for us broke the connection: it is refused like any other.
    if (visit.broken !== undefined && visit.broken._tag !== "PacketTooLarge") return yield* Effect.fail(visit.broken)
    if (visit.subscription === "refused") yield* tell(refusedSubscription)
    else yield* settle(call)
  })
