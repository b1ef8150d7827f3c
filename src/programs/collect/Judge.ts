/**
 * Makes entries of messages, in their order: what each says, when it was, and since when it may have been on its way.
 * Whether a row is there already is for the sink, which has the others.
 */
import * as Result from "effect/Result"
import * as Dating from "../../domain/collect/Dating.ts"
import * as documents from "../../domain/collect/documents.ts"
import * as Presence from "../../domain/collect/Presence.ts"
import * as Topics from "../../domain/collect/Topics.ts"
import * as Topic from "../../domain/packet/Topic.ts"
import type { Received } from "../client/Handler.ts"
import type { Entry } from "./sinks/Entry.ts"

export interface Judge {
  /** A Session may hold subscriptions of an earlier run: messages of other topics are left out. */
  readonly filters: ReadonlyArray<string>
  presence: Presence.Presence
  /** By prefix and device. */
  readonly moments: Map<string, Dating.KnownMoment>
  /** The last reading of each topic, for as long as it is not known that all old messages have come. */
  readonly last: Map<string, Presence.Last>
}

const key = (prefix: string, device: string): string => prefix + "\0" + device

/** `from`: the earliest moment of the last message that is stored; 0: there is none. */
export const make = (
  filters: ReadonlyArray<string>,
  from: number,
  moments: ReadonlyArray<Dating.KnownMoment>
): Judge => ({
  filters,
  presence: Presence.begin(from),
  moments: new Map(moments.map((moment) => [key(moment.prefix, moment.device), moment])),
  last: new Map()
})

/** The connection is lost. */
export const disconnected = (judge: Judge): void => {
  judge.presence = Presence.begin(judge.presence.from)
}

/** Everything until now is stored, at `now`. */
export const stored = (judge: Judge, now: number): void => {
  judge.presence = Presence.acknowledged(judge.presence, now)
}

/** How many topics are remembered; with one more all are forgotten. */
const maximumTopics = 10_000

/** Whether this reading shows that the Server has no older messages. */
const isInStep = (judge: Judge, topic: string, next: Presence.Last): boolean => {
  if (judge.presence.isLive) return false
  const last = judge.last.get(topic)
  if (judge.last.size >= maximumTopics) judge.last.clear()
  judge.last.set(topic, next)
  return last !== undefined && Presence.isInStep(last, next)
}

const arrive = (judge: Judge, now: number, isKnownLive: boolean): void => {
  judge.presence = Presence.arrive(judge.presence, now, isKnownLive)
  if (judge.presence.isLive) judge.last.clear()
}

/** How many devices are remembered; the one that has said nothing for the longest time is forgotten. */
export const maximumMoments = 10_000

const remember = ({ moments }: Judge, moment: Dating.KnownMoment): void => {
  const name = key(moment.prefix, moment.device)
  moments.delete(name)
  moments.set(name, moment)
  if (moments.size <= maximumMoments) return
  for (const oldest of moments.keys()) {
    moments.delete(oldest)
    return
  }
}

const momentsOf = (judge: Judge, prefix: string) => (device: string) => judge.moments.get(key(prefix, device))

/** A retained one may be of any age. */
const earliestOf = (judge: Judge, retain: boolean): number => retain ? 0 : judge.presence.from

const statusEntry = (judge: Judge, prefix: string, message: Received, text: string, arrived: number) => {
  const { dup, retain, topic } = message
  arrive(judge, arrived, false)
  return Result.map(documents.status(text), (status): Entry => {
    const isLive = judge.presence.isLive && !retain
    const [time, dated] = isLive && status.time === undefined ? [arrived, "arrival"] as const
      : Dating.date(status, { prefix, sensor: status.device }, momentsOf(judge, prefix), arrived)
    const moment = Dating.known({ prefix, arrived, isLive }, status)
    if (moment !== undefined) remember(judge, moment)
    const row = { ...status, time, dated, topic, arrived, earliest: earliestOf(judge, retain), payload: text }
    return { _tag: "Status", row, moment, dup, retain }
  })
}

const readingEntry = (judge: Judge, source: Dating.Source, message: Received, text: string, arrived: number) => {
  const { dup, retain, topic } = message
  return Result.map(documents.reading(text), (reading): Entry => {
    arrive(judge, arrived, isInStep(judge, topic, { uptime: reading.uptime, arrived }))
    const [time, dated] = Dating.date(reading, source, momentsOf(judge, source.prefix), arrived)
    const where = { topic, sensor: source.sensor, arrived, earliest: earliestOf(judge, retain), payload: text }
    return { _tag: "Reading", row: { ...reading, time, dated, ...where }, dup, retain }
  })
}

/** What comes of the message, which arrived `arrived` (milliseconds); undefined: nothing is to be stored. */
export const judge = (judge: Judge, message: Received, arrived: number): Entry | undefined => {
  const { payload, topic } = message
  const meaning = Topics.meaning(topic)
  if (meaning._tag === "Other" || !judge.filters.some((filter) => Topic.matches(filter, topic))) return undefined
  const entry = Result.flatMap(documents.textOf(payload),
    (text): Result.Result<Entry | undefined, string> =>
      meaning._tag === "Status" ? statusEntry(judge, meaning.prefix, message, text, arrived)
        : readingEntry(judge, meaning, message, text, arrived))
  return Result.getOrElse(entry, (reason): Entry => ({ _tag: "Rejected", topic, reason, payload, arrived }))
}
