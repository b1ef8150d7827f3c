import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { prologue } from "../../../src/adapters/espruino/prologue.ts"
import { overlays } from "../../../src/programs/bundle/overlays.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
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
  it("writes the script and prints its size", () => {
    const out = join(folder, "out/device.js")
    const { status, stderr, stdout } = run("--config", device("good.json", demo), "--out", out)
    expect(stderr).toBe("")
    expect(status).toBe(0)
    expect(stdout).toMatch(/device\.js: \d+ bytes, \d+ functions\n/)
    expect(readFileSync(out + ".config", "utf8")).toContain("\"livingroom\"")
    for (const { file, isWanted } of overlays) {
      // Whom to ask for the time, which commands to take and which battery to measure this file does not say.
      if (isWanted !== undefined) {
        expect([".time", ".command", ".battery"]).toContain(file)
        expect([file, existsSync(out + file)]).toEqual([file, false])
        continue
      }
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
    const lonely = join(folder, "lonely.js")
    writeFileSync(lonely + ".config", "mine")
    const refused = [[config, config], [script, script], [config, mine], [config, join(folder, "out")], [config,
      lonely], [config, join(mine, "a.js")]].map(([from, out]) =>
        run("--config", from as string, "--out", out as string)
      )
    expect(refused.map(({ status, stderr, stdout }) => [status, stdout, stderr])).toEqual([
      [1, "",
        `--out ${config} is a file that this command reads, and would be lost: give another name for a bundle, which ends in .js\n`],
      [1, "",
        `--out ${script} is a file that this command reads, and would be lost: give another name for a bundle, which ends in .js\n`],
      [1, "", `--out ${mine} exists already and is not a bundle of Dormouse: move it away, or give another name\n`],
      [1, "",
        `--out ${join(folder, "out")} does not end in .js, as a bundle does: give a name such as ${
          join(folder, "out")
        }.js\n`],
      [1, "",
        `--out ${lonely} would overwrite ${lonely}.config, which is not a bundle: move it away, or give another name\n`],
      [1, "", expect.stringMatching(
        /mine\.js\/a\.js cannot be written: .*mine\.js is a file and not a directory; give another name\n$/
      )]
    ])
    expect(readFileSync(lonely + ".config", "utf8")).toBe("mine")
    expect(readFileSync(script, "utf8")).toBe(JSON.stringify(demo))
    expect(readFileSync(mine, "utf8")).toBe("console.log('mine')")
  })

  it("refuses a configuration with a line for each fault, and writes nothing", () => {
    const path = device("bad.json", { ...demo, mqtt: { ...demo.mqtt, port: 0, keepalive: -1 } })
    const out = join(folder, "bad.js")
    const { status, stderr } = run("--config", path, "--out", out)
    expect(status).toBe(1)
    expect(stderr.trim().split("\n").map((line) => line.replace(/:1:\d+:/, ":1:n:")).sort()).toEqual([
      expect.stringContaining(path + ":1:n: error: mqtt.keepalive must be"),
      expect.stringContaining(path + ":1:n: error: mqtt.port must be")
    ])
    expect(existsSync(out)).toBe(false)
  })

  it("refuses what no board could work with, repeats the check's warnings, and bundles nothing", () => {
    const out = join(folder, "unworkable.js")
    const path = device("unworkable.json", {
      ...demo,
      network: undefined,
      nmae: 1,
      sensors: { unknown: { id: "s", pin: 4 } },
      mqtt: { ...demo.mqtt, broker: "localhost" }
    })
    const { status, stderr, stdout } = run("--config", path, "--out", out)
    const lines = stderr.trim().split("\n").map((line) => line.replace(path, ""))
    expect([status, stdout, existsSync(out)]).toEqual([1, "", false])
    expect(lines).toHaveLength(5)
    expect(lines).toEqual(expect.arrayContaining([
      expect.stringMatching(/^:1:\d+: error: sensors\.unknown has no driver on a board/),
      expect.stringMatching(/^:1:1: error: network is missing: a board will join none/),
      expect.stringMatching(/^:1:\d+: error: mqtt\.broker is localhost, which is the board itself/),
      expect.stringMatching(/^:1:\d+: warning: nmae is not a key of the configuration/),
      "this cannot work on a board; --force bundles it anyway"
    ]))
    const pin = device("pin.json", { ...demo, sensors: { dht22: { id: "s", pin: 6 } } })
    const onBoard = run("--config", pin, "--out", out, "--board", "esp32-firebeetle")
    expect([onBoard.status, onBoard.stderr]).toEqual([1,
      expect.stringContaining("GPIO 6 of the ESP32 belongs to its flash")])
    const address = device("address.json", { ...demo, mqtt: { ...demo.mqtt, broker: "[::1]" } })
    expect(run("--config", address, "--out", out, "--force").stderr).toMatch(
      /:1:\d+: error: mqtt\.broker must be an address without brackets, as ::1, but is \[::1\]\n$/
    )
  })

  it("gives the verdict of check --board, in its words", () => {
    const rows: ReadonlyArray<object> = [
      { ...demo, network: undefined },
      { ...demo, mqtt: { ...demo.mqtt, broker: "localhost" } },
      { ...demo, sensors: { unknown: { id: "s", pin: 4 } } },
      { ...demo, sensors: { dht22: { id: "a", pin: 22 }, bme280: { id: "b", pin: 21 } } },
      { ...demo, sensors: { dht22: { id: "s", pin: 6 } } },
      { ...demo, mqtt: { ...demo.mqtt, outbox: { bytes: 400_000 } } },
      { ...demo, mqtt: { ...demo.mqtt, port: 0 } },
      { ...demo, awake_timeout: 5 }
    ]
    const said = (text: string) => text.split("\n").filter((line) => /:\d+:\d+: (error|warning): /.test(line)).sort()
    rows.forEach((row, index) => {
      const file = device("verdict.json", row)
      const checked = spawnSync(process.execPath, [program("dormouse"), "check", "--board", "esp32-nodemcu", file], {
        encoding: "utf8"
      })
      const bundled = run("--config", file, "--out", join(folder, "verdict", index + ".js"), "--board", "esp32-nodemcu")
      expect([bundled.status, said(bundled.stderr)], JSON.stringify(row)).toEqual([checked.status,
        said(checked.stdout)])
      expect(checked.status).toBe(index === rows.length - 1 ? 0 : 1)
    })
  })

  it("says how to put it on a board, with the files that it needs there", () => {
    const sensors = {
      roof: { driver: "ds18b20", id: "r", pin: 4 },
      cellar: { driver: "ds18b20", id: "c", pin: 4, device: "1" }
    }
    const path = device("next.json", { ...demo, network: undefined, credentials: true, sensors })
    const to = join(folder, "next.js")
    expect(run("--config", path, "--out", to).stdout.trim().split("\n").at(-1)).toBe(
      `Next: npx dormouse flash --port PORT --file ${to} --module DS18B20.min.js --credentials FILE`
    )
  })

  it("writes into a directory of its own by default; with --force also what a board could not work with, which it warns of", () => {
    const path = device("forced.json", { ...demo, network: undefined, sensors: { unknown: { id: "s", pin: 4 } } })
    const { status, stderr, stdout } = spawnSync(process.execPath, [program("bundle"), "--config", path, "--force"], {
      encoding: "utf8",
      cwd: folder
    })
    expect([status, existsSync(join(folder, "board/device.js")), existsSync(join(folder, "dist"))]).toEqual([0, true,
      false])
    expect(stdout).toMatch(/^board\/device\.js: /)
    expect(stdout).toMatch(/\nNext: npx dormouse flash --port PORT\n$/)
    const lines = stderr.trim().split("\n").map((line) => line.replace(path, ""))
    expect(lines).toHaveLength(2)
    expect(lines).toEqual(expect.arrayContaining([
      expect.stringMatching(/^:1:1: warning: network is missing/),
      expect.stringMatching(/^:1:\d+: warning: sensors\.unknown has no driver on a board/)
    ]))
  })

  it("refuses a file that is not there, and a command line without one, in one line", () => {
    const missing = run("--config", join(folder, "nowhere.json"))
    expect([missing.status, missing.stderr.trim().split("\n").length]).toEqual([1, 1])
    expect(missing.stderr).toContain("does not exist")
    const none = run()
    expect([none.status, none.stderr.trim()]).toEqual([1, "Missing required flag: --config (--help lists the options)"])
  })
})
