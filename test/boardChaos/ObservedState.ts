/**
 * What is known of a life from outside: the events of each wake, what the Server got, what is in flash after it; and a
 * list of every reading, made from these. The checkers know nothing else.
 */
import * as Result from "effect/Result"
import type { DeviceConfig } from "../../src/domain/config/DeviceConfig.ts"
import type { Message } from "../../src/domain/delivery/Outbox.ts"
import * as JournalRecord from "../../src/domain/delivery/JournalRecord.ts"
import * as DeviceState from "../../src/domain/state/DeviceState.ts"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import type { Publish } from "../../src/domain/packet/Publish.ts"
import type { Sheet } from "../../src/domain/state/Journal.ts"
import * as JournalRing from "../../src/domain/state/JournalRing.ts"
import * as JournalSheets from "../../src/domain/state/JournalSheets.ts"
import * as Thinned from "../../src/domain/state/Thinned.ts"
import * as Snapshot from "../../src/domain/state/Snapshot.ts"
import * as Espruino from "../support/espruino.ts"
import type { Ended } from "./Board.ts"
import type { Fault } from "./Fault.ts"
import type { Scene } from "./Scene.ts"
import type { Note } from "./Server.ts"

export interface Flash {
  /** Undefined: there is none, or none that can be read. */
  readonly state: DeviceState.DeviceState | undefined
  /** The messages in the journal, oldest first: pending behind those of the state. */
  readonly inJournal: ReadonlyArray<Message>
  /** Something lies there that cannot be read. */
  readonly isUnreadable: boolean
  /** In force, as far as Node knows what an update makes of it: a bundle's own property names are not read. */
  readonly config: DeviceConfig
  /** What comes back when that is rolled back. */
  readonly previous: DeviceConfig
  /** Texts and numbers in the stored update, whatever their names; undefined: none is in use. */
  readonly values: ReadonlySet<string> | undefined
  readonly hasProgram: boolean
}

export interface Wake {
  readonly number: number
  readonly scene: Scene
  /** What was flashed with the program. */
  readonly baked: DeviceConfig
  readonly faults: ReadonlyArray<Fault>
  readonly isHealed: boolean
  /** The board's clock when it woke, in milliseconds, and whether it went its usual way until then. */
  readonly clock: number
  readonly isClockSteady: boolean
  readonly ended: Ended
  readonly notes: ReadonlyArray<Note>
  /** Before this wake and after it. */
  readonly before: Flash
  readonly after: Flash
  /** Commands that the Server has kept for it since the wake before, and how many of all it keeps after it. */
  readonly ordered: ReadonlyArray<Uint8Array>
  readonly held: number
  /** The configuration topics' retained messages. */
  readonly retained: ReadonlyMap<string, Uint8Array>
}

export interface Reading {
  readonly key: string
  /** The wake that took it, and its place among all. */
  readonly wake: number
  readonly order: number
  readonly sensor: string
  arrivals: number
  isPending: boolean
  /** Another one looks the same: nothing more is known of either. */
  isAmbiguous: boolean
}

export interface Ledger {
  readonly readings: Map<string, Reading>
  /** Readings that this wake took, and those of its events that no message was found for. */
  taken: ReadonlyArray<Reading>
  missing: ReadonlyArray<string>
  /** Pending before this wake; after it neither pending nor at the Server. */
  vanished: ReadonlyArray<Reading>
  /** In the order in which they came for the first time. */
  arrived: ReadonlyArray<Reading>
}

export const ledger = (): Ledger => ({ readings: new Map(), taken: [], missing: [], vanished: [], arrived: [] })

/**
 * A reading is known by its sensor and its text, whatever the prefix of its topic is; undefined for what is none. When it
 * was taken is not part of it: a reading that was never sent is dated anew when the clock is set.
 */
export const key = (topic: string, payload: Uint8Array): string | undefined => {
  const levels = topic.split("/")
  return levels[levels.length - 1] === "data"
    ? levels[levels.length - 2] + " " + Buffer.from(payload).toString("latin1").replace(/,"time":"[^"]*"/, "") :
    undefined
}

/** What the storage adapter keeps under a name. */
const stored = (files: Readonly<Record<string, string>>, name: string): Uint8Array | undefined => {
  const found = Espruino.valueIn(files[name])
  return found === undefined ? undefined : Buffer.from(found, "latin1")
}

/** A board's strings are bytes. */
export const text = (value: string): string => {
  const read = [...value].every((one) => one <= "\xff") ? Buffer.from(value, "latin1").toString("utf8") : value
  return read.includes("\ufffd") ? value : read
}

/** Every text, number and truth value in a value. */
export const leaves = (value: unknown, found: Set<string> = new Set()): ReadonlySet<string> => {
  if (typeof value === "object" && value !== null) { for (const each of Object.values(value)) leaves(each, found) }
  else found.add(typeof value === "string" ? text(value) : String(value))
  return found
}

const bytesOf = (file: string): Uint8Array => Uint8Array.from(Buffer.from(file, "latin1"))

/** What lies in the journal from where the state says, or in a sheet. */
const journaled = (
  { journal, sheets }: Readonly<Record<string, string>>,
  state: DeviceState.DeviceState | undefined
): ReadonlyArray<Message> => {
  if (journal === undefined || state === undefined || state.journal === 0) return []
  const fromJournal = (from: number, most: number) => Result.succeed(JournalRing.read(bytesOf(journal), from, most))
  const fromSheets = (sheet: Sheet, from: number, most: number) =>
    Result.succeed(sheets === undefined ? { records: [], next: from }
      : JournalSheets.read(bytesOf(sheets), sheet, from, most))
  const read = Thinned.reading<never>(fromJournal, { read: fromSheets }, state.thinned)
  const { records } = Result.getOrThrow(read(state.journal, Infinity))
  return records.map((record) => JournalRecord.decode(record))
}

/** Configurations that updates made, by version, and under 0 or its own version the one that was flashed. */
export type Configs = ReadonlyMap<number, DeviceConfig>

export const readFlash = (image: string, baked: DeviceConfig, configs: Configs): Flash => {
  const files = Espruino.readFlash(image)
  const state = stored(files, "state")
  const config = stored(files, "config")
  const decoded = state === undefined ? undefined : Result.getOrUndefined(DeviceState.decode(new Uint8Array(state)))
  const update = config === undefined ? undefined
    : Result.getOrUndefined(Snapshot.decode(new Uint8Array(config))) as DeviceConfig | undefined
  const old = stored(files, "config.old")
  const before = old === undefined ? undefined
    : Result.getOrUndefined(Snapshot.decode(new Uint8Array(old))) as DeviceConfig | undefined
  const made = (from: DeviceConfig | undefined) =>
    from !== undefined && from.version > baked.version
      ? configs.get(from.version) ?? { ...baked, version: from.version } : baked
  const isInForce = update !== undefined && update.version > baked.version
  return {
    state: decoded,
    inJournal: journaled(files, decoded),
    isUnreadable: state !== undefined && decoded === undefined,
    config: made(update),
    previous: made(before),
    values: isInForce ? leaves(update) : undefined,
    hasProgram: (files[".bootcde"] ?? "") !== ""
  }
}

export const published = (
  notes: ReadonlyArray<Note>
): ReadonlyArray<{ readonly line: number; readonly packet: Publish }> =>
  notes.flatMap((note) =>
    note._tag === "Got" && note.packet._tag === "Publish" ? [{ line: note.line, packet: note.packet }] : []
  )

/** How many messages are pending. */
export const pending = ({ inJournal, state }: Flash): number => (state?.outbox.entries.length ?? 0) + inJournal.length

/** Nothing is pending, on either side. */
export const isThrough = ({ after, held }: Pick<Wake, "after" | "held">): boolean => pending(after) === 0 && held === 0

export const pendingKeys = ({ inJournal, state }: Flash): ReadonlyArray<string> =>
  (state?.outbox.entries ?? []).flatMap(({ payload, topic }) => key(text(topic), Buffer.from(payload, "latin1")) ?? [])
    .concat(inJournal.flatMap(({ payload, topic }) => key(topic, Buffer.from(payload)) ?? []))

export const events = <T extends Ended["events"][number]["_tag"]>(
  wake: Wake,
  tag: T
): ReadonlyArray<Extract<Ended["events"][number], { readonly _tag: T }>> =>
  wake.ended.events.filter((event): event is Extract<Ended["events"][number], { readonly _tag: T }> =>
    event._tag === tag
  )

type Measured = Extract<Ended["events"][number], { readonly _tag: "Measured" }>

/** Quantities that are no temperature, in the event and in the message. */
const areSame = (measured: Measured, found: object): boolean =>
  Object.entries(measured).every(([key, value]) =>
    typeof value !== "number" || key === "temperature" ||
    Math.abs(value - Number((found as Readonly<Record<string, unknown>>)[key])) < 0.02
  )

const isOf = (text: string, measured: Measured): boolean => {
  const { sensor, temperature } = measured
  if (!text.startsWith(sensor + " ")) return false
  try {
    const found = JSON.parse(Bytes.toText(Buffer.from(text.slice(sensor.length + 1), "latin1"))) as {
      readonly temperature?: number
      readonly unit?: string
    }
    if (!areSame(measured, found)) return false
    const celsius = found.unit === "F" && found.temperature !== undefined ? (found.temperature - 32) / 1.8
      : found.temperature
    return celsius === undefined || temperature === undefined ? celsius === temperature
      : Math.abs(celsius - temperature) < 0.02
  } catch {
    return false
  }
}

/** The configuration that a wake used: a rollback comes before everything else in it. */
export const lived = ({ before, ended }: Pick<Wake, "before" | "ended">): DeviceConfig =>
  ended.events.some(({ _tag }) => _tag === "ConfigRolledBack") ? before.previous : before.config

/** Brings the ledger up to date with a wake, before the checkers are asked. */
export const add = (book: Ledger, wake: Wake): void => {
  const arrivals = published(wake.notes).flatMap(({ packet }) => key(packet.topic, packet.payload) ?? [])
  const pending = pendingKeys(wake.after)
  // Of two that look the same to the events the one that has arrived was taken before the one that is pending.
  const fresh = [...new Set([...arrivals, ...pending])].filter((each) => !book.readings.has(each))
  const used = new Set<string>()
  const taken: Array<Reading> = []
  const missing: Array<string> = []
  for (const measured of events(wake, "Measured")) {
    const { sensor, temperature } = measured
    const found = fresh.find((each) => !used.has(each) && isOf(each, measured))
    if (found === undefined) {
      // Nobody can say which of those that look the same it is.
      const same = [...pending, ...arrivals].filter((each) => isOf(each, measured)).flatMap((each) =>
        book.readings.get(each) ?? []
      )
      const isHeldBack = events(wake, "Unchanged").some((unchanged) => unchanged.sensor === sensor)
      if (same.length === 0 && !isHeldBack) missing.push(sensor + " " + temperature)
      for (const known of same) known.isAmbiguous = true
      continue
    }
    used.add(found)
    const reading = {
      key: found,
      wake: wake.number,
      order: book.readings.size,
      sensor,
      arrivals: 0,
      isPending: false,
      isAmbiguous: false
    }
    book.readings.set(found, reading)
    taken.push(reading)
  }
  const arrived: Array<Reading> = []
  for (const each of arrivals) {
    const reading = book.readings.get(each)
    if (reading !== undefined && reading.arrivals++ === 0) arrived.push(reading)
  }
  const now = new Set(pending)
  // A clock that starts over brings the same uptime again, and now and then the same values with it.
  pending.forEach((each, index) => {
    const reading = book.readings.get(each)
    if (reading !== undefined && pending.indexOf(each) < index) reading.isAmbiguous = true
  })
  book.vanished = [...book.readings.values()].filter((one) =>
    one.isPending && !now.has(one.key) && one.arrivals === 0 && !one.isAmbiguous
  )
  for (const one of book.readings.values()) one.isPending = now.has(one.key)
  book.taken = taken
  book.missing = missing
  book.arrived = arrived
}
