/**
 * One wake of the device program as plain code, for worlds that do not change while it lasts.
 *
 * A fleet lives some hundred million wakes, nearly all of them alike, and one that the program lives costs as much as some
 * hundred of these: fibers, packets, snapshots. Here only what decides is left. How it decides is the domain's own code
 * (Backoff, Outbox, Session, NextWake); what is written here a second time is the order of device.ts and call.ts and how
 * long each step takes. A test holds it equal to the program, wake for wake and byte for byte of what is remembered. A wake
 * that it does not know is lived by the program: `live` says so, and has changed nothing.
 */
import * as Backoff from "../../../domain/Backoff.ts"
import * as ConfigUpdate from "../../../domain/ConfigUpdate.ts"
import type { DeviceConfig, SensorConfig } from "../../../domain/DeviceConfig.ts"
import * as DeviceState from "../../../domain/DeviceState.ts"
import * as NextWake from "../../../domain/NextWake.ts"
import * as Outbox from "../../../domain/Outbox.ts"
import * as Session from "../../../domain/Session.ts"
import { shortestSleepMillis } from "../../../domain/shortestSleep.ts"
import { isQuiet } from "../../device/quiet.ts"
import * as Memory from "../../device/Memory.ts"
import * as Visit from "../../device/Visit.ts"
import type { Conditions } from "./Conditions.ts"
import { type Device, draw } from "./Device.ts"
import * as Lived from "./Lived.ts"
import * as Unwritten from "./Unwritten.ts"

/** How long things take in the simulated world, in milliseconds. */
export interface Physics {
  /** From the device to the Server, or back. */
  readonly latencyMillis: number
  readonly sensorMillis: number
  readonly measure: Unwritten.Measure
  /**
   * How long a device looks for an update under these conditions, when it finds none; undefined: the program has not
   * shown it yet. It depends on what is retained, and on what the device has and has refused.
   */
  readonly checkMillis: (config: DeviceConfig, state: DeviceState.DeviceState) => number | undefined
}

/** Nothing is held back: a wake with suspects is lived by the program. */
const none: ReadonlyArray<number> = []

/** The State of a try that begins `delay` after `now`. As `Backoff.next`, it draws also when nothing is drawn for. */
const nextTry = (device: Device, state: Backoff.State, now: number, delay: number): Backoff.State => ({
  attemptCount: state.attemptCount + 1,
  lastAttemptTime: now + delay,
  draw: device.config.mqtt.reconnect.jitter > 0 ? draw(device) : 0
})

const isDue = (sensor: SensorConfig, state: DeviceState.DeviceState, now: number): boolean => {
  const last = state.readAt[sensor.id]
  return sensor.interval === 0 || last === undefined || now - last >= sensor.interval * 1000
}

const measure = (device: Device, physics: Physics, lived: Lived.Lived): void => {
  const { config } = device
  for (const sensor of config.sensors) {
    const now = lived.endsAt
    if (!isDue(sensor, lived.after, now)) continue
    lived.endsAt += physics.sensorMillis
    lived.readings++
    const uptime = Math.floor((now - lived.after.startedAt) / 1000)
    const source = { config, sensor, measure: physics.measure, now: lived.endsAt, chance: draw(device), uptime }
    for (const message of Unwritten.messages(source)) lived.after = DeviceState.owe(lived.after, message, config.mqtt.outbox).state
    if (sensor.interval > 0) lived.after = { ...lived.after, readAt: { ...lived.after.readAt, [sensor.id]: now } }
  }
}

const acknowledge = (session: Session.Session, packet: "PUBACK" | "SUBACK", packetIdentifier: number): Session.Session => {
  const done = Session.acknowledge(session, packet, packetIdentifier)
  if (done === undefined) throw new Error(packet + " for nothing")
  return done.session
}

/** Gives the next window of what is owed its Packet Identifiers when the last is through, remembers and sends it. */
const sendMore = (lived: Lived.Lived, outbox: Outbox.Outbox, session: Session.Session): Session.Session => {
  const state = { ...lived.after, outbox, session }
  if (!Visit.hasRoom(state, none)) return session
  lived.writes++
  return Session.sent(DeviceState.assign(state, Memory.window, none).session, none)
}

/** More is owed than fits in the window: acknowledgements make room, and each window takes a round trip. */
const deliverInRounds = (lived: Lived.Lived, physics: Physics, subscribes: boolean): Session.Session => {
  const state = lived.after
  let outbox = state.outbox
  let session = Session.sent(Session.disconnected(state.session), none)
  const suback = subscribes ? Session.borrow(session) : undefined
  if (suback !== undefined) session = suback
  let borrowed = suback === undefined ? 0 : 1
  do {
    lived.endsAt += 2 * physics.latencyMillis
    for (const { entry, packetIdentifier } of session.inFlight) {
      if (entry === 0) continue
      session = acknowledge(session, "PUBACK", packetIdentifier)
      outbox = Outbox.remove(outbox, entry)
    }
    if (suback !== undefined && borrowed === 1) session = acknowledge(session, "SUBACK", suback.lastIdentifier)
    borrowed = 0
    session = sendMore(lived, outbox, session)
  } while (outbox.entries.length > 0)
  return session
}

/** All that is owed is in flight: one round trip, and nothing is in flight any more. */
const deliverAtOnce = (lived: Lived.Lived, physics: Physics, subscribes: boolean): Session.Session => {
  const { session } = lived.after
  lived.endsAt += 2 * physics.latencyMillis
  return Session.lost(subscribes ? Session.borrow(session) ?? session : session)
}

/** Everything owed goes out and is acknowledged. */
const deliver = (lived: Lived.Lived, physics: Physics, subscribes: boolean, attempt: Backoff.State): void => {
  const { connectAlone, outbox, prefix, probation, readAt, refusedUpdate, review, rolledBack, session, startedAt, suspects, unfinished } = lived.after
  const isOneRound = session.inFlight.length === outbox.entries.length
  lived.after = {
    outbox: { entries: [], lastId: outbox.lastId, dropped: outbox.dropped },
    session: isOneRound ? deliverAtOnce(lived, physics, subscribes) : deliverInRounds(lived, physics, subscribes),
    reconnect: Backoff.succeeded(attempt),
    startedAt,
    readAt,
    refusedUpdate,
    probation,
    rolledBack,
    suspects,
    connectAlone,
    prefix,
    unfinished,
    review
  }
  lived.deliveredAt = lived.endsAt
}

/** Tries until one succeeds or the policy asks for a wait. False: the world is such that the program has to. */
const tryWhileAllowed = (device: Device, conditions: Conditions, physics: Physics, lived: Lived.Lived, first: Backoff.State, joinedAt: number): boolean => {
  if (!conditions.hasWifi || conditions.server === "silent") return false
  const { mqtt } = device.config
  for (let attempt = first;;) {
    lived.after = DeviceState.assign(lived.after, Memory.window, none)
    lived.writes++
    lived.triedAt.push(lived.endsAt)
    lived.endsAt = Math.max(lived.endsAt, joinedAt) + 2 * physics.latencyMillis
    if (conditions.server === "up") {
      // A try that follows a failure does not ask for the configuration.
      const subscribes = attempt.attemptCount <= 1 && ConfigUpdate.topics(mqtt).length > 0
      const checkMillis = subscribes ? physics.checkMillis(device.config, lived.after) : 0
      if (checkMillis === undefined) return false
      lived.acceptedAt.push(lived.endsAt)
      deliver(lived, physics, subscribes, attempt)
      lived.endsAt += checkMillis
      lived.writes++
      return true
    }
    lived.failedTries++
    const delay = Backoff.remainingMillis(mqtt.reconnect, attempt, lived.endsAt)
    if (!mqtt.reconnect.enabled || delay > 0 && attempt.attemptCount >= mqtt.reconnect.maxAttempts) {
      // What was remembered before the try says that it is under way.
      lived.writes++
      lived.after = { ...lived.after, reconnect: attempt }
      return true
    }
    attempt = nextTry(device, attempt, lived.endsAt, delay)
    lived.endsAt += delay
  }
}

/** The lines of `wake` in device.ts. */
const wake = (device: Device, conditions: Conditions, physics: Physics, lived: Lived.Lived): boolean => {
  const policy = device.config.mqtt.reconnect
  const { reconnect } = lived.after
  const { wokeAt } = lived
  const delay = Backoff.remainingMillis(policy, reconnect, wokeAt)
  const isDueAtOnce = delay <= shortestSleepMillis
  const isSuspect = isDueAtOnce && (reconnect.attemptCount > 0 || wokeAt <= reconnect.lastAttemptTime || device.state === undefined)
  const begun = isSuspect ? nextTry(device, reconnect, wokeAt, delay) : undefined
  if (isSuspect) lived.writes++
  measure(device, physics, lived)
  // What was remembered for the radio's sake may be all there is to remember: the program compares it.
  if (isSuspect && lived.readings === 0) return false
  const now = isDueAtOnce && delay === 0 ? wokeAt : lived.endsAt
  const left = Backoff.remainingMillis(policy, reconnect, now)
  if (left > shortestSleepMillis) {
    if (lived.after !== lived.before) lived.writes++
    return true
  }
  const attempt = begun !== undefined && delay === 0 ? begun : nextTry(device, reconnect, now, left)
  const radioOnAt = isDueAtOnce ? wokeAt : lived.endsAt
  lived.endsAt += left
  if (!tryWhileAllowed(device, conditions, physics, lived, attempt, radioOnAt + device.joinMillis)) return false
  lived.radioMillis = lived.endsAt - radioOnAt
  return lived.endsAt < conditions.until
}

const first = ({ mqtt }: DeviceConfig, now: number): DeviceState.DeviceState =>
  Memory.underPrefix(DeviceState.initial(now, mqtt.reconnectStart), mqtt.topicDataPrefix)

/** Lives `device`'s next wake into `lived`. False: the program has to live it, and `device` is as it was. */
export const live = (device: Device, conditions: Conditions, physics: Physics, lived: Lived.Lived): boolean => {
  const { chance, config, state, wakesAt } = device
  // An update on probation is rare, and writes more; so is what was learned from a connection.
  if (state !== undefined && (state.probation.version !== 0 || state.suspects.length > 0 || state.connectAlone > 0)) return false
  if (state !== undefined && (state.unfinished > 0 || isQuiet({ config, state }, wakesAt))) return false
  Lived.begin(lived, wakesAt, state, state ?? first(config, wakesAt))
  if (!wake(device, conditions, physics, lived) || lived.endsAt - wakesAt >= config.awakeTimeout * 1000) {
    device.chance = chance
    return false
  }
  lived.sleepMillis = NextWake.sleepMillis(config, lived.after.reconnect, wakesAt, lived.endsAt)
  device.state = lived.after
  device.wakesAt = lived.endsAt + lived.sleepMillis
  return true
}
