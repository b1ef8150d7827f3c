/**
 * A process of a cluster: started, killed with SIGKILL, started again, and gone at the end.
 *
 * Each leads a process group of its own, so that a signal reaches what it has started, too, and nothing else.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, openSync, readFileSync } from "node:fs"
import * as path from "node:path"
import * as TcpServer from "../support/tcpServer.ts"

export interface Given {
  readonly name: string
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  /** Its log is there, as `<name>.log`. */
  readonly directory: string
  /** Whether it serves. */
  readonly isReady: () => Promise<boolean>
}

export interface Child {
  readonly name: string
  readonly pid: () => number | undefined
  /** Done when it serves; fails when it ends instead, or does not serve within five minutes. */
  readonly start: () => Promise<void>
  /** With SIGKILL. Done when it has ended. */
  readonly kill: () => Promise<void>
}

const patienceMillis = 300_000

export const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const killGroup = (child: ChildProcess): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
  } catch (fault) {
    // All of the group have ended already.
    if ((fault as NodeJS.ErrnoException).code !== "ESRCH") throw fault
  }
}

const launch = ({ args, directory, env, name, program }: Given): ChildProcess => {
  const log = openSync(path.join(directory, `${name}.log`), "a")
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ["ignore", log, log],
    detached: true
  })
  closeSync(log)
  return child
}

const controlled = (given: Given) => {
  let child: ChildProcess | undefined
  const onExit = () => {
    if (child !== undefined && !hasEnded(child)) killGroup(child)
  }
  process.on("exit", onExit)
  const start = async () => {
    const own = child = launch(given)
    let fault = ""
    own.once("error", (error) => fault = error.message)
    const until = Date.now() + patienceMillis
    while (!await given.isReady()) {
      if (fault === "" && !hasEnded(own) && Date.now() < until) await pause(20)
      else {
        const log = readFileSync(path.join(given.directory, `${given.name}.log`), "utf8")
        throw new Error(`${given.name} does not start: ${fault}${log.slice(-2_000)}`)
      }
    }
  }
  const kill = async () => {
    if (child === undefined || hasEnded(child)) return
    const ended = once(child, "exit")
    killGroup(child)
    await ended
  }
  return {
    child: { name: given.name, pid: () => child?.pid, start, kill },
    end: () => kill().finally(() => process.off("exit", onExit))
  }
}

/** Not started yet. Ends with the Scope. */
export const make = (given: Given): Effect.Effect<Child, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(Effect.sync(() => controlled(given)), ({ end }) => Effect.promise(end)),
    ({ child }) => child
  )

/** Whether it listens at that port of this machine. */
export const listensAt = (port: number) => (): Promise<boolean> => TcpServer.accepts(port)
