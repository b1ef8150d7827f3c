/**
 * Entries combined into what deserves a line, in stages, each of which passes its result to the next.
 *
 * Entries become wakes; consecutive wakes of one kind become a group; a failed try followed by its wait, or wakes that
 * keep readings followed by one that sends them, or wakes that deliver followed by one that first tries another Server
 * in vain, again and again in the same way, become one item. Any other entry (a change in the world) ends what was being combined, and
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

/** Wakes that keep what they measure, then one that sends it, again and again in the same way. */
export interface Sendings {
  readonly _tag: "Sendings"
  readonly keeps: ReadonlyArray<Phrase.Group>
  readonly sends: ReadonlyArray<Phrase.Group>
}

/** Wakes that deliver at one Server, then one that tries another first in vain, again and again in the same way. */
export interface Probes {
  readonly _tag: "Probes"
  readonly usual: ReadonlyArray<Phrase.Group>
  readonly probes: ReadonlyArray<Phrase.Group>
}

export type Item = Turn | Wake.Message | Grouped | Cycles | Sendings | Probes

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

/** So many times the same, such as tries that fail in the same way, get one line only. */
const fewestPairs = 3

const wakes = (options: Options, next: Stage<Turn | Wake.Message | Single>): Stage<Wake.Entry> => {
  let wake: Wake.Wake | undefined
  const close = () => {
    if (wake !== undefined) next.push({ _tag: "Wake", wake })
    wake = undefined
  }
  const push = (entry: Wake.Entry) => {
    if (entry._tag === "Turn") return next.push(entry)
    if (entry._tag === "Message" && !options.messages) {
      if (wake !== undefined && !entry.toDevice) wake = Wake.arrive(wake, entry.at)
      return
    }
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
      Phrase.isAlike(group, wake)
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

/** Two groups that follow each other again and again. */
interface Pair {
  readonly first: Phrase.Group
  readonly second: Phrase.Group
}

/** Pairs that are worth one line together. */
interface Kind {
  /** Pairs of two ways in turn are worth one, too: tries at two Servers. */
  readonly inTurn?: boolean
  readonly isFirst: (group: Phrase.Group) => boolean
  readonly isSecond: (group: Phrase.Group) => boolean
  readonly gather: (firsts: ReadonlyArray<Phrase.Group>, seconds: ReadonlyArray<Phrase.Group>) => Item
}

const inVain: Kind = {
  inTurn: true,
  isFirst: ({ count, first }) => count === 1 && Phrase.isVain(first),
  isSecond: ({ first }) => Phrase.isWait(first),
  gather: (vain, waits) => ({ _tag: "Cycles", vain, waits })
}

const keptAndSent: Kind = {
  isFirst: ({ first }) => Phrase.isKept(first),
  isSecond: ({ count, first }) => count === 1 && Phrase.isSent(first),
  gather: (keeps, sends) => ({ _tag: "Sendings", keeps, sends })
}

const probed: Kind = {
  isFirst: ({ first }) => Phrase.isSent(first),
  isSecond: ({ count, first }) => count === 1 && Phrase.isProbe(first),
  gather: (usual, probes) => ({ _tag: "Probes", usual, probes })
}

const isAlike = (a: Pair, b: Pair): boolean =>
  Phrase.key(a.first.first) === Phrase.key(b.first.first) && Phrase.key(a.second.first) === Phrase.key(b.second.first)

const repetitions = (
  options: Options,
  { gather, inTurn = false, isFirst, isSecond }: Kind,
  next: Stage<Item>
): Stage<Item> => {
  let first: Phrase.Group | undefined
  let pairs: Array<Pair> = []
  const pass = (...groups: ReadonlyArray<Phrase.Group>) =>
    groups.forEach((group) => next.push({ _tag: "Group", group }))
  const close = () => {
    const [held, ended] = [first, pairs]
    first = undefined
    pairs = []
    if (ended.length < fewestPairs) ended.forEach((pair) => pass(pair.first, pair.second))
    else next.push(gather(ended.map((pair) => pair.first), ended.map((pair) => pair.second)))
    if (held !== undefined) pass(held)
  }
  const add = (pair: Pair) => {
    const [before] = pairs.slice(inTurn ? -2 : 0)
    if (inTurn && pairs.length === 2 && before !== undefined && !isAlike(before, pair)) {
      // What came before these two was something else.
      pass(before.first, before.second)
      pairs = pairs.slice(1)
    } else if (before !== undefined && !(inTurn && pairs.length === 1) && !isAlike(before, pair)) close()
    pairs.push(pair)
  }
  const push = (item: Item) => {
    if (item._tag !== "Group" || !options.collapse) {
      close()
      return next.push(item)
    }
    const { group } = item
    if (first !== undefined && isSecond(group)) {
      const pair = { first, second: group }
      first = undefined
      return add(pair)
    }
    if (first !== undefined || !isFirst(group)) close()
    if (isFirst(group)) first = group
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
  wakes(options, groups(options, [probed, keptAndSent, inVain].reduce((after: Stage<Item>, kind) =>
    repetitions(options, kind, after), {
    push: next,
    end: () => {}
  })))
