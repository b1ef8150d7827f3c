/** The example, run as a user would. */
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { expect, it } from "vitest"
import * as Aedes from "../support/aedes.ts"
import { run } from "../support/runClient.ts"
import * as TcpServer from "../support/tcpServer.ts"

const example = (server: string) =>
  Effect.promise(() =>
    new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
      const child = execFile(process.execPath, ["--import", "tsx", "src/programs/example.ts", server], (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }))
    }))

it("publishes a reading, reads it back and ends", () =>
  run(Effect.gen(function*() {
    const { tcp } = yield* Aedes.make()
    expect(yield* example(`mqtt://127.0.0.1:${tcp.port}`)).toEqual({ code: 0, out: "home/livingroom/temperature: 21.4\n", err: "" })
  })), 30_000)

it("says in a line which Server it cannot reach, and fails", () =>
  run(Effect.gen(function*() {
    const port = yield* TcpServer.freePort
    const { code, err, out } = yield* example(`mqtt://127.0.0.1:${port}`)
    expect({ code, out }).toEqual({ code: 1, out: "" })
    expect(err).toContain(`127.0.0.1:${port}: `)
    expect(err.trim().split("\n")).toHaveLength(1)
  })), 30_000)
