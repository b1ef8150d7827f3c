/**
 * Entries combined into what deserves a line, in three stages, each of which passes its result to the next.
 *
 * Entries become wakes; consecutive wakes of one kind become a group; a failed try followed by its wait, again and
 * again in the same way, becomes one item. Any other entry (a change in the world) ends what was being combined, and
 * passes through.
 */
import * as Phrase from "./Phrase.ts"
import * as Wake from "./life/Wake.ts"

type Turn = Extract<Wake.Entry, { readonly _tag: "Turn" }>

interface Single {
  readonly _tag: "Wake"
  readonly wake: Wake.Wake
}

export interface Grouped {
  readonly _tag: "Group"
  readonly group: Phrase.Group
}

/** `vain` tries that failed in the same way, each followed by its wait. */
export interface Cycles {
  readonly _tag: "Cycles"
  readonly vain: ReadonlyArray<Phrase.Group>
  readonly waits: ReadonlyArray<Phrase.Group>
}

export type Item = Turn | Wake.Message | Grouped | Cycles

export interface Stage<In> {
  readonly push: (item: In) => void
  /** No more will come: passes on what it has. */
  readonly end: () => void
}

export interface Options {
  /** Wakes of a kind are put together. */
  readonly collapse: boolean
  /** Messages are passed on, not left out. */
  readonly messages: boolean
  /** The device sleeps; else what it does within a second of each other counts as one wake. */
  readonly sleeps: boolean
}

const pauseMillis = 1_000

/** So many tries that fail in the same way get one line only. */
const fewestCycles = 3

const wakes = (options: Options, next: Stage<Turn | Wake.Message | Single>): Stage<Wake.Entry> => {
  let wake: Wake.Wake | undefined
  const close = () => {
    if (wake !== undefined) next.push({ _tag: "Wake", wake })
    wake = undefined
  }
  const push = (entry: Wake.Entry) => {
    if (entry._tag === "Turn") return next.push(entry)
    if (entry._tag === "Message" && !options.messages) return
    if (entry._tag === "Message" && (wake === undefined || entry.toDevice)) return next.push(entry)
    const isPause = wake !== undefined && entry.at - wake.to > pauseMillis && !Wake.isTrying(wake)
    if (!options.sleeps && isPause) close()
    wake = Wake.add(wake ?? Wake.begin(entry.at), entry)
    if (entry._tag === "Emitted" && entry.event._tag === "Sleeping") close()
  }
  const end = () => {
    close()
    next.end()
  }
  return { push, end }
}

const groups = (options: Options, next: Stage<Turn | Wake.Message | Grouped>): Stage<Turn | Wake.Message | Single> => {
  let group: Phrase.Group | undefined
  const close = () => {
    if (group !== undefined) next.push({ _tag: "Group", group })
    group = undefined
  }
  const push = (item: Turn | Wake.Message | Single) => {
    if (item._tag !== "Wake") {
      close()
      return next.push(item)
    }
    const { wake } = item
    if (
      group !== undefined && options.collapse && wake.messages.length === 0 &&
      Phrase.key(group.last) === Phrase.key(wake)
    ) {
      group = Phrase.join(group, wake)
      return
    }
    close()
    group = Phrase.alone(wake)
  }
  const end = () => {
    close()
    next.end()
  }
  return { push, end }
}

interface Cycle {
  readonly vain: Phrase.Group
  readonly wait: Phrase.Group
}

const isAlike = (a: Cycle, b: Cycle): boolean =>
  Phrase.key(a.vain.first) === Phrase.key(b.vain.first) && Phrase.key(a.wait.first) === Phrase.key(b.wait.first)

const repetitions = (options: Options, next: Stage<Item>): Stage<Turn | Wake.Message | Grouped> => {
  let vain: Phrase.Group | undefined
  let cycles: Array<Cycle> = []
  const pass = (...groups: ReadonlyArray<Phrase.Group>) =>
    groups.forEach((group) => next.push({ _tag: "Group", group }))
  const close = () => {
    const [held, ended] = [vain, cycles]
    vain = undefined
    cycles = []
    if (ended.length < fewestCycles) ended.forEach((cycle) => pass(cycle.vain, cycle.wait))
    else next.push({ _tag: "Cycles", vain: ended.map((cycle) => cycle.vain), waits: ended.map((cycle) => cycle.wait) })
    if (held !== undefined) pass(held)
  }
  const push = (item: Turn | Wake.Message | Grouped) => {
    if (item._tag !== "Group" || !options.collapse) {
      close()
      return next.push(item)
    }
    const { group } = item
    if (vain !== undefined && Phrase.isWait(group.first)) {
      const cycle = { vain, wait: group }
      vain = undefined
      if (cycles[0] !== undefined && !isAlike(cycles[0], cycle)) close()
      cycles.push(cycle)
      return
    }
    if (vain !== undefined || !(group.count === 1 && Phrase.isVain(group.first))) close()
    if (group.count === 1 && Phrase.isVain(group.first)) vain = group
    else pass(group)
  }
  const end = () => {
    close()
    next.end()
  }
  return { push, end }
}

/** Passes the items of the entries to `next`, each as soon as it is complete. */
export const make = (options: Options, next: (item: Item) => void): Stage<Wake.Entry> =>
  wakes(options, groups(options, repetitions(options, { push: next, end: () => {} })))
