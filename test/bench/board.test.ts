/**
 * `npm run measure` with interpreters that cannot do all that it asks: what is missing is said by name, and the rest is
 * measured.
 */
import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { program } from "../support/program.ts"
import * as mosquitto from "../support/mosquitto.ts"
import { isWhole } from "../support/runs.ts"

const root = path.join(import.meta.dirname, "../..")

/** Runs the command with a script in the interpreter's place. */
const measure = (script: string, ...words: ReadonlyArray<string>) => {
  const directory = mkdtempSync(path.join(tmpdir(), "dormouse-test-"))
  const interpreter = path.join(directory, "espruino")
  writeFileSync(interpreter, "#!/bin/sh\n" + script + "\n")
  chmodSync(interpreter, 0o755)
  try {
    const env = { ...process.env, ESPRUINO: interpreter, ESPRUINO_MODULES: directory, MQTT_JS: "" }
    const { status, stderr, stdout } = spawnSync(process.execPath, [program("measure"), ...words], {
      cwd: root,
      env,
      encoding: "utf8"
    })
    return { status, stderr, stdout }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const asleep = "echo 'ESP32.deepSleep(1000)' >&2"

describe("the measurement of a board", () => {
  it.skipIf(mosquitto.executable === undefined || !isWhole)("leaves open what a stock build does not tell, and says so",
    () => {
      const { status, stderr, stdout } = measure(asleep)
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
      expect(stdout).toContain(
        "espruino says nothing of its variables at the peak, its stack and its flash with ESPRUINO_MEASURE=1; docs/esp32.md says"
      )
      expect(stdout).toMatch(/Dormouse, second wake +1\d{4} bytes  JsVars +- loaded +- peak +stack +- /)
    }, 120_000)

  it.each([
    ["an interpreter that knows no deep sleep", "exit 0", "has no ESP32.deepSleep"],
    ["one that boots nothing", "exit 3", "does not boot a flash image (ESPRUINO_FLASH)"]
  ])("refuses %s by name, without a stack trace", (_, script, reason) => {
    const { status, stderr } = measure(script)
    expect(status).toBe(1)
    expect(stderr).toContain(reason)
    expect(stderr.split(reason).length).toBe(2)
    expect(stderr).not.toContain("    at ")
  }, 60_000)

  it("needs one that measures for the configurations, and says so", () => {
    const { status, stderr } = measure(asleep, "configurations")
    expect(status).toBe(1)
    expect(stderr).toContain("says nothing of its variables")
    expect(stderr).not.toContain("    at ")
  }, 60_000)
})
