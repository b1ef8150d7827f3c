/**
 * Directories that a run keeps for its temporary files, by the process that made them. A run that was killed could
 * not remove its own: the next one does.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Makes a directory of this process: the prefix, its process identifier, and what nobody else has. */
export const make = (base: string, prefix: string): string => mkdtempSync(path.join(base, prefix + process.pid + "-"))

/** Those with this prefix whose process has ended. */
export const left = (base: string, prefix: string): ReadonlyArray<string> =>
  readdirSync(base).flatMap((name) => {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined
    return pid === undefined || isRunning(Number(pid)) ? [] : [path.join(base, name)]
  })

/** Of a run of tests. */
export const ofTests = "dormouse-tests-"

/**
 * From here on all temporary files of this process and of those it starts lie in one directory, which goes with it. A
 * run that a test starts has its files in that of the test.
 */
export const moveTemporaries = (): void => {
  const base = tmpdir()
  if (path.basename(base).startsWith(ofTests)) return
  for (const directory of left(base, ofTests)) rmSync(directory, { recursive: true, force: true })
  const directory = make(base, ofTests)
  process.env["TMPDIR"] = directory
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }))
}
