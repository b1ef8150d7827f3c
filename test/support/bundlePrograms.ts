/**
 * Bundles what tests start as child processes, once a run: a bundle starts in a fifth of the time that its TypeScript
 * takes, and the tests start over a hundred. What a file learns of its own place (`import.meta`) stays that of its
 * source.
 */
import { build, type Plugin } from "esbuild"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import type { TestProject } from "vitest/node"
import * as KeptScripts from "./keptScripts.ts"
import { place, programs } from "./program.ts"

const ownPlace: Plugin = {
  name: "own place",
  setup: (build) =>
    build.onLoad({ filter: /\/(src|test)\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path))),
      loader: "ts"
    }))
}

/** What vitest's configuration does for what runs in its workers; and `dormouse bundle` need not make what is made. */
const ownParts: Plugin = {
  name: "own parts",
  setup: (build) => {
    build.onResolve({ filter: place.imported }, () => ({ path: place.standIn }))
    build.onResolve({ filter: /^\.\/build\.ts$/ },
      ({ importer }) =>
        importer === resolve("src/programs/bundle/bundle.ts") ? { path: resolve("test/support/build.ts") } : undefined)
  }
}

export default async ({ vitest: { projects } }: TestProject): Promise<void> => {
  // No test of these starts a program.
  if (projects.every(({ name }) => name === "pure")) return
  KeptScripts.removeOld()
  const isWhole = projects.some(({ config }) => config.env?.["TESTS"] === "all")
  const { outputFiles } = await build({
    write: false,
    entryPoints: Object.values(programs.sources),
    outdir: programs.folder(isWhole),
    outbase: ".",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    // What is shorter is read sooner, a hundred times. Names stay, for errors tell them.
    minifyWhitespace: true,
    minifySyntax: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // What finds its own files beside it, or loads native code.
    external: ["esbuild", "@babel/*", "terser", "espruino", "tsx", "libsql", "aedes", "mqtt", "fast-check"],
    banner: {
      js: `import { createRequire as requireFrom } from "node:module"; const require = requireFrom(${
        JSON.stringify(pathToFileURL("package.json").href)
      });`
    },
    plugins: isWhole ? [ownPlace] : [ownParts, ownPlace],
    logLevel: "warning"
  })
  for (const { contents, path } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true })
    const own = `${path}.${process.pid}`
    writeFileSync(own, contents)
    // In one step, as a file of its own: another run may be starting the one that is there.
    renameSync(own, path)
  }
}
