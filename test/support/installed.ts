/** Programs that may be installed on this machine. */
import { existsSync } from "node:fs"
import * as path from "node:path"

/** Debian puts servers where the PATH of a user does not look. */
const folders = (process.env["PATH"] ?? "").split(path.delimiter).concat("/usr/sbin", "/usr/local/sbin",
  "/opt/homebrew/sbin")

/** The path of the program, or `undefined` where it is not installed; `first`: folders to look into before the others. */
export const find = (program: string, ...first: ReadonlyArray<string>): string | undefined =>
  [...first, ...folders].filter((folder) => folder !== "").map((folder) => path.join(folder, program)).find((file) =>
    existsSync(file)
  )
