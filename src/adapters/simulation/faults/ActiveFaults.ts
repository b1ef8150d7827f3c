/**
 * The faults of a simulated world while it lives: which are to come, which wait for their opportunity, which are on.
 *
 * Plain state and the questions that the world's parts ask of it; Inject moves it on.
 */
import * as Effect from "effect/Effect"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as Chance from "./Chance.ts"
import type { Blow, Fault, Spell } from "./Faults.ts"

export interface ActiveFaults {
  readonly plan: ReadonlyArray<Fault>
  /** How much of the plan has come so far. */
  next: number
  /** Their time has come; they let so many operations of the device through. */
  readonly waiting: Array<{ readonly fault: Fault; steps: number }>
  /** They strike at the next operation of their sort. */
  readonly pending: Map<Blow, Array<Fault>>
  readonly spells: Map<Spell, { readonly fault: Fault; readonly until: number }>
  /** When the first of the spells ends. */
  endsAt: number
  /** Boots that are still to fail as soon as the radio starts. */
  brownOuts: number
  /** Acknowledgements that come on the next connection, and why. */
  readonly keptAcks: Array<{ readonly puback: Bytes; readonly fault: Fault }>
  readonly chance: Chance.Chance
  isPowered: boolean
  outageMillis: number
  /** Bytes that the operation was to move under which the power went last. */
  cutSize: number
  /** What an operation ends in when the power goes under it: the end of this wake. */
  off: Effect.Effect<never>
  /** The same without a wait: `onOff` is told, once. */
  goOff: () => void
  /** Is told when a wake has ended so. */
  onOff: () => void
  /** Is told each fault when it strikes. */
  onFault: (fault: Fault) => void
}

export const make = (plan: ReadonlyArray<Fault>, seed: string): ActiveFaults => ({
  plan,
  next: 0,
  waiting: [],
  pending: new Map(),
  spells: new Map(),
  endsAt: Infinity,
  brownOuts: 0,
  keptAcks: [],
  chance: Chance.make(seed + " trouble"),
  isPowered: true,
  outageMillis: 0,
  cutSize: 0,
  off: Effect.never,
  goOff: () => {},
  onOff: () => {},
  onFault: () => {}
})

/** The fault behind a spell that is on. */
export const on = (trouble: ActiveFaults, spell: Spell): Fault | undefined =>
  trouble.spells.size === 0 ? undefined : trouble.spells.get(spell)?.fault

/** A blow that waits for this opportunity. Whoever takes it tells when it strikes. */
export const take = (trouble: ActiveFaults, blow: Blow): Fault | undefined =>
  trouble.pending.size === 0 ? undefined : trouble.pending.get(blow)?.shift()

/** The same of a blow that strikes at once. */
export const struck = (trouble: ActiveFaults, blow: Blow): Fault | undefined => {
  const fault = take(trouble, blow)
  if (fault !== undefined) trouble.onFault(fault)
  return fault
}

export const defer = (trouble: ActiveFaults, blow: Blow, fault: Fault): void => {
  const waiting = trouble.pending.get(blow)
  if (waiting === undefined) trouble.pending.set(blow, [fault])
  else waiting.push(fault)
}
