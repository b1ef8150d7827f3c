/** What the interpreter must be able to do, and what to say when it is not there or cannot. */
import * as path from "node:path"
import * as Espruino from "../support/espruino.ts"
import * as Board from "./Board.ts"

export const howTo =
  "ESPRUINO must name Espruino's interpreter, built for Linux with a board's formats and with the changes that "
  + "docs/esp32.md lists: ESPRUINO=/path/to/espruino npm run chaos:board -- --seed 1 --wakes 1000"

const clock = 1_000_000_000_000

/** What lies in flash for the look at an interpreter: it says what time it is, waits, and writes. */
const program = `print("clock "+Math.round(Date.now()));require("Storage").write("a","b");`
  + `setTimeout(function(){print("waited");ESP32.deepSleep(1000)},2000)`

const start = (image: string, cut: number | undefined): Board.Start => ({
  image,
  clock,
  speed: 50,
  seed: 1,
  cause: 4,
  cut,
  wifi: undefined,
  patienceMillis: 60_000,
  stopMillis: undefined
})

/** What this interpreter lacks, by name; empty: it has everything. The flash image for that lies in `directory`. */
export const lacks = async (directory: string): Promise<ReadonlyArray<string>> => {
  const image = path.join(directory, "espruino.flash")
  const look = async (cut?: number) => {
    Espruino.writeFlash(image, { ".bootcde": program })
    return Board.wake(start(image, cut))
  }
  const plain = await look()
  const at = Number(/clock (\d+)/.exec(plain.lines.join("\n"))?.[1] ?? NaN)
  if (Number.isNaN(at)) return ["ESPRUINO_FLASH (it does not run the program that lies in the flash image)"]
  const missing: Array<string> = []
  if (plain.end !== "slept") missing.push("ESP32.deepSleep, which ends the process")
  if (Math.abs(at - clock) > 60_000) missing.push("ESPRUINO_CLOCK")
  if (plain.awakeMillis > 1_900 * 50) missing.push("ESPRUINO_SPEED")
  if (plain.report === undefined) missing.push("ESPRUINO_MEASURE")
  if (plain.operations === 0) missing.push("ESPRUINO_CUT_REPORT")
  if ((await look(3)).end !== "cut") missing.push("ESPRUINO_CUT")
  return missing
}
