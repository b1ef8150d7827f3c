/**
 * When a device with `send_interval` has to send, and when it need not, as seen from outside. The rule is written down
 * here once more. Where the reconnect policy, an update or a flash that fails has a say, nothing is claimed.
 */
import type { DeviceConfig, SensorConfig } from "../../../domain/config/DeviceConfig.ts"
import { longestSendInterval, sendIntervalOf } from "../../../domain/config/sendInterval.ts"
import type { ObservedState } from "./ObservedState.ts"
import type { Observation } from "./Observation.ts"

export interface Sending {
  /** The device's clock as the wake under way began, in milliseconds. */
  began: number
  /** The radio was turned on in it. */
  hasTried: boolean
  /** It may send or not. */
  isFree: boolean
  /** Seconds between two connections, by what the battery had. */
  interval: number
  /** The clock was set in it: when its try began by that clock is not known. */
  hasMoved: boolean
  /**
   * Between which two moments of the device's clock its last try began, in milliseconds; undefined: nothing follows
   * from it.
   */
  last: readonly [earliest: number, latest: number] | undefined
  /** What the clock showed last. */
  latest: number
  /** Sensors that were found above their threshold, and those that were in the wake under way for the first time. */
  readonly above: Set<string>
  readonly rising: Set<string>
  /** The highest count of a reading that crossed a threshold: as long as it or one before it is pending, it is urgent. */
  urgent: number
}

const make = (): Sending => ({
  began: 0,
  hasTried: false,
  isFree: true,
  interval: 0,
  hasMoved: false,
  last: undefined,
  latest: 0,
  above: new Set(),
  rising: new Set(),
  urgent: -Infinity
})

/** Only a device that sleeps keeps readings for later. */
const isSeldom = (config: DeviceConfig): boolean => config.deepSleep && longestSendInterval(config) > 0

/** A reading, and its values. */
const messagesOf = ({ mqtt }: DeviceConfig, { quantities }: SensorConfig): number =>
  mqtt.publishValues ? 1 + (quantities?.length ?? 2) : 1

const pending = ({ ledger }: ObservedState): ReadonlyArray<string> =>
  [...ledger.pending.values()].filter((one) => !one.isAcknowledged).map(({ key }) => key)

/** All that the device may take for pending: it need not have taken in each acknowledgement that has arrived. */
export const atMost = ({ ledger }: ObservedState): ReadonlyArray<string> => [...ledger.pending.keys()]

/** A wake that comes so early, as a share of the time between two, is the one that sends. */
export const tolerance = 1 / 2

/** Seconds between two wakes: as a command has set them, or as configured. */
export const intervalOf = ({ config, kept }: ObservedState): number => kept?.interval || config.publishInterval

const isWord = (key: string): boolean => key.startsWith("config_status ") || key.startsWith("command_result ")

/** It has made room for others, behind all readings: it goes with them. */
const isBehind = ({ kept }: ObservedState, key: string): boolean =>
  (kept?.pending.indexOf(key) ?? -1) >= (kept?.entries ?? 0)

/** Why what is pending has to go out at once; undefined: that is not so. */
export const reason = (
  { interval }: Sending,
  facts: ObservedState,
  keys = pending(facts)
): string | undefined => {
  const { mqtt, sensors } = facts.config
  const publishInterval = intervalOf(facts)
  let ofWake = 0
  let ofInterval = 0
  for (const sensor of sensors) {
    const messages = messagesOf(facts.config, sensor)
    ofWake += messages
    ofInterval += interval / Math.max(publishInterval, sensor.interval) * messages
  }
  const many = keys.length + " messages are pending"
  if (keys.some((key) => isWord(key) && !isBehind(facts, key))) {
    return "a word about an update is pending"
  }
  if (keys.length + ofWake > mqtt.outbox.capacity) return many + " and leave no room for another wake's"
  if (mqtt.sendWhenPending > 0 && keys.length >= mqtt.sendWhenPending) return many
  return keys.length > 0 && keys.length >= ofInterval ? many + ", as many as in an interval" : undefined
}

/** Milliseconds by the device's clock since its last try, at least and at most; undefined: nobody knows. */
export const elapsed = ({ began, last }: Sending): readonly [least: number, most: number] | undefined =>
  last === undefined || began < last[1] ? undefined : [began - last[1], began - last[0]]

const begin = (past: Sending, { config, kept, now }: ObservedState): void => {
  past.interval = sendIntervalOf(config, kept?.isBatteryLow)
  past.began = now.clock
  past.hasTried = past.hasMoved = false
  past.isFree = kept === undefined || kept.attemptCount > 0 || kept.isProving
}

/** What crosses a threshold is sent at once. The readings of this world only rise. */
const cross = (past: Sending, seen: Observation, { config, isMemoryLost, isUnsaved }: ObservedState): void => {
  if (seen._tag === "Began") past.rising.clear()
  if (isMemoryLost) past.above.clear()
  if (seen._tag === "Slept" && !isUnsaved) { for (const id of past.rising) past.above.add(id) }
  if (seen._tag !== "Read" || past.above.has(seen.sensor)) return
  const { above = Infinity } = config.sensors.find(({ id }) => id === seen.sensor)?.temperature ?? {}
  const { temperature = -Infinity } = seen.measurement
  if (temperature <= above) return
  past.rising.add(seen.sensor)
  past.urgent = Math.max(past.urgent, temperature)
}

const isUrgent = ({ rising, urgent }: Sending, { ledger }: ObservedState): boolean =>
  rising.size > 0 || [...ledger.pending.values()].some(({ count = Infinity }) => count <= urgent)

/** A server's answer has set the clock ahead, and what the device keeps was moved with it. */
const move = (past: Sending, millis: number): void => {
  past.began += millis
  past.latest += millis
  if (past.last !== undefined) past.last = [past.last[0] + millis, past.last[1] + millis]
}

/** Learns from what was seen, before the checker judges it. */
const see = (past: Sending, seen: Observation, facts: ObservedState): void => {
  const { clock } = facts.now
  if (seen._tag === "Emitted" && seen.event._tag === "TimeTold" && seen.event.isSet) move(past, seen.event.millis)
  const isMoved = clock < past.latest || seen._tag === "Injected" && (
        seen.kind === "clockJump" || seen.kind === "clockReset"
      )
  past.latest = clock
  if (isMoved || seen._tag === "PowerCut") past.last = undefined
  if (seen._tag === "Began") begin(past, facts)
  cross(past, seen, facts)
  if (isUrgent(past, facts)) past.isFree = true
  if (isMoved) past.isFree = past.hasMoved = true
  if (facts.isUnsaved || facts.isUnread || facts.isMemoryLost || facts.isDamaged || facts.isTorn) past.isFree = true
  if (seen._tag === "Emitted" && (seen.event._tag === "Failed" || seen.event._tag === "ConfigRolledBack")) {
    past.isFree = true
  }
  if (seen._tag === "Emitted" && seen.event._tag === "BatteryLow") {
    past.interval = sendIntervalOf(facts.config, seen.event.isLow)
    // It says so at once.
    if (seen.event.isLow) past.isFree = true
  }
  if (seen._tag === "Slept" && (facts.isUnsaved || facts.isDamaged)) past.last = undefined
}

/** The device may be trying. Behind the judgement, for it is about what was before. */
const settle = (past: Sending, seen: Observation, { line, now }: ObservedState): void => {
  if (seen._tag !== "RadioOn" && seen._tag !== "Joining" && line === undefined) return
  // A try may begin when what is left of a wait is over.
  past.last = past.hasMoved ? undefined
    : [past.hasTried && past.last !== undefined ? past.last[0] : past.began, now.clock + 1_000]
  past.hasTried = true
}

/** A checker of what this knows: it judges only devices that keep readings for later, with what was before. */
export const checking = (
  config: DeviceConfig,
  judge: (past: Sending, seen: Observation, facts: ObservedState) => string | undefined
): (seen: Observation, facts: ObservedState) => string | undefined => {
  const past = make()
  return (seen, facts) => {
    if (!isSeldom(config)) return undefined
    see(past, seen, facts)
    const wrong = judge(past, seen, facts)
    settle(past, seen, facts)
    return wrong
  }
}
