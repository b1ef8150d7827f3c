/**
 * The Store port as files in a directory: lines (domain/state/JournalLine), as those of the device's journal, that are
 * appended and flushed to the disk. When they are many, what still counts begins a new file, and the others are deleted.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as DeliveryLog from "../../domain/delivery/DeliveryLog.ts"
import * as DeliveryRecord from "../../domain/delivery/DeliveryRecord.ts"
import * as JournalLine from "../../domain/state/JournalLine.ts"
import { type OpenStore, type Store, StoreError } from "../../ports/Store.ts"
import { lock } from "./DirectoryLock.ts"
import { fileFrom, read, segments } from "./Journal.ts"
import { flushDirectory, makeDirectory } from "./Storage.ts"

const prefix = "~delivery-"

/** A log is made anew when it has grown by so many bytes, or by twice what counts. */
const leastGrowth = 1_048_576

interface Log {
  readonly directory: string
  readonly state: DeliveryLog.State
  /** The file that is appended to, and its bytes. */
  handle: number
  size: number
  /** Of the next record. */
  position: number
  /** At this size it is made anew. */
  limit: number
}

const linesOf = (records: ReadonlyArray<Bytes.Bytes>, position: number): Bytes.Bytes =>
  Bytes.concat(records.map((record, index) => JournalLine.encode(position + index, record)))

/** Writes all or nothing, and flushes it. */
const write = (handle: number, bytes: Bytes.Bytes, size: number): void => {
  try {
    for (let at = 0; at < bytes.length;) at += fs.writeSync(handle, bytes, at, bytes.length - at, size + at)
    fs.fsyncSync(handle)
  } catch (fault) {
    fs.ftruncateSync(handle, size)
    throw fault
  }
}

/** Begins a new file with all that counts. The others are deleted when it is on the disk. */
const begin = (log: Omit<Log, "handle" | "size" | "limit">): Log => {
  const { directory, position, state } = log
  const records = DeliveryRecord.snapshot(state)
  const lines = linesOf(records, position)
  const file = fileFrom(directory, prefix, position)
  const handle = fs.openSync(file, "w+")
  try {
    write(handle, lines, 0)
    flushDirectory(directory)
  } catch (fault) {
    fs.closeSync(handle)
    fs.rmSync(file, { force: true })
    throw fault
  }
  for (const segment of segments(directory, prefix)) if (segment.file !== file) fs.unlinkSync(segment.file)
  const limit = lines.length + Math.max(leastGrowth, 2 * lines.length)
  return { directory, state, handle, size: lines.length, position: position + records.length, limit }
}

/** Begins anew where that pays. A disk that has no room for it has had room for the events. */
const renew = (log: Log): void => {
  if (log.size < log.limit) return
  const { handle } = log
  try {
    Object.assign(log, begin(log))
    fs.closeSync(handle)
  } catch {
    log.limit *= 2
  }
}

const append = (log: Log, events: ReadonlyArray<DeliveryLog.Event>): void => {
  const lines = linesOf(events.map(DeliveryRecord.encode), log.position)
  write(log.handle, lines, log.size)
  log.size += lines.length
  log.position += events.length
  for (const event of events) DeliveryLog.apply(log.state, event)
  renew(log)
}

const failed = (directory: string) => (fault: unknown): StoreError =>
  fault instanceof StoreError ? fault : new StoreError({
    reason: "Failed",
    directory,
    message: `the store ${directory}: ${(fault as Error).message}`
  })

const openLog = (directory: string, clientId: string): Log => {
  const { next, records } = read(directory, 1, Infinity, prefix)
  const state = DeliveryRecord.replay(records) ?? DeliveryLog.make(clientId)
  if (state.clientId !== clientId) {
    const message = `the store ${directory} holds what the client ${JSON.stringify(state.clientId)} owes: give `
      + `${JSON.stringify(clientId)} a directory of its own`
    throw new StoreError({ reason: "OtherClient", directory, message })
  }
  return begin({ directory, state, position: next })
}

const open = (given: string, clientId: string): { readonly store: OpenStore; readonly close: () => void } => {
  const directory = path.resolve(given)
  makeDirectory(directory)
  const unlock = lock(directory)
  if (typeof unlock === "number") {
    const message = `the store ${directory} is in use by ${
      unlock === process.pid ? "another client of this program" : "process " + unlock
    }: give each client a directory of its own`
    throw new StoreError({ reason: "InUse", directory, message })
  }
  try {
    const log = openLog(directory, clientId)
    const close = () => {
      fs.closeSync(log.handle)
      unlock()
    }
    const add: OpenStore["append"] = (events) =>
      Result.try({ try: () => append(log, events), catch: failed(directory) })
    return { store: { state: log.state, append: add }, close }
  } catch (fault) {
    unlock()
    throw fault
  }
}

/**
 * Keeps what a Client owes in this directory, which is made if it is missing. An `append` takes the time of the disk, in
 * which the process does nothing else.
 */
export const directory = (given: string): Store => ({
  open: (clientId): Effect.Effect<OpenStore, StoreError, Scope.Scope> =>
    Effect.map(
      Effect.acquireRelease(
        Effect.try({ try: () => open(given, clientId), catch: failed(given) }),
        ({ close }) => Effect.sync(close)
      ),
      ({ store }) => store
    )
})
