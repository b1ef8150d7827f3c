/**
 * `npm run docs:api`: pages about what the Client, the codec and the ports export, in docs/api.
 *
 * TypeDoc reads the sources through the interface of TypeScript 5, which the TypeScript 7 of this repository does not have.
 * So both are no dependencies: npm loads them from the registry, at these versions, and keeps them in its cache. Types are
 * checked by `npm run check`.
 */
import { spawnSync } from "node:child_process"
import { publicEntries } from "./support/publicEntries.ts"

if (process.argv.length > 2) {
  console.error("npm run docs:api takes nothing: it writes to docs/api")
  process.exit(1)
}

const packages = ["typedoc@0.28.20", "typescript@5.9.3"]
const out = "docs/api"

const options = [
  ["--out", out],
  ["--name", "Dormouse"],
  ["--readme", "none"],
  ["--tsconfig", "tsconfig.json"],
  ["--logLevel", "Warn"],
  ["--skipErrorChecking"],
  // What the entries only refer to has no page of its own, and effect's comments link to effect.
  ["--validation.notExported", "false"],
  ["--validation.invalidLink", "false"],
  ["--disableSources"],
  ...publicEntries.map((file) => ["--entryPoints", file])
].flat()

const loaded = packages.map((name) => "--package=" + name)
const { status } = spawnSync("npm", ["exec", "--yes", ...loaded, "--", "typedoc", ...options], {
  stdio: "inherit",
  shell: process.platform === "win32"
})
if (status === 0) {
  console.log(`${publicEntries.length} modules: ${out}/index.html`)
} else {
  console.error(
    `TypeDoc made no pages. It comes from the npm registry (${packages.join(", ")}): can that be reached from here?`
  )
}
process.exit(status ?? 1)
