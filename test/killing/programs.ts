/**
 * Programs that are killed with SIGKILL, at any moment, and started again each time: what the commands that do so have in
 * common.
 */
import { build } from "esbuild"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

export const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

/** A program as one file: a start from its sources would take most of the time. */
export const bundled = async (entry: URL, folder: string): Promise<string> => {
  const outfile = path.join(folder, path.basename(entry.pathname, ".ts") + ".mjs")
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["ws"]
  })
  return outfile
}

export interface Running {
  readonly child: ChildProcess
  /** What it has written to its output, line by line. */
  readonly lines: ReadonlyArray<string>
}

/** Starts a program of Node, and waits until what it writes (its output or its errors) says that it is at work. */
export const launch = async (
  command: ReadonlyArray<string>,
  isReady: (said: string) => boolean
): Promise<Running> => {
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] })
  const lines: Array<string> = []
  let [rest, said] = ["", ""]
  let isAtWork = false
  await new Promise<void>((resolve, reject) => {
    const see = (text: string) => {
      if (isAtWork) return
      said += text
      isAtWork = isReady(said)
      if (isAtWork) resolve()
    }
    child.stdout?.on("data", (chunk: Buffer) => {
      const whole = (rest + chunk.toString()).split("\n")
      rest = whole.pop() ?? ""
      lines.push(...whole)
      see(chunk.toString())
    })
    child.stderr?.on("data", (chunk: Buffer) => see(chunk.toString()))
    child.once("exit", (code) => reject(new Error(`${command.join(" ")} has ended with ${code}: ${said}`)))
  })
  return { child, lines }
}

/** Ends it, and waits for all that it has said. */
export const end = async ({ child }: Running, signal: "SIGKILL" | "SIGINT"): Promise<void> => {
  const ended = once(child, "close")
  child.kill(signal)
  await ended
}

export interface Killing {
  readonly kills: number
  readonly random: () => number
  readonly start: (run: number) => Promise<Running>
  /** The longest time from its start to its kill, in milliseconds. */
  readonly longestLife: number
  /** Called after each kill. */
  readonly onKill?: ((kills: number) => void) | undefined
}

/** Kills it again and again. `killed` says whether a kill has found it at work; gives how many have. */
export const killAgain = async (
  { kills, longestLife, onKill, random, start }: Killing,
  killed: (running: Running, run: number) => boolean
): Promise<number> => {
  let atWork = 0
  for (let run = 1; run <= kills; run++) {
    const running = await start(run)
    await pause(random() * longestLife)
    await end(running, "SIGKILL")
    if (killed(running, run)) atWork++
    onKill?.(run)
  }
  return atWork
}

/** Waits until all is there and nothing more comes for so many milliseconds, ten seconds at most. */
export const settled = async (count: () => number, isAll: () => boolean, quietMillis: number): Promise<void> => {
  let [last, since] = [-1, Date.now()]
  while (Date.now() - since < 10_000) {
    const now = count()
    if (now !== last) [last, since] = [now, Date.now()]
    // What comes twice comes late.
    else if (Date.now() - since > quietMillis && isAll()) return
    await pause(50)
  }
}
