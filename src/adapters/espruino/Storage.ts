/**
 * The Storage port over Espruino's Storage, made atomic.
 *
 * Espruino erases the file of a name before it writes the new one (jsflash.c, jsfWriteFile), so a power cut between would
 * lose both. Here a value lives in one of two files in turn: its name, and its name with the first character's case
 * flipped. The new one ends in a mark that is written last; only then the old one is erased. Whichever is complete counts.
 * What `read` gives lies in flash: take out of it what you need before you write that name again.
 */
import * as Effect from "effect/Effect"
import * as Bytes from "../../domain/packet/Bytes.ts"
import { isName, type Storage, StorageError } from "../../ports/Storage.ts"
import { writeLarge } from "./large.ts"
import { platform } from "./platform.ts"

/** Behind the value. */
const mark = "1"
/** Flash not yet written. A mark of which a bit has changed is one still, and who reads the value sees whether that is right. */
const erased = 255

const failed = (operation: "read" | "write", name: string, thrown: unknown) =>
  Effect.fail(new StorageError({ operation, name, message: name + ": " + (thrown as Error).message }))

/** Bytes. What is larger is written by a function that most wakes need not hold. */
const large = 1024

/** No two names meet: none of the characters allowed becomes another allowed one. */
const otherName = (name: string): string => String.fromCharCode(name.charCodeAt(0) ^ 32) + name.slice(1)

/** Whether a file was written to its end. */
const isWhole = (bytes: Bytes.Bytes | undefined): bytes is Bytes.Bytes =>
  bytes !== undefined && Bytes.at(bytes, Bytes.length(bytes) - 1) !== erased

/** The name last used, the file that its next value goes into, and the one that is then erased: not looked up for each write. */
let lastName: string | undefined
let next = ""
let old = ""

/** What `name` holds, and the mark behind it; where is known from then on. */
const find = (name: string): Bytes.Bytes | undefined => {
  if (!isName(name)) throw new Error("is no name")
  const files = platform.require("Storage")
  next = otherName(name)
  old = name
  // Should the flash not answer, it is to be looked up again.
  lastName = undefined
  let bytes = files.read(name)
  if (!isWhole(bytes)) {
    bytes = files.read(next)
    old = next
    next = name
    if (!isWhole(bytes)) bytes = undefined
  }
  lastName = name
  return bytes
}

export const storage: Storage["Service"] = {
  read: (name) =>
    Effect.gen(function*() {
      let fault
      try {
        const bytes = find(name)
        return bytes && Bytes.slice(bytes, 0, Bytes.length(bytes) - 1)
      } catch (thrown) {
        fault = thrown
      }
      return yield* failed("read", name, fault)
    }),
  write: (name, value) =>
    Effect.gen(function*() {
      let fault
      try {
        if (name !== lastName) find(name)
        const files = platform.require("Storage")
        const size = Bytes.length(value)
        if (size > large) writeLarge(files, next, value)
        else files.write(next, value, 0, size + 1)
        files.write(next, mark, size)
        files.erase(old)
        const written = next
        next = old
        old = written
        return
      } catch (thrown) {
        fault = thrown
      }
      return yield* failed("write", name, fault)
    })
}
