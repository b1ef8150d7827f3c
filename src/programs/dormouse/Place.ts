/**
 * Where this program lies and how it starts another part of itself: as TypeScript in a checkout, which tsx runs, or built,
 * as JavaScript in dist beside src.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
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

/** The folder node_modules that holds effect. */
const modules = (): string => {
  const found = fileURLToPath(import.meta.resolve("effect/Effect"))
  return found.slice(0, found.lastIndexOf("node_modules") + "node_modules".length)
}

/**
 * The folder src, for the bundler; as long as the Scope. The bundler takes what lies in a node_modules for a library and
 * leaves it as it is, so an installed package is seen through a link from elsewhere.
 */
export const sources: Effect.Effect<string, never, Scope.Scope> = Effect.suspend(() => {
  const own = path.join(package_, "src")
  if (!own.includes("node_modules")) return Effect.succeed(own)
  const make = Effect.sync(() => {
    const folder = fs.mkdtempSync(path.join(fs.realpathSync(tmpdir()), "dormouse-"))
    fs.symlinkSync(own, path.join(folder, "src"), "junction")
    fs.symlinkSync(modules(), path.join(folder, "node_modules"), "junction")
    return folder
  })
  return Effect.map(
    Effect.acquireRelease(make, (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))),
    (folder) => path.join(folder, "src")
  )
})
