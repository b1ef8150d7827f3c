/** The situations in which the power is cut: each a device, its flash and its Server just before one wake. */
import * as Effect from "effect/Effect"
import type * as Faults from "../../../src/adapters/simulation/faults/Faults.ts"
import * as VirtualTime from "../../../src/adapters/simulation/world/VirtualTime.ts"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import type { DeviceConfig } from "../../../src/domain/config/DeviceConfig.ts"
import * as Life from "../../../src/programs/chaos/Life.ts"
import * as Message from "../../../src/programs/chaos/life/Message.ts"
import { deviceConfig, type DeviceFile } from "../../programs/device/support.ts"
import { underFaults as adapters } from "../../../src/adapters/simulation/driven.ts"

export interface Situation {
  readonly name: string
  readonly file: DeviceFile
  /** What goes wrong before the wake, and how long that time is. Minutes. */
  readonly faults: ReadonlyArray<readonly [kind: Faults.Kind, from: number, share?: number]>
  readonly minutes: number
  /** Changes the world just before the wake. */
  readonly before?: (world: World.World) => void
  /** Milliseconds until everything is delivered, if longer than usual. */
  readonly afterwards?: number
  /** Answers to commands that must arrive, each in its own words. */
  readonly answers?: number
}

const minute = 60_000

const policy = { max_attempts: 3, min_interval: 600, max_interval: 600 }

/** One try in every wake, whatever became of the one before. */
const eager = { mqtt: { reconnect: { max_attempts: 1, min_interval: 60, max_interval: 60 } } }

/** It asks in each wake. */
const timed = { time: { server: "pool", sync_interval: 60 } }

/** Of a document that somebody publishes: with it the device reaches no Server. */
const cutsOff = 0.15

/** A bit of the state has turned over. */
const damage = (world: World.World) => {
  world.storage.set("state",
    (world.storage.get("state") as Uint8Array).map((byte, index) => index === 40 ? byte ^ 1 : byte))
  world.activeFaults.onFault({ kind: "bitRot", at: 0, steps: 0, lasts: 0, amount: 0, share: 0 })
}

const update = (document: unknown) => (world: World.World) =>
  World.simulateMessage(world, "home/config", JSON.stringify(document), { retain: true })

const commanded = { mqtt: { topic_command: "home/command" } }

const orders = (texts: ReadonlyArray<string>) => (world: World.World) => {
  for (const text of texts) {
    world.onCommand(text)
    World.simulateMessage(world, "home/command", text)
  }
}

export const situations: ReadonlyArray<Situation> = [
  { name: "the first wake of all", file: {}, faults: [], minutes: 0 },
  { name: "a wake like any other", file: {}, faults: [], minutes: 3 },
  { name: "what is pending was sent and not acknowledged", file: eager, faults: [["noAcks", 1]], minutes: 3 },
  {
    name: "the Server is away and three tries fail",
    file: {},
    faults: [],
    minutes: 2,
    before: (world) => World.setServer(world, "refusing")
  },
  {
    name: "the policy waits",
    file: {},
    faults: [["refusing", 1]],
    minutes: 4,
    before: (world) => World.setServer(world, "refusing")
  },
  {
    name: "the Outbox is full",
    file: { mqtt: { outbox: { capacity: 2 } } },
    faults: [["refusing", 1]],
    minutes: 6,
    before: (world) => World.setServer(world, "refusing")
  },
  {
    name: "the Server has forgotten the Session",
    file: eager,
    faults: [["noAcks", 1]],
    minutes: 3,
    before: (world) => world.server.sessions.clear()
  },
  {
    name: "an update waits that is good",
    file: {},
    faults: [],
    minutes: 2,
    before: update({ version: 7, device_name: "new" })
  },
  {
    name: "an update waits that is not",
    file: {},
    faults: [],
    minutes: 2,
    before: update({ version: 7, mqtt: { port: -1 } })
  },
  { name: "an update is on probation", file: {}, faults: [["config", 0.5]], minutes: 2 },
  {
    name: "an update that cuts the device off is on probation",
    file: eager,
    faults: [["config", 0.5, cutsOff]],
    minutes: 3,
    afterwards: 5 * minute
  },
  {
    name: "an update that cuts the device off is rolled back",
    file: eager,
    faults: [["config", 0.5, cutsOff]],
    minutes: 5
  },
  { name: "the state in flash is damaged", file: {}, faults: [["refusing", 1]], minutes: 3, before: damage },
  {
    name: "two sensors with plain values",
    file: { sensors: { simulated: { id: "s1" }, dht22: { id: "s2", pin: 4 } }, mqtt: { publish_values: true } },
    faults: [],
    minutes: 2
  },
  { name: "the clock is set for the first time", file: timed, faults: [], minutes: 0 },
  {
    name: "the clock has started over, and is set again with readings pending from before",
    file: { ...timed, ...eager },
    faults: [["refusing", 1]],
    minutes: 3
  },
  {
    name: "the first reading goes to the journal",
    file: eager,
    faults: [["refusing", 1]],
    minutes: 7,
    before: (world) => World.setServer(world, "refusing")
  },
  {
    name: "two readings go to the journal, and the clock is asked for",
    file: { ...timed, ...eager, sensors: { simulated: { id: "s1" }, dht22: { id: "s2", pin: 4, interval: 60 } } },
    faults: [["refusing", 1]],
    minutes: 6
  },
  { name: "all that lies in the journal is delivered", file: eager, faults: [["refusing", 1]], minutes: 18 },
  {
    name: "what lies in the journal gives way",
    file: { mqtt: { ...eager.mqtt, outbox: { capacity: 8 } } },
    faults: [["refusing", 1]],
    minutes: 14,
    before: (world) => World.setServer(world, "refusing")
  },
  {
    name: "the older half of what is pending is thinned out",
    file: { mqtt: { ...eager.mqtt, outbox: { capacity: 8, when_full: "thin_older" } } },
    faults: [["refusing", 1]],
    minutes: 15,
    before: (world) => World.setServer(world, "refusing")
  },
  {
    name: "what was thinned out is thinned again",
    file: { mqtt: { ...eager.mqtt, outbox: { capacity: 8, when_full: "thin_older" } } },
    faults: [["refusing", 1]],
    minutes: 22,
    before: (world) => World.setServer(world, "refusing")
  },
  {
    name: "what was thinned out is delivered",
    file: { mqtt: { ...eager.mqtt, outbox: { capacity: 8, when_full: "thin_older" } } },
    faults: [["refusing", 1]],
    minutes: 22
  },
  {
    name: "commands wait, with and without an id",
    file: commanded,
    faults: [],
    minutes: 2,
    before: orders(["read", "{\"command\":\"report\",\"id\":1}", "jump", "interval 50"]),
    answers: 4
  },
  {
    name: "a restart waits, and a command behind it",
    file: commanded,
    faults: [],
    minutes: 2,
    before: orders(["{\"command\":\"restart\",\"id\":\"r\"}", "send"]),
    afterwards: 15_000,
    answers: 2
  },
  {
    name: "a command is told to stay awake, and others come meanwhile",
    file: commanded,
    faults: [],
    minutes: 2,
    before: orders(["{\"command\":\"stay_awake\",\"seconds\":3,\"id\":3}", "interval 55"]),
    afterwards: 15_000,
    answers: 2
  },
  {
    name: "commands wait for a device that is always on",
    file: { deep_sleep: false, ...commanded },
    faults: [],
    minutes: 2,
    before: orders(["read", "{\"command\":\"report\",\"id\":1}", "{\"command\":\"restart\",\"id\":2}"]),
    afterwards: 15_000,
    answers: 3
  },
  { name: "the device is always on", file: { deep_sleep: false }, faults: [], minutes: 2 }
]

/** A world in which a life can continue, as often as wanted. */
export interface Prepared {
  readonly config: DeviceConfig
  readonly at: number
  readonly make: (plan: ReadonlyArray<Faults.Fault>) => Effect.Effect<World.World>
  readonly begin: (world: World.World) => void
  readonly answers: number
}

/** Lives up to the wake. */
export const prepare = async ({ answers = 0, before, faults, file, minutes }: Situation): Promise<Prepared> => {
  const config = deviceConfig({ update_interval: 60, ...file, mqtt: { reconnect: policy, ...file.mqtt } })
  let old: World.World | undefined
  let readings = 0
  const plan = faults.map(([kind, from, share = 0]): Faults.Fault => ({
    kind,
    at: from * minute,
    steps: 0,
    lasts: 100 * minute,
    amount: 0,
    share
  }))
  await Effect.runPromise(Life.live({
    ...adapters,
    make: (given, seed) => Effect.tap(World.troubled(given, seed), (world) => Effect.sync(() => void (old = world)))
  }, {
    seed: "1",
    scene: { config, clock: 0, wakes: 1_000 },
    plan,
    checkers: [],
    until: minutes * minute - 1_000,
    onSeen: (_, seen) => {
      if (seen._tag === "Read") readings++
    }
  }))
  const world = old as World.World
  const at = Math.max(0, minutes * minute - 1_000)
  return {
    config,
    at,
    answers,
    make: (given) => World.troubled(given, "1"),
    begin: (fresh) => {
      for (const [name, value] of world.storage) fresh.storage.set(name, value)
      if (world.flash !== undefined && fresh.flash !== undefined) {
        // The journal is only there.
        fresh.flash.bytes.set(world.flash.bytes)
        fresh.flash.known.clear()
      }
      for (const [topic, message] of world.server.retained) fresh.server.retained.set(topic, message)
      for (const [id, session] of world.server.sessions) {
        fresh.server.sessions.set(id, {
          ...session,
          subscriptions: new Map(session.subscriptions),
          pending: new Map(session.pending),
          link: undefined
        })
      }
      let n = readings
      fresh.measure = () => Message.measurement(++n)
      before?.(fresh)
    }
  }
}

/** Lives on from the wake for so many milliseconds, under `plan`. */
export const liveOn = (
  prepared: Prepared,
  options: Pick<Life.Options<World.World, Faults.Fault>, "plan" | "checkers"> & {
    readonly until: number
    readonly onSeen?: (
      at: number,
      seen: Parameters<NonNullable<Life.Options<World.World, Faults.Fault>["onSeen"]>>[1],
      world: World.World
    ) => void
  }
): Promise<Life.Life & { readonly world: World.World }> => {
  let world: World.World | undefined
  const { onSeen } = options
  return Effect.runPromise(Effect.map(
    Life.live({ ...adapters, make: prepared.make, run: (effect) => VirtualTime.run(effect, prepared.at) }, {
      seed: "1",
      scene: { config: prepared.config, clock: 0, wakes: 1_000 },
      plan: options.plan,
      checkers: options.checkers,
      until: options.until,
      begin: (fresh) => {
        prepared.begin(fresh)
        world = fresh
      },
      ...(onSeen === undefined ? {} : { onSeen: (at, seen) => onSeen(at, seen, world as World.World) })
    }),
    (life) => ({ ...life, world: world as World.World })
  ))
}
