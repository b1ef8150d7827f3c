/**
 * What one configuration costs a board, and whether it comes back from the worst that it can get into by itself:
 * measured on the interpreter. Everything is told in its own units, variables and bytes of stack.
 */
import * as Effect from "effect/Effect"
import * as BoardLab from "./boardLab.ts"
import type { Configuration } from "./configurations.ts"
import type { WakeEvent } from "../../src/domain/wake/WakeEvent.ts"
import { withinLimits } from "./largeUpdates.ts"
import * as TcpServer from "./tcpServer.ts"

export interface Figures {
  readonly name: string
  /** Of the boot code. */
  readonly bytes: number
  /** Variables at the peak of the first and of the second wake. */
  readonly first: number
  readonly second: number
  /** The deepest C stack of all that was tried, in bytes. */
  readonly stack: number
  /**
   * Variables at the peak: an update taken, undefined where it was refused; three tries in vain; the Outbox full,
   * whatever was tried then; it delivered at last.
   */
  readonly update: number | undefined
  readonly inVain: number
  readonly full: number
  readonly delivering: number
  /** Messages that were kept when the Outbox was full, and those that reached the Server in the end. */
  readonly kept: number
  readonly delivered: number
  /** Of the updates that hold as much as one may, those that were taken; the others were refused by number. */
  readonly largeTaken: number
  /** Lines that tell of a program that died, from every wake. */
  readonly deaths: ReadonlyArray<string>
}

const has = (lived: BoardLab.Lived, tag: WakeEvent["_tag"]): boolean => lived.events.some(({ _tag }) => _tag === tag)

const pending = ({ events }: BoardLab.Lived): number => {
  const last = events.at(-1)
  return last?._tag === "Sleeping" ? last.pending : NaN
}

const countDelivered = ({ events }: BoardLab.Lived): number =>
  events.reduce((sum, event) => event._tag === "Delivered" ? sum + event.count : sum, 0)

/** Longer than any wait of the policy. Seconds. */
const longWait = 30_000

/** Wakes that a full Outbox, and a rollback, take at most. */
const maxWakes = 150

const tally = (lab: BoardLab.Lab) => {
  const all: Array<BoardLab.Lived> = []
  return {
    all,
    wake: async (after?: number) => {
      const lived = await lab.wake(after)
      all.push(lived)
      return lived
    },
    peak: (lived: BoardLab.Lived) => lived.report?.jsvars.peak ?? NaN
  }
}

type Found = Omit<Figures, "name" | "bytes" | "stack" | "deaths" | "largeTaken">

/** Until messages give way; and then until an update on probation was given up. */
const fill = async (
  wake: (after?: number) => Promise<BoardLab.Lived>,
  lab: BoardLab.Lab
): Promise<ReadonlyArray<BoardLab.Lived>> => {
  const lives: Array<BoardLab.Lived> = []
  let [isFull, isBack] = [false, false]
  for (let wakes = 0; wakes < maxWakes && !(isFull && isBack); wakes++) {
    if (wakes < 2 || isFull) await lab.server(wakes % 2 === 0 ? "cut" : "away")
    const lived = await wake(isFull ? longWait : 0)
    isFull ||= has(lived, "Dropped")
    isBack ||= has(lived, "ConfigRolledBack")
    lives.push(lived)
    if (lived.deaths.length > 0) break
  }
  return lives
}

const sleeping = async (
  lab: BoardLab.Lab,
  deadPort: number,
  { peak, wake }: ReturnType<typeof tally>
): Promise<Found> => {
  await lab.server("up")
  const first = peak(await wake())
  const second = peak(await wake())
  await lab.retain({ version: 2, update_interval: 300 })
  const taken = await wake()
  await wake()
  await lab.server("cut")
  const inVain = peak(await wake(longWait))
  await lab.server("up")
  await wake(longWait)
  // An update that cuts it off, so that it is rolled back while it owes much.
  await lab.retain({ version: 3, mqtt: { port: deadPort } })
  await wake()
  await wake()
  const filling = [...await fill(wake, lab)]
  await lab.server("cut")
  filling.push(await wake(longWait))
  await lab.server("away")
  filling.push(await wake(longWait))
  const kept = pending(filling.at(-1) as BoardLab.Lived)
  await lab.server("up")
  const back = await wake(longWait)
  return {
    first,
    second,
    update: has(taken, "ConfigAccepted") ? peak(taken) : undefined,
    inVain,
    full: Math.max(...filling.map(peak)),
    delivering: peak(back),
    kept,
    delivered: countDelivered(back)
  }
}

/** In one life: peaks are the whole life's, but for those of two short ones. */
const staying = async (lab: BoardLab.Lab, { all, peak, wake }: ReturnType<typeof tally>): Promise<Found> => {
  await lab.server("up")
  const first = peak(await wake())
  const second = peak(await wake())
  await lab.retain({ version: 2, update_interval: 19 })
  const taken = await lab.stay(1, ({ _tag }) => void (_tag === "ConfigRefused" && lab.restart()))
  await wake()
  await lab.server("cut")
  let [dropped, kept, delivered, tries] = [0, 0, 0, 0]
  const lived = await lab.stay(25, (event) => {
    if (event._tag === "Dropped") dropped++
    if (event._tag === "Trying") kept = event.pending
    if (event._tag === "TryFailed" && dropped > 0) {
      void lab.server(++tries > 3 ? "up" : tries % 2 === 0 ? "cut" : "away")
    }
    if (event._tag === "Delivered") {
      delivered += event.count
      lab.restart()
    }
  })
  all.push(taken, lived)
  return {
    first,
    second,
    update: has(taken, "ConfigAccepted") ? peak(taken) : undefined,
    inVain: peak(lived),
    full: peak(lived),
    delivering: peak(lived),
    kept,
    delivered
  }
}

/** Each is taken, or refused for the memory that it would take. */
const largeUpdates = async (lab: BoardLab.Lab, { wake }: ReturnType<typeof tally>): Promise<number> => {
  let taken = 0
  let version = 100
  await lab.server("up")
  for (const { update } of withinLimits) {
    await lab.retain({ ...update, version: version++ })
    const lived = await wake(longWait)
    if (has(lived, "ConfigAccepted")) taken++
  }
  return taken
}

export const run = (configuration: Configuration): Effect.Effect<Figures> =>
  Effect.scoped(Effect.gen(function*() {
    const lab = yield* BoardLab.make(configuration)
    const deadPort = yield* TcpServer.freePort
    const tallied = tally(lab)
    const found = yield* Effect.promise(() =>
      lab.config.deepSleep ? sleeping(lab, deadPort, tallied) : staying(lab, tallied)
    )
    const largeTaken = yield* Effect.promise(() =>
      lab.config.deepSleep ? largeUpdates(lab, tallied) : Promise.resolve(NaN)
    )
    return {
      name: configuration.name,
      bytes: lab.bytes,
      ...found,
      largeTaken,
      stack: Math.max(...tallied.all.map(({ report }) => report?.stack.needed ?? NaN)),
      deaths: tallied.all.flatMap(({ deaths }) => deaths)
    }
  }))
