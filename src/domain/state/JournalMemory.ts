/** A journal in memory, for simulated devices of which nothing but their life matters. */
import * as Result from "effect/Result"
import * as Bytes from "../bytes/Bytes.ts"
import type { Journal, Sheets } from "./Journal.ts"

export interface JournalMemory {
  /** The position of the first record. */
  first: number
  records: Array<Bytes.Bytes>
  bytes: number
  sheets: readonly [ReadonlyArray<Bytes.Bytes>, ReadonlyArray<Bytes.Bytes>]
}

export const make = (): JournalMemory => ({ first: 1, records: [], bytes: 0, sheets: [[], []] })

const sizeOf = (records: ReadonlyArray<Bytes.Bytes>): number =>
  records.reduce((sum, record) => sum + Bytes.length(record), 0)

/** Forgets what is done with, but not at each record. */
const forget = (memory: JournalMemory, keep: number): void => {
  const done = Math.min(memory.records.length, (keep === 0 ? Infinity : keep) - memory.first)
  if (done < memory.records.length && done < 32) return
  memory.bytes -= sizeOf(memory.records.splice(0, done))
  memory.first += done
}

/** The same, apart from what is done with either. */
export const copy = ({ bytes, first, records, sheets }: JournalMemory): JournalMemory => ({
  bytes,
  first,
  records: records.slice(),
  sheets
})

const sheetsOf = (memory: JournalMemory): Sheets<never> => ({
  open: (sheet, bytes) => {
    const [one, other] = memory.sheets
    const records: Array<Bytes.Bytes> = []
    memory.sheets = sheet === 0 ? [records, other] : [one, records]
    let left = bytes
    const put = (record: Bytes.Bytes): boolean => {
      left -= Bytes.length(record)
      if (left >= 0) records.push(record)
      return left >= 0
    }
    return Result.succeed({
      put: (record) => Result.succeed(put(record)),
      close: () => Result.succeed(records.length)
    })
  },
  read: (sheet, from, most) => {
    const records = memory.sheets[sheet].slice(from - 1, from - 1 + most)
    return Result.succeed({ records, next: from + records.length })
  }
})

/** As the port says (ports/Journal). Nothing fails. */
export const journal = (memory: JournalMemory): Journal<never> => ({
  append: (record, keep, bytes) => {
    forget(memory, keep)
    if (memory.records.length === 0) memory.first = Math.max(memory.first, keep)
    if (memory.bytes + Bytes.length(record) > bytes && memory.records.length > 0) {
      return Result.succeed(-(memory.first + Math.min(memory.records.length, 32)))
    }
    memory.bytes += Bytes.length(record)
    return Result.succeed(memory.first + memory.records.push(record) - 1)
  },
  read: (from, most) => {
    const start = Math.max(0, from - memory.first)
    const records = memory.records.slice(start, start + most)
    return Result.succeed({ records, next: records.length > 0 ? memory.first + start + records.length : from })
  },
  end: () => Result.succeed(memory.first + memory.records.length),
  sheets: sheetsOf(memory)
})
