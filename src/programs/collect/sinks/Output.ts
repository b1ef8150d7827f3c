/**
 * Rows as lines of standard output. They count as written when the system has taken them; a file is flushed to its disk
 * before that. What was written is remembered for as long as the process runs, and no more than the last rows.
 */
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { type Earlier, isRepetition } from "../../../domain/collect/Repetition.ts"
import type { Row } from "../../../domain/collect/Row.ts"
import * as texts from "../../../domain/collect/texts.ts"
import type { Entry } from "./Entry.ts"
import { type Sink, SinkError } from "./Sink.ts"

/** Rows that are remembered. */
const capacity = 100_000

export interface Memory {
  /** By topic and payload, in the order of the rows; `place` counts the rows. */
  readonly rows: Map<string, { readonly earliest: number; readonly place: number }>
  count: number
}

export const memory = (): Memory => ({ rows: new Map(), count: 0 })

/** Whether the row is new; then it is remembered. */
export const isNew = ({ count, rows }: Memory, row: Row, dup: boolean, retain: boolean): boolean => {
  const known = rows.get(row.topic + "\0" + row.payload)
  if (known === undefined) return true
  const earlier: Earlier = { earliest: known.earliest, since: count - known.place }
  return row.dated !== "device" && !isRepetition({ ...row, dup, retain }, earlier)
}

export const remember = (memory: Memory, row: Row): void => {
  const { rows } = memory
  const key = row.topic + "\0" + row.payload
  rows.delete(key)
  rows.set(key, { earliest: row.earliest, place: ++memory.count })
  if (rows.size <= capacity) return
  for (const oldest of rows.keys()) {
    rows.delete(oldest)
    return
  }
}

const write = (text: string): Effect.Effect<void, SinkError> =>
  Effect.callback((resume) => {
    process.stdout.write(text, (fault) => {
      resume(fault === null || fault === undefined ? Effect.void
        : Effect.fail(new SinkError({ message: "the output cannot be written: " + fault.message })))
    })
  })

/** The file that standard output goes to; undefined: it is a pipe or a terminal. */
const outputFile = (): fs.Stats | undefined => {
  try {
    const found = fs.fstatSync(1)
    return found.isFile() ? found : undefined
  } catch {
    return undefined
  }
}

/** Standard output, with its heading unless it is a file that has something already. */
export const make = (format: texts.Format): Sink => {
  const file = outputFile()
  const remembered = memory()
  const header = texts.header(format)
  let heading = header === undefined || (file?.size ?? 0) > 0 ? "" : header + "\n"
  const commit = (entries: ReadonlyArray<Entry>) => {
    let [text, stored, repeated] = [heading, 0, 0]
    for (const entry of entries) {
      if (entry._tag !== "Reading") continue
      const { dup, retain, row } = entry
      if (isNew(remembered, row, dup, retain)) {
        remember(remembered, row)
        text += texts.line(format, row) + "\n"
        stored++
      } else repeated++
    }
    if (text === "") return Effect.succeed({ stored, repeated })
    const flush = Effect.try({
      try: () => {
        if (file !== undefined) fs.fsyncSync(1)
        heading = ""
        return { stored, repeated }
      },
      catch: (fault) => new SinkError({ message: "the output cannot be written: " + (fault as Error).message })
    })
    return Effect.andThen(write(text), flush)
  }
  return {
    name: "standard output",
    from: undefined,
    begin: () => Effect.void,
    moments: [],
    commit: (entries) => Effect.suspend(() => commit(entries))
  }
}
