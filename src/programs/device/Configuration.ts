/**
 * The configuration in force, and how an update over MQTT becomes the next one.
 *
 * The device is flashed with one; an accepted update is stored and used from the next wake. What is stored was checked
 * when it was accepted, so a wake only reads it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import type { ApplicationMessage } from "../../domain/ApplicationMessage.ts"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import { crc32 } from "../../domain/Crc32.ts"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import * as Snapshot from "../../domain/Snapshot.ts"
import type { TopicName } from "../../domain/Topic.ts"
import { Storage } from "../../ports/Storage.ts"
import { type Call, type CallError, deliver, publish, receive, receiveWithin } from "./call.ts"
import * as Memory from "./Memory.ts"
import * as Visit from "./Visit.ts"
import { tell, type WakeEvent } from "./WakeEvent.ts"

/** The name of the accepted update in Storage. */
export const storedName = "config"

/** The stored update if it is newer than the configuration flashed with the program, else that one. */
export const recall = (baked: DeviceConfig): Effect.Effect<DeviceConfig, never, Storage> =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const found = yield* Effect.result(storage.read(storedName))
    if (Result.isFailure(found)) {
      yield* tell({ _tag: "MemoryLost", what: storedName, reason: found.failure.message })
      return baked
    }
    if (found.success === undefined) return baked
    const stored = Snapshot.decode(found.success)
    if (Result.isFailure(stored)) {
      yield* tell({ _tag: "MemoryLost", what: storedName, reason: stored.failure.message })
      return baked
    }
    const config = stored.success as DeviceConfig
    // A program that is newer than the update may know keys that the update was stored without.
    return config.version > baked.version ? { ...baked, ...config, mqtt: { ...baked.mqtt, ...config.mqtt } } : baked
  })

/** Waits for the configuration: the SUBACK first, then up to `config_wait_time` for what is retained. */
const arrived = (call: Call, config: DeviceConfig): Effect.Effect<void, CallError> =>
  Effect.gen(function*() {
    while (call.visit.subscription === "waiting") yield* receive(call)
    const until = (yield* Clock.currentTimeMillis) + config.mqtt.configWaitTime * 1000
    while (call.visit.subscription === "granted" && ConfigUpdate.isWaiting(call.visit.update)) {
      const left = until - (yield* Clock.currentTimeMillis)
      if (left <= 0 || !(yield* receiveWithin(call, left))) return
    }
  })

/** Owes the Server a word on what became of its update. */
const owe = (call: Call, config: DeviceConfig, status: string, seen: number) =>
  Effect.gen(function*() {
    const message: ApplicationMessage<1> = {
      topic: (config.mqtt.topicDataPrefix + "/config_status") as TopicName,
      payload: Bytes.fromText(status),
      qos: 1,
      retain: false
    }
    yield* Ref.update(call.memory.state, (state) =>
      DeviceState.assign(DeviceState.owe({ ...state, refusedUpdate: seen }, message, config.mqtt.outbox).state, Visit.window))
    yield* Memory.rememberBeforeSending(call.memory)
  })

/** Owes it and sends it while there is a connection. */
const report = (call: Call, config: DeviceConfig, status: string, seen: number) =>
  Effect.gen(function*() {
    yield* owe(call, config, status, seen)
    yield* publish(call)
    yield* deliver(call)
  })

/** A configuration too large for us broke the connection: it is refused like any other, and the word goes out next time. */
const refuseTooLarge = (call: Call, config: DeviceConfig, reason: string) =>
  Effect.gen(function*() {
    const status = ConfigUpdate.status({ _tag: "Refused", version: undefined, reason }) ?? ""
    const seen = crc32(Bytes.fromText(status))
    if (seen === call.visit.device.refusedUpdate) return yield* tell({ _tag: "ConfigUnchanged", reason })
    yield* tell({ _tag: "ConfigRefused", reason })
    yield* owe(call, config, status, seen)
  })

/** Reported once, and not at every wake that finds it still there. */
const refuse = (call: Call, config: DeviceConfig, outcome: { readonly reason: string }, status: string) => {
  const seen = crc32(Bytes.fromText(status))
  if (seen === call.visit.device.refusedUpdate) return tell({ _tag: "ConfigUnchanged", reason: outcome.reason })
  return Effect.andThen(tell({ _tag: "ConfigRefused", reason: outcome.reason }), report(call, config, status, seen))
}

const accept = (call: Call, config: DeviceConfig, outcome: { readonly version: number; readonly config: DeviceConfig }, status: string) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const stored = yield* Effect.result(storage.write(storedName, Snapshot.encode(outcome.config)))
    if (Result.isFailure(stored)) {
      yield* tell({ _tag: "NotSaved", reason: stored.failure.message })
      return false
    }
    yield* tell({ _tag: "ConfigAccepted", version: outcome.version })
    yield* report(call, config, status, 0)
    return true
  })

/** Acts on what has arrived. True: an update was stored. */
export const settle = (call: Call, config: DeviceConfig): Effect.Effect<boolean, CallError, Storage> => {
  const outcome = ConfigUpdate.outcome(call.visit.update)
  const status = ConfigUpdate.status(outcome) ?? ""
  switch (outcome._tag) {
    case "Waiting":
      return Effect.as(tell({ _tag: "ConfigUnchanged", reason: "no configuration within " + config.mqtt.configWaitTime + " s" }), false)
    case "Unchanged":
      return outcome.age === "older"
        ? Effect.as(refuse(call, config, outcome, status), false)
        : Effect.as(tell({ _tag: "ConfigUnchanged", reason: outcome.reason }), false)
    case "Refused":
      return Effect.as(refuse(call, config, outcome, status), false)
    case "Accepted":
      return accept(call, config, outcome, status)
  }
}

/** The Server lets nobody subscribe to what we asked for: SUBACK 0x80 (3.9.3). */
export const refusedSubscription: WakeEvent = {
  _tag: "ConfigUnchanged",
  reason: "the Server refused the subscription (SUBACK 0x80); check what this client may read"
}

/** Takes a newer configuration, if there is one. Only called when the data is out. */
export const take = (call: Call, config: DeviceConfig): Effect.Effect<boolean, CallError, Storage> => {
  if (call.visit.subscription === "none") return Effect.succeed(false)
  return Effect.gen(function*() {
    const came = yield* Effect.result(call.broken === undefined ? arrived(call, config) : Effect.fail(call.broken))
    if (Result.isFailure(came)) {
      if (came.failure._tag !== "PacketTooLarge") return yield* Effect.fail(came.failure)
      yield* refuseTooLarge(call, config, came.failure.message)
      return false
    }
    if (call.visit.subscription === "granted") return yield* settle(call, config)
    yield* tell(refusedSubscription)
    return false
  })
}
