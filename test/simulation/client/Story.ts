/**
 * The story of a seed: the options of a Client, the faults of its Server, and what its user does.
 *
 * About half of the kinds take part in one story, each rarer or more frequent than usual: if everything breaks, nothing
 * gets far. Each kind draws from its own stream of random numbers, so that leaving out one step changes no other.
 */
import * as Chance from "../../../src/adapters/simulation/faults/Chance.ts"
import type { ReconnectPolicy } from "../../../src/domain/config/DeviceConfig.ts"
import {
  type Action,
  type ActionKind,
  actionKinds,
  blows,
  blows5,
  blowsOfStore,
  type Fault,
  type FaultKind,
  handlerKinds,
  others,
  spells,
  spells5,
  spellsOfStore,
  type Step,
  ways
} from "./Step.ts"

/**
 * The same story can be lived in MQTT 3.1.1 and 5, without a store and with one. What only MQTT 5 or a store has is
 * drawn from streams of its own, so all kinds of a story have the rest in common.
 */
export interface Kind {
  readonly version: 4 | 5
  readonly hasStore: boolean
}

export const kinds = {
  mqtt4: { version: 4, hasStore: false },
  mqtt5: { version: 5, hasStore: false },
  "mqtt4-store": { version: 4, hasStore: true },
  "mqtt5-store": { version: 5, hasStore: true }
} as const satisfies Readonly<Record<string, Kind>>

export type KindName = keyof typeof kinds

export const kindNames = Object.keys(kinds) as ReadonlyArray<KindName>

export interface Options {
  readonly cleanSession: boolean
  /** Seconds. */
  readonly keepAlive: number
  readonly maximumInFlight: number
  readonly outboxCapacity: number
  readonly receiveBuffer: number
  /** Bytes. */
  readonly outboxBytes: number
  readonly receiveBufferBytes: number
  readonly maximumPacketSize: number
  readonly unclaimedMillis: number
  readonly replyMillis: number
  readonly connectMillis: number
  readonly reconnect: ReconnectPolicy | undefined
  readonly version: 4 | 5
  readonly hasStore: boolean
  /** With MQTT 5; undefined: the Client's own defaults. Seconds. */
  readonly sessionExpiryInterval: number | undefined
  readonly receiveMaximum: number | undefined
  readonly topicAliasMaximum: number | undefined
}

/** Whether the Server forgets the Session when the connection ends. */
export const isSessionShort = ({ cleanSession, sessionExpiryInterval, version }: Options): boolean =>
  version === 4 || sessionExpiryInterval === undefined ? cleanSession : sessionExpiryInterval === 0

/** Topic Aliases that the Server may use. */
export const aliasesOf = ({ topicAliasMaximum = 64 }: Options): number => topicAliasMaximum

export interface Story {
  readonly seed: string
  readonly kind: KindName
  readonly options: Options
  /** How long things may go wrong, in milliseconds. */
  readonly actMillis: number
  readonly steps: ReadonlyArray<Step>
  /** Whether the Server forgets all Sessions when the world is healed. */
  readonly healsByRestart: boolean
  /** Whether the Server closes on every PUBLISH to `poisonTopic`, also in a healed world: it forbids that. */
  readonly hasPoison: boolean
}

interface Row {
  /** How many a usual story has. */
  readonly usual: number
  readonly lasts?: readonly [number, number]
  readonly amount?: readonly [number, number]
}

const rows: Readonly<Record<FaultKind, Row>> = {
  refusing: { usual: 0.6, lasts: [100, 60_000] },
  unreachable: { usual: 0.3, lasts: [100, 60_000] },
  silent: { usual: 0.4, lasts: [100, 40_000] },
  // Return code.
  connackRefused: { usual: 0.5, lasts: [100, 40_000], amount: [1, 5.99] },
  noConnack: { usual: 0.5, lasts: [100, 40_000] },
  lateConnack: { usual: 0.5, lasts: [100, 60_000], amount: [10, 15_000] },
  closeBeforeConnack: { usual: 0.5, lasts: [100, 40_000] },
  // Milliseconds after CONNACK.
  closeAfterConnack: { usual: 0.8, lasts: [1_000, 60_000], amount: [1, 15_000] },
  presentLie: { usual: 0.5, lasts: [1_000, 60_000] },
  // Bytes of the largest piece.
  split: { usual: 1.5, lasts: [1_000, 100_000], amount: [1, 40] },
  // Milliseconds.
  coalesced: { usual: 1, lasts: [1_000, 100_000], amount: [1, 2_000] },
  slow: { usual: 1, lasts: [1_000, 100_000], amount: [20, 5_000] },
  stopReading: { usual: 0.8, lasts: [100, 40_000] },
  // Bytes.
  smallPipe: { usual: 0.8, lasts: [1_000, 100_000], amount: [1, 5_000] },
  closeOnTopic: { usual: 0.5, lasts: [1_000, 60_000] },
  // Bytes.
  closeOnSize: { usual: 0.5, lasts: [1_000, 60_000], amount: [10, 20_000] },
  pingNever: { usual: 0.5, lasts: [1_000, 100_000] },
  ackNever: { usual: 1, lasts: [100, 30_000] },
  ackLate: { usual: 1, lasts: [1_000, 60_000], amount: [10, 15_000] },
  ackTwice: { usual: 0.8, lasts: [1_000, 60_000] },
  ackWrong: { usual: 0.4, lasts: [100, 10_000] },
  subackRefused: { usual: 0.6, lasts: [100, 30_000] },
  subackMiscount: { usual: 0.2, lasts: [100, 10_000] },
  sendTwice: { usual: 0.5, lasts: [1_000, 60_000] },
  sessionLost: { usual: 0.8 },
  sessionSwapped: { usual: 0.3 },
  // Milliseconds until the network says so; below 1,000: it never does.
  halfOpen: { usual: 0.8, amount: [100, 100_000] },
  closeNow: { usual: 2 },
  reset: { usual: 2 },
  // Bytes that still pass.
  cutUp: { usual: 1.5, amount: [1, 5_000] },
  cutDown: { usual: 1.5, amount: [1, 3_000] },
  // Messages.
  flood: { usual: 0.7, amount: [10, 2_000] },
  unasked: { usual: 1 },
  // Packet Identifiers.
  ackEarly: { usual: 0.3, amount: [1, 50] },
  // Messages.
  othersPublish: { usual: 6, amount: [1, 60] },
  // Bytes.
  othersRetain: { usual: 2, amount: [1, 30_000] },
  receiveMaximum: { usual: 1.5, lasts: [1_000, 100_000], amount: [1, 20] },
  topicAliasMaximum: { usual: 1.5, lasts: [1_000, 100_000], amount: [1, 10] },
  // Bytes.
  maximumPacketSize: { usual: 0.8, lasts: [1_000, 60_000], amount: [100, 20_000] },
  // Seconds.
  serverKeepAlive: { usual: 1, lasts: [1_000, 100_000], amount: [1, 60] },
  maximumQos: { usual: 0.5, lasts: [1_000, 60_000] },
  retainUnavailable: { usual: 0.5, lasts: [1_000, 60_000] },
  // Seconds, from 0 on.
  sessionExpires: { usual: 0.6, lasts: [1_000, 60_000], amount: [0.3, 30] },
  publishRefused: { usual: 0.8, lasts: [100, 30_000] },
  reasons: { usual: 1, lasts: [1_000, 100_000] },
  aliasing: { usual: 1.5, lasts: [1_000, 100_000] },
  serverDisconnects: { usual: 1.5 },
  diskFull: { usual: 0.5, lasts: [100, 20_000] },
  // Steps of the process.
  kill: { usual: 5, amount: [1, 60] }
}

const usualActions: Readonly<Record<ActionKind, number>> = {
  publish: 6,
  burst: 1.5,
  subscribe: 5,
  unsubscribe: 2,
  readTopic: 2,
  listen: 0.7,
  stream: 1.2,
  poll: 1,
  ping: 1,
  renew: 0.7
}

export const topics: ReadonlyArray<string> = ["a", "a/b", "a/b/c", "x", "x/y", "ö/é"]
export const filters: ReadonlyArray<string> = [
  // One level, several, and overlapping ones.
  "a",
  "a/#",
  "a/+",
  "a/b",
  "+/b",
  "+/+/c",
  "x",
  "x/#",
  "x/+",
  "ö/é",
  "+"
]
export const poisonTopic = "poison"
const outTopics: ReadonlyArray<string> = ["out/1", "out/2", "out/3"]

const pick = <A>(chance: Chance.Chance, values: ReadonlyArray<A>): A =>
  values[Math.floor(chance() * values.length)] as A

const whole = (chance: Chance.Chance, range: readonly [number, number] | undefined): number =>
  range === undefined ? 0 : Math.floor(Chance.scale(chance, range[0], range[1]))

const policy = (chance: Chance.Chance): ReconnectPolicy | undefined => {
  const drawn: ReconnectPolicy = {
    enabled: true,
    maxAttempts: Chance.whole(chance, 1, 4),
    backoffFactor: pick(chance, [1, 2, 3]),
    minInterval: pick(chance, [1, 1, 2, 10]),
    maxInterval: pick(chance, [10, 60]),
    jitter: pick(chance, [0, 0.5])
  }
  return chance() < 0.12 ? undefined : drawn
}

const plainOptions = (seed: string): Omit<Options, keyof Kind | keyof ReturnType<typeof options5>> => {
  const chance = Chance.make(seed + " options")
  return {
    cleanSession: chance() < 0.5,
    keepAlive: pick(chance, [0, 2, 10, 60, 60]),
    maximumInFlight: pick(chance, [1, 2, 8, 64, 64]),
    outboxCapacity: pick(chance, [5, 50, 10_000, 10_000]),
    receiveBuffer: pick(chance, [1, 5, 50, 1_000]),
    outboxBytes: pick(chance, [30_000, 67_108_864]),
    // A healed world has room for all that is honest: who waits for the Server in a handler needs that.
    receiveBufferBytes: pick(chance, [2_097_152, 33_554_432]),
    maximumPacketSize: pick(chance, [2_000, 20_000, 1_048_576]),
    unclaimedMillis: pick(chance, [2_000, 60_000]),
    replyMillis: pick(chance, [1_000, 5_000, 10_000, 30_000]),
    connectMillis: pick(chance, [2_000, 10_000]),
    reconnect: policy(chance)
  }
}

const options5 = (seed: string, { hasStore, version }: Kind) => {
  const chance = Chance.make(seed + " options 5")
  const expiry = pick(chance, [undefined, undefined, 0, 3, 30, 3_600])
  const receiveMaximum = pick(chance, [undefined, undefined, 1, 5, 50])
  const topicAliasMaximum = pick(chance, [undefined, 0, 10])
  if (version === 4) {
    return { sessionExpiryInterval: undefined, receiveMaximum: undefined, topicAliasMaximum: undefined }
  }
  return {
    sessionExpiryInterval: hasStore && expiry === 0 ? undefined : expiry,
    receiveMaximum,
    topicAliasMaximum
  }
}

const drawOptions = (seed: string, kind: Kind): Options => {
  const plain = plainOptions(seed)
  return {
    ...plain,
    ...kind,
    ...options5(seed, kind),
    // A store is of use only with a Session that is kept.
    cleanSession: plain.cleanSession && !kind.hasStore
  }
}

/** So many times of a Poisson process: `expected` of them before `endMillis`. */
const times = (chance: Chance.Chance, expected: number, endMillis: number): ReadonlyArray<number> => {
  const all: Array<number> = []
  if (expected <= 0) return all
  const next = () => Math.ceil((-Math.log(1 - chance()) / expected) * endMillis)
  for (let at = next(); at < endMillis; at += next()) all.push(at)
  return all
}

const faultsOf = (kind: FaultKind, seed: string, expected: number, endMillis: number): ReadonlyArray<Fault> => {
  const chance = Chance.make(seed + " " + kind)
  const { amount, lasts } = rows[kind]
  return times(chance, expected, endMillis).map((at) => ({
    _tag: "Fault",
    kind,
    at,
    lasts: whole(chance, lasts),
    amount: whole(chance, amount),
    share: chance()
  }))
}

/** Of a share from 0 to 1. */
export const qosOf = (share: number): 0 | 1 | 2 => share < 0.35 ? 1 : share < 0.7 ? 2 : 0

const action = (kind: ActionKind, at: number, chance: Chance.Chance): Action => ({
  _tag: "Action",
  kind,
  at,
  topic: pick(chance, kind === "publish" || kind === "burst" ? outTopics.concat(topics) : topics),
  filter: pick(chance, filters),
  qos: qosOf(chance()),
  retain: chance() < 0.15,
  bytes: whole(chance, chance() < 0.8 ? [1, 200] : [200, 30_000]),
  count: kind === "burst" ? whole(chance, [10, 300]) : whole(chance, [1, 20]),
  millis: whole(chance, [1, 20_000]),
  way: pick(chance, ways),
  handler: pick(chance, handlerKinds)
})

const actionsOf = (kind: ActionKind, seed: string, expected: number, endMillis: number): ReadonlyArray<Action> => {
  const chance = Chance.make(seed + " do " + kind)
  return times(chance, expected, endMillis).map((at) => action(kind, at, chance))
}

const faultKinds = Object.keys({ ...spells, ...blows, ...others }) as ReadonlyArray<FaultKind>
const faultKinds5 = Object.keys({ ...spells5, ...blows5 }) as ReadonlyArray<FaultKind>
const faultKindsOfStore = Object.keys({ ...spellsOfStore, ...blowsOfStore }) as ReadonlyArray<FaultKind>

const isOther = (kind: FaultKind): boolean => kind in others

/** How often each kind comes in the story of one seed. */
const swarm = (seed: string, wanted: ReadonlyArray<FaultKind>): ReadonlyMap<string, number> => {
  const chance = Chance.make(seed + " swarm")
  const share = Chance.scale(chance, 0.03, 0.6)
  const drawn = new Map<string, number>()
  for (const kind of faultKinds) {
    const isIn = chance() < (isOther(kind) ? 0.8 : share)
    const factor = Chance.scale(chance, 0.3, 3)
    drawn.set(kind, wanted.includes(kind) ? Math.max(3, rows[kind].usual * 3) : isIn ? rows[kind].usual * factor : 0)
  }
  for (const kind of actionKinds) {
    const isIn = chance() < 0.75
    const factor = Chance.scale(chance, 0.3, 3)
    drawn.set(kind, isIn ? usualActions[kind] * factor : 0)
  }
  return drawn
}

/** The same for kinds that not every story has. */
const swarmOf = (
  seed: string,
  kinds: ReadonlyArray<FaultKind>,
  wanted: ReadonlyArray<FaultKind>
): ReadonlyArray<readonly [FaultKind, number]> => {
  const chance = Chance.make(seed)
  const share = Chance.scale(chance, 0.1, 0.8)
  return kinds.map((kind) => {
    const isIn = chance() < share
    const factor = Chance.scale(chance, 0.3, 3)
    const expected = wanted.includes(kind) ? Math.max(3, rows[kind].usual * 3) : isIn ? rows[kind].usual * factor : 0
    return [kind, expected]
  })
}

const poisoned = (step: Step): Step =>
  step._tag === "Action" && step.topic === "out/3"
    ? { ...step, topic: poisonTopic, count: Math.min(step.count, 2) }
    : step

/** The story of a seed. Faults that are `wanted` come in every one. */
export const draw = (seed: string, kind: KindName = "mqtt4", wanted: ReadonlyArray<FaultKind> = []): Story => {
  const chance = Chance.make(seed + " act")
  const actMillis = Math.round(Chance.scale(chance, 5_000, 600_000))
  const often = swarm(seed, wanted)
  const { hasStore, version } = kinds[kind]
  const more = [
    ...(version === 5 ? swarmOf(seed + " swarm 5", faultKinds5, wanted) : []),
    ...(hasStore ? swarmOf(seed + " swarm store", faultKindsOfStore, wanted) : [])
  ]
  const faults = [
    ...faultKinds.flatMap((kind) => faultsOf(kind, seed, often.get(kind) ?? 0, actMillis)),
    ...more.flatMap(([kind, expected]) => faultsOf(kind, seed, expected, actMillis))
  ]
  const actions = actionKinds.flatMap((kind) => actionsOf(kind, seed, often.get(kind) ?? 0, actMillis))
  const healsByRestart = chance() < 0.5
  const hasPoison = chance() < 0.1
  const sorted = [...faults, ...actions].sort((a, b) => a.at - b.at)
  const steps = hasPoison ? sorted.map(poisoned) : sorted
  return { seed, kind, options: drawOptions(seed, kinds[kind]), actMillis, steps, healsByRestart, hasPoison }
}
