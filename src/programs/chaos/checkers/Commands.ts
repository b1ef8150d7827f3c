/**
 * What a command asks for happens once and is told, though the device sleeps when it is sent, and whatever is cut, lost or sent again.
 *
 * What nobody can promise is left out: a Server that forgets the Session has no command any more, and flash that does not store or
 * loses a state takes with it what was done.
 */
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import type { Checker } from "../life/Checker.ts"
import type { Observation } from "../life/Observation.ts"
import * as Scene from "../life/Scene.ts"
import * as StoredState from "../life/StoredState.ts"

/** What flash has of it: the seconds between two wakes that a command has set; 0: as configured. */
type Kept = Pick<StoredState.StoredState, "interval"> | undefined

/** What this checker looks at: also what is seen of a board from outside (test/boardChaos). */
export type Sight =
  | { readonly _tag: "Ordered"; readonly text: string }
  | { readonly _tag: "Emitted"; readonly event: WakeEvent }
  | { readonly _tag: "Stored"; readonly name: string; readonly kept: Kept }
  | { readonly _tag: "Arrived"; readonly topic: string; readonly payload: Bytes.Bytes }
  | { readonly _tag: "PowerCut"; readonly kept: Kept }
  | { readonly _tag: "Slept"; readonly millis: number }
  | { readonly _tag: "Injected"; readonly kind: string }
  | {
    readonly _tag: Exclude<
      Observation["_tag"],
      "Ordered" | "Emitted" | "Stored" | "Arrived" | "PowerCut" | "Slept" | "Injected"
    >
  }

export interface Facts {
  readonly config: { readonly deepSleep: boolean }
  readonly kept: Kept
  readonly isUnsaved: boolean
}

interface Order {
  /** How often it was sent, done and stored, and answered at the Server. */
  sent: number
  done: number
  told: number
  /** The device has said how it is since then. */
  hasReport: boolean
  /** Nothing is promised of it any more. */
  isExcused: boolean
}

interface Named {
  readonly command: string
  readonly id?: string | number
  readonly seconds?: number
}

const nameOf = ({ command, id, seconds }: Named): string =>
  id === undefined ? command + " " + (seconds ?? "") : command + " #" + id

/** The name of an order, and whether it may be sent twice. Undefined: nothing in it tells it from others. */
const ordered = (text: string): { readonly name: string; readonly isNamed: boolean } | undefined => {
  if (text.startsWith("{\"command\":\"")) return { name: nameOf(JSON.parse(text) as Named), isNamed: true }
  const [command = "", seconds] = text.split(" ")
  // A message without bytes asks for nothing: it clears a retained one.
  if (command === "" || command.length > 32 || command.startsWith("{")) return undefined
  return { name: nameOf(seconds === undefined ? { command } : { command, seconds: Number(seconds) }), isNamed: false }
}

/** Faults after which a Server or a flash knows less, or an acknowledgement is none. */
const excuses = ["sessionLost", "restart", "garbage", "doubleAcks", "staleAcks", "bitRot", "tornWrite"]

const excuses2 = ({ _tag }: WakeEvent): boolean =>
  _tag === "NotSaved" || _tag === "MemoryLost" || _tag === "Dropped" || _tag === "MessageAbandoned"

const isExcuse = (seen: Sight): boolean =>
  seen._tag === "Injected" && excuses.includes(seen.kind) || seen._tag === "Emitted" && excuses2(seen.event)

/** `mayWait`: at the end a command may still be at a Server where the device is not. */
export const make = (mayWait = false) => {
  const orders = new Map<string, Order>()
  /** Done in this wake, and not yet stored. */
  let doing: ReadonlyArray<Extract<WakeEvent, { readonly _tag: "Command" }>> = []
  let interval = 0
  let hasRead = false
  let restarts = false

  const excuse = (): void => {
    for (const order of orders.values()) order.isExcused = true
    interval = NaN
  }

  const order = (text: string): void => {
    const found = ordered(text)
    if (found === undefined) return
    const known = orders.get(found.name) ?? { sent: 0, done: 0, told: 0, hasReport: false, isExcused: false }
    if (!found.isNamed || known.sent === 0) known.sent++
    orders.set(found.name, known)
  }

  const obeyed = (event: Extract<WakeEvent, { readonly _tag: "Command" }>): string | undefined => {
    if (event.status !== "done") return undefined
    doing = doing.concat([event])
    const isMissed = event.command === "read" && !hasRead
    hasRead = false
    return isMissed ? "answered `read`, and read no sensor" : undefined
  }

  const committed = (kept: NonNullable<Kept>): string | undefined => {
    for (const event of doing) {
      const name = nameOf(event)
      const one = orders.get(name)
      if (event.command === "interval") interval = event.seconds ?? 0
      if (event.command === "restart") restarts = true
      if (one !== undefined && ++one.done > one.sent && !one.isExcused) return "did " + name + " twice"
    }
    doing = []
    return Number.isNaN(interval) || kept.interval === interval ? undefined
      : "keeps an interval of " + kept.interval + " s, where a command has set " + interval
  }

  const told = (payload: Bytes.Bytes): void => {
    const one = orders.get(nameOf(JSON.parse(Bytes.toText(payload)) as Named))
    if (one !== undefined) one.told++
  }

  /** The write during which the power failed may have been whole. */
  const powerCut = (kept: Kept): void => {
    if (doing.some(({ command }) => command === "interval")) interval = kept?.interval ?? 0
    doing = []
  }

  const slept = (millis: number, { config, isUnsaved }: Facts): string | undefined => {
    const isDue = restarts && !isUnsaved
    restarts = false
    return isDue && millis > 1_000 && config.deepSleep ? "was told to restart, and sleeps for " + millis + " ms"
      : undefined
  }

  const ended = (): string | undefined => {
    for (const [name, one] of orders) {
      if (one.isExcused) continue
      if (one.told === 0 && mayWait) continue
      if (one.told === 0) return "never answered " + name
      if (name.startsWith("report") && !one.hasReport) return "answered " + name + ", and said nothing of itself"
    }
    return undefined
  }

  return (seen: Sight, facts: Facts): string | undefined => {
    if (isExcuse(seen)) excuse()
    switch (seen._tag) {
      case "Began":
        doing = []
        hasRead = restarts = false
        if (Number.isNaN(interval)) interval = facts.kept?.interval ?? 0
        return undefined
      case "Ordered":
        return void order(seen.text)
      case "Read":
        hasRead = true
        return undefined
      case "Emitted":
        return seen.event._tag === "Command" ? obeyed(seen.event) : undefined
      case "Stored":
        return seen.name === StoredState.stateName && seen.kept !== undefined && !facts.isUnsaved
          ? committed(seen.kept) : undefined
      case "Arrived":
        if (seen.topic.endsWith("/status")) { for (const one of orders.values()) one.hasReport = true }
        return seen.topic.endsWith("/command_result") ? void told(seen.payload) : undefined
      case "PowerCut":
        return void powerCut(seen.kept)
      case "Slept":
        return slept(seen.millis, facts)
      case "Ended":
        return ended()
      default:
        return undefined
    }
  }
}

export const commands: Checker = {
  name: "commands",
  promise: "a command is done once, and answered",
  begin: (config) => config.mqtt.topicCommand === "" ? () => undefined : make(Scene.isSeparate(config))
}
