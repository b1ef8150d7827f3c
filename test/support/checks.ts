/**
 * What is held against all files before any program runs: types, Effect's diagnostics, lint, format. `npm run check`
 * calls them, and so does a test.
 */
import { type SpawnOptionsWithoutStdio, spawn } from "node:child_process"
import * as path from "node:path"

export interface Check {
  readonly name: string
  /** What is wrong, as the tool says it; empty when all is well. */
  readonly run: () => Promise<string>
}

const root = path.join(import.meta.dirname, "../..")

const isWindows = process.platform === "win32"
const bin = path.join(root, "node_modules/.bin")

interface Ended {
  readonly isFine: boolean
  readonly out: string
  /** What it said, both ways. */
  readonly said: string
}

const start = (command: string, args: ReadonlyArray<string>): Promise<Ended> =>
  new Promise((resolve) => {
    const options: SpawnOptionsWithoutStdio = { cwd: root, shell: isWindows }
    const child = spawn(command, args, options)
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    child.stdout.on("data", (data: Buffer) => out.push(data))
    child.stderr.on("data", (data: Buffer) => err.push(data))
    child.on("error", (fault) => resolve({ isFine: false, out: "", said: String(fault) }))
    child.on("close", (code) => {
      const text = Buffer.concat(out).toString()
      resolve({ isFine: code === 0, out: text, said: text + Buffer.concat(err).toString() })
    })
  })

const faults = async (command: string, args: ReadonlyArray<string>): Promise<string> => {
  const { isFine, said } = await start(path.join(bin, command), args)
  return isFine ? "" : said || command + " failed and says nothing"
}

/** Effect's diagnostics also give suggestions, which are matters of taste: each is a line, and those indented below. */
export const withoutSuggestions = (told: string): string =>
  told.replace(/^\S.*\(\d+,\d+\): suggestion TS.*\n(?:[ \t].*\n)*/gm, "")

/** TypeScript's own compiler with Effect's diagnostics in it: one pass for both. */
const types = async (): Promise<string> => {
  const found = await start(path.join(bin, "effect-tsgo"), ["get-exe-path"])
  if (!found.isFine) return found.said
  const { isFine, said } = await start(found.out.trim(), ["--noEmit", "--pretty", "false"])
  const wrong = withoutSuggestions(said)
  return isFine || wrong !== "" ? wrong : "the compiler failed and says nothing"
}

export const checks: ReadonlyArray<Check> = [
  { name: "types and Effect's diagnostics", run: types },
  { name: "lint", run: () => faults("oxlint", ["--deny-warnings"]) },
  {
    name: "format",
    run: async () => {
      const files = await faults("dprint", ["check", "--list-different"])
      return files && "These files are not formatted: run `npm run format`\n" + files
    }
  }
]
