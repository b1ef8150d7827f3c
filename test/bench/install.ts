/**
 * What installing the library costs, beside MQTT.js: both are installed by npm into empty projects, and a program that
 * only imports them is bundled.
 */
import { build } from "esbuild"
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
  /** Bytes of a minified bundle. */
  readonly bundle: number
  /** The median, in milliseconds. */
  readonly load: number
}

const npm = (cwd: string, ...args: ReadonlyArray<string>): void => {
  execFileSync("npm", args, { cwd, stdio: "pipe", shell: process.platform === "win32" })
}

const bundled = async (cwd: string): Promise<number> => {
  const { outputFiles } = await build({
    absWorkingDir: cwd,
    entryPoints: ["index.mjs"],
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    write: false,
    logLevel: "silent"
  })
  return outputFiles[0]?.contents.length ?? 0
}

/** How long the import takes in a new process, the median of nine. */
const loaded = (cwd: string): number => {
  const times = Array.from({ length: 9 },
    () => Number(execFileSync(process.execPath, ["index.mjs"], { cwd }).toString()))
  return times.sort((a, b) => a - b)[4] as number
}

const weigh = async (name: string, what: string, statement: string): Promise<Weight> => {
  const cwd = mkdtempSync(path.join(tmpdir(), "dormouse-install-"))
  try {
    writeFileSync(path.join(cwd, "package.json"), JSON.stringify({ name: "app", private: true }))
    npm(cwd, "install", "--prefer-offline", "--no-audit", "--no-fund", what)
    writeFileSync(path.join(cwd, "index.mjs"), `const began = performance.now()
      const { connect } = ${statement}
      if (typeof connect === "function") console.log(performance.now() - began)`)
    const { packages } = JSON.parse(readFileSync(path.join(cwd, "package-lock.json"), "utf8")) as {
      readonly packages: object
    }
    const files = readdirSync(path.join(cwd, "node_modules"), { recursive: true, encoding: "utf8" }).map((file) =>
      statSync(path.join(cwd, "node_modules", file))
    )
    const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
    // One of them is the project itself.
    return { name, packages: Object.keys(packages).length - 1, bytes, bundle: await bundled(cwd), load: loaded(cwd) }
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

const row = ({ bundle, bytes, load, name, packages }: Weight): string =>
  `| ${name} | ${packages} | ${(bytes / 1e6).toFixed(1)} MB | ${Math.round(bundle / 1e3)} kB | ${Math.round(load)} ms |`

export const run = async (): Promise<void> => {
  const out = mkdtempSync(path.join(tmpdir(), "dormouse-library-"))
  try {
    execFileSync(process.execPath, [path.join(root, "bin/buildLibrary.js"), "--out", path.join(out, "built")])
    npm(out, "pack", path.join(out, "built"))
    const archive = path.join(out, readdirSync(out).find((name) => name.endsWith(".tgz")) as string)
    const { devDependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      readonly devDependencies: { readonly mqtt: string }
    }
    console.log("| | packages | on the disk | bundled and minified | time to import |\n|---|---|---|---|---|")
    console.log(row(await weigh("dormouse-mqtt", archive, "await import(\"dormouse-mqtt\")")))
    console.log(
      row(
        await weigh(`mqtt ${devDependencies.mqtt}`, `mqtt@${devDependencies.mqtt}`, "(await import(\"mqtt\")).default")
      )
    )
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
