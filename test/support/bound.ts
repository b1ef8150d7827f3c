/**
 * Child processes that do not outlive this one: not when it ends by itself, and not when it is killed. A board that
 * does not sleep never ends by itself, and whoever started it to be measured is then not there to stop it.
 */
import { type ChildProcess, spawn, spawnSync, type SpawnOptions } from "node:child_process"

/** Linux ends a child with its parent if it is told so: `setpriv` of util-linux does, and then is the child itself. */
const withParent = ["--pdeathsig", "KILL", "--"]

const known: { hasSetpriv?: boolean } = {}

const hasSetpriv = (): boolean =>
  known.hasSetpriv ??= spawnSync("setpriv", [...withParent, "true"], { stdio: "ignore" }).status === 0

/** The command that runs `command` bound to this process, where the system can do that, and else `command` as it is. */
export const bound = (
  command: string,
  parameters: ReadonlyArray<string> = []
): readonly [string, ReadonlyArray<string>] =>
  hasSetpriv() ? ["setpriv", [...withParent, command, ...parameters]] : [command, parameters]

const living = new Set<ChildProcess>()

/** Kills all that were started here and still run. */
const killAll = (): void => {
  for (const child of living) child.kill("SIGKILL")
}

/** As `spawn` of Node, with nothing on stdin and pipes for what is printed. */
export const start = (command: string, options: SpawnOptions, parameters: ReadonlyArray<string> = []) => {
  const [file, all] = bound(command, parameters)
  const child = spawn(file, all, { ...options, stdio: ["ignore", "pipe", "pipe"] })
  if (living.size === 0) process.once("exit", killAll)
  living.add(child)
  const forget = () => {
    living.delete(child)
    if (living.size === 0) process.off("exit", killAll)
  }
  child.once("error", forget)
  child.once("close", forget)
  return child
}
