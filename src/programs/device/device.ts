/**
 * The device program: one composed Effect that lives through one wake and ends in deep sleep, whatever happens.
 *
 *     recall -> may this wake try? -> measure -> remember -> connect, deliver, take configuration -> remember -> sleep
 *
 * The order of these lines is the state machine. With `deep_sleep` false the same parts run in a loop instead.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Backoff from "../../domain/Backoff.ts"
import { changed } from "../../domain/changed.ts"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as NextWake from "../../domain/NextWake.ts"
import * as Outbox from "../../domain/Outbox.ts"
import { shortestSleepMillis } from "../../domain/shortestSleep.ts"
import type { Sensor } from "../../ports/Sensor.ts"
import { Sleep } from "../../ports/Sleep.ts"
import type { Socket } from "../../ports/Socket.ts"
import type { Storage } from "../../ports/Storage.ts"
import { Wifi } from "../../ports/Wifi.ts"
import { alwaysOn } from "./alwaysOn.ts"
import { call, leave, sendHeld } from "./call.ts"
import * as Configuration from "./Configuration.ts"
import * as Held from "./Held.ts"
import { measure } from "./measure.ts"
import * as Memory from "./Memory.ts"
import { overdue } from "./overdue.ts"
import * as Probation from "./Probation.ts"
import { isQuiet } from "./quiet.ts"
import * as RollBack from "./RollBack.ts"
import * as Visit from "./Visit.ts"
import { tell } from "./WakeEvent.ts"

export type DevicePorts = Socket | Storage | Sleep | Sensor | Wifi

/** A board's bundle may come without them. */
const stayOn: typeof alwaysOn | undefined = alwaysOn
const quiet: typeof isQuiet | undefined = isQuiet

/** One try. True: everything owed is delivered. */
const tryOnce = (memory: Memory.Memory) =>
  Effect.gen(function*() {
    const { attemptCount: attempt } = memory.state.reconnect
    // Remembered with their Packet Identifiers before they are sent: after a power cut they go out again as the same.
    if (memory.state.suspects[0]) Held.begin(memory)
    Memory.assign(memory)
    yield* Memory.rememberBeforeSending(memory)
    yield* tell({ _tag: "Trying", attempt, owed: Outbox.size(memory.state.outbox) })
    const visit = Visit.make(memory)
    let isReached = false
    const tried = yield* Effect.result(call(memory, visit, (open) =>
      Effect.gen(function*() {
        isReached = true
        yield* Configuration.take(open)
        yield* sendHeld(open)
        yield* leave(open)
      })))
    // A Server that takes other messages has been reached, whatever becomes of those that it may not take.
    const { outbox, suspects } = memory.state
    const isAllElse = isReached || Outbox.size(outbox) <= suspects.length
    const isOut = visit.accepted && (Outbox.size(outbox) === 0 || visit.delivered > 0 && isAllElse)
    memory.held = []
    if (isOut && Probation.isOn(memory)) RollBack.pass(memory, visit.delivered)
    if (memory.state.unfinished > 0) memory.state = changed(memory.state, { unfinished: 0 })
    if (Result.isSuccess(tried)) return true
    const { _tag: error, message: reason } = tried.failure
    // What goes wrong once the data is out is told, and is no reason to try again.
    yield* tell(isOut ? { _tag: "ConfigUnchanged", reason } : { _tag: "TryFailed", attempt, error, reason })
    return isOut
  })

/** When the next try may be: told where a row of tries has ended in vain, and where a wake may not try at all. */
const tellWait = (memory: Memory.Memory, millis: number) => tell({ _tag: "Waiting", millis, attemptCount: memory.state.reconnect.attemptCount })

/** Tries, the first having begun, until one succeeds or the policy asks for a wait, which is slept and not waited. */
const tryWhileAllowed = (memory: Memory.Memory) =>
  Effect.gen(function*() {
    const policy = memory.config.mqtt.reconnect
    while (!(yield* tryOnce(memory))) {
      const now = yield* Clock.currentTimeMillis
      const wait = Backoff.remainingMillis(policy, memory.state.reconnect, now)
      // With the policy off there is one try in a wake, or the wake would never end.
      if (!policy.enabled) return
      if (wait > 0 && memory.state.reconnect.attemptCount >= policy.maxAttempts) return yield* tellWait(memory, wait)
      if (wait > 0) yield* Effect.sleep(wait)
      yield* Memory.beginTry(memory, now + wait, memory.state.reconnect)
    }
    memory.state = changed(memory.state, { reconnect: Backoff.succeeded(memory.state.reconnect) })
  })

/** This wake may try. Joining takes long, and goes on beside what follows. */
const join = (memory: Memory.Memory) =>
  Effect.gen(function*() {
    yield* Probation.count(memory)
    const wifi = yield* Wifi
    yield* wifi.start(memory.config.networks)
  })

const wake = (memory: Memory.Memory, wokeAt: number) =>
  Effect.gen(function*() {
    const { mqtt } = memory.config
    const { reconnect } = memory.state
    const delay = Backoff.remainingMillis(mqtt.reconnect, reconnect, wokeAt)
    const isSilent = quiet !== undefined && quiet(memory, wokeAt)
    const isDue = mqtt.enabled && !isSilent && delay <= shortestSleepMillis
    // A radio that the battery cannot feed resets the board. Where that may have happened, the try is to count before it.
    const isSuspect = isDue && (reconnect.attemptCount > 0 || wokeAt <= reconnect.lastAttemptTime || memory.stored === undefined)
    if (isSuspect) {
      yield* Memory.beginTry(memory, wokeAt + delay, reconnect)
      yield* Memory.remember(memory)
    }
    if (isDue) yield* join(memory)
    yield* measure(memory)
    if (!mqtt.enabled || (isSilent && Outbox.size(memory.state.outbox) === 0)) return
    // The time may have come while the sensors were read.
    const now = isDue && delay === 0 ? wokeAt : yield* Clock.currentTimeMillis
    const remaining = now === wokeAt ? delay : Backoff.remainingMillis(mqtt.reconnect, reconnect, now)
    // Where the radio is on a clock that was set back meanwhile takes nothing back.
    const left = isDue && remaining > delay ? delay : remaining
    if (left > shortestSleepMillis) return yield* tellWait(memory, left)
    if (!isDue) yield* join(memory)
    if (left > 0) yield* Effect.sleep(left)
    if (!isSuspect || delay > 0) yield* Memory.beginTry(memory, now + left, reconnect)
    yield* tryWhileAllowed(memory)
  })

/** No wake may last longer, whatever the world does: the battery is at stake. */
const bounded = <E, R>(config: DeviceConfig, wake: Effect.Effect<void, E, R>) =>
  Effect.timeoutOrElse(wake, {
    duration: config.awakeTimeout * 1000,
    orElse: () => tell(overdue(config))
  })

const live = (baked: DeviceConfig) =>
  Effect.gen(function*() {
    const wokeAt = yield* Clock.currentTimeMillis
    const recalled = yield* Memory.recall(baked, wokeAt)
    const memory = Probation.isOver(recalled) ? yield* RollBack.rollBack(recalled, baked) : recalled
    const { config } = memory
    yield* tell({ _tag: "Woke", owed: Outbox.size(memory.state.outbox), attemptCount: memory.state.reconnect.attemptCount })
    const sleeps = stayOn === undefined || config.deepSleep
    const awake = sleeps ? bounded(config, wake(memory, wokeAt)) : stayOn(memory)
    yield* Effect.catchCause(awake, (cause) => tell({ _tag: "Failed", reason: Cause.pretty(cause) }))
    const wifi = yield* Wifi
    yield* wifi.stop
    yield* Memory.remember(memory)
    const now = yield* Clock.currentTimeMillis
    // An always-on device only comes here to start afresh.
    const millis = sleeps ? NextWake.sleepMillis(config, memory.state.reconnect, wokeAt, now, memory.isUnsaved) : shortestSleepMillis
    yield* tell({ _tag: "Sleeping", millis, owed: Outbox.size(memory.state.outbox) })
    const sleep = yield* Sleep
    return yield* sleep.deepSleep(millis)
  })

/** The program of a device with this configuration. It does not end and does not fail: every way leads to deep sleep. */
export const device = (config: DeviceConfig): Effect.Effect<never, never, DevicePorts> =>
  Effect.catchCause(live(config), (cause) =>
    Effect.gen(function*() {
      const sleep = yield* Sleep
      const millis = config.publishInterval * 1000
      yield* tell({ _tag: "Failed", reason: Cause.pretty(cause) })
      return yield* sleep.deepSleep(millis)
    }))
