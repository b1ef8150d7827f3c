/**
 * One wake that calls the device's decisions directly, in a world that does not change meanwhile.
 *
 * A fleet has some hundred million wakes, nearly all of them alike, and most of the time that the program takes for one
 * goes into fibers, packets and snapshots. The decisions are the same functions (domain/wake). Here is how long each
 * step takes, and what a Server that answers everything answers. A test compares it with the program, wake for wake,
 * and byte for byte of what is stored. The program runs a wake in another world: then `live` says so, and has changed
 * nothing.
 */
import { patch } from "../../../domain/state/patch.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../domain/state/DeviceState.ts"
import * as JournalMemory from "../../../domain/state/JournalMemory.ts"
import { lookUp } from "../../../domain/wake/lookUp.ts"
import { makeRoom } from "../../../domain/wake/makeRoom.ts"
import { refill } from "../../../domain/wake/refill.ts"
import { spill } from "../../../domain/wake/spill.ts"
import * as NextWake from "../../../domain/wake/NextWake.ts"
import * as Outbox from "../../../domain/delivery/Outbox.ts"
import * as Session from "../../../domain/delivery/Session.ts"
import * as Attempt from "../../../domain/wake/Attempt.ts"
import { isCompared } from "../../../domain/config/limits.ts"
import { flightInPlace } from "../../../domain/delivery/flightInPlace.ts"
import * as InPlace from "../../../domain/wake/InPlace.ts"
import { messagesOfWake } from "../../../domain/config/messagesOf.ts"
import * as Measuring from "../../../domain/wake/Measuring.ts"
import { select } from "../../../domain/wake/onChange.ts"
import * as Tries from "../../../domain/wake/Tries.ts"
import * as Wake from "../../../domain/wake/Wake.ts"
import type { Conditions } from "./Conditions.ts"
import { type Device, draw } from "./Device.ts"
import * as Lived from "./Lived.ts"
import * as LazyMessages from "./LazyMessages.ts"
import { accessOf, isKept, type Living, type Physics } from "./Living.ts"

/** Nobody listens: what must be counted is counted here. */
const silent = (): void => {}

const beginTry = ({ device, wake }: Living, at: number, last: DeviceState.DeviceState["reconnect"]): void =>
  Wake.beginTry(wake, at, last, device.config.mqtt.reconnect.jitter > 0 ? draw(device) : 0)

/** Sensors with intervals of their own: the journal holds when they were read. */
const hasIntervals = ({ sensors }: DeviceConfig): boolean => sensors.some(({ interval }) => interval > 0)

/** False: the program has to live it. */
const measure = (living: Living): boolean => {
  const { device, lived, physics, wake } = living
  const { config } = device
  for (const sensor of config.sensors) {
    const begun = lived.endsAt
    if (!Measuring.isDue(wake, sensor, begun)) continue
    lived.endsAt += physics.sensorMillis
    lived.readings++
    const chance = draw(device)
    // To measure is half the cost of a wake, and only to compare is it needed.
    if (
      isCompared(sensor) && !select(wake, sensor, LazyMessages.measured(physics, sensor, lived.endsAt, chance), begun)
    ) {
      Measuring.enqueue(wake, sensor, [], begun)
      continue
    }
    const uptime = Measuring.uptime(wake.state, begun)
    const source = { config, sensor, measure: physics.measure, now: lived.endsAt, chance, uptime }
    Measuring.enqueue(wake, sensor, LazyMessages.messages(source), begun)
  }
  if (!Measuring.isFull(wake)) return true
  if (hasIntervals(config)) return false
  wake.state = LazyMessages.finish(wake.state)
  const { journal, save } = accessOf(living)
  if (wake.isUnsaved) save()
  for (let upTo = spill(wake, journal()); upTo > 0; upTo = spill(wake, journal())) {
    makeRoom(wake, upTo, journal(), journal().sheets)
    save()
  }
  return true
}

const acknowledge = (wake: Wake.Wake, packet: "PUBACK" | "SUBACK", packetIdentifier: number): void => {
  const done = Session.acknowledge(wake.state.session, packet, packetIdentifier)
  if (done === undefined) throw new Error(packet + " for nothing")
  wake.state = DeviceState.delivered(wake.state, done)
}

/** More is pending than fits in the window: acknowledgements make room, and each window takes a round trip. */
const deliverInRounds = (living: Living, borrowed: number): void => {
  const { lived, physics, wake } = living
  const isMore = () => Outbox.size(wake.state.outbox) > 0 || wake.state.journal > 0 && wake.isResting !== true
  for (let isFirst = true; isFirst || isMore(); isFirst = false) {
    lived.endsAt += 2 * physics.latencyMillis
    for (const { entry, packetIdentifier } of wake.state.session.inFlight) {
      if (entry > 0) acknowledge(wake, "PUBACK", packetIdentifier)
    }
    if (wake.inPlace) InPlace.leave(wake, flightInPlace(wake.state.session)?.count ?? 0)
    if (!Attempt.hasPending(wake) && Attempt.hasMore(wake)) {
      const journal = accessOf(living).journal()
      InPlace.assign(wake, lived.endsAt, journal)
      if (wake.inPlace) lived.writes++
      else refill(wake, lived.endsAt, journal)
    }
    if (Attempt.hasPending(wake) && Attempt.hasRoom(wake)) {
      lived.writes++
      Wake.assign(wake)
      wake.state = patch(wake.state, { session: Session.sent(wake.state.session, wake.held) })
    }
    // The Server answers in the order in which it was asked, and that was last.
    if (isFirst && borrowed > 0) acknowledge(wake, "SUBACK", borrowed)
  }
}

/** All that is pending is in flight and acknowledged in one round trip: nothing is pending, and nothing in flight. */
const deliverAtOnce = ({ lived, physics, wake }: Living, session: Session.Session): void => {
  const { lastId, dropped } = wake.state.outbox
  lived.endsAt += 2 * physics.latencyMillis
  wake.state = patch(wake.state, { session: Session.lost(session), outbox: { entries: [], lastId, dropped } })
}

/** Everything pending goes out and is acknowledged. */
const deliver = (living: Living, subscribes: boolean): void => {
  const { lived, wake } = living
  const { outbox, session } = wake.state
  const isOneRound = session.inFlight.length === outbox.entries.length && wake.state.journal === 0
  const sent = isOneRound ? session : Session.sent(Session.disconnected(session), wake.held)
  const borrowed = subscribes ? Session.borrow(sent) : undefined
  if (isOneRound) deliverAtOnce(living, borrowed ?? sent)
  else {
    wake.state = patch(wake.state, { session: borrowed ?? sent })
    deliverInRounds(living, borrowed?.lastIdentifier ?? 0)
  }
  lived.deliveredAt = lived.endsAt
}

/** One try. Undefined: the program has to run it. */
const attempt = (living: Living, joinedAt: number): boolean | undefined => {
  const { conditions, device, lived, physics, wake } = living
  Tries.begin(wake)
  if (wake.state.journal > 0) InPlace.assign(wake, lived.endsAt, accessOf(living).journal())
  lived.writes++
  lived.triedAt.push(lived.endsAt)
  lived.endsAt = Math.max(lived.endsAt, joinedAt) + 2 * physics.latencyMillis
  if (conditions.server !== "up") return false
  const subscribes = Attempt.wantedTopics(wake).length > 0
  const checkMillis = subscribes ? physics.checkMillis(device.config, wake.state) : 0
  if (checkMillis === undefined) return undefined
  lived.acceptedAt.push(lived.endsAt)
  deliver(living, subscribes)
  lived.endsAt += checkMillis
  lived.writes++
  return true
}

/** The tries of a wake. False: the program has to run it. */
const tryWhileAllowed = (living: Living, plan: Tries.Plan, first: number): boolean => {
  const { conditions, device, lived, wake } = living
  if (!conditions.hasWifi || conditions.server === "silent") return false
  const radioOnAt = plan.isDue ? lived.wokeAt : lived.endsAt
  let start = Tries.startOfFirst(plan, lived.endsAt, first)
  if (!plan.isDue && Tries.countsFirst(wake.state.reconnect, wake.stored, lived.wokeAt)) {
    beginTry(living, lived.endsAt + first, wake.state.reconnect)
    lived.writes++
    start = undefined
  }
  let last = plan.reconnect
  for (let wait: number | undefined = first; wait !== undefined; start = lived.endsAt + (wait ?? 0)) {
    lived.endsAt += wait
    if (start !== undefined) beginTry(living, start, last)
    const isOut = attempt(living, radioOnAt + device.joinMillis)
    if (isOut === undefined) return false
    if (isOut) Tries.succeeded(wake)
    else lived.failedTries++
    last = wake.state.reconnect
    wait = isOut ? undefined : Tries.untilNext(wake, lived.endsAt)
    // What was stored before the try says that a try is in progress.
    if (!isOut && wait === undefined) lived.writes++
  }
  lived.radioMillis = lived.endsAt - radioOnAt
  return true
}

/** As `live` in programs/device/device.ts. */
const wakeUp = (living: Living): boolean => {
  const { conditions, lived, wake } = living
  const plan = Tries.plan(wake, lived.wokeAt)
  if (plan.isCountedFirst) {
    beginTry(living, lived.wokeAt + plan.delay, plan.reconnect)
    lived.writes++
  }
  if (!measure(living)) return false
  // What was stored before the radio was turned on may be everything: the program compares it.
  if (plan.isCountedFirst && lived.readings === 0) return false
  const first = Tries.untilFirst(wake, plan, lived.endsAt)
  if (first === undefined) {
    if (!isKept(living)) lived.writes++
    return true
  }
  return tryWhileAllowed(living, plan, first) && lived.endsAt < conditions.until
}

const begin = (device: Device): Wake.Wake => {
  const { config, state, wakesAt } = device
  const { reconnectStart, topicDataPrefix } = config.mqtt
  return {
    config,
    update: undefined,
    state: state ?? Wake.underPrefix(DeviceState.initial(wakesAt, reconnectStart), topicDataPrefix),
    // Only whether there is any counts.
    stored: state === undefined ? undefined : stored,
    held: [],
    emit: silent
  }
}

const stored = new Uint8Array()

/** Runs `device`'s next wake and writes it to `lived`. False: the program has to run it, and `device` is unchanged. */
export const live = (device: Device, conditions: Conditions, physics: Physics, lived: Lived.Lived): boolean => {
  const { chance, config, state, wakesAt } = device
  // An update on probation is rare, and writes more; so is what was learned from a connection.
  if (
    state !== undefined &&
    (state.journal > 0 && hasIntervals(config) || state.probation.version !== 0 || state.suspects.length > 0 ||
      state.connectAlone > 0 || state.unfinished > 0)
  ) return false
  const wake = begin(device)
  Lived.begin(lived, wakesAt, state, wake.state)
  const living: Living = { device, conditions, physics, lived, wake, saved: state }
  const { journal } = device
  if (Measuring.isFull(wake) || wake.state.outbox.entries.length + messagesOfWake(config) > Outbox.fewEntries) {
    device.journal = JournalMemory.copy(journal)
  }
  if (wake.state.journal > 0) lookUp(wake, accessOf(living).journal())
  if (!wakeUp(living) || lived.endsAt - wakesAt >= config.awakeTimeout * 1000) {
    device.chance = chance
    device.journal = journal
    return false
  }
  lived.after = wake.state
  lived.sleepMillis = NextWake.sleepMillis(config, wake.state.reconnect, wakesAt, lived.endsAt)
  device.state = wake.state
  device.wakesAt = lived.endsAt + lived.sleepMillis
  return true
}
