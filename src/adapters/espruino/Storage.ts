/**
 * The Storage port over Espruino's Storage: a value is a log inside a file of its name (domain/state/FlashLog). So
 * Storage never has anything to compact, and a power cut leaves the value before or the new one.
 *
 * What `read` returns is in flash: one of the next writes of that name may erase it.
 */
import * as Result from "effect/Result"
import * as FlashLog from "../../domain/state/FlashLog.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import type { Storage } from "../../ports/Storage.ts"
import { storageError } from "./faults.ts"
import { writeRarely } from "./log.ts"
import { platform } from "./platform/platform.ts"

/** How many bytes are written at once: Espruino copies them into memory that must be in one piece. */
const large = 1024

/**
 * The name used last, and where its next value and the end of that value go, so that they are not searched for each
 * write. `end` is not above 0: unknown.
 */
let lastName: string | undefined
let end: number
let entry: number

/** All of a name's file, as it is in flash; undefined: there is none. */
const find = (name: string): Bytes.Bytes | undefined => {
  // If the flash does not answer, it must be searched again.
  lastName = undefined
  const all = platform.require("Storage").read(name)
  end = all ? FlashLog.valueEnd(all, entry = FlashLog.locate(all)) : 0
  lastName = name
  return all
}

/** Throws what the flash does. */
const append = (name: string, value: Bytes.Bytes): void => {
  if (name !== lastName) find(name)
  const size = Bytes.length(value)
  try {
    // Without one that can be read, Storage would make the file again.
    if (end > 0 && size < large) {
      const files = platform.require("Storage")
      files.write(name, value, end)
      end += size
      files.write(name, FlashLog.numberOf(end), entry)
      entry += FlashLog.digits
      return
    }
  } catch {
    // Something must be erased first.
  }
  lastName = undefined
  writeRarely(name, value)
}

export const storage: Storage["Service"] = {
  read: (name) => {
    try {
      const all = find(name)
      const start = all ? FlashLog.valueStart(all, entry) : 0
      return Result.succeed(all && start > 0 ? Bytes.slice(all, start, end) : undefined)
    } catch (thrown) {
      return Result.fail(storageError("read", name, thrown))
    }
  },
  write: (name, value) => {
    try {
      append(name, value)
      return Result.succeed(undefined)
    } catch (thrown) {
      return Result.fail(storageError("write", name, thrown))
    }
  }
}
