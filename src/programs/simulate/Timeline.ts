/**
 * Entries in, lines out: a device's life as a timeline. Knows no clock and no console.
 */
import * as Format from "../dormouse/terminal/Format.ts"
import * as Grouping from "./Grouping.ts"
import * as Phrase from "./Phrase.ts"
import type * as Wake from "./life/Wake.ts"

export interface Options {
  readonly layout: Format.Layout
  readonly stamps: Format.Stamps
  /** Every wake has its own line. */
  readonly verbose: boolean
  /** Messages are shown, and then every wake is. */
  readonly messages: boolean
  readonly sleeps: boolean
  /** What a message is called: `reading`, or `message` where a reading makes several. */
  readonly noun: string
}

export interface Timeline {
  /** The lines that are complete now. */
  readonly push: (entry: Wake.Entry) => ReadonlyArray<string>
  /** The remaining lines. */
  readonly end: () => ReadonlyArray<string>
}

const messagePart = ({ dup, payload, toDevice, topic }: Wake.Message): Phrase.Part => ({
  label: toDevice ? "  <- message" : "  -> message",
  text: topic + "  " + payload + (dup ? "  (again, DUP 1)" : ""),
  tone: "quiet"
})

/** What was printed, for lines that mention something before them. */
const memory = ({ noun, sleeps }: Options) => {
  let past: Phrase.Past = { dropped: 0, unchanged: "", noun }
  let kept: { readonly at: number; readonly state: Wake.StoredState } | undefined

  const lived = (last: Wake.Wake, dropped: number) => {
    past = {
      ...past,
      dropped: last.delivered === undefined ? past.dropped + dropped : 0,
      unchanged: last.config?.text ?? past.unchanged
    }
    // For a device that never sleeps this would be out of date at once.
    if (sleeps && last.kept !== undefined) kept = { at: last.to, state: last.kept }
  }

  /** What is in the device's Storage, unless that was taken before. */
  const takeKept = () => {
    const taken = kept
    kept = undefined
    return taken
  }
  return { past: () => past, lived, takeKept }
}

/** Prints items. */
const printer = (options: Options, print: (line: string) => void) => {
  const { layout, noun, stamps } = options
  const { lived, past, takeKept } = memory(options)
  let isFirst = true

  const row = (stamp: string, part: Phrase.Part) => {
    isFirst = false
    Format.lines({ stamp, ...part }, layout).forEach(print)
  }
  const group = (done: Phrase.Group) => {
    const soFar = { ...past(), dropped: past().dropped + done.dropped }
    Phrase.parts(done, soFar).forEach((part, index) =>
      row(index > 0 ? "" : stamps.span(done.first.from, done.last.from), part)
    )
    done.last.messages.forEach((message) => row("", messagePart(message)))
    lived(done.last, done.dropped)
  }
  const cycles = ({ vain, waits }: Grouping.Cycles) => {
    const { last } = waits[waits.length - 1] as Phrase.Group
    row(stamps.span((vain[0] as Phrase.Group).first.from, last.from), Phrase.cycles(vain, waits))
    lived(last, vain.concat(waits).reduce((sum, each) => sum + each.dropped, 0))
  }
  const sendings = ({ keeps, sends }: Grouping.Sendings) => {
    const { last } = sends[sends.length - 1] as Phrase.Group
    row(stamps.span((keeps[0] as Phrase.Group).first.from, last.from), Phrase.sendings(keeps, sends, noun))
    lived(last, 0)
  }
  const probes = (given: Grouping.Probes) => {
    const { last } = given.probes[given.probes.length - 1] as Phrase.Group
    row(stamps.span((given.usual[0] as Phrase.Group).first.from, last.from),
      Phrase.probes(given.usual, given.probes, noun))
    lived(last, 0)
  }
  const holding = () => {
    const kept = takeKept()
    if (kept !== undefined) row(stamps.at(kept.at), Phrase.kept(kept.state, noun))
  }
  const turn = ({ at, title }: Extract<Wake.Entry, { readonly _tag: "Turn" }>) => {
    holding()
    if (!isFirst) print("")
    isFirst = false
    print(Format.rule(stamps.at(at) + "  " + title, layout))
  }
  const item = (given: Grouping.Item) => {
    switch (given._tag) {
      case "Group":
        return group(given.group)
      case "Cycles":
        return cycles(given)
      case "Sendings":
        return sendings(given)
      case "Probes":
        return probes(given)
      case "Message":
        return row(stamps.at(given.at), messagePart(given))
      case "Turn":
        return turn(given)
    }
  }
  return { item, holding }
}

export const make = (options: Options): Timeline => {
  let out: Array<string> = []
  const { holding, item } = printer(options, (line) => out.push(line))
  const { messages, sleeps, verbose } = options
  const grouping = Grouping.make({ collapse: !verbose && !messages, messages, sleeps }, item)
  const taken = (): ReadonlyArray<string> => {
    const lines = out
    out = []
    return lines
  }
  return {
    push: (entry) => {
      grouping.push(entry)
      return taken()
    },
    end: () => {
      grouping.end()
      holding()
      return taken()
    }
  }
}

/** The whole timeline, from all its entries. */
export const render = (entries: ReadonlyArray<Wake.Entry>, options: Options): ReadonlyArray<string> => {
  const timeline = make(options)
  return entries.flatMap((entry) => timeline.push(entry)).concat(timeline.end())
}
