/** What a measurement needs, or cannot do without saying so: by name when it is not there. */
import { execFileSync } from "node:child_process"
import { accessSync, constants, existsSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Espruino from "../../support/espruino.ts"
import * as mosquitto from "../../support/mosquitto.ts"
import * as PlayedSensors from "../../support/playedSensors.ts"

export type Requirement = "interpreter" | "booting" | "measuring" | "mosquitto" | "valgrind" | "modules"

const canRun = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const answers = (command: string): boolean => {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

const fix = "; docs/esp32.md says what is changed in one that can"

/** What an interpreter makes of a program that only falls asleep, or why it makes nothing of it. */
const asleep = async (): Promise<Espruino.Boot | string> => {
  const image = path.join(tmpdir(), `dormouse-measure-${process.pid}.flash`)
  Espruino.writeFlash(image, { ".bootcde": "ESP32.deepSleep(1000)" })
  try {
    const boot = await Espruino.boot(image, { ESPRUINO_MEASURE: "1" }, { onText: () => {}, giveUpMillis: 5_000 })
    return boot.slept === undefined
      ? Espruino.interpreter + " has no ESP32.deepSleep: a board's program cannot run on it" + fix : boot
  } catch {
    return Espruino.interpreter +
      " does not boot a flash image (ESPRUINO_FLASH) and end in ESP32.deepSleep: a board's program cannot run on it" +
      fix
  } finally {
    rmSync(image, { force: true })
  }
}

const bootingFault = async (): Promise<string | undefined> => {
  const found = await asleep()
  return typeof found === "string" ? found : undefined
}

const measuringFault = async (): Promise<string | undefined> => {
  const found = await asleep()
  return typeof found === "string" ? found
    : found.report === undefined ?
    Espruino.interpreter +
    " says nothing of its variables at the peak, its stack and its flash with ESPRUINO_MEASURE=1" + fix
    : undefined
}

const checks: Readonly<Record<Requirement, () => string | undefined | Promise<string | undefined>>> = {
  interpreter: () =>
    Espruino.interpreter === "" ?
      "ESPRUINO is not set: give it the path of Espruino's interpreter, built for Linux as docs/esp32.md says"
      : !existsSync(Espruino.interpreter) ? `ESPRUINO names ${Espruino.interpreter}, which does not exist`
      : canRun(Espruino.interpreter) ? undefined
      : `ESPRUINO names ${Espruino.interpreter}, which cannot be executed`,
  booting: bootingFault,
  measuring: measuringFault,
  mosquitto: () =>
    mosquitto.executable === undefined ? "Mosquitto is not installed: it is the Server of this measurement" : undefined,
  valgrind: () => answers("valgrind") ? undefined : "valgrind is not installed: it counts the machine's instructions",
  modules: () =>
    PlayedSensors.hint === "" ? undefined
      : "ESPRUINO_MODULES is not set: give it a folder with DHT22.js and BME280.js of espruino.com/modules"
}

/** Questions to an interpreter: not asked of one that is not there, and the second not of one that boots nothing. */
const isMoot = (requirement: Requirement, found: ReadonlyArray<string>): boolean =>
  requirement === "booting" || requirement === "measuring" ? checks.interpreter() !== undefined || found.some((fault) =>
    fault.endsWith(fix)
  ) : false

/** What is missing, a line each. */
export const missing = async (needed: ReadonlyArray<Requirement>): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const requirement of needed) {
    if (isMoot(requirement, found)) continue
    const fault = await checks[requirement]()
    if (fault !== undefined) found.push(fault)
  }
  return found
}
