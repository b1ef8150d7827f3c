/**
 * One life under faults: the device of a seed in a world of that seed, in two acts. In the first everything may go
 * wrong and nothing may be lost. Then the world is healed, and everything must be delivered within a stated time.
 *
 * The world comes from outside, as the functions of an adapter. The first broken promise ends the life.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import type { Measurement } from "../../domain/message/Reading.ts"
import type { Thinned } from "../../domain/state/Thinned.ts"
import { Events } from "../../ports/Events.ts"
import type { Standstill } from "../../ports/Standstill.ts"
import { device, type DevicePorts } from "../device/device.ts"
import type { Check, Checker } from "./life/Checker.ts"
import { boundMillis } from "./checkers/Liveness.ts"
import * as Counts from "./life/Counts.ts"
import * as ObservedState from "./life/ObservedState.ts"
import * as Message from "./life/Message.ts"
import * as Scene from "./life/Scene.ts"
import type { Observation } from "./life/Observation.ts"
import * as Instrument from "./life/Instrument.ts"

/** A fault, as far as it matters here. */
export interface Fault {
  readonly kind: string
  /** Milliseconds of the world's time. */
  readonly at: number
}

/** What the life needs of a world. */
export interface TroubledWorld {
  readonly now: () => number
  readonly storage: ReadonlyMap<string, Bytes>
  clockOffsetMillis: number
  readonly epochMillis: number
  measure: (now: number, chance: number) => Measurement
  /** How full the battery is, 0 to 100. */
  charge: (now: number) => number
  configTopic: string
  commands: { readonly topic: string; readonly clientId: string; readonly interval: number }
}

export interface Arrival {
  readonly topic: string
  readonly payload: Bytes
  readonly dup: boolean
}

export interface Adapters<World extends TroubledWorld, F extends Fault> {
  readonly make: (plan: ReadonlyArray<F>, seed: string) => Effect.Effect<World>
  readonly wakes: (
    world: World,
    program: Effect.Effect<never, never, DevicePorts>
  ) => Effect.Effect<void, never, Events>
  /** Runs in time that moves by itself. */
  readonly run: <A>(effect: Effect.Effect<A>) => Effect.Effect<A, Standstill>
  /** All records in the device's journal from a position on. */
  readonly journaled: (world: World, from: number, thinned: Thinned | undefined) => ReadonlyArray<Bytes>
  readonly onArrival: (world: World, tell: (arrival: Arrival) => void) => void
  readonly onFault: (world: World, tell: (fault: F) => void) => void
  readonly onPowerCut: (world: World, tell: () => void) => void
  /** The Server keeps a command for the device. */
  readonly onCommand: (world: World, tell: (text: string) => void) => void
  /** Storage begins to compact. */
  readonly onCompact: (world: World, tell: () => void) => void
  readonly heal: (world: World) => void
  /** The faults of a seed, for a life of `endMillis` with a wake every `wakeMillis`. */
  readonly plan: (seed: string, wakeMillis: number, endMillis: number, hasSeveral: boolean) => ReadonlyArray<F>
  /** One more Server at `host:port`, with Sessions of its own, or those of the first. */
  readonly addServer: (world: World, name: string, isShared: boolean) => void
  /** A fault in words. */
  readonly describe: (fault: F) => string
}

export interface Options<World extends TroubledWorld, F extends Fault> {
  readonly seed: string
  readonly scene: Scene.Scene
  readonly plan: ReadonlyArray<F>
  readonly checkers: ReadonlyArray<Checker>
  /** Where the story ends if nothing is broken before, in milliseconds; by default with its second act. */
  readonly until?: number
  /** The program, in place of the device's own. */
  readonly program?: Effect.Effect<never, never, DevicePorts>
  /**
   * Prepares the world at the beginning of the life: by default it is new. There may be pending messages in the
   * device's flash.
   */
  readonly begin?: (world: World) => void
  /** Called with everything that is observed. */
  readonly onSeen?: (at: number, seen: Observation) => void
}

/** A promise that was broken. */
export interface Broken {
  readonly promise: Checker
  readonly reason: string
  readonly at: number
  readonly wake: number
}

export interface Life {
  readonly broken: Broken | undefined
  readonly counts: Counts.Counts
}

/** How long the first act of a scene is, in milliseconds. */
export const actMillis = ({ config, wakes }: Scene.Scene): number => wakes * config.publishInterval * 1_000

/** Everything that is observed goes to the facts, then to the checkers. */
const judge = <World extends TroubledWorld, F extends Fault>(
  options: Options<World, F>,
  world: World,
  onBroken: (broken: Broken) => void
) => {
  const { config } = options.scene
  const facts = ObservedState.make(config)
  const counts = Counts.make()
  const checks = options.checkers.map((promise): readonly [Checker, Check] => [promise, promise.begin(config)])
  let isOver = false
  const see = (seen: Observation): void => {
    if (isOver) return
    const at = world.now()
    ObservedState.see(facts, seen, { at, clock: at + world.clockOffsetMillis, present: at + world.epochMillis })
    options.onSeen?.(at, seen)
    for (const [promise, check] of checks) {
      const reason = check(seen, facts)
      if (reason === undefined) continue
      isOver = true
      return onBroken({ promise, reason, at, wake: facts.wake })
    }
    Counts.add(counts, seen, facts)
    ObservedState.settle(facts)
  }
  return { see, facts, counts }
}

/** A device without power observes and reports nothing, whatever its program still does while it is taken away. */
const underPower = (see: Instrument.See) => {
  let isOn = true
  return {
    device: (seen: Observation) => {
      if (seen._tag === "Began") isOn = true
      if (isOn) see(seen)
    },
    cut: (seen: Observation) => {
      see(seen)
      isOn = false
    }
  }
}

/** The device's sensors count. */
const counting = () => {
  let n = 0
  return () => Message.measurement(++n)
}

/** The battery is emptied and charged again every forty wakes. */
const wavering = ({ publishInterval }: Scene.Scene["config"]) => (now: number): number =>
  50 + 50 * Math.cos(now / publishInterval / 1_000 / 40 * 2 * Math.PI)

const never = {
  name: "deep sleep",
  promise: "every wake ends in deep sleep",
  begin: () => () => undefined
} satisfies Checker

export const live = <World extends TroubledWorld, F extends Fault>(
  adapters: Adapters<World, F>,
  options: Options<World, F>
): Effect.Effect<Life> => {
  const { config, clock } = options.scene
  const act = actMillis(options.scene)
  const bound = boundMillis(config)
  let wake = () => 0
  const life = Effect.gen(function*() {
    const world = yield* adapters.make(options.plan, options.seed)
    world.clockOffsetMillis = clock
    world.measure = counting()
    world.charge = wavering(config)
    world.configTopic = config.mqtt.topicConfig
    const { clientId, topicCommand: topic } = config.mqtt
    world.commands = { topic, clientId, interval: config.publishInterval }
    const broke = yield* Deferred.make<Broken>()
    const { counts, facts, see } = judge(options, world, (broken) => Deferred.doneUnsafe(broke, Effect.succeed(broken)))
    wake = () => facts.wake
    const power = underPower(see)
    const kept = Instrument.reading((name) => world.storage.get(name),
      (from, thinned) => adapters.journaled(world, from, thinned))
    for (const name of Scene.others(config)) adapters.addServer(world, name, !Scene.isSeparate(config))
    adapters.onArrival(world, ({ dup, payload, topic }) => see({ _tag: "Arrived", topic, payload, dup }))
    adapters.onFault(world, ({ kind }) => see({ _tag: "Injected", kind }))
    adapters.onPowerCut(world, () => power.cut({ _tag: "PowerCut", kept: kept() }))
    adapters.onCommand(world, (text) => see({ _tag: "Ordered", text }))
    adapters.onCompact(world, () => see({ _tag: "Compacting" }))
    options.begin?.(world)
    // As after any power cut: the device knows what its flash has.
    see({ _tag: "PowerCut", kept: kept() })
    const program = Instrument.watch(options.program ?? device(config), power.device, kept)
    const lived = adapters.wakes(world, program).pipe(
      Effect.provideService(Events, { emit: (event) => power.device({ _tag: "Emitted", event }) }),
      Effect.catchCause((cause) =>
        Effect.sync((): Broken => ({
          promise: never,
          reason: "the program ended: " + Cause.pretty(cause),
          at: world.now(),
          wake: facts.wake
        }))
      ),
      Effect.andThen((ended) => ended === undefined ? Effect.never : Effect.succeed(ended))
    )
    const acts = Effect.gen(function*() {
      yield* Effect.sleep(Math.min(act, options.until ?? act))
      if (options.until !== undefined && options.until <= act) return undefined
      adapters.heal(world)
      see({ _tag: "Healed" })
      yield* Effect.sleep(bound)
      see({ _tag: "Ended" })
      return yield* Effect.as(Effect.sleep(1), undefined)
    })
    const broken = yield* Effect.raceFirst(Deferred.await(broke), Effect.raceFirst(acts, lived))
    counts.lost = facts.lost
    counts.millis = world.now()
    return { broken, counts }
  })
  const stoodStill = ({ at, steps }: Standstill): Life => {
    const reason = "the program did " + steps + " steps without time passing"
    return { broken: { promise: never, reason, at, wake: wake() }, counts: Counts.make() }
  }
  return Effect.catchTag(adapters.run(Random.withSeed(life, options.seed)), "Standstill",
    (still) => Effect.succeed(stoodStill(still)))
}
