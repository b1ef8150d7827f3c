/**
 * The Storage port as a directory with one file for each name.
 *
 * A value is written to a temporary file beside it, flushed to the disk and renamed over the old one; then the directory
 * is flushed too, since the new name is an entry in it. A power cut leaves at most a temporary file, which the next write
 * of that name replaces. `~` is no character of a name, so no value can be mistaken for one.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import type { Bytes } from "../../domain/packet/Bytes.ts"
import { isName, Storage, StorageError } from "../../ports/Storage.ts"

const flush = async (file: fs.FileHandle): Promise<void> => {
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

const read = async (directory: string, name: string): Promise<Bytes | undefined> => {
  try {
    const value = await fs.readFile(path.join(directory, name))
    return new Uint8Array(value.buffer, value.byteOffset, value.length)
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw fault
  }
}

const isDirectory = (directory: string): Promise<boolean> =>
  fs.stat(directory).then((found) => found.isDirectory(), () => false)

/** Makes it with its parents. Node's own recursive mkdir never ends where a parent answers ENOENT itself, as /proc does. */
const makeDirectory = async (directory: string): Promise<void> => {
  if (await isDirectory(directory)) return
  const parent = path.dirname(directory)
  if (parent !== directory) await makeDirectory(parent)
  try {
    await fs.mkdir(directory)
  } catch (fault) {
    // Somebody else may have made it meanwhile.
    if (!(await isDirectory(directory))) throw fault
  }
}

/**
 * Makes `directory`, if it is missing, and writes a file there to see that it can be done; the file is gone afterwards.
 * Fails with the system's words.
 */
export const prepare = (directory: string): Effect.Effect<void, string> =>
  Effect.tryPromise({
    try: async () => {
      await makeDirectory(path.resolve(directory))
      // A name of our own: two programs may look at the same directory at once, though only one may use it.
      const probe = path.join(directory, "~" + process.pid)
      await fs.writeFile(probe, "")
      await fs.unlink(probe)
    },
    catch: (fault) => (fault as Error).message
  })

const write = async (directory: string, name: string, value: Bytes): Promise<void> => {
  await makeDirectory(path.resolve(directory))
  const target = path.join(directory, name)
  const temporary = target + "~"
  const file = await fs.open(temporary, "w")
  try {
    await file.writeFile(value)
  } finally {
    await flush(file)
  }
  await fs.rename(temporary, target)
  // Windows opens no directories; its file system keeps renames in its own journal.
  if (process.platform !== "win32") await flush(await fs.open(directory, "r"))
}

const misnamed = "a name is 1 to 28 characters of a-z, 0-9, - and ., the first not a ."

/** Keeps values in `directory`, which is made with the first write. Only one program at a time may use it. */
export const layer = (directory: string): Layer.Layer<Storage> =>
  Layer.sync(Storage, () => {
    const oneAtATime = Semaphore.makeUnsafe(1)
    const attempt = <A>(operation: "read" | "write", name: string, run: () => Promise<A>) =>
      Effect.tryPromise({
        try: run,
        catch: (fault) => new StorageError({ operation, name, message: `${operation} of ${JSON.stringify(name)}: ${(fault as Error).message}` })
      })
    return {
      read: (name) => isName(name) ? attempt("read", name, () => read(directory, name)) : Effect.undefined,
      // A promise cannot be stopped: a write given up half-way would go on and could overtake the next one.
      write: (name, value) =>
        Semaphore.withPermit(oneAtATime, Effect.uninterruptible(attempt("write", name, () =>
          isName(name) ? write(directory, name, value) : Promise.reject(new Error(misnamed)))))
    }
  })
