/**
 * What can go wrong in a simulated world, and how often: a plan of faults, drawn from a seed before anything happens.
 *
 * A fault is a value: when, what, for how long, how much. So a life can be repeated without some of them, until only
 * those remain that matter. Each kind draws from its own stream of random numbers: the plan of a longer life begins
 * with the plan of a shorter one.
 */
import * as Chance from "./Chance.ts"

/** Kinds that last for some time. */
export type Spell =
  | "refusing"
  | "unreachable"
  | "silent"
  | "noWifi"
  | "slow"
  | "split"
  | "coalesced"
  | "slowWrites"
  | "noAcks"
  | "lateAcks"
  | "doubleAcks"
  | "staleAcks"
  | "connack"
  | "sensorFails"
  | "sensorHangs"
  | "flashFull"
  | "closesOnTopic"
  | "closesOnSize"
  | "closesEarly"
  | "timeSilent"
  | "timeLies"
  | "timeSpoilt"
  | "otherAway"

/** Kinds that happen once. */
export type Blow =
  | "cutUp"
  | "cutDown"
  | "halfOpen"
  | "sessionLost"
  | "restart"
  | "garbage"
  | "config"
  | "writeFails"
  | "readFails"
  | "tornWrite"
  | "bitRot"
  | "powerCut"
  | "brownOut"
  | "clockJump"
  | "clockReset"
  | "command"

export type Kind = Spell | Blow

export interface Fault {
  readonly kind: Kind
  /** From when on, in milliseconds of the world's time. */
  readonly at: number
  /** Operations of the device's ports that are still let through after `at`. */
  readonly steps: number
  /** Milliseconds; 0 for a fault that happens once. */
  readonly lasts: number
  /** How much: see `rows`. */
  readonly amount: number
  /** A random number, 0 to 1, for what else is to be decided. */
  readonly share: number
}

interface Row {
  /** The probability that one wake meets it. */
  readonly chance: number
  /** The shortest and the longest time that it lasts, in wakes; undefined: it happens once. */
  readonly lasts?: readonly [number, number]
  /** What `amount` may be, drawn evenly over the scale. */
  readonly amount?: readonly [number, number]
}

const rows: Readonly<Record<Kind, Row>> = {
  refusing: { chance: 0.008, lasts: [0.1, 30] },
  unreachable: { chance: 0.008, lasts: [0.1, 30] },
  silent: { chance: 0.008, lasts: [0.1, 20] },
  noWifi: { chance: 0.008, lasts: [0.1, 20] },
  // Milliseconds of latency, of which a random share is used.
  slow: { chance: 0.01, lasts: [1, 10], amount: [20, 6_000] },
  // Bytes in the largest piece.
  split: { chance: 0.01, lasts: [1, 20], amount: [1, 40] },
  // Milliseconds for which bytes are collected.
  coalesced: { chance: 0.01, lasts: [1, 20], amount: [10, 2_000] },
  // Bytes a second.
  slowWrites: { chance: 0.01, lasts: [1, 10], amount: [20, 2_000] },
  noAcks: { chance: 0.01, lasts: [0.1, 10] },
  // Milliseconds.
  lateAcks: { chance: 0.01, lasts: [0.1, 10], amount: [50, 20_000] },
  doubleAcks: { chance: 0.01, lasts: [0.1, 10] },
  staleAcks: { chance: 0.01, lasts: [0.1, 10] },
  // Return code.
  connack: { chance: 0.008, lasts: [0.1, 10], amount: [1, 5.99] },
  sensorFails: { chance: 0.008, lasts: [0.1, 10] },
  sensorHangs: { chance: 0.008, lasts: [0.1, 5] },
  flashFull: { chance: 0.005, lasts: [0.1, 10] },
  // Bytes that still pass.
  cutUp: { chance: 0.05, amount: [1, 6_000] },
  cutDown: { chance: 0.05, amount: [1, 600] },
  halfOpen: { chance: 0.03, amount: [1, 6_000] },
  sessionLost: { chance: 0.03 },
  restart: { chance: 0.03 },
  // Packets that the Server sends before.
  garbage: { chance: 0.05, amount: [1, 6.99] },
  config: { chance: 0.01 },
  writeFails: { chance: 0.015 },
  readFails: { chance: 0.01 },
  tornWrite: { chance: 0.006 },
  bitRot: { chance: 0.006 },
  // Milliseconds until the power is back.
  powerCut: { chance: 0.06, amount: [1, 10_000_000] },
  // Boots in a row that fail as soon as the radio starts.
  brownOut: { chance: 0.008, amount: [1, 30] },
  // Milliseconds; the share decides the direction.
  clockJump: { chance: 0.015, amount: [10, 1e11] },
  clockReset: { chance: 0.008 },
  closesOnTopic: { chance: 0.008, lasts: [1, 30] },
  closesOnSize: { chance: 0.008, lasts: [1, 30] },
  closesEarly: { chance: 0.008, lasts: [1, 60] },
  timeSilent: { chance: 0.015, lasts: [1, 60] },
  // Milliseconds; the share says which way.
  timeLies: { chance: 0.008, lasts: [1, 30], amount: [1_000, 1e11] },
  // The share says how.
  timeSpoilt: { chance: 0.015, lasts: [1, 30] },
  // The share says which.
  command: { chance: 0.05 },
  // The last, so that the draws before it are as they were.
  otherAway: { chance: 0.02, lasts: [0.1, 40] }
}

export const kinds = Object.keys(rows) as ReadonlyArray<Kind>

export const isSpell = (kind: Kind): kind is Spell => rows[kind].lasts !== undefined

/** For each kind the probability that one wake meets it. */
export type Chances = Readonly<Record<Kind, number>>

export const usual = Object.fromEntries(kinds.map((kind) => [kind, rows[kind].chance])) as Chances

/** Only these kinds, `factor` times as often as usual. */
export const only = (wanted: ReadonlyArray<Kind>, factor: number): Chances =>
  Object.fromEntries(kinds.map((kind) => [kind, wanted.includes(kind) ? usual[kind] * factor : 0])) as Chances

/**
 * The faults of one seed: about a third of the kinds, each rarer or more frequent than usual. A mixture of everything
 * would hide some faults, because nothing gets far if everything breaks; these show when most things work.
 */
export const swarm = (seed: string): Chances => {
  const chance = Chance.make(seed + " swarm")
  const share = Chance.scale(chance, 0.05, 0.8)
  return Object.fromEntries(kinds.map((kind) => {
    const isIn = chance() < share
    return [kind, isIn ? usual[kind] * Chance.scale(chance, 0.25, 4) : 0]
  })) as Chances
}

const between = (chance: Chance.Chance, range: readonly [number, number] | undefined): number =>
  range === undefined ? 0 : Chance.scale(chance, range[0], range[1])

/** The faults of one kind, in the order of their times. */
const ofKind = (
  kind: Kind,
  seed: string,
  perWake: number,
  wakeMillis: number,
  endMillis: number
): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  if (perWake === 0) return faults
  const chance = Chance.make(seed + " " + kind)
  // The times between two faults are those of a Poisson process.
  const next = () => Math.ceil((-Math.log(1 - chance()) / perWake) * wakeMillis)
  for (let at = next(); at < endMillis; at += next()) {
    const { amount, lasts } = rows[kind]
    faults.push({
      kind,
      at,
      steps: Chance.whole(chance, 0, 40),
      lasts: Math.round(between(chance, lasts) * wakeMillis),
      amount: Math.floor(between(chance, amount)),
      share: chance()
    })
  }
  return faults
}

/** Kinds that only a world with several Servers has. */
const ofSeveral: ReadonlyArray<Kind> = ["otherAway"]

/** The same for a world with one Server. */
export const ofOneServer = (chances: Chances): Chances =>
  Object.fromEntries(kinds.map((kind) => [kind, ofSeveral.includes(kind) ? 0 : chances[kind]])) as Chances

/** What will go wrong in a life of `endMillis`, with a wake every `wakeMillis`. */
export const plan = (seed: string, chances: Chances, wakeMillis: number, endMillis: number): ReadonlyArray<Fault> =>
  kinds.flatMap((kind) => ofKind(kind, seed, chances[kind], wakeMillis, endMillis)).sort((a, b) => a.at - b.at)
