/**
 * One story, in two acts. In the first everything may go wrong, and no promise may be broken; then the world is healed,
 * and within a limit everything must be as the user has asked for. At last the user leaves, and everything must end.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as VirtualTime from "../../../src/adapters/simulation/world/VirtualTime.ts"
import type { Check, Checker } from "./Checker.ts"
import * as ObservedState from "./ObservedState.ts"
import * as HostileServer from "./HostileServer.ts"
import * as Ledger from "./Ledger.ts"
import * as Network from "./Network.ts"
import * as Disk from "./Disk.ts"
import * as Link from "./Link.ts"
import { observe } from "./observe.ts"
import { perform } from "./perform.ts"
import * as Process from "./Process.ts"
import * as Residence from "./Residence.ts"
import type { Probe, Observation } from "./Observation.ts"
import type { Step } from "./Step.ts"
import * as Story from "./Story.ts"
import * as Inject from "./Inject.ts"
import * as User from "./User.ts"
import * as World from "./World.ts"

export interface Options {
  readonly story: Story.Story
  /** Those of its steps that are taken. */
  readonly steps: ReadonlyArray<Step>
  readonly checkers: ReadonlyArray<Checker>
  readonly mutant?: User.Mutant | undefined
  readonly onSeen?: (at: number, seen: Observation) => void
}

/** A promise that was broken. */
export interface Broken {
  readonly promise: Checker
  readonly reason: string
  /** Milliseconds of the world's time. */
  readonly at: number
}

export interface Life {
  readonly broken: Broken | undefined
  readonly facts: ObservedState.ObservedState
  readonly millis: number
}

/** A Client that does more than this has no end. */
const maxSeen = 400_000

const endless: Checker = { name: "busy", promise: "a Client does not work without end", begin: () => () => undefined }
const sound: Checker = { name: "sound", promise: "nothing in the Client dies", begin: () => () => undefined }

/** Everything that is seen goes to the checkers, then to the facts. */
const judge = (
  options: Options,
  facts: ObservedState.ObservedState,
  now: () => number,
  onBroken: (broken: Broken) => void
) => {
  const checks = options.checkers.map((promise): readonly [Checker, Check] => [
    promise,
    promise.begin(options.story.options)
  ])
  let isOver = false
  let count = 0
  const fail = (promise: Checker, reason: string) => {
    isOver = true
    onBroken({ promise, reason, at: now() })
  }
  return (seen: Observation): void => {
    if (isOver || ObservedState.isOfTheDead(facts, seen)) return
    facts.now = now()
    options.onSeen?.(facts.now, seen)
    if (++count > maxSeen) return fail(endless, `more than ${maxSeen} things were seen`)
    if (seen._tag === "Died") return fail(sound, seen.what)
    for (const [promise, check] of checks) {
      const reason = check(seen, facts)
      if (reason !== undefined) return fail(promise, reason)
    }
    Ledger.see(facts, seen)
  }
}

/** In which a healed world has everything as the user has asked for, in milliseconds. */
const settleMillis = ({ hasPoison, options }: Story.Story): number => {
  const { connectMillis, keepAlive, reconnect, replyMillis } = options
  const wait = reconnect === undefined ? 0 : Math.max(reconnect.minInterval, reconnect.maxInterval) * 1_000
  // Each message that the Server forbids takes some connections, and the waits between them.
  return (hasPoison ? 40 : 2) * (wait + connectMillis + replyMillis) + 2_000 * keepAlive + 120_000
}

/** Nothing waits for the Server any more, as far as can be seen. */
const isQuiet = ({ calls, client, publications }: ObservedState.ObservedState): boolean => {
  if (client?.link === undefined || client.link.asked.size > 0) return false
  for (const call of calls.values()) if (call.client === client.number && call.exit === undefined) return false
  for (const { acknowledged, call, sends } of publications.values()) {
    if (call.client === client.number && acknowledged === "no" && sends.length > 0 && call.exit?._tag === "Failure") {
      return false
    }
  }
  return true
}

/** Waits until it has been quiet for a while, or a healed world has had its time. */
const settle = (facts: ObservedState.ObservedState, millis: number): Effect.Effect<void> =>
  Effect.gen(function*() {
    let quiet = 0
    for (let passed = 0; passed < millis && quiet < 4; passed += 5_000) {
      yield* Effect.sleep(5_000)
      quiet = isQuiet(facts) ? quiet + 1 : 0
    }
  })

const retainedTopic = "probe/retained"

/** What a healed world must bring: to the handlers, and from the user. */
const probe = (world: World.World, user: User.User) =>
  Effect.gen(function*() {
    Inject.publish(world, retainedTopic, 20, { qos: 1, retain: true })
    const probes: ReadonlyArray<Probe> = Story.topics.map((topic) => ({
      at: world.now(),
      topic,
      number: Inject.publish(world, topic, 20, { qos: 1, retain: false })
    }))
    const { guest } = user
    if (guest === undefined) return probes
    yield* User.fork(user, User.publish(user, guest, "out/1", 1, false, 20))
    yield* User.fork(user, User.publish(user, guest, "out/1", 0, false, 20))
    yield* User.fork(user, User.listen(user, guest, [retainedTopic], 2_000))
    yield* User.fork(
      user,
      User.ask(user, guest, { _tag: "Ping" }, () => guest.client.ping)
    )
    return probes
  })

const acts = (world: World.World, user: User.User, facts: ObservedState.ObservedState, { steps, story }: Options) =>
  Effect.gen(function*() {
    const { options } = story
    for (const step of steps) {
      if (step._tag === "Fault") {
        world.after(step.at, () => {
          if (!user.healed.isOpen()) Inject.begin(world, step)
        })
      }
    }
    yield* User.fork(user, Residence.reside(user))
    const actions = steps.filter((step) => step._tag === "Action")
    let at = 0
    for (const action of actions) {
      yield* Effect.sleep(action.at - at)
      at = action.at
      yield* User.fork(user, perform(user, action))
    }
    yield* Effect.sleep(story.actMillis - at)
    Inject.heal(world, story.healsByRestart)
    user.healed.openUnsafe()
    yield* settle(facts, settleMillis(story))
    const probes = yield* probe(world, user)
    yield* Effect.sleep(3 * options.replyMillis + 10_000)
    const subscriptions = new Map(world.server.sessions.get(Inject.clientId)?.subscriptions)
    world.see({ _tag: "Settled", subscriptions, probes })
    const { guest } = user
    if (guest !== undefined) yield* User.fork(user, User.leave(user, guest, story.actMillis % 2 === 0))
    yield* Effect.sleep(2 * options.replyMillis + 1_500)
  })

/** What each Client has: the network, and in some stories a store and a process that can be killed. */
const outside = (world: World.World, { options }: Story.Story) => (client: number): User.Outside => {
  const shown = observe(world.see, world.codec, options.maximumPacketSize)
  const endpoints = { accept: HostileServer.open(world), observe: shown }
  const socket = Network.socket(world, client, endpoints)
  const killed = Deferred.makeUnsafe<void>()
  if (!options.hasStore) return { socket, killed }
  const process = Process.make(() => {
    world.see({ _tag: "Killed", client })
    for (const link of world.links) if (link.client === client) Link.abandon(world, link)
    Deferred.doneUnsafe(killed, Effect.void)
  })
  world.process = process
  const store = Disk.store(world.disk, process, (events) => world.see({ _tag: "Kept", client, events }))
  return { socket: Process.socket(process, socket), store, process, killed }
}

const story = (options: Options): Effect.Effect<Life> =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const broke = yield* Deferred.make<Broken>()
    const facts = ObservedState.make(options.story.options)
    let now = () => 0
    const see = judge(
      options,
      facts,
      () => now(),
      (broken) => Deferred.doneUnsafe(broke, Effect.succeed(broken))
    )
    const world = yield* World.make(options.story.seed, options.story.options.version, see)
    now = world.now
    const user = User.make({
      see,
      after: world.after,
      options: options.story.options,
      outside: outside(world, options.story),
      mutant: options.mutant ?? {},
      scope
    })
    const told = acts(world, user, facts, options).pipe(
      Effect.as(undefined),
      Effect.catchCause((cause) =>
        Effect.succeed<Broken>({ promise: sound, reason: Cause.pretty(cause), at: world.now() })
      )
    )
    const broken = yield* Effect.raceFirst(Deferred.await(broke), told)
    return { broken, facts, millis: world.now() }
  })

/** Tells it, in time that moves by itself. */
export const live = (options: Options): Effect.Effect<Life> =>
  // A world that stands still is a fault of the test's own.
  Effect.orDie(VirtualTime.run(
    Random.withSeed(story(options), options.story.seed).pipe(Effect.provide(Layer.mergeAll(Logger.layer([]))))
  ))
