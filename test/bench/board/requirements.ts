/** What a measurement needs, said by name when it is not there. */
import { execFileSync } from "node:child_process"
import { accessSync, constants, existsSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Espruino from "../../support/espruino.ts"
import * as mosquitto from "../../support/mosquitto.ts"
import * as PlayedSensors from "../../support/playedSensors.ts"

export type Requirement = "interpreter" | "measuring" | "mosquitto" | "valgrind" | "modules"

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

/** A program that only falls asleep tells what the interpreter says of itself. */
const measuringFault = async (): Promise<string | undefined> => {
  const image = path.join(tmpdir(), `dormouse-measure-${process.pid}.flash`)
  Espruino.writeFlash(image, { ".bootcde": "ESP32.deepSleep(1000)" })
  const fix = ": a stock build cannot be used; docs/esp32.md says what is changed in one that can"
  try {
    const { report, slept } = await Espruino.boot(image, { ESPRUINO_MEASURE: "1" }, { onText: () => {}, giveUpMillis: 5_000 })
    if (slept === undefined) return Espruino.interpreter + " has no ESP32.deepSleep" + fix
    return report === undefined ? Espruino.interpreter + " says nothing of its variables and its stack with ESPRUINO_MEASURE=1" + fix : undefined
  } catch {
    return Espruino.interpreter + " does not boot a flash image (ESPRUINO_FLASH) and end in ESP32.deepSleep" + fix
  }
}

const checks: Readonly<Record<Requirement, () => string | undefined | Promise<string | undefined>>> = {
  interpreter: () =>
    Espruino.interpreter === "" ? "ESPRUINO is not set: give it the path of Espruino's interpreter, built for Linux as docs/esp32.md says"
    : !existsSync(Espruino.interpreter) ? `ESPRUINO names ${Espruino.interpreter}, which does not exist`
    : canRun(Espruino.interpreter) ? undefined
    : `ESPRUINO names ${Espruino.interpreter}, which cannot be executed`,
  measuring: measuringFault,
  mosquitto: () => mosquitto.executable === undefined ? "Mosquitto is not installed: it is the Server of this measurement" : undefined,
  valgrind: () => answers("valgrind") ? undefined : "valgrind is not installed: it counts the machine's instructions",
  modules: () => PlayedSensors.hint === "" ? undefined : "ESPRUINO_MODULES is not set: give it a folder with DHT22.js and BME280.js of espruino.com/modules"
}

/** What is missing, a line each. What needs the interpreter is not asked of one that is not there. */
export const missing = async (needed: ReadonlyArray<Requirement>): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const requirement of needed) {
    if (requirement === "measuring" && checks.interpreter() !== undefined) continue
    const fault = await checks[requirement]()
    if (fault !== undefined) found.push(fault)
  }
  return found
}
