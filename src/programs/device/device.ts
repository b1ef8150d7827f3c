/**
 * The device program: one composed Effect that lives through one wake and ends in deep sleep, whatever happens.
 *
 *     recall -> may this wake try? -> measure -> remember -> connect, deliver, take configuration -> remember -> sleep
 *
 * Here is only what can wait: the sensors, the network, a pause between two tries, sleep. What happens in between is
 * decided by the plain functions of domain/wake. With `deep_sleep` false the same parts run in a loop instead.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as NextWake from "../../domain/wake/NextWake.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import { pace } from "../../domain/wake/commands.ts"
import { isQuiet } from "../../domain/wake/quiet.ts"
import { isEarly } from "../../domain/wake/seldom.ts"
import { shortestSleepMillis } from "../../domain/wake/shortestSleep.ts"
import * as Attempt from "../../domain/wake/Attempt.ts"
import { wakePinOf } from "../../domain/wake/pinSleep.ts"
import * as Probation from "../../domain/wake/Probation.ts"
import { beganAt, recalled as recalledClock } from "../../domain/wake/Timing.ts"
import { keep, trying } from "../../domain/wake/Servers.ts"
import * as Tries from "../../domain/wake/Tries.ts"
import * as Wake from "../../domain/wake/Wake.ts"
import type { WakeEvent } from "../../domain/wake/WakeEvent.ts"
import { Events } from "../../ports/Events.ts"
import { Sleep } from "../../ports/Sleep.ts"
import { Wifi } from "../../ports/Wifi.ts"
import { alwaysOn } from "./alwaysOn.ts"
import { assignInPlace, lookUp } from "./backlog.ts"
import { type Open, sendHeld, withConnection } from "./connection.ts"
import { measure } from "./measure.ts"
import { measureBattery } from "./measureBattery.ts"
import { type DevicePorts, draw, now, type Ports } from "./ports.ts"
import { rollBack } from "./rollBack.ts"
import { isKept as hasStatus, recordingErrors, radioOn } from "./status.ts"
import { stayAwake } from "./stayAwake.ts"
import { recall, remember, rememberBeforeSending } from "./storage.ts"
import { settled } from "./settled.ts"

export type { DevicePorts } from "./ports.ts"

/** A board's bundle may come without them. */
const stayOn: typeof alwaysOn | undefined = alwaysOn
const early: typeof isEarly | undefined = isEarly
const quiet: typeof isQuiet | undefined = isQuiet
const recording: typeof recordingErrors | undefined = recordingErrors
const radio: typeof radioOn | undefined = radioOn
const weighed: typeof measureBattery | undefined = measureBattery
const pinned: typeof wakePinOf | undefined = wakePinOf
const pacing: typeof pace | undefined = pace
const staying: typeof stayAwake | undefined = stayAwake
const clocked: typeof recalledClock | undefined = recalledClock
const tried: typeof trying | undefined = trying
const keeping: typeof keep | undefined = keep

/** Everything that is done on a connection after the data was delivered. */
const finish = (open: Open) => Effect.andThen(settled(open), sendHeld(open))

/**
 * A try begins: what is sent is first stored with its Packet Identifiers, and after a power cut it is sent again with
 * the same ones.
 */
const beginAttempt = (ports: Ports, wake: Wake.Wake): Attempt.Attempt => {
  Tries.begin(wake)
  if (wake.state.journal > 0) assignInPlace(ports, wake)
  rememberBeforeSending(ports, wake)
  if (tried === undefined) {
    wake.emit({ _tag: "Trying", attempt: wake.state.reconnect.attemptCount, pending: DeviceState.pending(wake.state) })
  } else wake.emit(tried(wake))
  return Attempt.make(wake)
}

/** This wake may try. Joining takes long, and goes on while the following is done. */
const join = (ports: Ports, wake: Wake.Wake): void => {
  if (Probation.count(wake)) remember(ports, wake)
  if (radio !== undefined) radio(wake, now(ports))
  Context.get(ports, Wifi).start(wake.config.networks)
}

/** The wake begins: what it may do. */
const planned = (ports: Ports, wake: Wake.Wake, wokeAt: number): Tries.Plan => {
  const plan = Tries.plan(wake, wokeAt)
  if (plan.isCountedFirst) {
    Wake.beginTry(wake, wokeAt + plan.delay, plan.reconnect, draw(ports, wake.config))
    remember(ports, wake)
  }
  if (plan.isDue) join(ports, wake)
  return plan
}

/**
 * A try that was not planned counts before the radio is on, if that may be what resets the board; with what was
 * measured. False: it does not count yet.
 */
const countFirst = (ports: Ports, wake: Wake.Wake, wokeAt: number, start: number): boolean => {
  const counts = Tries.countsFirst(wake.state.reconnect, wake.stored, wokeAt)
  if (counts) {
    Wake.beginTry(wake, start, wake.state.reconnect, draw(ports, wake.config))
    remember(ports, wake)
  }
  return counts
}

/** Measures; then tries, until one succeeds or the policy asks for a wait. The device sleeps during that wait. */
const live = (ports: Ports, wake: Wake.Wake, wokeAt: number) =>
  Effect.gen(function*() {
    const plan = planned(ports, wake, wokeAt)
    yield* measure(ports, wake)
    let at = now(ports)
    let wait = Tries.untilFirst(wake, plan, at)
    if (early !== undefined && plan.isSilent && wait === undefined) {
      // A reading that flash does not take is sent now.
      remember(ports, wake)
      wake.isRemembered = !wake.isUnsaved
      wait = Tries.untilFirst(wake, plan, at)
    }
    const isLate = (early !== undefined || quiet !== undefined) && wait !== undefined && !plan.isDue &&
      countFirst(ports, wake, wokeAt, at + wait)
    if (wait !== undefined && !plan.isDue) join(ports, wake)
    let start = isLate || wait === undefined ? undefined : Tries.startOfFirst(plan, at, wait)
    let last = plan.reconnect
    while (wait !== undefined) {
      if (wait > 0) yield* Effect.sleep(wait)
      if (start !== undefined) Wake.beginTry(wake, start, last, draw(ports, wake.config))
      const attempt = beginAttempt(ports, wake)
      const tried = yield* Effect.result(withConnection(ports, attempt, finish))
      if (Tries.ended(attempt, Result.isSuccess(tried) ? undefined : tried.failure)) {
        if (keeping !== undefined) keeping(wake)
        Tries.succeeded(wake)
        return
      }
      at = now(ports)
      wait = Tries.untilNext(wake, at)
      start = at + (wait ?? 0)
      last = wake.state.reconnect
    }
  })

/** The battery decides with how often the device sends, so it is measured first. */
const weighedLive = (ports: Ports, wake: Wake.Wake, wokeAt: number): Effect.Effect<void> =>
  weighed === undefined ? live(ports, wake, wokeAt)
    : Effect.flatMap(weighed(ports, wake), () => live(ports, wake, wokeAt))

const overdue = ({ awakeTimeout }: DeviceConfig): WakeEvent => ({
  _tag: "Failed",
  reason: "the wake took longer than " + awakeTimeout + " s"
})

/** No wake may last longer, whatever happens: the battery would suffer. */
const bounded = (wake: Wake.Wake, lived: Effect.Effect<void>) =>
  Effect.timeoutOrElse(lived, {
    duration: wake.config.awakeTimeout * 1000,
    orElse: () => Effect.sync(() => wake.emit(overdue(wake.config)))
  })

/** What was stored, with the configuration that is in use. */
const begin = (ports: Ports, baked: DeviceConfig, wokeAt: number): Wake.Wake => {
  const recalled = recall(ports, baked, wokeAt, Context.get(ports, Events).emit)
  if (recalled.state.journal > 0) lookUp(ports, recalled)
  const begun = Probation.isOver(recalled) ? rollBack(ports, recalled, baked) : recalled
  if (clocked !== undefined) begun.state = clocked(begun.config, begun.state, wokeAt)
  const wake = recording !== undefined && hasStatus(begun.config) ? recording(begun, wokeAt) : begun
  if (pacing !== undefined) pacing(wake)
  wake.emit({ _tag: "Woke", pending: DeviceState.pending(wake.state), attemptCount: wake.state.reconnect.attemptCount })
  return wake
}

/** What an event says of the pin that ends a sleep. */
const pinnedBy = (wake: Wake.Wake): { readonly onPin?: number } => {
  const pin = pinned === undefined ? undefined : pinned(wake)
  return pin === undefined ? {} : { onPin: pin.pin }
}

/** Stores everything, and returns the milliseconds to sleep. */
const end = (ports: Ports, wake: Wake.Wake, wokeAt: number): number => {
  const { config } = wake
  Context.get(ports, Wifi).stop()
  if (early === undefined || !wake.isRemembered) remember(ports, wake)
  // An always-on device only comes here to restart.
  const sleeps = stayOn === undefined || config.deepSleep && !wake.isRestarting
  const began = beganAt(wake, stayOn === undefined ? wokeAt : wake.measuredAt ?? wokeAt)
  const millis = sleeps ? NextWake.sleepMillis(config, wake.state.reconnect, began, now(ports), wake.isUnsaved)
    : shortestSleepMillis
  if (pinned === undefined) wake.emit({ _tag: "Sleeping", millis, pending: DeviceState.pending(wake.state) })
  else wake.emit({ _tag: "Sleeping", millis, pending: DeviceState.pending(wake.state), ...pinnedBy(wake) })
  return millis
}

/** The end of a wake, after which the program starts anew. */
const asleep = (ports: Ports, wake: Wake.Wake, wokeAt: number): Effect.Effect<never> =>
  pinned === undefined ? Context.get(ports, Sleep).deepSleep(end(ports, wake, wokeAt))
    : Context.get(ports, Sleep).deepSleep(end(ports, wake, wokeAt), pinned(wake))

const failed = (emit: Wake.Wake["emit"], cause: Cause.Cause<unknown>): void =>
  emit({ _tag: "Failed", reason: Cause.pretty(cause) })

const wholeWake = (ports: Ports, baked: DeviceConfig) =>
  Effect.gen(function*() {
    const wokeAt = now(ports)
    const wake = begin(ports, baked, wokeAt)
    const sleeps = stayOn === undefined || wake.config.deepSleep
    const awake = sleeps ? bounded(wake, weighedLive(ports, wake, wokeAt)) : stayOn(ports, wake)
    const whole = staying === undefined ? awake : Effect.andThen(awake, staying(ports, wake))
    yield* Effect.catchCause(whole, (cause) => Effect.sync(() => failed(wake.emit, cause)))
    return yield* asleep(ports, wake, wokeAt)
  })

/** The program of a device with this configuration. It does not end and does not fail: it always ends in deep sleep. */
export const device = (config: DeviceConfig): Effect.Effect<never, never, DevicePorts> =>
  Effect.flatMap(Effect.context<DevicePorts>(), (ports) =>
    Effect.catchCause(wholeWake(ports, config), (cause) =>
      Effect.suspend(() => {
        failed(Context.get(ports, Events).emit, cause)
        return Context.get(ports, Sleep).deepSleep(config.publishInterval * 1000)
      })))
