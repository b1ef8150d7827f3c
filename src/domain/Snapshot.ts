/**
 * A value on its way through flash: `dormouse-1 <CRC-32 of the rest> <JSON>`.
 *
 * Readable by a person; and whatever else is read back (a torn write, rot, another program's file) is refused instead of
 * believed. The version in the first word is that of the values inside: change it when they change their shape.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { crc32 } from "./Crc32.ts"
import * as Bytes from "./packet/Bytes.ts"

/** The stored bytes cannot be believed. `message` says why. */
export class UnreadableSnapshot extends Data.TaggedError("UnreadableSnapshot")<{
  readonly message: string
}> {}

const magic = "dormouse-1 "
const headLength = magic.length + 9

const hex = (value: number): string => ("0000000" + value.toString(16)).slice(-8)

/** `value` must be what JSON can carry. */
export const encode = (value: unknown): Bytes.Bytes => {
  const json = Bytes.fromText(JSON.stringify(value))
  return Bytes.concat([Bytes.fromText(magic + hex(crc32(json)) + " "), json])
}

const unreadable = (message: string) => Result.fail(new UnreadableSnapshot({ message }))

/** The inverse of `encode`. Behind a right checksum and version stands a value of our own writing. */
export const decode = (bytes: Bytes.Bytes): Result.Result<unknown, UnreadableSnapshot> => {
  if (Bytes.length(bytes) < headLength) return unreadable("it is cut short")
  const head = Bytes.toBinary(Bytes.slice(bytes, 0, headLength))
  if (head.slice(0, magic.length) !== magic) return unreadable("it is not a snapshot of this version (" + magic.trim() + ")")
  const json = Bytes.slice(bytes, headLength, Bytes.length(bytes))
  if (head.slice(magic.length) !== hex(crc32(json)) + " ") return unreadable("its checksum does not match")
  try {
    return Result.succeed(JSON.parse(Bytes.toText(json)) as unknown)
  } catch {
    return unreadable("its content is not JSON")
  }
}
