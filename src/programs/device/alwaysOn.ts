/**
 * A device with mains power: the connection stays, readings go out every interval, commands and configuration come in.
 *
 * The same parts as a wake, in one loop and one fiber. It ends by asking for a restart, when a configuration was accepted
 * or a command says so; between connections it follows the same reconnect policy, and goes on measuring.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Backoff from "../../domain/Backoff.ts"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as KeepAlive from "../../domain/KeepAlive.ts"
import * as Outgoing from "../../domain/packet/Outgoing.ts"
import type * as Session from "../../domain/Session.ts"
import type { Sensor } from "../../ports/Sensor.ts"
import { type Socket, SocketError } from "../../ports/Socket.ts"
import type { Storage } from "../../ports/Storage.ts"
import { Wifi } from "../../ports/Wifi.ts"
import { type Call, call, type CallError, leave, publish, receiveWithin, send, sendHeld } from "./call.ts"
import * as Configuration from "./Configuration.ts"
import * as Held from "./Held.ts"
import { measure } from "./measure.ts"
import * as Memory from "./Memory.ts"
import * as Probation from "./Probation.ts"
import * as RollBack from "./RollBack.ts"
import { refusedSubscription } from "./refusedSubscription.ts"
import * as Visit from "./Visit.ts"
import { tell } from "./WakeEvent.ts"

/** With the Packet Identifiers, so that nothing is sent before it is remembered. */
const remember = (memory: Memory.Memory) =>
  Effect.suspend(() => {
    Memory.assign(memory)
    return Memory.rememberBeforeSending(memory)
  })

const measureAndRemember = (memory: Memory.Memory) =>
  Effect.gen(function*() {
    const { lastId } = memory.state.outbox
    yield* measure(memory)
    if (memory.held.length > 0) Held.follow(memory, lastId)
    yield* remember(memory)
  })

/** Milliseconds until the next reading; a clock that was set back does not put it off. */
const untilReading = (config: DeviceConfig, measuredAt: number, now: number): number =>
  now < measuredAt ? 0 : Math.max(0, measuredAt + config.publishInterval * 1000 - now)

/** Does what commands say. True: restart. */
const obey = (open: Call) =>
  Effect.gen(function*() {
    const { visit } = open
    let restart = false
    while (visit.commands.length > 0) {
      const { commands } = visit
      visit.commands = []
      for (const command of commands) {
        yield* tell({ _tag: "Command", command })
        if (command === "read") yield* measureAndRemember(open.memory)
        if (command === "restart") restart = true
      }
      yield* publish(open)
    }
    return restart
  })

/** What has arrived of a configuration, and until when to wait for the rest of it. */
interface Judging {
  /** The last that was judged: nothing is judged twice. */
  readonly judged: ConfigUpdate.ConfigUpdate
  /** What is half there, and when to judge it all the same, in milliseconds of the clock. */
  readonly half: ConfigUpdate.ConfigUpdate | undefined
  readonly until: number
}

/** Acts on a configuration as soon as it is whole, or when the rest has not come in time. */
const judge = (open: Call, config: DeviceConfig, judging: Judging, now: number) =>
  Effect.gen(function*() {
    const update = open.visit.update
    const nothing = { judging, restart: false }
    if (open.visit.tooLarge !== undefined) {
      yield* Configuration.settle(open)
      open.visit.tooLarge = undefined
      return nothing
    }
    if (update === judging.judged) return nothing
    if (ConfigUpdate.isWaiting(update)) {
      const until = now + config.mqtt.configWaitTime * 1000
      if (judging.half !== update) return { judging: { ...judging, half: update, until }, restart: false }
      if (now < judging.until && judging.until <= until) return nothing
    }
    const restart = yield* Configuration.settle(open)
    return { judging: { judged: update, half: undefined, until: Infinity }, restart }
  })

/** Keeps the Server from giving us up, and notices when it is gone. */
const keepAlive = (open: Call, state: KeepAlive.KeepAlive, now: number): Effect.Effect<KeepAlive.KeepAlive, CallError> => {
  switch (KeepAlive.due(state, now)) {
    case "wait":
      return Effect.succeed(state)
    case "ping":
      return Effect.as(send(open, Outgoing.pingreq()), KeepAlive.pinged(state, now))
    case "dead": {
      const message = open.to.host + ":" + open.to.port + " did not answer PINGREQ for " + open.memory.config.mqtt.timeout + " s"
      return Effect.fail(new SocketError({ reason: "TimedOut", message }))
    }
  }
}

/** Since when the Server owes the acknowledgement of what is in flight: each one that comes begins it anew. */
interface Owing {
  readonly inFlight: Session.Session["inFlight"]
  readonly since: number
}

/** A Server that takes and does not acknowledge, on a connection that lives: only a new one brings it out again (4.4). */
const acknowledging = (open: Call, owing: Owing, now: number): Effect.Effect<Owing, CallError> => {
  const { inFlight } = open.memory.state.session
  const isNew = owing.inFlight.length === 0 || inFlight.length < owing.inFlight.length || now < owing.since
  if (inFlight.length === 0 || isNew) return Effect.succeed({ inFlight, since: now })
  const { timeout } = open.memory.config.mqtt
  if (now - owing.since < timeout * 1000) return Effect.succeed({ inFlight, since: owing.since })
  const message = open.to.host + ":" + open.to.port + " has not acknowledged for " + timeout + " s"
  return Effect.fail(new SocketError({ reason: "TimedOut", message }))
}

/** A connection that has lasted lets the tries start over; one that breaks at once must not. */
const healthy = (memory: Memory.Memory) =>
  Effect.sync(() => {
    const { reconnect, unfinished } = memory.state
    if (reconnect.attemptCount > 0 || unfinished > 0) memory.state = { ...memory.state, reconnect: Backoff.succeeded(reconnect), unfinished: 0 }
  })

/** Answers and acts on all that the Server has sent. */
const act = (open: Call, config: DeviceConfig, judging: Judging, now: number) =>
  Effect.gen(function*() {
    const { replies } = open.visit
    open.visit.replies = Outgoing.none
    yield* send(open, replies)
    const told = yield* obey(open)
    yield* publish(open)
    const next = yield* judge(open, config, judging, now)
    yield* Memory.remember(open.memory)
    return { judging: next.judging, restart: told || next.restart }
  })

const passIfOn = ({ memory, visit }: Call): void => {
  if (Probation.isOn(memory)) RollBack.pass(memory, visit.delivered)
}

/** Stays on the open connection until it breaks, which fails, or a restart is asked for. */
const stay = (open: Call, config: DeviceConfig) =>
  Effect.gen(function*() {
    // Where nothing but what is held back is owed, it is that which shows whether the Server takes any message.
    if (open.memory.held.length === 0 || open.visit.delivered > 0) passIfOn(open)
    const openedAt = yield* Clock.currentTimeMillis
    let measuredAt = openedAt
    let alive = KeepAlive.make(config.mqtt.keepAlive, config.mqtt.timeout * 1000, openedAt)
    let judging: Judging = { judged: ConfigUpdate.begin(config.mqtt, config.version, config), half: undefined, until: Infinity }
    let subscription = open.visit.subscription
    let owing: Owing = { inFlight: [], since: openedAt }
    while (true) {
      const now = yield* Clock.currentTimeMillis
      if (now - openedAt >= Backoff.healthyMillis) {
        yield* sendHeld(open)
        yield* healthy(open.memory)
        if (open.visit.delivered > 0) passIfOn(open)
      }
      alive = yield* keepAlive(open, alive, now)
      if (untilReading(config, measuredAt, now) === 0) {
        measuredAt = now
        yield* measureAndRemember(open.memory)
      }
      const { broken } = open.visit
      if (broken !== undefined) return yield* Effect.fail(broken)
      const acted = yield* act(open, config, judging, now)
      judging = acted.judging
      if (acted.restart) {
        yield* healthy(open.memory)
        return yield* leave(open)
      }
      if (subscription === "waiting" && open.visit.subscription === "refused") yield* tell(refusedSubscription())
      subscription = open.visit.subscription
      owing = yield* acknowledging(open, owing, now)
      const answer = owing.inFlight.length === 0 ? Infinity : owing.since + config.mqtt.timeout * 1000 - now
      const held = open.memory.held.length === 0 ? Infinity : openedAt + Backoff.healthyMillis - now
      const wait = Math.min(untilReading(config, measuredAt, now), KeepAlive.remainingMillis(alive, now), judging.until - now, answer, held)
      // Whole milliseconds: a remainder too short for a sleep would be waited for without time passing.
      if (yield* receiveWithin(open, Math.max(0, Math.ceil(wait)))) alive = KeepAlive.received(alive)
    }
  })

/** Waits for the next try, measuring whenever it is time. */
const waitFor = (config: DeviceConfig, memory: Memory.Memory, delay: number) =>
  Effect.gen(function*() {
    const interval = config.publishInterval * 1000
    for (let left = delay; left > 0; left -= interval) {
      yield* Effect.sleep(Math.min(left, interval))
      if (left > interval) yield* measureAndRemember(memory)
    }
  })

/** Runs until a restart is asked for. */
export const alwaysOn = (
  memory: Memory.Memory
): Effect.Effect<void, never, Socket | Storage | Sensor | Wifi> =>
  Effect.gen(function*() {
    const wifi = yield* Wifi
    const { config } = memory
    const policy = config.mqtt.reconnect
    while (true) {
      const { reconnect } = memory.state
      const now = yield* Clock.currentTimeMillis
      const delay = Backoff.remainingMillis(policy, reconnect, now)
      const isInRow = reconnect.attemptCount > 0 && Backoff.isInRow(policy, reconnect.attemptCount)
      // Without the policy, and without MQTT at all, the interval is what keeps the loop from spinning.
      const wait = config.mqtt.enabled && (policy.enabled || reconnect.attemptCount === 0) ? delay : config.publishInterval * 1000
      if (wait > 0) yield* tell({ _tag: "Waiting", millis: wait, attemptCount: reconnect.attemptCount })
      yield* waitFor(config, memory, wait)
      // Sensors that do not answer may have made the wait longer: the next one counts from when this try really began.
      yield* Memory.beginTry(memory, yield* Clock.currentTimeMillis, memory.state.reconnect)
      // Tries in a row share a reading, and are one for an update on probation.
      if (wait > 0 && !isInRow || reconnect.attemptCount === 0) {
        if (config.mqtt.enabled) yield* Probation.count(memory)
        yield* measure(memory)
      }
      if (memory.state.suspects.length > 0) Held.begin(memory)
      Memory.assign(memory)
      yield* Memory.rememberBeforeSending(memory)
      // Remembered before: a radio that the supply cannot feed resets the board, and the try is to count.
      yield* wifi.start(config.networks)
      if (!config.mqtt.enabled) continue
      yield* tell({ _tag: "Trying", attempt: memory.state.reconnect.attemptCount, owed: memory.state.outbox.entries.length })
      const ended = yield* Effect.result(call(memory, Visit.make(memory), (open) => stay(open, config), config.awakeTimeout * 1000))
      memory.held = []
      if (Result.isSuccess(ended)) return
      const { _tag: error, message: reason } = ended.failure
      yield* tell({ _tag: "TryFailed", attempt: memory.state.reconnect.attemptCount, error, reason })
      if (memory.isReplaced || Probation.isOver(memory)) return
    }
  })
