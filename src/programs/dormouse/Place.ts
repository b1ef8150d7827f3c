/**
 * Where this program lies and how it starts another part of itself: as TypeScript in a checkout, which tsx runs, or
 * built, as JavaScript in dist beside src.
 */
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const here = fileURLToPath(import.meta.url)

/** Every built file lies in dist itself. */
const isBuilt = here.endsWith(".js")

const package_ = isBuilt ? path.dirname(path.dirname(here)) : path.resolve(path.dirname(here), "../../..")

/** A part that runs as a process of its own, for `child_process.fork`. */
export interface Part {
  readonly file: string
  readonly execArgv: ReadonlyArray<string>
}

/** The part that is `src/programs/<name>.ts` in a checkout. */
export const part = (name: "dormouse" | "flash/tools"): Part =>
  isBuilt
    ? { file: path.join(package_, "dist", path.basename(name) + ".js"), execArgv: [] }
    : { file: path.join(package_, "src/programs", name + ".ts"), execArgv: ["--import", import.meta.resolve("tsx")] }

/** The folder src, for the bundler. */
export const sources: string = path.join(package_, "src")
