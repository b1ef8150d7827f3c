import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { prologue } from "../../../src/adapters/espruino/prologue.ts"
import { asides } from "../../../src/programs/bundle/swaps.ts"
import { demo } from "../../../src/programs/simulate/demo.ts"
import { program } from "../../support/program.ts"
import { isWhole } from "../../support/runs.ts"

const folder = mkdtempSync(join(tmpdir(), "bundle-"))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [program("bundle"), ...args], { encoding: "utf8" })

const device = (name: string, file: object): string => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(file))
  return path
}

describe("npm run bundle", () => {
  it("writes the script and tells what it weighs", () => {
    const out = join(folder, "out/device.js")
    const { status, stderr, stdout } = run("--config", device("good.json", demo), "--out", out)
    expect(stderr).toBe("")
    expect(status).toBe(0)
    expect(stdout).toMatch(/device\.js: \d+ bytes, \d+ functions\n/)
    expect(readFileSync(out + ".config", "utf8")).toContain("\"livingroom\"")
    for (const { file } of asides) {
      expect(stdout).toMatch(new RegExp(`device\\.js\\${file}: \\d+ bytes, for the board's Storage as \\${file}\n`))
      expect(readFileSync(out + file, "utf8")).toMatch(/^\(function/)
    }
  })

  it.skipIf(!isWhole)("leaves no file of an earlier bundle there, for flash would send it along", () => {
    const out = join(folder, "whole.js")
    writeFileSync(out, prologue + "\n")
    writeFileSync(out + ".review", "(function(){})")
    const { status, stderr } = run("--config", device("whole.json", demo), "--out", out, "--runtime", "effect")
    expect(stderr).toMatch(/^warning: effect's own runtime takes .* for boards with PSRAM\n$/)
    expect([status, existsSync(out), existsSync(out + ".review")]).toEqual([0, true, false])
  })

  it("writes over no file but an earlier bundle", () => {
    const config = device("input.json", demo)
    const script = device("input.js", demo)
    const mine = join(folder, "mine.js")
    writeFileSync(mine, "console.log('mine')")
    const refused = [[config, config], [script, script], [config, mine], [config, join(folder, "out")]].map(([from, out]) =>
      run("--config", from as string, "--out", out as string))
    expect(refused.map(({ status, stderr, stdout }) => [status, stdout, stderr])).toEqual([
      [1, "", `--out ${config} is a file that this command reads, and would be lost: give another name for a bundle, which ends in .js\n`],
      [1, "", `--out ${script} is a file that this command reads, and would be lost: give another name for a bundle, which ends in .js\n`],
      [1, "", `--out ${mine} is there already and is not a bundle of Dormouse: move it away, or give another name\n`],
      [1, "", `--out ${join(folder, "out")} does not end in .js, as a bundle does: give a name such as ${join(folder, "out")}.js\n`]
    ])
    expect(readFileSync(script, "utf8")).toBe(JSON.stringify(demo))
    expect(readFileSync(mine, "utf8")).toBe("console.log('mine')")
  })

  it("refuses a configuration with a line for each fault, and writes nothing", () => {
    const path = device("bad.json", { ...demo, mqtt: { ...demo.mqtt, port: 0, keepalive: -1 } })
    const out = join(folder, "bad.js")
    const { status, stderr } = run("--config", path, "--out", out)
    expect(status).toBe(1)
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringContaining(path + ": mqtt.port must be"),
      expect.stringContaining(path + ": mqtt.keepalive must be")
    ])
    expect(existsSync(out)).toBe(false)
  })

  it("refuses what no board could work with, repeats the check's warnings, and bundles nothing", () => {
    const out = join(folder, "unworkable.js")
    const path = device("unworkable.json", {
      ...demo, network: undefined, nmae: 1, sensors: { ds18b20: { id: "s", pin: 4 } }, mqtt: { ...demo.mqtt, broker: "localhost" }
    })
    const { status, stderr, stdout } = run("--config", path, "--out", out)
    const lines = stderr.trim().split("\n").map((line) => line.replace(path, ""))
    expect([status, stdout, existsSync(out)]).toEqual([1, "", false])
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^:1:\d+: sensors\.ds18b20 has no driver on a board/),
      expect.stringMatching(/^:1:\d+: mqtt\.broker is localhost, which is the board itself/),
      expect.stringMatching(/^:1:1: network is missing: a board will join none/),
      "a board could not work with this; --force bundles it all the same",
      expect.stringMatching(/^warning: :1:\d+: nmae is not a key of the configuration/)
    ])
    const pin = device("pin.json", { ...demo, sensors: { dht22: { id: "s", pin: 6 } } })
    const onBoard = run("--config", pin, "--out", out, "--board", "esp32-firebeetle")
    expect([onBoard.status, onBoard.stderr]).toEqual([1, expect.stringContaining("GPIO 6 of the ESP32 belongs to its flash")])
    const address = device("address.json", { ...demo, mqtt: { ...demo.mqtt, broker: "[::1]" } })
    expect(run("--config", address, "--out", out, "--force").stderr).toBe(address + ": mqtt.broker must be an address without brackets, as ::1, but is [::1]\n")
  })

  it("refuses a file that is not there, and a command line without one, in one line", () => {
    const missing = run("--config", join(folder, "nowhere.json"))
    expect([missing.status, missing.stderr.trim().split("\n").length]).toEqual([1, 1])
    expect(missing.stderr).toContain("does not exist")
    const none = run()
    expect([none.status, none.stderr.trim()]).toEqual([1, "Missing required flag: --config (--help lists the options)"])
  })
})
