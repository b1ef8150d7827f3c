/**
 * `npm run build`: this program as JavaScript, in dist, for who installs it and has no tsx.
 *
 * Effect is built in, since loading its hundreds of files is what a start would cost; what is large and seldom wanted stays
 * a package and is loaded with the command that wants it. Each command is a chunk of its own.
 */
import * as esbuild from "esbuild"
import { existsSync, readdirSync, rmSync, statSync } from "node:fs"

/** Drawing, bundling, a board's port: loaded by one command each, and not made for being bundled. */
const external = ["@babel/core", "@babel/preset-env", "@observablehq/plot", "esbuild", "espruino", "linkedom", "terser", "tsx"]

const outdir = "dist"

// Chunks of a build before have other names. device.js is not ours to delete: `dormouse bundle` writes it there.
const old = existsSync(outdir) ? readdirSync(outdir).filter((name) => /^dormouse-.*\.js$/.test(name)) : []
for (const name of old) rmSync(outdir + "/" + name)

const result = await esbuild.build({
  entryPoints: { dormouse: "src/programs/dormouse.ts", tools: "src/programs/flash/tools.ts" },
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external,
  chunkNames: "dormouse-[name]-[hash]",
  // What is CommonJS inside asks for Node's own modules with require.
  banner: { js: "import { createRequire as dormouseRequire } from \"node:module\"\nconst require = dormouseRequire(import.meta.url)" },
  legalComments: "none",
  metafile: true,
  logLevel: "warning"
})

const files = Object.keys(result.metafile.outputs)
const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
console.log(`${outdir}: ${files.length} files, ${Math.round(bytes / 1_024)} kB`)
