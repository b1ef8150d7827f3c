/**
 * The Storage port as a directory with one file for each name.
 *
 * A value is written to a temporary file beside it, flushed to the disk and renamed over the old one. Then the
 * directory is flushed too, because the new name is an entry in it. A power cut leaves at most a temporary file, which
 * the next write of that name replaces. `~` is not allowed in a name, so a temporary file is never taken for a value.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import { isName, Storage, StorageError } from "../../ports/Storage.ts"

const flush = (file: number): void => {
  try {
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
}

/** Flushes the names in it. Windows opens no directories; its file system keeps them in its own journal. */
export const flushDirectory = (directory: string): void => {
  if (process.platform !== "win32") flush(fs.openSync(directory, "r"))
}

const read = (directory: string, name: string): Bytes | undefined => {
  try {
    const value = fs.readFileSync(path.join(directory, name))
    return new Uint8Array(value.buffer, value.byteOffset, value.length)
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw fault
  }
}

const isDirectory = (directory: string): boolean => {
  try {
    return fs.statSync(directory).isDirectory()
  } catch {
    return false
  }
}

/**
 * Makes it with its parents. Node's own recursive mkdir never ends if a parent answers ENOENT itself, as /proc does.
 */
export const makeDirectory = (directory: string): void => {
  if (isDirectory(directory)) return
  const parent = path.dirname(directory)
  if (parent !== directory) makeDirectory(parent)
  try {
    fs.mkdirSync(directory)
  } catch (fault) {
    // Somebody else may have made it meanwhile.
    if (!isDirectory(directory)) throw fault
  }
}

/**
 * Makes `directory`, if it is missing, and writes a file there to see whether this works; the file is removed
 * afterwards. Fails with the system's words.
 */
export const prepare = (directory: string): Effect.Effect<void, string> =>
  Effect.try({
    try: () => {
      makeDirectory(path.resolve(directory))
      // A name of our own: two programs may look at the same directory at once, although only one may use it.
      const probe = path.join(directory, "~" + process.pid)
      fs.writeFileSync(probe, "")
      fs.unlinkSync(probe)
    },
    catch: (fault) => (fault as Error).message
  })

const write = (directory: string, name: string, value: Bytes): void => {
  makeDirectory(path.resolve(directory))
  const target = path.join(directory, name)
  const temporary = target + "~"
  const file = fs.openSync(temporary, "w")
  try {
    fs.writeFileSync(file, value)
  } finally {
    flush(file)
  }
  fs.renameSync(temporary, target)
  flushDirectory(directory)
}

const attempt = <A>(operation: "read" | "write", name: string, run: () => A): Result.Result<A, StorageError> =>
  Result.try({
    try: run,
    catch: (fault) =>
      new StorageError({
        operation,
        name,
        message: `${operation} of ${JSON.stringify(name)}: ${(fault as Error).message}`
      })
  })

/**
 * Keeps values in `directory`, which is made with the first write. Only one program at a time may use it. A write takes
 * some milliseconds of the disk's time, in which the process does nothing else.
 */
export const layer = (directory: string): Layer.Layer<Storage> =>
  Layer.succeed(Storage, {
    read: (name) => isName(name) ? attempt("read", name, () => read(directory, name)) : Result.succeed(undefined),
    write: (name, value) =>
      attempt("write", name, () => {
        if (!isName(name)) throw new Error("a name is 1 to 28 characters of a-z, 0-9, - and ., the first not a .")
        write(directory, name, value)
      })
  })
