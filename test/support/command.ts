/**
 * `dormouse` as a user runs it: in a process of its own, or in this one with what it says gathered.
 */
import * as NodeServices from "../../src/programs/dormouse/services.ts"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Command from "effect/cli/Command"
import { spawn } from "node:child_process"
import { program } from "./program.ts"

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  /** Written to standard input, which then ends. */
  readonly input?: string
  /** Ctrl-C as soon as the output holds this. */
  readonly interruptAt?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export const dormouse = (
  args: ReadonlyArray<string>,
  { cwd, env, input, interruptAt }: Running = {}
): Effect.Effect<Ran> =>
  Effect.callback((resume) => {
    const child = spawn(process.execPath, [program("dormouse"), ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"]
    })
    let [out, err] = ["", ""]
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
      if (interruptAt !== undefined && out.includes(interruptAt)) child.kill("SIGINT")
    })
    child.stderr.on("data", (chunk: Buffer) => err += chunk.toString())
    child.on("close", (code) => resume(Effect.succeed({ code, out, err })))
    child.stdin.end(input ?? "")
    return Effect.sync(() => child.kill("SIGKILL"))
  })

export interface Told {
  readonly out: ReadonlyArray<string>
  readonly err: ReadonlyArray<string>
  readonly failed: boolean
}

/** What a command's handler says, run in this process. */
export const told = <A, E>(
  handler: Effect.Effect<A, E, Command.Environment>,
  more: Layer.Layer<never> = Layer.empty
): Effect.Effect<Told> =>
  Effect.suspend(() => {
    const [out, err]: [Array<string>, Array<string>] = [[], []]
    const console_ = {
      ...console,
      log: (line: string) => void out.push(...line.split("\n")),
      error: (line: string) => void err.push(...line.split("\n"))
    }
    return handler.pipe(
      Effect.provideService(Console.Console, console_),
      Effect.provide(Layer.merge(more, NodeServices.layer)),
      Effect.match({ onSuccess: () => ({ out, err, failed: false }), onFailure: () => ({ out, err, failed: true }) })
    )
  })
