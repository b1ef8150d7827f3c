/** What is published, installed into an empty directory beside the packages that it says it needs, and used there. */
import { execFile } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const run = promisify(execFile)

const root = fileURLToPath(new URL("../../..", import.meta.url))
const app = fs.mkdtempSync(path.join(fs.realpathSync(tmpdir()), "dormouse-package-"))
const installed = path.join(app, "node_modules/dormouse")

const dormouse = async (...args: ReadonlyArray<string>) =>
  (await run(process.execPath, [path.join(installed, "bin/dormouse.js"), ...args], { cwd: app })).stdout

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
}

beforeAll(async () => {
  await run("npm", ["pack", "--ignore-scripts=false", "--pack-destination", app], { cwd: root })
  const archive = fs.readdirSync(app).find((name) => name.endsWith(".tgz")) as string
  fs.mkdirSync(path.join(app, "node_modules"))
  await run("tar", ["-xzf", archive], { cwd: app })
  fs.renameSync(path.join(app, "package"), installed)
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8")) as Manifest
  for (const name of Object.keys(dependencies)) {
    fs.mkdirSync(path.dirname(path.join(app, "node_modules", name)), { recursive: true })
    fs.symlinkSync(path.join(root, "node_modules", name), path.join(app, "node_modules", name), "junction")
  }
})

afterAll(() => fs.rmSync(app, { recursive: true, force: true }))

describe.skipIf(process.platform === "win32")("the package", () => {
  it("holds the command, its sources and no tests", () => {
    const { bin } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8")) as Manifest
    expect(bin).toEqual({ dormouse: "bin/dormouse.js" })
    expect(fs.statSync(path.join(installed, "bin/dormouse.js")).mode & 0o111).not.toBe(0)
    expect(fs.readdirSync(installed).sort()).toEqual(["LICENSE", "README.md", "bin", "dist", "package.json", "src"])
  })

  it("makes a device's file, checks it, and lives days with it", async () => {
    expect(await dormouse("init", "--yes", "--name", "Attic")).toMatch(/^device\.json is written/)
    expect(await dormouse("check", "device.json")).toMatch(
      /device\.json is valid, with 2 warnings\. Attic: wakes every 5 min/
    )
    expect(await dormouse("simulate", "--config", "device.json", "--days", "1")).toContain("── totals of 1 day ──")
  })

  it("bundles from a directory that has no packages, as a global installation does", async () => {
    const elsewhere = fs.mkdtempSync(path.join(fs.realpathSync(tmpdir()), "dormouse-elsewhere-"))
    fs.writeFileSync(path.join(elsewhere, "device.json"),
      JSON.stringify({ network: { ssid: "s" }, sensors: { simulated: {} }, mqtt: { enabled: true, broker: "b" } }))
    const { stdout } = await run(process.execPath, [path.join(installed, "bin/dormouse.js"), "bundle", "--config",
      "device.json"], { cwd: elsewhere })
    expect(stdout).toMatch(/^board\/device\.js: \d+ bytes, \d+ functions\n +\d+ {2}src\//)
    expect(fs.readFileSync(path.join(elsewhere, "board/device.js.review"), "utf8")).toMatch(/^\(function/)
    fs.rmSync(elsewhere, { recursive: true })
  })

  it("is built in a checkout at the first call, and again only when its sources have changed", async () => {
    const checkout = path.join(app, "checkout")
    for (const name of ["bin", "src", "package.json", "tsconfig.json"]) {
      fs.cpSync(path.join(root, name), path.join(checkout, name), { recursive: true })
    }
    fs.symlinkSync(path.join(root, "node_modules"), path.join(checkout, "node_modules"), "junction")
    const entry = path.join(checkout, "dist/dormouse.js")
    const start = async () => {
      await run(process.execPath, [path.join(checkout, "bin/dormouse.js"), "check", "device.json"], { cwd: app })
      return fs.statSync(entry).ino
    }
    expect(fs.existsSync(entry)).toBe(false)
    const first = await start()
    expect(await start()).toBe(first)
    const later = new Date(Date.now() + 5_000)
    fs.utimesSync(path.join(checkout, "src/programs/run/run.ts"), later, later)
    expect(await start()).not.toBe(first)
    expect(fs.readdirSync(path.join(checkout, "dist")).filter((name) => name.startsWith("."))).toEqual([])
  })

  it("starts from its sources, too, where nothing was built", async () => {
    fs.rmSync(path.join(installed, "dist"), { recursive: true })
    expect(await dormouse("check", "device.json")).toContain("device.json is valid")
  })
})
