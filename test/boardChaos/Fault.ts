/**
 * What may go wrong in one wake, drawn from the seed. A life has a few kinds of faults that are frequent (its swarm),
 * as in `src/adapters/simulation/faults/Faults.ts`; a fault is a value, so that it can be printed and left out.
 */
import type { Chance } from "./random.ts"
import type { Scene } from "./Scene.ts"
import * as Update from "./Update.ts"

export interface Behaviour {
  readonly listens: boolean
  /** Of two Servers the one that does not, by its place in the list. */
  readonly away: number | undefined
  readonly connack: 0 | 1 | 2 | 3 | 4 | 5 | "close" | "silent"
  /** Session Present: as it is, always 1, always 0. */
  readonly session: "keeps" | "claims" | "denies"
  readonly forgets: boolean
  readonly puback: "once" | "twice" | "never" | "wrong"
  readonly suback: "accept" | "refuse" | "never"
  readonly closesAtPacket: number | undefined
  readonly closesOnTopic: string | undefined
  readonly closesOnSize: number | undefined
  readonly cutsAfter: number | undefined
  readonly garbage: Buffer | undefined
  /** Copies of what is retained. */
  readonly floods: number | undefined
  /** A byte at a time. */
  readonly trickles: boolean
}

export const healthy: Behaviour = {
  listens: true,
  away: undefined,
  connack: 0,
  session: "keeps",
  forgets: false,
  puback: "once",
  suback: "accept",
  closesAtPacket: undefined,
  closesOnTopic: undefined,
  closesOnSize: undefined,
  cutsAfter: undefined,
  garbage: undefined,
  floods: undefined,
  trickles: false
}

export type Fault =
  | {
    readonly kind:
      | "away"
      | "refusing"
      | "closing"
      | "cut connection"
      | "silent"
      | "session"
      | "poison"
      | "slow"
      | "one away"
    readonly behaviour: Partial<Behaviour>
  }
  | { readonly kind: "retained"; readonly payload: Uint8Array }
  | { readonly kind: "update"; readonly update: Update.Update }
  | { readonly kind: "command"; readonly payload: Uint8Array }
  | { readonly kind: "clock"; readonly millis: number }
  | { readonly kind: "power cut"; readonly share: number; readonly resetsClock: boolean }
  | { readonly kind: "no Wi-Fi"; readonly how: "fail" | "never" }

/** Commands are no faults, and are drawn on their own (`Orders`), as are absences of one of two Servers (`Absences`). */
export type Kind = Exclude<Fault["kind"], "command" | "one away">

export const kinds: ReadonlyArray<Kind> = [
  "away",
  "refusing",
  "closing",
  "cut connection",
  "silent",
  "session",
  "poison",
  "slow",
  "retained",
  "update",
  "clock",
  "power cut",
  "no Wi-Fi"
]

const hour = 3_600_000

const garbage = (chance: Chance): Buffer =>
  chance.one([
    Buffer.from([0x00, 0x00]),
    Buffer.from([0xf0, 0x05, 1, 2, 3, 4, 5]),
    Buffer.from([0x40, 0x01, 0x01]),
    Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f]),
    Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
    Buffer.from(Array.from({ length: chance.whole(1, 3_000) }, () => chance.whole(0, 255)))
  ])

/** Retained in place of a configuration. */
const poisons = (chance: Chance): Uint8Array =>
  chance.one<() => Uint8Array>([
    () => new Uint8Array(chance.whole(2_000, 4_000)).fill(0x20),
    () => new Uint8Array(chance.whole(16_000, 17_000)).fill(0x7b),
    () => new Uint8Array(200_000).fill(0x61),
    () => Uint8Array.from({ length: chance.whole(1, 300) }, () => chance.whole(0, 255)),
    () => Buffer.from("{\"version\":99} quit()"),
    () => Buffer.from("\ufeff{\"version\":99}"),
    () => Buffer.from("null"),
    () => Buffer.from("[".repeat(chance.whole(10, 99))),
    () => Buffer.from("{\"version\":99,\"x\":[" + "1,".repeat(chance.whole(100, 1_400)) + "1]}")
  ])()

const closing = (chance: Chance): Partial<Behaviour> =>
  chance.one<Partial<Behaviour>>([
    { connack: "close" },
    { closesAtPacket: chance.whole(1, 6) },
    { closesOnTopic: chance.one(["/data", "/config_status", "/temperature"]) },
    { closesOnSize: chance.one([1, 40, 80, 120]) }
  ])

export const draw = (kind: Kind, chance: Chance, scene: Scene, version: () => number): Fault => {
  switch (kind) {
    case "away":
      return { kind, behaviour: { listens: false } }
    case "refusing":
      return { kind, behaviour: { connack: chance.whole(1, 5) as 1 } }
    case "closing":
      return { kind, behaviour: closing(chance) }
    case "cut connection":
      return { kind, behaviour: { cutsAfter: chance.whole(1, 600) } }
    case "silent":
      return {
        kind,
        behaviour: chance.one<Partial<Behaviour>>([{ connack: "silent" }, { puback: "never" }, { suback: "never" }])
      }
    case "session":
      return {
        kind,
        behaviour: chance.one<Partial<Behaviour>>([{ forgets: true }, { session: "claims" }, { session: "denies" }])
      }
    case "poison":
      return {
        kind,
        behaviour: chance.one<Partial<Behaviour>>([{ garbage: garbage(chance) }, { puback: "twice" }, {
          puback: "wrong"
        }, { suback: "refuse" }, { floods: chance.one([5, 50, 300]) }])
      }
    case "slow":
      return { kind, behaviour: { trickles: true } }
    case "retained":
      return { kind, payload: poisons(chance) }
    case "update":
      return { kind, update: Update.draw(chance, scene, version()) }
    case "clock":
      return {
        kind,
        millis: chance.one([-hour, -24 * hour, hour, 24 * hour, 400 * 24 * hour, -400 * 24 * hour,
          chance.whole(-600_000, 600_000)])
      }
    case "power cut":
      return { kind, share: chance.next(), resetsClock: chance.is(0.7) }
    case "no Wi-Fi":
      return { kind, how: chance.one(["fail", "never"]) }
  }
}

/** If an answer of the Server is missing, or the radio joins nothing, a board waits: its time then runs faster. */
export const isSilent = (fault: Fault): boolean =>
  fault.kind === "silent" || (fault.kind === "no Wi-Fi" && fault.how === "never") ||
  (fault.kind === "poison" && fault.behaviour.garbage !== undefined)
  || (fault.kind === "poison" && fault.behaviour.puback === "wrong")

const shown = (value: unknown): string =>
  Buffer.isBuffer(value) ? "0x" + value.subarray(0, 24).toString("hex") : JSON.stringify(value)

export const describe = (fault: Fault): string => {
  if ("behaviour" in fault) {
    return fault.kind + ": " +
      Object.entries(fault.behaviour).map(([key, value]) => key + " " + shown(value)).join(", ")
  }
  switch (fault.kind) {
    case "retained":
      return "retained instead of a configuration: " + fault.payload.length + " bytes, " +
        JSON.stringify(Buffer.from(fault.payload.slice(0, 40)).toString("latin1"))
    case "update":
      return "an update: " + fault.update.name + ", version " + fault.update.version
    case "command":
      return "a command of " + fault.payload.length + " bytes: " +
        JSON.stringify(Buffer.from(fault.payload.slice(0, 80)).toString("latin1"))
    case "clock":
      return "the clock moves by " + fault.millis / 1_000 + " s"
    case "power cut":
      return "the power fails while flash is written" + (fault.resetsClock ? "; the clock starts over" : "")
    case "no Wi-Fi":
      return "no Wi-Fi (" + fault.how + ")"
  }
}
