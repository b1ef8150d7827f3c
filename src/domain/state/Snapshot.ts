/**
 * A value on its way through flash: `dormouse-1 <CRC-32 of the rest> <JSON>`.
 *
 * Readable by a person; and whatever else is read back (a torn write, rot, another program's file) is refused instead
 * of believed. The version in the first word is that of the values inside: change it when they change their shape.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { crc32 } from "../bytes/Crc32.ts"
import * as Bytes from "../bytes/Bytes.ts"

/** The stored bytes cannot be believed. `message` says why. */
export class UnreadableSnapshot extends Data.TaggedError("UnreadableSnapshot")<{
  readonly message: string
}> {}

const magic = "dormouse-1 "
const headLength = magic.length + 9

/** The 20 bytes before the JSON. */
const headOf = (json: Bytes.Bytes): string => {
  const digits = crc32(json).toString(16)
  // A usual checksum needs no padding, which costs a board twice as much as to look.
  return magic + (digits[7] ? digits : ("0000000" + digits).slice(-8)) + " "
}

/** `value` must be what JSON can carry. */
export const encode = (value: unknown): Bytes.Bytes => {
  const json = JSON.stringify(value)
  return Bytes.fromText(headOf(Bytes.fromText(json)) + json)
}

/** The version and the checksum: two snapshots that begin alike hold the same. */
export const beginning = (snapshot: Bytes.Bytes): Bytes.Bytes => Bytes.slice(snapshot, 0, headLength)

/**
 * The value in a snapshot; undefined: it cannot be believed. Behind a right checksum and version stands one of our own
 * writing.
 */
export const read = (bytes: Bytes.Bytes): unknown => {
  const json = Bytes.slice(bytes, headLength)
  try {
    if (Bytes.toBinary(beginning(bytes)) === headOf(json)) return JSON.parse(Bytes.toText(json))
  } catch {
    // The writer's fault, not the flash's.
  }
  return undefined
}

const whyUnreadable = (bytes: Bytes.Bytes): string => {
  const head = Bytes.toBinary(beginning(bytes))
  if (head.length < headLength) return "it is cut short"
  if (head.slice(0, magic.length) !== magic) return "it is not a snapshot of this version (" + magic.trim() + ")"
  return head === headOf(Bytes.slice(bytes, headLength)) ? "its content is not JSON" : "its checksum does not match"
}

/** The inverse of `encode`. */
export const decode = (bytes: Bytes.Bytes): Result.Result<unknown, UnreadableSnapshot> => {
  const value = read(bytes)
  return value === undefined ? Result.fail(new UnreadableSnapshot({ message: whyUnreadable(bytes) }))
    : Result.succeed(value)
}
