/** One wake of the flashed bundle on the real interpreter: started, bounded, and read. */
import * as path from "node:path"
import * as Speech from "../../src/programs/flash/Speech.ts"
import type { WakeEvent } from "../../src/domain/wake/WakeEvent.ts"
import * as Bound from "../support/bound.ts"
import * as Espruino from "../support/espruino.ts"

/** Exit code of the interpreter when the power failed at the planned step. */
const powerFailed = 75

export interface Ended {
  readonly events: ReadonlyArray<WakeEvent>
  /** Everything that was printed and is not an event. */
  readonly lines: ReadonlyArray<string>
  readonly end: "slept" | "cut" | "stopped" | "late" | "died"
  /** In words, for an end that is none of the usual. */
  readonly how: string
  readonly sleptMillis: number
  /** Of the board, while it was awake. */
  readonly awakeMillis: number
  readonly report: Espruino.Boot["report"]
  /** Bytes written to flash and pages erased. */
  readonly operations: number
}

export interface Start {
  readonly image: string
  readonly clock: number
  readonly speed: number
  readonly seed: number
  readonly cause: number
  readonly cut: number | undefined
  readonly wifi: "fail" | "never" | undefined
  /** Of the board: it is late after that. */
  readonly patienceMillis: number
  /** A board that does not sleep is stopped after that. */
  readonly stopMillis: number | undefined
}

/** Real milliseconds that a busy machine may take to start a process and let it run. */
const machineMillis = 30_000

const stepMillis = 50

const environment = (start: Start): Record<string, string | undefined> => ({
  ...process.env,
  ESPRUINO_FLASH: start.image,
  ESPRUINO_MEASURE: "2",
  ESPRUINO_CUT_REPORT: "1",
  ESPRUINO_CLOCK: String(start.clock),
  ESPRUINO_SPEED: String(start.speed),
  ESPRUINO_SEED: String(start.seed),
  ESPRUINO_WAKEUP_CAUSE: String(start.cause),
  ...(start.cut === undefined ? {} : { ESPRUINO_CUT: String(start.cut) }),
  ...(start.wifi === undefined ? {} : { ESPRUINO_WIFI: start.wifi })
})

const read = (start: Start, out: string, err: string, realMillis: number, end: Ended["end"], how: string): Ended => {
  const speech = Speech.make()
  const events: Array<WakeEvent> = []
  const lines: Array<string> = []
  for (const said of [...speech.push(out), ...speech.end()]) {
    if (said._tag === "Event") events.push(said.event)
    else if (said.text !== "") lines.push(said.text)
  }
  const awake = /^awake: (\d+) ms$/m.exec(err)?.[1]
  const report = /^\{"jsvars".*\}$/m.exec(err)?.[0]
  return {
    events,
    lines,
    end,
    how,
    sleptMillis: Number(/ESP32\.deepSleep\((-?\d+)\)/.exec(err)?.[1] ?? 0) / 1_000,
    awakeMillis: awake === undefined ? realMillis * start.speed : Number(awake),
    report: report === undefined ? undefined : JSON.parse(report) as Espruino.Boot["report"],
    operations: Number(/^flash operations: (\d+)$/m.exec(err)?.[1] ?? 0)
  }
}

export const wake = (start: Start): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const begun = performance.now()
    const child = Bound.start(Espruino.interpreter, { cwd: path.dirname(start.image), env: environment(start) })
    let out = ""
    let err = ""
    let end: Ended["end"] | undefined
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString("latin1")
    })
    child.stderr.on("data", (data: Buffer) => {
      err += data.toString("latin1")
    })
    // In steps, so that a machine that stood still for a while counts as one step.
    const stop = (as: Ended["end"], millis: number) => {
      let left = millis
      const timer = setInterval(() => {
        left -= stepMillis
        if (left > 0) return
        end = as
        child.kill("SIGKILL")
        clearInterval(timer)
      }, stepMillis)
      return timer
    }
    const timers = [stop("late", start.patienceMillis / start.speed + machineMillis)]
    if (start.stopMillis !== undefined) timers.push(stop("stopped", start.stopMillis / start.speed))
    child.on("error", reject)
    child.on("close", (code, signal) => {
      for (const timer of timers) clearInterval(timer)
      const millis = performance.now() - begun
      const ended = end ??
        (code === powerFailed ? "cut" : code === 0 && err.includes("ESP32.deepSleep(") ? "slept" : "died")
      resolve(
        read(start, out, err, millis, ended,
          "the interpreter ended with " + (code ?? signal) + (err === "" ? "" : ": " + err.slice(-300)))
      )
    })
  })
