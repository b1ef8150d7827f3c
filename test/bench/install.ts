/**
 * What installing the library costs, beside MQTT.js: both are installed by npm into empty projects, and a program that
 * only imports them is bundled.
 */
import { build, type Metafile } from "esbuild"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

interface Weight {
  readonly name: string
  readonly packages: number
  /** Bytes on the disk. */
  readonly bytes: number
  /** Bytes of a minified bundle: all in one file, and what is loaded at first where the bundler splits. */
  readonly bundle: number
  readonly first: number
  /** The median, in milliseconds. */
  readonly load: number
}

const npm = (cwd: string, ...args: ReadonlyArray<string>): void => {
  execFileSync("npm", args, { cwd, stdio: "pipe", shell: process.platform === "win32" })
}

const bundled = async (cwd: string, splitting: boolean): Promise<Metafile["outputs"]> => {
  const { metafile } = await build({
    absWorkingDir: cwd,
    // What a program imports that only connects.
    entryPoints: ["bundled.mjs"],
    bundle: true,
    minify: true,
    splitting,
    platform: "node",
    format: "esm",
    outdir: "out",
    write: false,
    metafile: true,
    logLevel: "silent"
  })
  return metafile.outputs
}

/** The bytes of this file and of all that it imports at once. */
const firstBytes = (outputs: Metafile["outputs"], name: string, seen = new Set<string>()): number => {
  const output = outputs[name]
  if (output === undefined || seen.has(name)) return 0
  seen.add(name)
  const imports = output.imports.filter(({ kind }) => kind === "import-statement")
  return imports.reduce((sum, { path }) => sum + firstBytes(outputs, path, seen), output.bytes)
}

/** How long the import takes in a new process, the median of nine. */
const loaded = (cwd: string): number => {
  const times = Array.from({ length: 9 },
    () => Number(execFileSync(process.execPath, ["index.mjs"], { cwd }).toString()))
  return times.sort((a, b) => a - b)[4] as number
}

/** `fetched`: an expression for the module; `imported`: the statement that gives `connect`. */
const weigh = async (name: string, what: string, fetched: string, imported: string): Promise<Weight> => {
  const cwd = mkdtempSync(path.join(tmpdir(), "dormouse-install-"))
  try {
    writeFileSync(path.join(cwd, "package.json"), JSON.stringify({ name: "app", private: true }))
    npm(cwd, "install", "--prefer-offline", "--no-audit", "--no-fund", what)
    writeFileSync(path.join(cwd, "index.mjs"), `const began = performance.now()
      const { connect } = ${fetched}
      if (typeof connect === "function") console.log(performance.now() - began)`)
    writeFileSync(path.join(cwd, "bundled.mjs"), `${imported}\nawait connect("mqtt://localhost")`)
    const { packages } = JSON.parse(readFileSync(path.join(cwd, "package-lock.json"), "utf8")) as {
      readonly packages: object
    }
    const files = readdirSync(path.join(cwd, "node_modules"), { recursive: true, encoding: "utf8" }).map((file) =>
      statSync(path.join(cwd, "node_modules", file))
    )
    const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
    // One of them is the project itself.
    const sizes: Array<number> = []
    for (const splitting of [false, true]) {
      const outputs = await bundled(cwd, splitting)
      const main = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === "bundled.mjs")
      if (main === undefined) throw new Error(`there is no bundle of ${name}`)
      sizes.push(firstBytes(outputs, main))
    }
    const [bundle = 0, first = 0] = sizes
    return { name, packages: Object.keys(packages).length - 1, bytes, bundle, first, load: loaded(cwd) }
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

const row = ({ bundle, bytes, first, load, name, packages }: Weight): string =>
  `| ${name} | ${packages} | ${(bytes / 1e6).toFixed(1)} MB | ${Math.round(bundle / 1e3)} kB | ${
    Math.round(first / 1e3)
  } kB | ${Math.round(load)} ms |`

export const run = async (): Promise<void> => {
  const out = mkdtempSync(path.join(tmpdir(), "dormouse-library-"))
  try {
    execFileSync(process.execPath, [path.join(root, "bin/buildLibrary.js"), "--out", path.join(out, "built")])
    npm(out, "pack", path.join(out, "built"))
    const archive = path.join(out, readdirSync(out).find((name) => name.endsWith(".tgz")) as string)
    const { devDependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      readonly devDependencies: { readonly mqtt: string }
    }
    console.log(
      "| | packages | on the disk | bundled and minified | of it loaded at first | time to import |\n|---|---|---|---|---|---|"
    )
    const ours = ["await import(\"dormouse-mqtt\")", "import { connect } from \"dormouse-mqtt\""] as const
    console.log(row(await weigh("dormouse-mqtt", archive, ...ours)))
    const theirs = ["(await import(\"mqtt\")).default", "import mqtt from \"mqtt\"; const { connect } = mqtt"] as const
    console.log(row(await weigh(`mqtt ${devDependencies.mqtt}`, `mqtt@${devDependencies.mqtt}`, ...theirs)))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
