/**
 * A simulated world: one Server, one network, one device's flash, and the weather that troubles them.
 *
 * Everything here outlives the device's deep sleep. All time is Effect's Clock, so a `TestClock` moves it; all chance
 * is Effect's Random, so a seed fixes it. Nothing waits outside Effect's scheduler.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { Measurement } from "../../../domain/message/Reading.ts"
import * as JournalMemory from "../../../domain/state/JournalMemory.ts"
import * as Topic from "../../../domain/packet/Topic.ts"
import * as Weather from "../../../domain/message/Weather.ts"
import type * as BoardFlash from "./BoardFlash.ts"
import * as BoardJournal from "./BoardJournal.ts"
import * as BoardValues from "./BoardValues.ts"
import type { Fault } from "../faults/Faults.ts"
import * as Tamper from "../faults/Tamper.ts"
import * as Server from "./Server.ts"
import * as ActiveFaults from "../faults/ActiveFaults.ts"

/**
 * How the Server can be reached: it answers; its host says that nobody listens; there is no way to it; it says nothing.
 */
export type ServerCondition = "up" | "refusing" | "unreachable" | "silent"

/** The Server's end of one Network Connection. `at` in milliseconds of the world's time. */
export interface ServerEnd {
  readonly receive: (bytes: Bytes.Bytes, at: number) => void
  /** The device has ended the stream, or the network has broken it. */
  readonly closed: (at: number) => void
}

/** Takes a Network Connection; `send` and `close` speak to the device. */
export type Accept = (send: (bytes: Bytes.Bytes, at: number) => void, close: (at: number) => void) => ServerEnd

/** A Network Connection of the device, seen from the world. */
export interface WorldLink {
  /** Hands the Server what has reached it by now, should the device not be waiting for the answer. */
  readonly settle: () => void
  /** Something about the world has changed that the device may be waiting for. */
  notify: () => void
  /** Breaks the connection: what is under way is lost, the device sees it closed. */
  readonly cut: () => void
  /** The device is gone without a word: what it has sent arrives, and the Server is not told. */
  readonly abandon: () => void
}

export interface World {
  /** The world's time in milliseconds; the device's own clock may show another. */
  readonly now: () => number
  readonly server: Server.Server
  /** Who answers the device: `server`, unless a test puts a peer of its own in its place. */
  accept: Accept
  /** What the device's flash holds, by name. A name with `~` behind it is a file that is being written. */
  readonly storage: Map<string, Bytes.Bytes>
  /**
   * A board's flash with the program, in which all of that lies; undefined: a world of one wake, whose flash does not
   * matter.
   */
  readonly flash: BoardFlash.BoardFlash | undefined
  /** The device's journal, where there is no such flash. */
  journal: JournalMemory.JournalMemory
  /** How a value gets into that flash. */
  store: (flash: BoardFlash.BoardFlash, name: string, value: Bytes.Bytes) => void
  readonly links: Set<WorldLink>
  serverCondition: ServerCondition
  /** Whether there is a Wi-Fi network to join. */
  hasWifi: boolean
  /** From the device to the Server, or back. */
  latencyMillis: number
  /** How long joining the Wi-Fi takes, and looking for one in vain is bounded by the network's time-out. */
  joinMillis: number
  /** What the device's clock shows more than the world's. */
  clockOffsetMillis: number
  /** Whether the device has its radio on, since when, and for how long it was before. */
  radioOnSince: number | undefined
  radioMillis: number
  /** Times the device has opened a TCP connection, successful or not. */
  tries: number
  /** Times the device has written to its flash, which wears out. */
  writes: number
  /** What a sensor finds. `chance`, 0 to 1, is the world's. */
  measure: (now: number, chance: number) => Measurement
  /** Where faults publish configurations. */
  configTopic: string
  readonly trouble: ActiveFaults.ActiveFaults
}

const acceptBy = (server: Server.Server): Accept => (send, close) => {
  const link = Server.accept(send, close)
  return {
    receive: (bytes, at) => Server.receive(server, link, bytes, at),
    closed: (at) => Server.closed(server, link, at)
  }
}

/** Of a world that nobody has changed. */
export const usualLatencyMillis = 25

const makeWith = (
  clock: Clock.Clock,
  trouble: ActiveFaults.ActiveFaults,
  flash?: BoardFlash.BoardFlash,
  server = Server.make()
): World => ({
  now: () => clock.currentTimeMillisUnsafe(),
  server,
  accept: acceptBy(server),
  storage: new Map(),
  flash,
  journal: JournalMemory.make(),
  store: BoardValues.write,
  links: new Set(),
  serverCondition: "up",
  hasWifi: true,
  latencyMillis: usualLatencyMillis,
  joinMillis: 800,
  clockOffsetMillis: 0,
  radioOnSince: undefined,
  radioMillis: 0,
  tries: 0,
  writes: 0,
  measure: Weather.at,
  configTopic: "",
  trouble
})

/** A world at the time of the Clock it is made under, in which nothing goes wrong by itself. */
export const make: Effect.Effect<World> = Effect.map(Clock.Clock, (clock) => makeWith(clock, ActiveFaults.make([], "")))

/**
 * A world with a board that was just flashed, in which these faults strike. What they leave to chance comes from
 * `seed`.
 */
export const troubled = (plan: ReadonlyArray<Fault>, seed: string): Effect.Effect<World> =>
  Effect.map(Clock.Clock, (clock) => {
    const trouble = ActiveFaults.make(plan, seed)
    const server = Server.make()
    server.closesOn = ({ payload, topic }) => Tamper.closes(trouble, topic, Bytes.length(payload))
    return makeWith(clock, trouble, BoardValues.flashed(), server)
  })

/** Changes how the Server can be reached. Connections that are open break, unless the Server only falls silent. */
export const setServer = (world: World, condition: ServerCondition): void => {
  world.serverCondition = condition
  for (const link of world.links) {
    if (condition === "refusing" || condition === "unreachable") link.cut()
    else link.notify()
  }
}

export const setWifi = (world: World, hasWifi: boolean): void => {
  world.hasWifi = hasWifi
  if (!hasWifi) { for (const link of world.links) link.cut() }
}

/** Some other client publishes, so that the device receives it if it has subscribed. */
export const simulateMessage = (
  world: World,
  topic: string,
  payload: string,
  options: { readonly retain?: boolean } = {}
): void =>
  Server.publish(world.server, {
    topic: Result.getOrThrow(Topic.name(topic)),
    payload: Bytes.fromText(payload),
    qos: 1,
    retain: options.retain ?? false
  }, world.now())

/** The radio goes off, by the program or because the board sleeps. */
export const radioOff = (world: World): void => {
  if (world.radioOnSince === undefined) return
  world.radioMillis += world.now() - world.radioOnSince
  world.radioOnSince = undefined
}

/** The position behind the last record in the device's journal. */
export const journalEnd = ({ flash, journal }: World): number =>
  flash === undefined ? journal.first + journal.records.length : BoardJournal.end(flash)

/** All records in it from a position on. */
export const journaled = ({ flash, journal }: World, from: number): ReadonlyArray<Bytes.Bytes> =>
  flash === undefined ? journal.records.slice(Math.max(0, from - journal.first))
    : BoardJournal.read(flash, from, Infinity).records
