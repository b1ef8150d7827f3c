/**
 * What happened in one wake, or in many of the same kind, as rows for a reader.
 *
 * `key` says which wakes are of the same kind; `rows` describes one kind. A failed try, a delivery, and a configuration
 * in the same wake are separate rows; the first one has the time.
 */
import * as Format from "../dormouse/terminal/Format.ts"
import type { Tone } from "../dormouse/terminal/Format.ts"
import type { StoredState, Wake } from "./life/Wake.ts"

/** Consecutive wakes of one kind. */
export interface Group {
  readonly first: Wake
  readonly last: Wake
  readonly count: number
  readonly readings: number
  readonly dropped: number
  readonly awakeMillis: number
}

export const alone = (wake: Wake): Group => ({
  first: wake,
  last: wake,
  count: 1,
  readings: wake.readings,
  dropped: wake.dropped,
  awakeMillis: wake.to - wake.from
})

export const join = (group: Group, wake: Wake): Group => ({
  first: group.first,
  last: wake,
  count: group.count + 1,
  readings: group.readings + wake.readings,
  dropped: group.dropped + wake.dropped,
  awakeMillis: group.awakeMillis + wake.to - wake.from
})

export type Part = { readonly label: string; readonly text: string; readonly tone: Tone }

/** What a row may mention of the rows before it. */
export interface Past {
  /** Messages dropped since the last delivery. */
  readonly dropped: number
  /** The last reason why the configuration did not change: printed once, not at every wake. */
  readonly unchanged: string
  /** What a message is called. */
  readonly noun: string
}

/** Why the last try of a wake failed; undefined when it did not. */
export const failure = (wake: Wake): string | undefined => wake.tries[wake.tries.length - 1]?.failure

/** A wake that did nothing but try, and failed. */
export const isVain = (wake: Wake): boolean =>
  failure(wake) !== undefined && wake.delivered === undefined && wake.remarks.length === 0

export const isWait = (wake: Wake): boolean => wake.waits && wake.tries.length === 0 && wake.remarks.length === 0

/** A wake that measured, and need not send yet. */
export const isKept = (wake: Wake): boolean =>
  wake.readings > 0 && wake.pending > 0 && !wake.waits && wake.tries.length === 0 && wake.remarks.length === 0

/** A wake that sent all there was, at its first try. */
export const isSent = (wake: Wake): boolean =>
  wake.delivered !== undefined && wake.pending === 0 && wake.tries.length === 1 && failure(wake) === undefined &&
  wake.remarks.length === 0 && wake.config?._tag !== "Accepted"

/** A wake that sent all there was, after it had tried another Server in vain. */
export const isProbe = (wake: Wake): boolean =>
  wake.delivered !== undefined && wake.pending === 0 && wake.tries[0]?.failure !== undefined &&
  failure(wake) === undefined && wake.remarks.length === 0 && wake.config?._tag !== "Accepted"

/** `12 wakes`; of a device that does not sleep `12 times`. */
const howOften = (group: Group): string => Format.plural(group.count, group.last.sleepMillis > 0 ? "wake" : "time")

const nextTry = (wake: Wake): number => Math.round((wake.kept?.nextTryMillis ?? 0) / 60_000)

/** Wakes with the same key look the same to a reader. */
export const key = (wake: Wake): string =>
  JSON.stringify([
    wake.waits,
    wake.readings,
    wake.unchanged,
    wake.dropped > 0,
    wake.delivered,
    wake.sessionPresent,
    wake.tries.map((one) => one.failure ?? one.attempt + (one.server ?? "")),
    failure(wake) === undefined ? 0 : nextTry(wake),
    wake.config,
    wake.remarks
  ])

/** Of a journal that is full several messages give way in one wake, and none in the next ones: that is of one kind. */
export const isAlike = ({ count, dropped, last }: Group, wake: Wake): boolean =>
  key(last) === key(wake) ||
  (dropped > 0 || count === 1) && isWait(last) && isWait(wake) &&
    key({ ...last, dropped: 0 }) === key({ ...wake, dropped: 0 })

/** `try 4`, `tries 1-3`. */
const triesLabel = (first: number, last: number): string =>
  first === last ? "try " + first : "tries " + first + "-" + last

const failedTries = (group: Group): ReadonlyArray<Part> => {
  const failures = group.first.tries.filter((one) => one.failure !== undefined)
  const [first] = failures
  if (first === undefined) return []
  const parts: Array<Part> = []
  for (let i = 0, from = 0; i < failures.length; i++) {
    const reason = failures[i]?.failure
    if (reason === failures[i + 1]?.failure) continue
    const isLast = i === failures.length - 1
    const last = isLast && group.count > 1 ? group.last.tries[group.last.tries.length - 1] : failures[i]
    const wait = group.last.kept?.nextTryMillis
    const next = !isLast || wait === undefined || group.first.delivered !== undefined ? ""
      : wait > 0 ? "; next try in " + Format.duration(wait) : "; next try at the next wake"
    parts.push({
      label: triesLabel(failures[from]?.attempt ?? 1, last?.attempt ?? 1),
      text: "failed: " + reason + next,
      tone: "bad"
    })
    from = i + 1
  }
  return parts
}

const roundTrips = ({ trips }: Wake): string => trips < 2 ? "in one round trip" : "in " + trips + " round trips"

const times = (group: Group): string =>
  "; awake " + Format.duration(group.awakeMillis / group.count) +
  (group.last.sleepsOn !== undefined ? ", asleep until pin " + group.last.sleepsOn + " wakes it"
    : group.last.sleepMillis > 0 ? ", asleep " + Format.duration(group.last.sleepMillis) : "")

const delivery = (group: Group, past: Past): ReadonlyArray<Part> => {
  const { delivered, readings, sessionPresent, tries } = group.first
  if (delivered === undefined) return []
  const { attempt = 1, server } = tries[tries.length - 1] ?? {}
  const many = group.count > 1
  const isUsual = attempt === 1 && delivered <= readings
  const what = Format.plural(delivered, past.noun)
  const how = many ? " each, at " + (attempt === 1 ? "the first try" : "try " + attempt)
    : " " + roundTrips(group.first) + (attempt === 1 ? "" : " at try " + attempt)
  const lost = past.dropped === 0 ? ""
    : " (" + Format.amount(past.dropped) + (past.dropped === 1 ? " was" : " were") +
      " dropped while the Server was away)"
  const session = sessionPresent ? "" : "; the Session is new"
  const where = server === undefined ? "" : " at " + server
  const text = what + how + where + lost + session + (isUsual ? times(group) : "")
  return [{ label: many ? howOften(group) : "delivered", text, tone: "good" }]
}

const waiting = (group: Group): ReadonlyArray<Part> => {
  if (!group.first.waits || group.first.tries.length > 0) return []
  const text = group.dropped === 0
    ? "the policy waits: " + (group.count === 1 ? "reading" : "readings") + " recorded, radio off; " +
      Format.amount(group.last.pending) +
      " pending"
    : "the policy waits, radio off; " + Format.amount(group.last.pending) + " pending: the Outbox is full, " +
      Format.amount(group.dropped) +
      " dropped"
  return [{ label: howOften(group), text, tone: "plain" }]
}

const configuration = (group: Group, past: Past): ReadonlyArray<Part> => {
  const check = group.first.config
  if (check === undefined || (check._tag === "Unchanged" && check.text === past.unchanged)) return []
  const tone = check._tag === "Refused" ? "bad" : check._tag === "Accepted" ? "good" : "quiet"
  const word = check._tag === "Unchanged" ? "unchanged: " : check._tag.toLowerCase() + ": "
  return [{ label: "config", text: word + check.text.split("\n").join("; "), tone }]
}

const remarks = (group: Group): ReadonlyArray<Part> =>
  group.first.remarks.map((text) => ({ label: "trouble", text: text.split("\n")[0] as string, tone: "bad" }))

const quiet = (group: Group): ReadonlyArray<Part> => [{
  label: howOften(group),
  text: (group.readings === 0 ? "nothing to send: radio off" : Format.plural(group.readings, "reading") + " taken") +
    (group.first.unchanged === 0 ? "" : group.first.unchanged === group.first.readings ? ", unchanged: radio off"
      : ", " + group.first.unchanged + " of each " + group.first.readings + " unchanged") +
    (group.last.sleepMillis > 0 ? times(group) : ""),
  tone: "plain"
}]

/** The rows of a group, without their times. */
export const parts = (group: Group, past: Past): ReadonlyArray<Part> => {
  const first = waiting(group)
  const all = first.concat(failedTries(group), delivery(group, past), configuration(group, past), remarks(group))
  return all.length > 0 ? all : quiet(group)
}

/** Tries and the waits between them that went on in the same way: `tries` that failed, each followed by its `waits`. */
export const cycles = (tries: ReadonlyArray<Group>, waits: ReadonlyArray<Group>): Part => {
  const first = (tries[0] as Group).first.tries[0]?.attempt ?? 1
  const ways = new Set(tries.map((group) => failure(group.first))).size
  const last = tries[tries.length - 1] as Group
  const attempts = last.last.tries
  const dropped = tries.concat(waits).reduce((sum, group) => sum + group.dropped, 0)
  const wakes = waits.reduce((sum, group) => sum + group.count, 0)
  return {
    label: triesLabel(first, attempts[attempts.length - 1]?.attempt ?? 1),
    text: "one every " + Format.duration(last.last.kept?.nextTryMillis ?? 0) +
      ", failed " + (ways === 1 ? "the same way" : "in the same two ways in turn") + "; between them " +
      Format.plural(wakes, "wake")
      + " with the radio off" + (dropped === 0 ? "" : "; " + Format.amount(dropped) + " dropped"),
    tone: "bad"
  }
}

/** Wakes that kept what they measured, each row of them before one that sent it. */
export const sendings = (keeps: ReadonlyArray<Group>, sends: ReadonlyArray<Group>, noun: string): Part => {
  const [{ first }, { first: last }] = [sends[0], sends[sends.length - 1]] as [Group, Group]
  const quiet = keeps.reduce((sum, { count }) => sum + count, 0)
  const apart = Math.round((last.from - first.from) / (sends.length - 1) / 60_000) * 60_000
  return {
    label: Format.plural(quiet + sends.length, "wake"),
    text: Format.plural(first.delivered ?? 0, noun) + " every " + Format.duration(apart) + ", " +
      roundTrips(first) + "; " + Format.plural(quiet, "wake") + " between only measured",
    tone: "good"
  }
}

/** Wakes that delivered at one Server; after each row of them one that tried another first. */
export const probes = (usual: ReadonlyArray<Group>, probing: ReadonlyArray<Group>, noun: string): Part => {
  const [{ first }, { first: last }] = [probing[0], probing[probing.length - 1]] as [Group, Group]
  const wakes = usual.reduce((sum, { count }) => sum + count, 0)
  const apart = Math.round((last.from - first.from) / (probing.length - 1) / 60_000) * 60_000
  const { server } = first.tries[first.tries.length - 1] ?? {}
  return {
    label: Format.plural(wakes + probing.length, "wake"),
    text: Format.plural(first.delivered ?? 0, noun) + " each" + (server === undefined ? "" : " at " + server) +
      "; one every " + Format.duration(apart) + " first failed at another Server: " + (first.tries[0]?.failure ?? ""),
    tone: "plain"
  }
}

/** What is in the device's Storage while it sleeps. */
export const kept = (state: StoredState, noun: string): Part => {
  const inFlight = state.inFlight === 0 ? "" : " (" + state.inFlight + " of them in flight)"
  const tries = state.attemptCount === 0 ? "" : ", " + Format.plural(state.attemptCount, "try") + " failed"
  const dropped = state.dropped === 0 ? "" : ", " + Format.amount(state.dropped) + " dropped so far"
  const pending = state.pending === 0 ? "nothing pending" : Format.plural(state.pending, noun) + " pending" + inFlight
  return {
    label: "kept",
    text: "state of " + Format.plural(state.bytes, "byte") + ": " + pending + tries + dropped,
    tone: "quiet"
  }
}
