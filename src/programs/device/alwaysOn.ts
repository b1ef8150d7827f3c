/**
 * A device with mains power, or one that a command keeps awake: the connection stays, readings go out every interval,
 * commands and configuration come in.
 *
 * The same parts as in a wake, in one loop and one fiber. It ends with a restart, when a configuration was accepted or
 * a command asks for it; and where a device is only kept awake, with that. Between connections it follows the same reconnect policy, and continues to measure.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Backoff from "../../domain/delivery/Backoff.ts"
import * as ConfigUpdate from "../../domain/config/ConfigUpdate.ts"
import * as KeepAlive from "../../domain/delivery/KeepAlive.ts"
import * as Outgoing from "../../domain/packet/Outgoing.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import * as AlwaysOn from "../../domain/wake/AlwaysOn.ts"
import * as Answers from "../../domain/wake/Answers.ts"
import * as Attempt from "../../domain/wake/Attempt.ts"
import * as Held from "../../domain/wake/Held.ts"
import * as Probation from "../../domain/wake/Probation.ts"
import { again, goBack, returnsAt, trying } from "../../domain/wake/Servers.ts"
import * as Tries from "../../domain/wake/Tries.ts"
import * as Wake from "../../domain/wake/Wake.ts"
import { SocketError } from "../../ports/Socket.ts"
import { Wifi } from "../../ports/Wifi.ts"
import {
  type ConnectionError,
  type Open,
  publish,
  receiveWithin,
  send,
  sendHeld,
  sendWithStatus,
  status,
  withConnection
} from "./connection.ts"
import { measure } from "./measure.ts"
import { measureBattery } from "./measureBattery.ts"
import { obey } from "./obeying.ts"
import { draw, now, type Ports } from "./ports.ts"
import { remember, rememberBeforeSending } from "./storage.ts"
import { judge } from "./takeUpdate.ts"
import { timedOut } from "./timedOut.ts"

/** A board's bundle may come without it. */
const weighed: typeof measureBattery | undefined = measureBattery

/** Reads the sensors and the battery. */
const sense = (ports: Ports, wake: Wake.Wake): Effect.Effect<void> =>
  weighed === undefined ? measure(ports, wake) : Effect.andThen(weighed(ports, wake), measure(ports, wake))

/** With the Packet Identifiers, so that nothing is sent before it is remembered. */
const measureAndRemember = (ports: Ports, wake: Wake.Wake) =>
  Effect.gen(function*() {
    const { lastId } = wake.state.outbox
    yield* sense(ports, wake)
    if (wake.held.length > 0) Held.follow(wake, lastId)
    Wake.assign(wake)
    rememberBeforeSending(ports, wake)
  })

/** Acts on a configuration as soon as it is whole, or when the rest has not come in time. */
const judgeArrived = (open: Open, before: AlwaysOn.Judging, at: number) =>
  Effect.gen(function*() {
    const { attempt } = open
    const { tooLarge, update, wake } = attempt
    const waiting = tooLarge === undefined ? AlwaysOn.waiting(before, update, wake.config, at) : undefined
    if (waiting !== undefined) return { judging: waiting, restart: false }
    const restart = yield* judge(open)
    if (tooLarge === undefined) return { judging: AlwaysOn.judging(update), restart }
    attempt.tooLarge = undefined
    return { judging: before, restart: false }
  })

/** Keeps the connection alive, and notices when the Server is gone. */
const keepAlive = (
  open: Open,
  state: KeepAlive.KeepAlive,
  at: number
): Effect.Effect<KeepAlive.KeepAlive, ConnectionError> => {
  switch (KeepAlive.due(state, at)) {
    case "wait":
      return Effect.succeed(state)
    case "ping":
      return Effect.as(send(open, Outgoing.pingreq()), KeepAlive.pinged(state, at))
    case "dead": {
      const message = open.to.host + ":" + open.to.port + " did not answer PINGREQ for " +
        open.attempt.wake.config.mqtt.timeout + " s"
      return Effect.fail(new SocketError({ reason: "TimedOut", message }))
    }
  }
}

/** A board's bundle may come without it. */
const obeying: typeof obey | undefined = obey

/** Answers and acts on all that the Server has sent. */
const act = (open: Open, judging: AlwaysOn.Judging, at: number) =>
  Effect.gen(function*() {
    const { wake } = open.attempt
    yield* send(open, Attempt.reply(open.attempt))
    // After two wakes that ended while they sent, first it must show that this one lasts.
    if (obeying !== undefined && !Wake.isCareful(wake)) yield* obeying(open)
    yield* publish(open)
    const next = yield* judgeArrived(open, judging, at)
    if (next.restart) wake.isRestarting = true
    remember(open.ports, wake)
    return next.judging
  })

/** A board's bundle may come without them. */
const returning: typeof returnsAt | undefined = returnsAt
const tried: typeof trying | undefined = trying
const repeating: typeof again | undefined = again
const back: typeof goBack | undefined = goBack

/** The connection was a good one, and ends so that the first of several Servers is tried. */
const leave = (wake: Wake.Wake): void => {
  AlwaysOn.healthy(wake)
  if (back !== undefined) back(wake)
}

/** When sensors were read last, by the clock as it is now; else `at`, both in milliseconds. */
const lastReading = ({ clockMoved = 0, measuredAt }: Wake.Wake, at: number): number =>
  measuredAt === undefined ? at : measuredAt + clockMoved

/** Stays on the open connection until it breaks, which fails, or is over (`AlwaysOn.isOver`). */
const stay = (open: Open) =>
  Effect.gen(function*() {
    const { attempt, ports } = open
    const { wake } = attempt
    const { config } = wake
    wake.stay = AlwaysOn.untilSeenAgain(wake, now(ports))
    // If nothing is pending except what is held back, that shows whether the Server takes any message.
    if (wake.held.length === 0 || attempt.delivered > 0) AlwaysOn.pass(attempt)
    let openedAt = now(ports)
    // A connection that follows another one without a wait has no reading of its own.
    let measuredAt = lastReading(wake, openedAt)
    let alive = KeepAlive.make(config.mqtt.keepAlive, config.mqtt.timeout * 1000, openedAt)
    let judging = AlwaysOn.judging(ConfigUpdate.begin(config.mqtt, config.version, config))
    let subscription = attempt.subscription
    let owing: AlwaysOn.Owing = { count: 0, since: openedAt }
    let reportedAt: number | undefined
    while (true) {
      const at = now(ports)
      // By a clock that was set back the connection would be young for as long as that.
      openedAt = Math.min(openedAt, at)
      Wake.goOn(wake)
      if (at - openedAt >= Backoff.healthyMillis) {
        yield* sendHeld(open)
        AlwaysOn.healthy(wake)
        if (attempt.delivered > 0) AlwaysOn.pass(attempt)
      }
      alive = yield* keepAlive(open, alive, at)
      if (AlwaysOn.untilReading(wake.config, measuredAt, at) === 0) {
        measuredAt = at
        wake.measuredAt = AlwaysOn.asBegun(wake, at)
        yield* measureAndRemember(ports, wake)
        Wake.readAgain(wake)
      }
      if (attempt.broken !== undefined) return yield* Effect.fail(attempt.broken)
      judging = yield* act(open, judging, at)
      if (status !== undefined && measuredAt !== reportedAt) yield* sendWithStatus(open, Outgoing.none, status)
      reportedAt = measuredAt
      if (AlwaysOn.isOver(wake, now(ports))) return AlwaysOn.healthy(wake)
      // The Server sends them again on the next connection: at once, if this one has lasted.
      const anew = attempt.leavesCommands ? openedAt + Backoff.healthyMillis : Infinity
      if (now(ports) >= anew) return AlwaysOn.healthy(wake)
      if (returning !== undefined && now(ports) >= returning(wake, openedAt)) return leave(wake)
      if (subscription === "waiting" && attempt.subscription === "refused") Answers.subscriptionRefused(attempt)
      subscription = attempt.subscription
      const pending = AlwaysOn.owing(owing, wake, at)
      if (pending === undefined) {
        return yield* Effect.fail(
          timedOut(open.to, "has not acknowledged for", config.mqtt.timeout)
        )
      }
      owing = pending
      const wait = AlwaysOn.untilNext(wake, {
        openedAt,
        measuredAt,
        alive,
        until: returning === undefined ? Math.min(judging.until, anew)
          : Math.min(judging.until, anew, returning(wake, openedAt)),
        owing
      }, at)
      if (yield* receiveWithin(open, wait)) alive = KeepAlive.received(alive)
    }
  })

/** Waits for the next try, measuring whenever it is time. */
const waitFor = (ports: Ports, wake: Wake.Wake, delay: number) =>
  Effect.gen(function*() {
    const interval = wake.config.publishInterval * 1000
    let next = AlwaysOn.untilReading(wake.config, lastReading(wake, now(ports)), now(ports))
    for (let left = delay; left > 0;) {
      yield* Effect.sleep(Math.min(left, next))
      left -= next
      next = interval
      if (left > 0) {
        wake.measuredAt = AlwaysOn.asBegun(wake, now(ports))
        yield* measureAndRemember(ports, wake)
      }
    }
  })

/** Waits for the next try and makes it ready. */
const nextTry = (ports: Ports, wake: Wake.Wake, isFirst: boolean) =>
  Effect.gen(function*() {
    const { measures, wait } = AlwaysOn.nextTry(wake, now(ports))
    if (wait > 0) wake.emit({ _tag: "Waiting", millis: wait, attemptCount: wake.state.reconnect.attemptCount })
    yield* waitFor(ports, wake, AlwaysOn.untilOver(wake, now(ports), wait))
    if (AlwaysOn.isOver(wake, now(ports))) return
    wake.isResting = false
    wake.restsAt = wake.restsBefore = undefined
    // Sensors that do not answer may have made the wait longer: the next one counts from the real beginning of this
    // try.
    Wake.beginTry(wake, now(ports), wake.state.reconnect, draw(ports, wake.config))
    // A device that is kept awake has just measured.
    if (measures && !(isFirst && wake.config.deepSleep)) {
      wake.measuredAt = AlwaysOn.asBegun(wake, now(ports))
      if (wake.config.mqtt.enabled && Probation.count(wake)) remember(ports, wake)
      yield* sense(ports, wake)
    }
    Tries.begin(wake)
    rememberBeforeSending(ports, wake)
    // Stored before: if the supply is too weak for the radio, the board resets, and the try must count.
    Context.get(ports, Wifi).start(wake.config.networks)
  })

/** Runs until it is over (`AlwaysOn.isOver`). */
export const alwaysOn = (ports: Ports, wake: Wake.Wake): Effect.Effect<void> =>
  Effect.gen(function*() {
    const { config } = wake
    for (let isFirst = true; !AlwaysOn.isOver(wake, now(ports)); isFirst = false) {
      yield* nextTry(ports, wake, isFirst)
      if (!config.mqtt.enabled || AlwaysOn.isOver(wake, now(ports))) continue
      const attempt = wake.state.reconnect.attemptCount
      if (tried === undefined) wake.emit({ _tag: "Trying", attempt, pending: DeviceState.pending(wake.state) })
      else wake.emit(tried(wake))
      const ended = yield* Effect.result(withConnection(ports, Attempt.make(wake), stay, config.awakeTimeout * 1000))
      wake.held = []
      if (Result.isSuccess(ended)) continue
      const { _tag: error, message: reason } = ended.failure
      if (repeating !== undefined && error === "WifiError") repeating(wake)
      wake.emit({ _tag: "TryFailed", attempt: wake.state.reconnect.attemptCount, error, reason })
      // What flash did not store is not known after a restart: neither that it is over, nor when it tried last.
      if (wake.isReplaced || !wake.isUnsaved && Probation.isOver(wake)) return
    }
  })
