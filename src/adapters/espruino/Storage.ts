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
import { platform } from "./platform.ts"

/** Behind the value. Flash not yet written reads as 255. */
const mark = 49

const attempt = <A>(operation: "read" | "write", name: string, run: () => A): Effect.Effect<A, StorageError> =>
  Effect.gen(function*() {
    let message = name + " is no name"
    try {
      if (isName(name)) return run()
    } catch (thrown) {
      message = name + ": " + (thrown as Error).message
    }
    return yield* Effect.fail(new StorageError({ operation, name, message }))
  })

/** No two names meet: none of the characters allowed becomes another allowed one. */
const otherName = (name: string): string => String.fromCharCode(name.charCodeAt(0) ^ 32) + name.slice(1)

/** The value in a file, if it was written to its end. */
const whole = (file: string): Bytes.Bytes | undefined => {
  const bytes = platform.require("Storage").read(file)
  if (!bytes) return undefined
  const size = Bytes.length(bytes) - 1
  return Bytes.at(bytes, size) === mark ? Bytes.slice(bytes, 0, size) : undefined
}

const read = (name: string) => whole(name) ?? whole(otherName(name))

const write = (name: string, value: Bytes.Bytes) => {
  const files = platform.require("Storage")
  const other = otherName(name)
  const isHere = whole(name) !== undefined
  const next = isHere ? other : name
  const size = Bytes.length(value)
  files.write(next, value, 0, size + 1)
  files.write(next, String.fromCharCode(mark), size)
  files.erase(isHere ? name : other)
}

export const storage: Storage["Service"] = {
  read: (name) => attempt("read", name, () => read(name)),
  write: (name, value) => attempt("write", name, () => write(name, value))
}
