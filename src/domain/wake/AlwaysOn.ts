/**
 * The decisions of a device that is always on: when it measures, when it tries, when the time of a Server is over.
 *
 * Times are the clock's, in milliseconds.
 */
import * as Backoff from "../delivery/Backoff.ts"
import * as ConfigUpdate from "../config/ConfigUpdate.ts"
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import * as KeepAlive from "../delivery/KeepAlive.ts"
import * as Session from "../delivery/Session.ts"
import { patch } from "../state/patch.ts"
import type { Attempt } from "./Attempt.ts"
import { isStaying } from "./commands.ts"
import * as Probation from "./Probation.ts"
import { keep } from "./Servers.ts"
import type { Wake } from "./Wake.ts"

/** A board's bundle may come without them. */
const staying: typeof isStaying | undefined = isStaying
const keeping: typeof keep | undefined = keep

/** A device with mains power only restarts; one that is kept awake sleeps when that is over. */
export const isOver = (wake: Wake, now: number): boolean =>
  wake.isRestarting === true || wake.config.deepSleep && (staying === undefined || !staying(wake, now))

/** A time, in milliseconds, of the clock as it was when the wake began. */
export const asBegun = ({ clockMoved = 0 }: Pick<Wake, "clockMoved">, at: number): number => at - clockMoved

/** At most `wait`, in milliseconds. */
export const untilOver = ({ config, stay }: Wake, now: number, wait: number): number =>
  config.deepSleep && stay !== undefined && stay.until - now < wait ? Math.max(0, stay.until - now) : wait

/**
 * A connection begins. A retained command that keeps the device awake comes again on it, if it was not cleared meanwhile: that may take
 * as long as a wake.
 */
export const untilSeenAgain = ({ config, stay }: Wake, now: number): Wake["stay"] => {
  const until = now + config.awakeTimeout * 1000
  return stay !== undefined && stay.isRetained && until < stay.until ? { from: stay.from, until, isRetained: true }
    : stay
}

/** Milliseconds until the next reading; a clock that was set back does not delay it. */
export const untilReading = (config: DeviceConfig, measuredAt: number, now: number): number =>
  now < measuredAt ? 0 : Math.max(0, measuredAt + config.publishInterval * 1000 - now)

/** How the next try begins. */
export interface NextTry {
  /** Milliseconds until then. */
  readonly wait: number
  /**
   * Tries in a row share a reading, and count as one for an update on probation. So do tries without a wait, because the
   * one before has delivered something: else more could come with each than it delivers, and they would never end.
   */
  readonly measures: boolean
}

export const nextTry = (
  wake: Pick<Wake, "config" | "state" | "measuredAt" | "clockMoved">,
  now: number
): NextTry => {
  const { config, state } = wake
  // What the connection before waited for will not be answered on the next one.
  wake.state = patch(state, { session: Session.disconnected(state.session) })
  const { enabled, reconnect: policy } = config.mqtt
  const { attemptCount } = state.reconnect
  const delay = Backoff.remainingMillis(policy, state.reconnect, now)
  const isInRow = enabled && attemptCount > 0 && Backoff.isInRow(policy, attemptCount)
  // Without the policy, or without MQTT, the interval keeps the loop from running without a pause.
  const wait = enabled && (policy.enabled || attemptCount === 0) ? delay : config.publishInterval * 1000
  const isDue = wake.measuredAt === undefined || wait > 0 ||
    untilReading(config, wake.measuredAt, asBegun(wake, now)) === 0
  return { wait, measures: !isInRow && isDue }
}

/** What has arrived of a configuration, and until when to wait for the rest of it. */
export interface Judging {
  /** The one that was judged last: nothing is judged twice. */
  readonly judged: ConfigUpdate.ConfigUpdate
  /** A configuration of which only a part has arrived, and when to judge it anyway. */
  readonly half: ConfigUpdate.ConfigUpdate | undefined
  readonly until: number
}

export const judging = (judged: ConfigUpdate.ConfigUpdate): Judging => ({ judged, half: undefined, until: Infinity })

/** Undefined: what has arrived is to be judged now. Otherwise the new state of it. */
export const waiting = (
  before: Judging,
  update: ConfigUpdate.ConfigUpdate,
  config: DeviceConfig,
  now: number
): Judging | undefined => {
  if (update === before.judged) return before
  if (!ConfigUpdate.isWaiting(update)) return undefined
  const until = now + config.mqtt.configWaitTime * 1000
  if (before.half !== update) return { judged: before.judged, half: update, until }
  return now < before.until && before.until <= until ? before : undefined
}

/** Since when the Server has acknowledged nothing of what is in flight: each acknowledgement begins it anew. */
export interface Owing {
  /** How many are not acknowledged. */
  readonly count: number
  readonly since: number
}

/**
 * A Server that takes messages and does not acknowledge them, on a connection that lives: only on a new connection they
 * are sent again (4.4). Undefined: its time is over.
 */
export const owing = (before: Owing, { config, held, state }: Wake, now: number): Owing | undefined => {
  let count = 0
  // A message that is held back was sent on an earlier connection, if at all.
  for (const { entry } of state.session.inFlight) if (held.indexOf(entry) < 0) count++
  if (count === 0 || before.count === 0 || count < before.count || now < before.since) return { count, since: now }
  return now - before.since < config.mqtt.timeout * 1000 ? { count, since: before.since } : undefined
}

/** After a connection that has lasted, the count of tries starts again; after one that ends at once it must not. */
export const healthy = (wake: Wake): void => {
  const { reconnect, unfinished } = wake.state
  if (reconnect.attemptCount > 0 || unfinished > 0) {
    wake.state = { ...wake.state, reconnect: Backoff.succeeded(reconnect), unfinished: 0 }
    if (keeping !== undefined) keeping(wake)
  }
}

/** The Server takes messages while an update is on probation. */
export const pass = ({ delivered, wake }: Attempt): void => {
  if (Probation.isOn(wake)) Probation.pass(wake, delivered)
}

/** Between two looks at a journal of which nothing goes now. */
const restMillis = 1_000

/**
 * Milliseconds until the next thing is to be done on an open connection. Whole ones: for a fraction the wait would end
 * without time passing.
 */
export const untilNext = (
  wake: Wake,
  at: {
    readonly openedAt: number
    readonly measuredAt: number
    readonly alive: KeepAlive.KeepAlive
    readonly until: number
    readonly owing: Owing
  },
  now: number
): number => {
  const { config, held, state } = wake
  const answer = at.owing.count === 0 ? Infinity : at.owing.since + config.mqtt.timeout * 1000 - now
  const release = held.length === 0 ? Infinity : at.openedAt + Backoff.healthyMillis - now
  // What rests in the journal is looked at again.
  const more = state.journal > 0 && at.owing.count === 0 ? restMillis : Infinity
  const wait = Math.min(more, untilReading(config, at.measuredAt, now), KeepAlive.remainingMillis(at.alive, now),
    at.until - now, answer, release)
  return Math.max(0, Math.ceil(untilOver(wake, now, wait)))
}
