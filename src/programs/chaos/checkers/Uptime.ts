/**
 * The uptime of a device that asks a server for the time counts the seconds, whatever sets its clock: it never goes
 * back, and never says more than has passed; what the power was away is not counted. It begins again where the state is
 * lost. A clock that somebody sets ahead cannot be told from time that has passed.
 */
import type { Checker } from "../life/Checker.ts"
import { journalName } from "../life/StoredState.ts"
import * as Message from "../life/Message.ts"
import type { ObservedState } from "../life/ObservedState.ts"
import type { Observation } from "../life/Observation.ts"

interface Taken {
  readonly count: number
  /** Milliseconds of the world. */
  readonly at: number
  /** Uptimes of another span are not to be compared. */
  readonly span: number
  /** As often was the power cut, or the clock set back, before. */
  readonly pauses: number
  uptime: number | undefined
}

interface Past {
  /** By topic, in the order of taking. */
  readonly all: Map<string, Array<Taken>>
  span: number
  pauses: number
  /** The clock was set back in this wake: what it shows is behind what was remembered. */
  isBehind: boolean
}

/** Seconds: of two uptimes each is rounded down, and a sensor takes its time. */
const slack = 3

const passed = (one: Taken, next: Taken): string | undefined => {
  const [before, after] = [one.uptime as number, next.uptime as number]
  const real = (next.at - one.at) / 1_000
  if (after < before) return "went back from " + before + " to " + after
  if (after - before > real + slack) return "went from " + before + " to " + after + " in " + real + " s"
  if (one.pauses === next.pauses && after - before < real - slack) {
    return "went only from " + before + " to " + after + " in " + real + " s"
  }
  return undefined
}

/** Readings of a topic that are looked at: an Outbox holds 100 at most. */
const most = 250

/** The neighbours among those that have arrived and can be compared. */
const judge = (all: ReadonlyArray<Taken>, one: Taken): string | undefined => {
  const known = all.filter(({ span, uptime }) => uptime !== undefined && span === one.span)
  const index = known.indexOf(one)
  const [before, after] = [known[index - 1], known[index + 1]]
  return (before && passed(before, one)) ?? (after && passed(one, after))
}

const learn = (seen: Observation, past: Past, facts: ObservedState): void => {
  if (seen._tag === "Began") past.isBehind = false
  if (seen._tag === "PowerCut") {
    past.pauses++
    // How far it had come is not in flash.
    if (facts.isUnsaved) past.span++
  }
  if (seen._tag === "Slept" && facts.isUnsaved) past.span++
  if (seen._tag === "Emitted" && seen.event._tag === "MemoryLost") past.span++
  // The last record says how far it had come.
  if (seen._tag === "Recalled" && seen.name === journalName && seen.failed) past.span++
  if (seen._tag !== "Injected") return
  if (seen.kind === "clockReset") past.isBehind = true
  if (seen.kind === "clockJump") {
    // Which way is not told: ahead begins a span, and back is a pause.
    past.span++
    past.isBehind = true
  }
  past.pauses++
}

export const uptime: Checker = {
  name: "uptime",
  promise: "what sets the clock does not move the uptime",
  begin: (config) => {
    const past: Past = { all: new Map(), span: 0, pauses: 0, isBehind: false }
    return (seen, facts) => {
      if (config.time.server === "") return undefined
      learn(seen, past, facts)
      if (seen._tag === "Read" && !past.isBehind) {
        const key = Message.document(seen.sensor, seen.measurement)
        const all = past.all.get(Message.topic(key)) ?? []
        past.all.set(Message.topic(key), all)
        const { pauses, span } = past
        if (all.length >= 2 * most) all.splice(0, most)
        all.push({ count: Message.count(key) as number, at: facts.now.at, span, pauses, uptime: undefined })
      }
      if (seen._tag !== "Arrived") return undefined
      const said = Message.moments(seen.topic, seen.payload)
      const key = Message.key(seen.topic, seen.payload)
      const all = past.all.get(Message.topic(key)) ?? []
      const one = all.find(({ count }) => count === Message.count(key))
      if (said === undefined || one === undefined || one.uptime !== undefined) return undefined
      one.uptime = said.uptime
      const wrong = judge(all, one)
      return wrong === undefined ? undefined : "the uptime of " + Message.topic(key) + " " + wrong
    }
  }
}
