/**
 * A directory that one user has at a time: a file in it names the process that has it. The lock of a process that has
 * gone counts no longer, nor does one of an earlier process that had the same number.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import * as path from "node:path"

const lockName = "~lock"

/** Directories that this process has. */
const held = new Set<string>()

/** When a process began, in the system's own units, where the system says so: a number may be used again. */
const beganAt = (pid: number): string | undefined => {
  try {
    const status = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    // Behind the program's name, which may have anything in it.
    return status.slice(status.lastIndexOf(")")).split(" ")[20]
  } catch {
    return undefined
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (fault) {
    // It belongs to somebody else.
    return (fault as NodeJS.ErrnoException).code === "EPERM"
  }
}

const contentOf = (pid: number): string => `${pid} ${beganAt(pid) ?? ""}`

const read = (file: string): string | undefined => {
  try {
    return fs.readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}

/** The process that has it; undefined: there is none any more. */
const ownerOf = (content: string): number | undefined => {
  const [pid = 0, began = ""] = content.split(" ").map((part, index) => index === 0 ? Number(part) : part) as [
    number,
    string
  ]
  // Another process of ours that had this number has gone: one that lives would be in `held`.
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) return undefined
  return began === "" || began === (beganAt(pid) ?? "") ? pid : undefined
}

/** The same where no file has two names (FAT): its content comes a moment later. */
const makeHere = (file: string): boolean => {
  try {
    fs.writeFileSync(file, contentOf(process.pid), { flag: "wx" })
    return true
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "EEXIST") return false
    throw fault
  }
}

/** Makes the lock, with its content at once; false: there is one. */
const make = (file: string): boolean => {
  const own = `${file}-${process.pid}`
  fs.writeFileSync(own, contentOf(process.pid))
  try {
    fs.linkSync(own, file)
    return true
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "EEXIST") return false
    return makeHere(file)
  } finally {
    fs.unlinkSync(own)
  }
}

/** Takes the directory, which must be there. Gives the number of the process that has it, or what lets it go. */
export const lock = (directory: string): number | (() => void) => {
  const place = fs.realpathSync(directory)
  const file = path.join(place, lockName)
  if (held.has(place)) return process.pid
  while (!make(file)) {
    const content = read(file)
    if (content === undefined) continue
    const owner = ownerOf(content)
    if (owner !== undefined) return owner
    // Somebody else may be quicker: then it is gone already, and `make` finds theirs.
    if (read(file) === content) fs.rmSync(file, { force: true })
  }
  held.add(place)
  return () => {
    held.delete(place)
    fs.rmSync(file, { force: true })
  }
}

/** Has the directory until the Scope ends; fails with the number of the process that has it. */
export const hold = (directory: string): Effect.Effect<void, number, Scope.Scope> =>
  Effect.asVoid(Effect.acquireRelease(
    Effect.suspend(() => {
      const taken = lock(directory)
      return typeof taken === "number" ? Effect.fail(taken) : Effect.succeed(taken)
    }),
    (unlock) => Effect.sync(unlock)
  ))
