/**
 * `npm run coverage`: which lines the fast tests run of the sources that they are for. `npm run coverage -- all`: all
 * tests except that of the packed package, and all sources.
 *
 * What a test runs in another process is not counted, and neither is what the interpreter of a board runs.
 */
import { spawnSync } from "node:child_process"
import { parseArgs } from "node:util"

/** Arguments of Vitest for each extent. */
const extents = {
  fast: ["--mode=fast", "--coverage.include=src/domain/**", "--coverage.include=src/programs/client/**"],
  all: ["--project=!packages", "--coverage.include=src/**/*.ts"]
} as const

const isExtent = (word: string): word is keyof typeof extents => Object.hasOwn(extents, word)

const { positionals: [extent = "fast", ...more] } = parseArgs({ allowPositionals: true })
if (!isExtent(extent) || more.length > 0) {
  console.error("npm run coverage measures the fast tests, npm run coverage -- all all of them; it takes nothing else")
  process.exit(1)
}

// npm puts node_modules/.bin on the PATH.
const args = ["run", "--coverage", ...extents[extent]]
const { status } = spawnSync("vitest", args, { stdio: "inherit", shell: process.platform === "win32" })
console.log("Line by line: coverage/index.html")
process.exit(status ?? 1)
