/**
 * What a device needs of a journal (ports/Journal): records that are appended, read from a position on, and done with in
 * the order in which they came.
 */
import type * as Result from "effect/Result"
import type { Bytes } from "../bytes/Bytes.ts"

/** What is read of a journal. */
export interface Part {
  readonly records: ReadonlyArray<Bytes>
  /** Where to go on: behind the last of them, or, where they are fewer than were asked for, at the journal's end. */
  readonly next: number
}

/** Why a journal could not be read or written. */
export interface Fault {
  readonly message: string
}

/** One of the two. */
export type Sheet = 0 | 1

/** A sheet that is being filled. */
export interface Writer<E = Fault> {
  readonly put: (record: Bytes) => Result.Result<boolean, E>
  readonly close: () => Result.Result<number, E>
}

/** Two sheets for what was thinned out (Thinned): one is in use, and the other may be filled. */
export interface Sheets<E = Fault> {
  readonly read: (sheet: Sheet, from: number, most: number) => Result.Result<Part, E>
  readonly open: (sheet: Sheet, bytes: number) => Result.Result<Writer<E>, E>
}

export interface Journal<E = Fault> {
  readonly append: (record: Bytes, keep: number, bytes: number) => Result.Result<number, E>
  readonly read: (from: number, most: number) => Result.Result<Part, E>
  readonly end: () => Result.Result<number, E>
  readonly sheets: Sheets<E>
}

/** What each step needs of it: a board has no more than that in memory. */
export type Reader = Pick<Journal, "read">
export type Appender = Pick<Journal, "append" | "end">
export type Finder = Pick<Journal, "read" | "end">
