/**
 * The faults of a simulated world during a life: which are still to come, which wait for their operation, which are
 * active.
 *
 * Plain state, and the questions that the world's parts ask of it; Inject changes it.
 */
import * as Effect from "effect/Effect"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as Chance from "./Chance.ts"
import type { Blow, Fault, Spell } from "./Faults.ts"

export interface ActiveFaults {
  readonly plan: ReadonlyArray<Fault>
  /** How much of the plan has begun so far. */
  next: number
  /** Their time has come; they let some more operations of the device through. */
  readonly waiting: Array<{ readonly fault: Fault; steps: number }>
  /** They are injected at the next operation of their kind. */
  readonly pending: Map<Blow, Array<Fault>>
  readonly spells: Map<Spell, { readonly fault: Fault; readonly until: number }>
  /** When the first of the lasting faults ends. */
  endsAt: number
  /** Boots that will still fail as soon as the radio starts. */
  brownOuts: number
  /** Acknowledgements that come on the next connection, and why. */
  readonly keptAcks: Array<{ readonly puback: Bytes; readonly fault: Fault }>
  readonly chance: Chance.Chance
  isPowered: boolean
  outageMillis: number
  /** How many bytes the operation was to move during which the power failed last. */
  cutSize: number
  /** The result of an operation during which the power fails: the end of this wake. */
  off: Effect.Effect<never>
  /** The same without a wait: `onOff` is called, once. */
  goOff: () => void
  /** Called when a wake has ended in this way. */
  onOff: () => void
  /** Called with each fault when it is injected. */
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

/** The fault of a kind that is active now. */
export const on = (activeFaults: ActiveFaults, spell: Spell): Fault | undefined =>
  activeFaults.spells.size === 0 ? undefined : activeFaults.spells.get(spell)?.fault

/** A fault that waits for this operation. The caller calls `onFault` when it is injected. */
export const take = (activeFaults: ActiveFaults, blow: Blow): Fault | undefined =>
  activeFaults.pending.size === 0 ? undefined : activeFaults.pending.get(blow)?.shift()

/** The same for a fault that is injected at once. */
export const struck = (activeFaults: ActiveFaults, blow: Blow): Fault | undefined => {
  const fault = take(activeFaults, blow)
  if (fault !== undefined) activeFaults.onFault(fault)
  return fault
}

export const defer = (activeFaults: ActiveFaults, blow: Blow, fault: Fault): void => {
  const waiting = activeFaults.pending.get(blow)
  if (waiting === undefined) activeFaults.pending.set(blow, [fault])
  else waiting.push(fault)
}
