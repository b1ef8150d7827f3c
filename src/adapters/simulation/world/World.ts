/**
 * A simulated world: one Server, one network, one device's flash, and the faults that disturb them.
 *
 * Everything here outlives the device's deep sleep. All time is Effect's Clock, so a `TestClock` moves it; all random
 * numbers are Effect's Random, so a seed fixes them. Nothing waits outside Effect's scheduler.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { Measurement } from "../../../domain/message/Reading.ts"
import type { Journal, Sheets } from "../../../domain/state/Journal.ts"
import * as JournalMemory from "../../../domain/state/JournalMemory.ts"
import * as Thinned from "../../../domain/state/Thinned.ts"
import * as Topic from "../../../domain/packet/Topic.ts"
import * as MadeUp from "../../../domain/message/MadeUp.ts"
import * as Weather from "../../../domain/message/Weather.ts"
import type * as BoardFlash from "./BoardFlash.ts"
import * as BoardJournal from "./BoardJournal.ts"
import * as BoardValues from "./BoardValues.ts"
import type { Fault } from "../faults/Faults.ts"
import * as Tamper from "../faults/Tamper.ts"
import * as Server from "./Server.ts"
import * as ActiveFaults from "../faults/ActiveFaults.ts"

/**
 * How the Server can be reached: it answers; its host says that nobody listens; there is no route to it; it says
 * nothing.
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

/** Where a device can connect to. */
export interface Site {
  readonly server: Server.Server
  readonly accept: Accept
  condition: ServerCondition
}

/** A Network Connection of the device, seen from the world. */
export interface WorldLink {
  /** Gives the Server what has reached it by now, in case the device does not wait for the answer. */
  readonly settle: () => void
  /** Something about the world has changed, and the device may be waiting for it. */
  notify: () => void
  /** How the Server that it leads to can be reached. */
  readonly condition: () => ServerCondition
  /** Breaks the connection: what is on the way is lost, the device sees it closed. */
  readonly cut: () => void
  /** The device is gone and says nothing: what it has sent arrives, and the Server does not learn that it is gone. */
  readonly abandon: () => void
}

export interface World {
  /** The world's time in milliseconds; the device's own clock may show another. */
  readonly now: () => number
  readonly server: Server.Server
  /** What answers the device: `server`, unless a test puts a peer of its own in its place. */
  accept: Accept
  /** What is in the device's flash, by name. A name that ends in `~` is a file that is being written. */
  readonly storage: Map<string, Bytes.Bytes>
  /**
   * A board's flash with the program, in which all of that is; undefined: a world of one wake, whose flash does not
   * matter.
   */
  readonly flash: BoardFlash.BoardFlash | undefined
  /** The device's journal, where there is no such flash. */
  journal: JournalMemory.JournalMemory
  /** How a value is written into that flash. */
  store: (flash: BoardFlash.BoardFlash, name: string, value: Bytes.Bytes) => void
  readonly links: Set<WorldLink>
  serverCondition: ServerCondition
  /** More Servers, by `host:port`. Every other address leads to `server`. */
  readonly others: Map<string, Site>
  /** Whether there is a Wi-Fi network to join. */
  hasWifi: boolean
  /** From the device to the Server, or back. */
  latencyMillis: number
  /** How long joining the Wi-Fi takes. Searching without finding a network ends with the network's time-out. */
  joinMillis: number
  /** How much the device's clock is ahead of the world's. */
  clockOffsetMillis: number
  /** What a clock that is right shows more than the world's. */
  readonly epochMillis: number
  /** Whether the device has its radio on, since when, and for how long it was before. */
  radioOnSince: number | undefined
  radioMillis: number
  /** Times the device has opened a TCP connection, successful or not. */
  tries: number
  /** How often the device has written to its flash, which wears out. */
  writes: number
  /** What it has written: snapshots with their bytes, bytes of the journal, and how often a sheet was filled. */
  readonly written: { states: number; stateBytes: number; journalBytes: number; sheets: number }
  /** What a sensor measures. `chance`, 0 to 1, is the world's random number. */
  measure: (now: number, chance: number) => Measurement
  /** How many milliseconds pass from a moment until a pin changes that ends deep sleep. */
  untilPin: (now: number) => number
  /** How full the device's battery is, 0 to 100. */
  charge: (now: number) => number
  /** Where faults publish configurations. */
  configTopic: string
  /** Where the device takes commands, its name, and its interval in seconds. Without a topic: nobody sends any. */
  commands: { readonly topic: string; readonly clientId: string; readonly interval: number }
  /** Called with a command that the Server keeps for the device until it is acknowledged. */
  onCommand: (text: string) => void
  readonly activeFaults: ActiveFaults.ActiveFaults
}

const acceptBy = (server: Server.Server): Accept => (send, close) => {
  const link = Server.accept(send, close)
  return {
    receive: (bytes, at) => Server.receive(server, link, bytes, at),
    closed: (at) => Server.closed(server, link, at)
  }
}

/** A world begins on 2026-11-29, whatever the device's clock shows. */
const epochMillis = 1_795_910_400_000

/** Of a world that nobody has changed. */
export const usualLatencyMillis = 25
export const usualJoinMillis = 800

const makeWith = (
  clock: Clock.Clock,
  activeFaults: ActiveFaults.ActiveFaults,
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
  others: new Map(),
  hasWifi: true,
  latencyMillis: usualLatencyMillis,
  joinMillis: usualJoinMillis,
  clockOffsetMillis: 0,
  epochMillis,
  radioOnSince: undefined,
  radioMillis: 0,
  tries: 0,
  writes: 0,
  written: { states: 0, stateBytes: 0, journalBytes: 0, sheets: 0 },
  measure: Weather.at,
  charge: () => 100,
  untilPin: MadeUp.untilPin,
  configTopic: "",
  commands: { topic: "", clientId: "", interval: 0 },
  onCommand: () => {},
  activeFaults
})

/** A world that starts at the present time of the Clock, in which nothing goes wrong by itself. */
export const make: Effect.Effect<World> = Effect.map(Clock.Clock, (clock) => makeWith(clock, ActiveFaults.make([], "")))

/** A world with a board that was just flashed, and with these faults. Their random choices come from `seed`. */
export const troubled = (plan: ReadonlyArray<Fault>, seed: string): Effect.Effect<World> =>
  Effect.map(Clock.Clock, (clock) => {
    const activeFaults = ActiveFaults.make(plan, seed)
    const server = Server.make()
    server.closesOn = ({ payload, topic }) => Tamper.closes(activeFaults, topic, Bytes.length(payload))
    return makeWith(clock, activeFaults, BoardValues.flashed(), server)
  })

/** One more Server at `name`, `host:port`: with Sessions and messages of its own, or those of another Server. */
export const addServer = (world: World, name: string, given?: Server.Server): void => {
  const server = given ?? { ...Server.make(), closesOn: world.server.closesOn }
  world.others.set(name, { server, accept: acceptBy(server), condition: "up" })
}

/** Changes how the Server, or the one of this name, can be reached. Connections break, unless it only falls silent. */
export const setServer = (world: World, condition: ServerCondition, name?: string): void => {
  const other = world.others.get(name ?? "")
  if (other === undefined) world.serverCondition = condition
  else other.condition = condition
  for (const link of world.links) {
    const now = link.condition()
    if (now === "refusing" || now === "unreachable") link.cut()
    else link.notify()
  }
}

export const setWifi = (world: World, hasWifi: boolean): void => {
  world.hasWifi = hasWifi
  if (!hasWifi) { for (const link of world.links) link.cut() }
}

/** All Servers of a world, each once. */
export const serversOf = (world: World): ReadonlySet<Server.Server> =>
  new Set([world.server, ...Array.from(world.others.values(), ({ server }) => server)])

/** Some other client publishes at this Server. */
export const publishAt = (world: World, server: Server.Server, topic: string, payload: string, retain = false): void =>
  Server.publish(server, {
    topic: Result.getOrThrow(Topic.name(topic)),
    payload: Bytes.fromText(payload),
    qos: 1,
    retain
  }, world.now())

/** Some other client publishes, at every Server, so that the device receives it if it has subscribed. */
export const simulateMessage = (
  world: World,
  topic: string,
  payload: string,
  options: { readonly retain?: boolean } = {}
): void => {
  for (const server of serversOf(world)) publishAt(world, server, topic, payload, options.retain)
}

/** The radio goes off, by the program or because the board sleeps. */
export const radioOff = (world: World): void => {
  if (world.radioOnSince === undefined) return
  world.radioMillis += world.now() - world.radioOnSince
  world.radioOnSince = undefined
}

/** The position behind the last record in the device's journal. */
export const journalEnd = ({ flash, journal }: World): number =>
  flash === undefined ? journal.first + journal.records.length : BoardJournal.end(flash)

/** All records in it from a position on, with what was thinned out of it. */
export const journaled = (
  { flash, journal }: World,
  from: number,
  thinned: Thinned.Thinned | undefined
): ReadonlyArray<Bytes.Bytes> => {
  const memory = JournalMemory.journal(journal)
  const read: Journal<never>["read"] = flash === undefined ? memory.read
    : (at, most) => Result.succeed(BoardJournal.read(flash, at, most))
  const sheet: Sheets<never>["read"] = flash === undefined ? memory.sheets.read
    : (which, at, most) => Result.succeed(BoardJournal.readSheet(flash, which, at, most))
  return Result.getOrThrow(Thinned.reading(read, { read: sheet }, thinned)(from, Infinity)).records
}
