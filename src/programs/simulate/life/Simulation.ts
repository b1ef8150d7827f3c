/**
 * A life in a simulated world: a device, a story, and a timeline of both, in virtual time.
 *
 * The world comes from outside, as the functions of an adapter: this file is the same for every world that has them.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import type { Usage } from "../../../domain/energy/Usage.ts"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import { Events } from "../../../ports/Events.ts"
import type { Standstill } from "../../../ports/Standstill.ts"
import { device, type DevicePorts } from "../../device/device.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import * as Chronicle from "./Chronicle.ts"
import * as DeviceWords from "../../dormouse/terminal/deviceWords.ts"
import * as Format from "../../dormouse/terminal/Format.ts"
import * as Meter from "./Meter.ts"
import * as Arrivals from "./Arrivals.ts"
import { effectiveConfig, keptBy } from "./kept.ts"
import * as Outage from "./Outage.ts"
import type { Fleet } from "../../../domain/observed/Fleet.ts"
import type * as FlashLife from "./FlashLife.ts"
import type { Stage, Story, Turn } from "./Story.ts"
import * as Servers from "./Servers.ts"
import * as Totals from "./Totals.ts"
import type { Entry } from "./Wake.ts"

/** What the life needs of a world. */
export interface SimulatedWorld {
  /** Milliseconds. */
  readonly now: () => number
  /** What the device's clock shows more than that. */
  readonly clockOffsetMillis: number
  readonly storage: ReadonlyMap<string, Bytes.Bytes>
  /** How long the radio was on, and since when it is. */
  readonly radioMillis: number
  readonly radioOnSince: number | undefined
  readonly writes: number
  readonly written: FlashLife.Written
}

export interface Adapters<World extends SimulatedWorld> extends Servers.Adapters<World> {
  readonly make: Effect.Effect<World>
  readonly wakes: (
    world: World,
    program: Effect.Effect<never, never, DevicePorts>
  ) => Effect.Effect<void, never, Events>
  /** The position behind the last record in the device's journal. */
  readonly journalEnd: (world: World) => number
  /** Runs in time that moves by itself. */
  readonly run: <A>(effect: Effect.Effect<A>) => Effect.Effect<A, Standstill>
  /** Calls back with every PUBLISH that reaches the Server. */
  readonly onArrival: (
    world: World,
    tell: (arrival: { readonly topic: string; readonly payload: Bytes.Bytes; readonly dup: boolean }) => void
  ) => void
  readonly setWifi: (world: World, hasWifi: boolean) => void
  readonly simulateMessage: (
    world: World,
    topic: string,
    payload: string,
    options?: { readonly retain?: boolean }
  ) => void
}

export interface Options {
  readonly config: DeviceConfig
  readonly days: number
  readonly seed: string
  readonly story: Story
  /** How full the battery is when that was used and so many milliseconds have passed, 0 to 100; else it stays full. */
  readonly charge?: ((used: Usage, millis: number) => number) | undefined
  /** Called with each entry as it comes. */
  readonly onEntry: (entry: Entry) => void
}

export interface Life {
  readonly totals: Totals.Totals
  readonly ending: Totals.Ending
  /** What the days have used. */
  readonly usage: Usage
  /** Milliseconds online in which a configuration was awaited that never came. */
  readonly unanswered: number
  readonly chronicle: Chronicle.Chronicle
  /** The first time without any Server; undefined: there was none. */
  readonly outage: Outage.Outage | undefined
  /** What has reached the Server. */
  readonly observed: Fleet
}

const dayMillis = 86_400_000

/** The world and what happens in it, as entries. */
const watch = <World extends SimulatedWorld>(
  adapters: Adapters<World>,
  world: World,
  options: Options,
  onSleep: (until: number) => void
) => {
  const { config, onEntry } = options
  const counted = Totals.tally(config.mqtt.topicDataPrefix)
  const meter = Meter.make(world.now, config.mqtt.configWaitTime * 1_000, options.charge)
  const chronicle = Chronicle.make({
    millis: options.days * dayMillis,
    config: () => effectiveConfig(world.storage, config),
    usage: meter.read
  })
  const arrivals = Arrivals.make(config, options.days * dayMillis)
  const outage = Outage.make(meter.read, config.deepSleep)
  const tell = (entry: Entry) => {
    counted.add(entry)
    arrivals.add(entry)
    outage.hear(entry)
    chronicle.hear(entry)
    onEntry(entry)
  }
  const message = (topic: string, payload: string, dup: boolean, toDevice: boolean) =>
    tell({ _tag: "Message", at: world.now(), topic, payload, dup, toDevice })
  const stage: Stage = {
    setServer: Servers.make(config, adapters, world, (condition) => {
      outage.setServer(world.now(), condition)
      chronicle.setServer(world.now(), condition)
    }),
    setWifi: (hasWifi) => {
      chronicle.setWifi(world.now(), hasWifi)
      adapters.setWifi(world, hasWifi)
    },
    simulateMessage: (topic, payload, given) => {
      message(topic, payload, false, true)
      adapters.simulateMessage(world, topic, payload, given)
    }
  }
  adapters.onArrival(world, ({ dup, payload, topic }) => message(topic, Bytes.toText(payload), dup, false))
  const turn = ({ apply, title }: Turn) => {
    tell({ _tag: "Turn", at: world.now(), title })
    apply(stage)
  }
  const hear = (event: WakeEvent) => {
    meter.hear(event)
    if (event._tag === "Sleeping") {
      const kept = keptBy(world, () => adapters.journalEnd(world), config)
      if (kept !== undefined) tell({ _tag: "Stored", at: world.now(), kept })
    }
    tell({ _tag: "Emitted", at: world.now(), event })
    // Nobody knows how long a pin lets it sleep.
    if (event._tag === "Sleeping" && event.onPin === undefined) onSleep(world.now() + event.millis)
  }
  return { totals: counted.totals, turn, hear, meter, chronicle, arrivals, outage }
}

const play = (turns: ReadonlyArray<Turn>, apply: (turn: Turn) => void) =>
  Effect.gen(function*() {
    let at = 0
    for (const turn of turns) {
      if (turn.at > at) yield* Effect.sleep((turn.at - at) * dayMillis)
      at = Math.max(at, turn.at)
      apply(turn)
    }
    return yield* Effect.never
  })

/**
 * Simulates `days` days and returns the sums. A device that sleeps is still asleep at the end: its last wake is a whole
 * one. The same options give the same life, entry by entry.
 */
export const live = <World extends SimulatedWorld>(
  adapters: Adapters<World>,
  options: Options
): Effect.Effect<Life, Standstill> => {
  const { config, days, seed, story } = options
  const end = days * dayMillis
  const life = Effect.gen(function*() {
    const world = yield* adapters.make
    const asleep = yield* Deferred.make<void>()
    const watched = watch(adapters, world, options, (until) => {
      if (until >= end) Deferred.doneUnsafe(asleep, Effect.void)
    })
    const turns = (yield* story.turns(config, days)).filter((turn) => turn.at < days)
    for (const turn of turns) if (turn.at <= 0) watched.turn(turn)
    // A wake that has begun may end. A device that is always on has no wakes and is stopped.
    const grace = config.deepSleep ? config.awakeTimeout * 1_000 : 0
    const over = Effect.raceFirst(Deferred.await(asleep), Effect.sleep(end + grace))
    const turning = play(turns.filter((turn) => turn.at > 0), watched.turn)
    const lived = adapters.wakes(world, watched.meter.attach(device(config))).pipe(
      Effect.provideService(Events, { emit: watched.hear })
    )
    yield* Effect.raceFirst(over, Effect.raceFirst(turning, lived))
    const kept = keptBy(world, () => adapters.journalEnd(world), config)
    const ending: Totals.Ending = {
      elapsedMillis: Math.max(end, world.now()),
      radioMillis: world.radioMillis + (world.radioOnSince === undefined ? 0 : world.now() - world.radioOnSince),
      writes: world.writes,
      written: world.written,
      pending: kept?.pending ?? 0,
      acknowledged: kept?.acknowledged ?? 0,
      sleeps: config.deepSleep,
      stateBytes: kept?.bytes ?? 0,
      versions: [config.version, effectiveConfig(world.storage, config).version]
    }
    const { arrivals, chronicle, meter, outage, totals } = watched
    return {
      totals,
      ending,
      usage: meter.read(ending.elapsedMillis),
      unanswered: meter.unanswered(),
      chronicle: chronicle.end(),
      outage: outage.end(),
      observed: arrivals.end()
    }
  })
  return adapters.run(Random.withSeed(life, seed))
}

/** What one message is called: plain values make several of a reading. */
export const nounOf = (config: DeviceConfig): string => config.mqtt.publishValues ? "message" : "reading"

/** What will be simulated. */
export const title = (config: DeviceConfig, days: number, story: string, seed: string): ReadonlyArray<string> => [
  Format.dayCount(days) + " of " + config.deviceName + " (" + DeviceWords.sensors(config) + "): " +
  DeviceWords.rhythm(config) + ", "
  + DeviceWords.server(config),
  "story " + story + ", seed " + seed
]
