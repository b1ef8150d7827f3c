/**
 * `npm run build:library`: the client as a package that others install, in dist/library: JavaScript modules,
 * declarations, source maps and a package.json of its own, whose dependencies are effect and ws. `--out DIRECTORY` builds it
 * there. `npm pack ./dist/library` makes the file for `npm install`.
 */
import { spawnSync } from "node:child_process"
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** What can be imported -> its module below src, and the one that bundlers for browsers take. */
const entries = {
  ".": ["library", "browser"],
  "./effect": ["effect", "effectBrowser"],
  "./codec": ["codec"],
  "./testing": ["testing"],
  "./store": ["store"]
}

const compile = (out) => {
  const tsc = createRequire(path.join(root, "package.json")).resolve("typescript/package.json")
  const bin = path.join(path.dirname(tsc), JSON.parse(readFileSync(tsc, "utf8")).bin.tsc)
  const args = [bin, "-p", path.join(root, "tsconfig.library.json"), "--outDir", out]
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" })
  if (status !== 0) throw new Error("the library does not compile:\n" + stdout + stderr)
}

/** TypeScript rewrites .ts to .js in modules only; in declarations others would look for our sources. */
const rewriteDeclaration = (text) => text.replace(/((?:\bfrom|\bimport\()\s*["']\.{1,2}\/[^"']*)\.ts(["'])/g, "$1.js$2")

const filesBelow = (directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

/** The guide as the package's README, and the pages that it links to, at the places where it expects them. */
const copyGuide = (out) => {
  const copied = new Set()
  const copy = (page, name) => {
    copied.add(page)
    const text = readFileSync(path.join(root, "docs", page), "utf8")
    mkdirSync(path.dirname(path.join(out, name)), { recursive: true })
    writeFileSync(path.join(out, name), text)
    for (const [, link] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      const linked = path.posix.join(path.posix.dirname(page), link)
      if (!copied.has(linked)) copy(linked, linked)
    }
  }
  copy("library.md", "README.md")
}

const manifest = () => {
  const { dependencies, engines, license, type, version } = JSON.parse(
    readFileSync(path.join(root, "package.json"), "utf8")
  )
  const file = (module) => `./programs/library/${module}`
  const target = (module) => ({ types: file(module) + ".d.ts", default: file(module) + ".js" })
  // The most special condition first, and in each the types: they are tried in their order.
  const targets = Object.entries(entries).map(([name, [module, browser]]) => //
  [name, { ...(browser === undefined ? {} : { browser: target(browser) }), ...target(module) }])
  return {
    name: "dormouse-mqtt",
    version,
    description:
      "An MQTT client (3.1.1 and 5) for Node and browsers: Promises, loops, typed errors, back-pressure; and the same as an Effect",
    keywords: ["mqtt", "client", "websocket", "effect", "iot"],
    license,
    type,
    engines,
    sideEffects: false,
    exports: { ...Object.fromEntries(targets), "./package.json": "./package.json" },
    // The user's own effect, if it has the same major version. Of ws: only Node's WebSockets, loaded with the first.
    dependencies: { effect: "^" + dependencies.effect, ws: dependencies.ws }
  }
}

/** Builds beside what is there, and puts it in place at the end. Gives what to say of it. */
export const buildLibrary = (out) => {
  mkdirSync(path.dirname(out), { recursive: true })
  const made = mkdtempSync(path.join(path.dirname(out), ".library-"))
  try {
    compile(made)
    for (const file of filesBelow(made).filter((name) => name.endsWith(".d.ts"))) {
      writeFileSync(file, rewriteDeclaration(readFileSync(file, "utf8")))
    }
    copyFileSync(path.join(root, "LICENSE"), path.join(made, "LICENSE"))
    copyGuide(made)
    writeFileSync(path.join(made, "package.json"), JSON.stringify(manifest(), null, 2) + "\n")
    const files = filesBelow(made)
    const bytes = files.reduce((sum, name) => sum + statSync(name).size, 0)
    rmSync(out, { recursive: true, force: true })
    renameSync(made, out)
    return `${path.relative(process.cwd(), out)}: ${files.length} files, ${Math.round(bytes / 1_024)} kB`
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const { values } = parseArgs({ options: { out: { type: "string", default: path.join(root, "dist/library") } } })
    console.log(buildLibrary(path.resolve(values.out)))
  } catch (failure) {
    console.error(failure.message)
    process.exitCode = 1
  }
}
