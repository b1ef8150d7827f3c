/** `dormouse collect` in a process of its own. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { program } from "../../support/program.ts"

export interface Collecting {
  readonly out: () => string
  readonly err: () => string
  /** Ctrl-C; gives the exit code. */
  readonly interrupt: Effect.Effect<number | null>
  /** Waits until `holds` does. */
  readonly until: (holds: () => boolean) => Effect.Effect<void>
}

/** Starts it, and waits until it says that it collects. */
export const collect = (port: number, ...args: ReadonlyArray<string>): Effect.Effect<Collecting, never, Scope.Scope> =>
  Effect.gen(function*() {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [program("dormouse"), "collect", "--broker", `mqtt://127.0.0.1:${port}`, ...args], {
          stdio: ["ignore", "pipe", "pipe"]
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    let [out, err, code] = ["", "", undefined as number | null | undefined]
    child.stdout.on("data", (chunk: Buffer) => out += chunk.toString())
    child.stderr.on("data", (chunk: Buffer) => err += chunk.toString())
    const closed = once(child, "close").then(([ended]: Array<unknown>) => {
      code = ended as number | null
      return code
    })
    const until = (holds: () => boolean): Effect.Effect<void> =>
      Effect.gen(function*() {
        while (!holds()) {
          if (code !== undefined) return yield* Effect.die(new Error(`collect has ended with ${code}: ${err}${out}`))
          yield* Effect.sleep(20)
        }
      })
    yield* until(() => err.includes("collecting "))
    return {
      out: () => out,
      err: () => err,
      interrupt: Effect.promise(() => {
        child.kill("SIGINT")
        return closed
      }),
      until
    }
  })
