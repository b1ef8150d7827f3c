/**
 * A clock that a server sets: when to ask, which answers to believe, and what becomes of the times that are kept.
 *
 * Whatever sets the clock, the times kept are moved with it, so that `uptime`, intervals and waits go on as if it had
 * always shown what it shows now. A clock that shows no more than it did before has started over, or was set back: the
 * device goes on from where it was, and the time in between does not count. A clock that was set ahead by somebody
 * else cannot be told from one under which the time has passed.
 */
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import type { ClockState, DeviceState } from "../state/DeviceStateFields.ts"
import type { Published, Selection } from "../state/Selection.ts"
import { isKnown, isoText } from "../time/known.ts"
import { date } from "./dating.ts"
import type { Wake } from "./Wake.ts"

/** How long an answer may take, in milliseconds. */
export const answerMillis = 2_000

/** After an answer that did not come, or is not believed: seconds until a server is asked again, at most. */
const retrySeconds = 3_600

/** A clock that is set is not moved by more than this, in milliseconds, unless two answers in a row say so. */
const doubtMillis = 86_400_000

/** Whether two answers say the same, in milliseconds: as far as a clock may drift in a year. */
const driftMillis = 3_600_000

/** Whether a device of this configuration asks a server for the time. */
export const asks = ({ time }: Pick<DeviceConfig, "time">): boolean => time.server !== ""

/** When readings were published, under a clock that shows `millis` more. */
const movedSelection = (selection: Selection | undefined, millis: number): Selection | undefined => {
  if (selection === undefined) return undefined
  const published: Record<string, Published> = {}
  for (const id of Object.keys(selection[1])) {
    const [at, ...rest] = selection[1][id] as Published
    published[id] = [at + millis, ...rest]
  }
  return [selection[0], published]
}

/** The same state, but for when the last try was, under a clock that shows `millis` more. */
const moved = (state: DeviceState, clock: ClockState, millis: number): DeviceState => {
  const readAt: Record<string, number> = {}
  for (const id of Object.keys(state.readAt)) readAt[id] = state.readAt[id] as number + millis
  return {
    ...state,
    startedAt: state.startedAt + millis,
    readAt,
    selection: movedSelection(state.selection, millis),
    clock: { ...clock, last: clock.last + millis, next: clock.next + millis }
  }
}

/** The same state under a clock that shows no more than it did before, but `now`, in milliseconds. */
export const startedOver = (state: DeviceState, clock: ClockState, now: number): DeviceState => {
  // What was taken while the clock was right is dated by that clock; how long the power was away nobody knows.
  const dated = date(state, clock.last, true)
  const next = isKnown(clock.last) ? clock.last : clock.next
  // What comes out of the journal gets the ids behind the last one.
  const lost = state.outbox.lastId + state.journaled
  return moved(dated, { last: clock.last, next, lost, doubted: 0 }, now - clock.last)
}

/**
 * A wake begins at `now`, in milliseconds: the state with which it goes on.
 *
 * When the last try was is left as it is: of a time to come nothing follows, so the device tries at once and counts
 * that before the radio is on, as a board always does behind a power cut.
 */
export const recalled = (config: DeviceConfig, state: DeviceState, now: number): DeviceState => {
  if (!asks(config)) return state.clock === undefined ? state : { ...state, clock: undefined }
  const { startedAt } = state
  const clock = state.clock ?? { last: startedAt < now ? now - 1 : startedAt, next: now, lost: 0, doubted: 0 }
  if (now <= clock.last) return startedOver(state, clock, now)
  return clock === state.clock ? state : { ...state, clock }
}

/** The same in the midst of a wake, in which somebody else may have set the clock back. */
export const setBack = (config: DeviceConfig, state: DeviceState, now: number): DeviceState =>
  state.clock !== undefined && now < state.clock.last ? recalled(config, state, now) : state

/** When a wake began that began at `wokeAt`, in milliseconds of the clock as it is set by now. */
export const beganAt = ({ clockMoved = 0 }: Pick<Wake, "clockMoved">, wokeAt: number): number => wokeAt + clockMoved

/** A reading begins at `now`: a later wake must not find the clock there again. */
export const shown = (state: DeviceState, now: number): DeviceState => {
  const { clock } = state
  return clock === undefined || now <= clock.last ? state : { ...state, clock: { ...clock, last: now } }
}

/** Whether a server is to be asked at `now`. */
export const isDue = ({ config, state }: Pick<Wake, "config" | "state">, now: number): boolean =>
  asks(config) && state.clock !== undefined && now >= state.clock.next

/** Timers are not exact: a wake that comes so early, as a share of the time between two, is the one that asks. */
const tolerance = 1 / 60

/** No answer came until `now`, or none that is believed; `doubted` is then by how much it differs. */
export const unanswered = (config: DeviceConfig, state: DeviceState, now: number, doubted = 0): DeviceState => {
  const { clock } = state
  const wait = config.time.syncInterval < retrySeconds ? config.time.syncInterval : retrySeconds
  return clock === undefined ? state : { ...state, clock: { ...clock, next: now + wait * 1000, doubted } }
}

/**
 * Why the clock, which shows `now`, is not set ahead by `millis`; undefined: it is. All in milliseconds.
 */
export const disbelief = ({ clock }: DeviceState, now: number, millis: number): string | undefined => {
  const doubted = clock?.doubted ?? 0
  const said = "the answer says " + isoText(now + millis)
  if (!isKnown(now + millis)) return said + ", which cannot be"
  const size = millis < 0 ? -millis : millis
  if (!isKnown(now) || size <= doubtMillis) return undefined
  const apart = millis - doubted
  return doubted !== 0 && apart < driftMillis && -apart < driftMillis ? undefined
    : said + ", more than a day from what the clock shows; only a second answer like it is believed"
}

/** The state under the clock that is to be set ahead by `millis`, and shows `now` before that. */
export const answered = (config: DeviceConfig, state: DeviceState, now: number, millis: number): DeviceState => {
  const { clock, reconnect } = state
  if (clock === undefined) return state
  const { attemptCount, draw, lastAttemptTime } = reconnect
  const wait = (config.time.syncInterval - config.publishInterval * tolerance) * 1000
  const set = moved(state, { last: now, next: now + wait, lost: clock.lost, doubted: 0 }, millis)
  return date({ ...set, reconnect: { attemptCount, draw, lastAttemptTime: lastAttemptTime + millis } }, now + millis)
}
