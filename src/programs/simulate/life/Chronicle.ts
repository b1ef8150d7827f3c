/**
 * A life in the form that pictures need: the state of the world, and what happened in equal spans of time.
 *
 * The number of spans is fixed, so that ten years take no more memory than a day.
 */
import type { DeviceConfig, ReconnectPolicy } from "../../../domain/config/DeviceConfig.ts"
import * as Backoff from "../../../domain/delivery/Backoff.ts"
import type { Usage } from "../../../domain/energy/Usage.ts"
import type { ServerState } from "./Story.ts"
import type { Entry } from "./Wake.ts"

/** What happened in one span. */
export interface Span {
  /** Milliseconds since the beginning. */
  readonly from: number
  readonly to: number
  wakes: number
  /** Wakes that the policy did not let try. */
  waiting: number
  /** Wakes that had nothing to send, or not yet. */
  silent: number
  failed: number
  delivered: number
  dropped: number
  /** Messages pending at the end of the span. */
  pending: number
  /** Everything used since the life began. */
  usage: Usage | undefined
}

/** Wakes that tried. */
export const tried = ({ silent, waiting, wakes }: Span): number => wakes - waiting - silent

/** From a failed try to the next one, milliseconds from start to start, and what the policy asked for. */
export interface Wait {
  readonly at: number
  readonly attempt: number
  readonly millis: number
  readonly least: number
  readonly most: number
}

/** The state of the world from `from` to `to`. */
export interface Weather<State> {
  readonly from: number
  to: number
  readonly state: State
}

/** From `at` on the device used another version of its configuration: an update, or the one before it again. */
export interface Change {
  readonly at: number
  readonly version: number
  readonly intervalMillis: number
}

export interface Chronicle {
  readonly spans: ReadonlyArray<Span>
  readonly waits: ReadonlyArray<Wait>
  /** Milliseconds between the end of a try and the next of the same row (`try_interval`), with the radio on. */
  readonly betweenTries: number
  readonly server: ReadonlyArray<Weather<ServerState>>
  readonly wifi: ReadonlyArray<Weather<boolean>>
  readonly turns: ReadonlyArray<{ readonly at: number; readonly title: string }>
  readonly changes: ReadonlyArray<Change>
}

export interface Options {
  readonly millis: number
  /** The configuration that the device uses now. */
  readonly config: () => DeviceConfig
  readonly usage: (at: number) => Usage
}

const maxSpans = 240
const shortestSpan = 3_600_000
const maxWaits = 2_000
const maxTurns = 500

const emptySpan = (from: number, to: number, pending: number): Span => ({
  from,
  to,
  wakes: 0,
  waiting: 0,
  silent: 0,
  failed: 0,
  delivered: 0,
  dropped: 0,
  pending,
  usage: undefined
})

/**
 * `hasTried`: in this wake. A wait that it emits then is the wait after the try, and not one that stopped the wake from
 * trying. `hasWaited`: it was stopped so.
 */
const count = (span: Span, entry: Entry, hasTried: boolean, hasWaited: boolean): void => {
  if (entry._tag === "Stored") span.pending = entry.kept.pending
  if (entry._tag !== "Emitted") return
  const { event } = entry
  if (event._tag === "Woke") span.wakes++
  if (event._tag === "Waiting" && !hasTried) span.waiting++
  if (event._tag === "Sleeping" && !hasTried && !hasWaited) span.silent++
  if (event._tag === "TryFailed") span.failed++
  if (event._tag === "Delivered") span.delivered += event.count
  if (event._tag === "Dropped") span.dropped += event.count
  if (event._tag === "MessageAbandoned") span.dropped++
  if (event._tag === "Delivered" || event._tag === "Sleeping") span.pending = event.pending
}

/** Changes of a state, as stretches of time. */
const weather = <State>(first: State) => {
  const stretches: Array<Weather<State>> = [{ from: 0, to: 0, state: first }]
  const turn = (at: number, state: State) => {
    // A moment is no stretch of time.
    if (stretches.length > 1 && stretches[stretches.length - 1]?.from === at) stretches.pop()
    const last = stretches[stretches.length - 1]
    if (last?.state === state) return
    if (last !== undefined) last.to = at
    stretches.push({ from: at, to: at, state })
  }
  const end = (at: number) => {
    const last = stretches[stretches.length - 1] as Weather<State>
    last.to = at
  }
  return { stretches, turn, end }
}

/** The waits between failed tries and the tries that followed them in a later wake. */
const waiting = (policy: () => ReconnectPolicy) => {
  const waits: Array<Wait> = []
  let began: { readonly at: number; readonly attempt: number } | undefined
  let failed = false
  let failedAt: number | undefined
  let between = 0
  const add = (entry: Entry) => {
    if (entry._tag !== "Emitted") return
    const { at, event } = entry
    if (event._tag === "Sleeping") failedAt = undefined
    if (event._tag === "Trying") {
      if (failedAt !== undefined && began !== undefined && Backoff.isInRow(policy(), began.attempt)) {
        between += at - failedAt
      }
      failedAt = undefined
      if (failed && began !== undefined && waits.length < maxWaits) {
        const rules = policy()
        const most = Backoff.waitMillis(rules, began.attempt)
        if (most > 0 && began.attempt >= rules.maxAttempts) {
          waits.push({
            at: began.at,
            attempt: began.attempt,
            millis: at - began.at,
            least: most * (1 - rules.jitter),
            most
          })
        }
      }
      began = { at, attempt: event.attempt }
      failed = false
    }
    if (event._tag === "TryFailed") {
      failed = true
      failedAt = at
    }
  }
  return { waits, add, between: () => between }
}

/** Each wake that begins with another version than the one before it. */
const changing = (config: () => DeviceConfig) => {
  const changes: Array<Change> = []
  let { version } = config()
  const add = (entry: Entry) => {
    if (entry._tag !== "Emitted" || entry.event._tag !== "Woke") return
    const now = config()
    if (now.version === version) return
    version = now.version
    if (changes.length < maxTurns) changes.push({ at: entry.at, version, intervalMillis: now.publishInterval * 1_000 })
  }
  return { changes, add }
}

/** Takes a life, entry by entry, and returns its chronicle at the end. */
export const make = ({ config, millis, usage }: Options) => {
  const length = Math.max(shortestSpan, millis / maxSpans)
  const spans: Array<Span> = [emptySpan(0, Math.min(length, millis), 0)]
  const server = weather<ServerState>("up")
  const wifi = weather(true)
  const turns: Array<{ readonly at: number; readonly title: string }> = []
  const { add, between, waits } = waiting(() => config().mqtt.reconnect)
  const changed = changing(config)
  let hasTried = false
  let hasWaited = false
  const span = (): Span => spans[spans.length - 1] as Span
  const advance = (at: number) => {
    for (let current = span(); at >= current.to && current.to < millis; current = span()) {
      current.usage = usage(current.to)
      spans.push(emptySpan(current.to, Math.min(current.to + length, millis), current.pending))
    }
  }
  return {
    hear: (entry: Entry) => {
      advance(entry.at)
      if (entry._tag === "Emitted" && entry.event._tag === "Woke") hasTried = hasWaited = false
      if (entry._tag === "Emitted" && entry.event._tag === "Trying") hasTried = true
      count(span(), entry, hasTried, hasWaited)
      if (entry._tag === "Emitted" && entry.event._tag === "Waiting") hasWaited = true
      add(entry)
      changed.add(entry)
      if (entry._tag === "Turn" && turns.length < maxTurns) turns.push({ at: entry.at, title: entry.title })
    },
    setServer: (at: number, state: ServerState) => server.turn(at, state),
    setWifi: (at: number, state: boolean) => wifi.turn(at, state),
    end: (): Chronicle => {
      advance(millis - 1)
      span().usage = usage(millis)
      server.end(millis)
      wifi.end(millis)
      return {
        spans,
        waits,
        betweenTries: between(),
        server: server.stretches,
        wifi: wifi.stretches,
        turns,
        changes: changed.changes
      }
    }
  }
}
