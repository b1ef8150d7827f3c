/**
 * This program as JavaScript, in dist: for who installs it and has no tsx, and for a checkout, where it starts in a
 * fifth of the time. `npm run build` makes it, and `dormouse` does when it finds none or an older one.
 *
 * Effect is built in, since loading its hundreds of files is what a start would cost; what is large and seldom wanted
 * stays a package and is loaded with the command that wants it. Each command is a chunk of its own.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Drawing, bundling, a board's port: loaded by one command each, and not made for being bundled. */
const external = ["@babel/core", "@babel/preset-env", "@observablehq/plot", "esbuild", "espruino", "libsql", "linkedom",
  "terser", "tsx"]

/** Chunks of builds that no process can still be reading. */
const removeOld = (dist, kept) => {
  const anHourAgo = Date.now() - 3_600_000
  for (const name of readdirSync(dist)) {
    const file = path.join(dist, name)
    if (/^dormouse-.*\.js$/.test(name) && !kept.has(name) && statSync(file).mtimeMs < anHourAgo) rmSync(file)
  }
}

/**
 * Builds beside what is there and puts it in place at the end: others may start from it meanwhile. Gives what to say of
 * it.
 */
export const build = async () => {
  // Loaded when it is wanted: a start with a fresh dist has no use for it.
  const esbuild = await import("esbuild")
  const dist = path.join(root, "dist")
  mkdirSync(dist, { recursive: true })
  const made = mkdtempSync(path.join(dist, ".build-"))
  try {
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: { dormouse: "src/programs/dormouse.ts", tools: "src/programs/flash/tools.ts" },
      outdir: made,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      external,
      chunkNames: "dormouse-[name]-[hash]",
      // What is CommonJS inside asks for Node's own modules with require.
      banner: {
        js:
          "import { createRequire as dormouseRequire } from \"node:module\"\nconst require = dormouseRequire(import.meta.url)"
      },
      legalComments: "none",
      logLevel: "silent"
    })
    const files = readdirSync(made)
    const bytes = files.reduce((sum, name) => sum + statSync(path.join(made, name)).size, 0)
    // The entry last: it names the others.
    for (const name of files.sort((a, b) => Number(a === "dormouse.js") - Number(b === "dormouse.js"))) {
      renameSync(path.join(made, name), path.join(dist, name))
    }
    removeOld(dist, new Set(files))
    return `dist: ${files.length} files, ${Math.round(bytes / 1_024)} kB`
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

/** When the newest of the sources was written, in milliseconds. */
const newest = (directory) =>
  readdirSync(directory, { withFileTypes: true }).reduce((latest, entry) => {
    const file = path.join(directory, entry.name)
    return Math.max(latest, entry.isDirectory() ? newest(file) : statSync(file).mtimeMs)
  }, 0)

/** Whether dist has what the sources say. */
export const isFresh = () => {
  const entry = path.join(root, "dist/dormouse.js")
  return existsSync(entry) && statSync(entry).mtimeMs >= newest(path.join(root, "src"))
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  console.log(await build())
}
