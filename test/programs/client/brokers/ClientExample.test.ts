/** The example, run as a user would. */
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import * as Aedes from "../../../support/aedes.ts"
import { run } from "../../../support/runClient.ts"
import * as TcpServer from "../../../support/tcpServer.ts"
import { program } from "../../../support/program.ts"

const example = (server: string, environment: Readonly<Record<string, string>> = {}) =>
  Effect.promise(() =>
    new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
      const env = { ...process.env, ...environment }
      const child = execFile(process.execPath, [program("example"), server], { env }, (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }))
    })
  )

const readBack = { code: 0, out: "home/livingroom/temperature: 21.4\n", err: "" }

const user = { username: "bob", password: "p@ss/word" }

it("publishes a reading, reads it back and ends", () =>
  run(Effect.gen(function*() {
    const { tcp } = yield* Aedes.make()
    expect(yield* example(`mqtt://127.0.0.1:${tcp.port}`)).toEqual(readBack)
  })), 30_000)

it("goes over TLS with mqtts://, and never in clear text", () =>
  run(Effect.gen(function*() {
    const { tcp, tls } = yield* Aedes.make()
    const trusting = {
      NODE_EXTRA_CA_CERTS: fileURLToPath(new URL("../../../fixtures/tls/ca.cert.pem", import.meta.url))
    }
    expect(yield* example(`mqtts://localhost:${tls.port}`, trusting)).toEqual(readBack)
    const clear = yield* example(`mqtts://localhost:${tcp.port}`, trusting)
    expect([clear.code, clear.out, clear.err.trim().split("\n").length]).toEqual([1, "", 1])
  })), 30_000)

it("logs in with the user and the password of the URL", () =>
  run(Effect.gen(function*() {
    const { tcp } = yield* Aedes.make({ user })
    expect(yield* example(`mqtt://${user.username}:${encodeURIComponent(user.password)}@127.0.0.1:${tcp.port}`))
      .toEqual(readBack)
  })), 30_000)

it("says in a line which Server it cannot reach and what to do, and fails", () =>
  run(Effect.gen(function*() {
    const port = yield* TcpServer.freePort
    const { code, err, out } = yield* example(`mqtt://127.0.0.1:${port}`)
    expect({ code, out }).toEqual({ code: 1, out: "" })
    expect(err).toContain(`127.0.0.1:${port}: nobody listens there: start the Server, or correct host and port`)
    expect(err.trim().split("\n")).toHaveLength(1)
  })), 30_000)

it("says in a line what is wrong with its URL, and fails", () =>
  run(Effect.gen(function*() {
    const err =
      "the Server's URL must be mqtt://[user:password@]host[:port] or ws://[user:password@]host[:port][/path], or mqtts:// or wss:// for TLS, but has no mqtt:// in front\n"
    expect(yield* example("localhost")).toEqual({ code: 1, out: "", err })
  })), 30_000)
