/**
 * What a command asks for happens once and is told: the simulation's own checker, which is shown what is seen of a board
 * from outside.
 */
import * as Commands from "../../../src/programs/chaos/checkers/Commands.ts"
import * as StoredState from "../../../src/programs/chaos/life/StoredState.ts"
import type { Checker } from "../Checker.ts"
import * as ObservedState from "../ObservedState.ts"

const keptIn = ({ state }: ObservedState.Flash): Commands.Facts["kept"] =>
  state === undefined ? undefined : { interval: state.commands?.[0] ?? 0 }

/** After these a Server knows less, or an acknowledgement is none. */
const excuses: ReadonlySet<string> = new Set(["session", "poison"])

/** All of a wake in the order in which it may have been. */
const sights = (wake: ObservedState.Wake): ReadonlyArray<Commands.Sight> => {
  const { after, before, ended } = wake
  const [was, is] = [keptIn(before), keptIn(after)]
  const isCut = ended.end === "cut"
  // The power failed behind the write, and before the board could say so.
  const isUntold = isCut && is !== undefined && is.interval !== (was?.interval ?? 0)
  return [
    { _tag: "Began" },
    // A Server that forgets the Session forgets those, too.
    ...wake.ordered.map((payload): Commands.Sight => ({ _tag: "Ordered", text: Buffer.from(payload).toString() })),
    ...wake.faults.filter(({ kind }) => excuses.has(kind)).map((): Commands.Sight => ({
      _tag: "Injected",
      kind: "sessionLost"
    })),
    ...ended.events.map((event): Commands.Sight =>
      event._tag === "Measured" ? { _tag: "Read" } : { _tag: "Emitted", event }
    ),
    ...(isUntold ? [{
      _tag: "Emitted" as const,
      event: { _tag: "Command" as const, command: "interval", seconds: is.interval, status: "done", reason: undefined }
    }] : []),
    isCut ? { _tag: "PowerCut", kept: is } : { _tag: "Stored", name: StoredState.stateName, kept: is },
    ...ObservedState.published(wake.notes).map(({ packet: { payload, topic } }): Commands.Sight => ({
      _tag: "Arrived",
      topic,
      payload
    })),
    ...(ended.end === "slept" ? [{ _tag: "Slept" as const, millis: ended.sleptMillis }] : []),
    ...(wake.isHealed && ObservedState.isThrough(wake) ? [{ _tag: "Ended" as const }] : [])
  ]
}

export const commands: Checker = {
  name: "commands",
  promise: "a command is done once, and answered",
  begin: () => {
    const look = Commands.make()
    return (wake) => {
      if (wake.baked.mqtt.topicCommand === "") return undefined
      const facts = {
        config: wake.before.config,
        kept: keptIn(wake.before),
        isUnsaved: ObservedState.events(wake, "NotSaved").length > 0
      }
      let broken: string | undefined
      for (const seen of sights(wake)) broken ??= look(seen, facts)
      return broken
    }
  }
}
