/**
 * The two command lines as a user runs them, and a prompt to run them against.
 *
 * The prompt understands the few lines that are sent to a board, stores what they write, and answers as Espruino
 * prints; what a test wants otherwise it overrides line by line.
 */
import * as NodeServices from "../../../src/programs/dormouse/services.ts"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import type * as net from "node:net"
import * as path from "node:path"
import * as Crc32 from "../../../src/domain/bytes/Crc32.ts"
import { flash } from "../../../src/programs/flash/ontoBoard.ts"
import { monitor } from "../../../src/programs/monitor/listen.ts"
import * as Format from "../../../src/programs/dormouse/terminal/Format.ts"
import * as Directory from "../../support/directory.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { program } from "../../support/program.ts"
import { isWhole } from "../../support/runs.ts"

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** As npm runs it from its sources, or as the tests' bundle, which starts in a fifth of the time. */
const command = (name: "flash" | "monitor"): ReadonlyArray<string> =>
  isWhole ? ["--import", "tsx", path.join(import.meta.dirname, "../../../src/programs", name, name + ".ts")]
    : [program(name)]

/** In a process of its own. */
export const spawned = (name: "flash" | "monitor", ...args: ReadonlyArray<string>): Effect.Effect<Ran> =>
  Effect.callback((resume) => {
    const child = spawn(process.execPath, [...command(name), ...args], { stdio: ["ignore", "pipe", "pipe"] })
    let out = ""
    let err = ""
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString()
    })
    child.stderr.on("data", (data: Buffer) => {
      err += data.toString()
    })
    child.on("close", (code) => resume(Effect.succeed({ code, out, err })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** The command in this process: its output, and the message of the fault that ends it. */
export const flashed = (
  port: string | undefined,
  file: string,
  more: {
    readonly config?: string
    readonly module?: ReadonlyArray<string>
    readonly wait?: number
    readonly credentials?: string
  } = {}
) =>
  Effect.suspend(() => {
    let out = ""
    const given = {
      port: Option.fromUndefinedOr(port),
      file,
      config: Option.fromUndefinedOr(more.config),
      force: false,
      module: more.module ?? [],
      credentials: Option.fromUndefinedOr(more.credentials),
      wait: more.wait ?? 20
    }
    const told = flash(given, {
      isTerminal: false,
      write: (text) => {
        out += text
      }
    })
    return told.pipe(
      Effect.provide(NodeServices.layer),
      Effect.match({ onSuccess: () => "", onFailure: ({ message }) => message }),
      Effect.map((fault) => ({ out, fault }))
    )
  })

/** Until it has printed so many lines; `heard` gets each. */
export const monitored = (port: string | undefined, lines: number, heard: (line: string) => void = () => {}) =>
  Effect.gen(function*() {
    const printed: Array<string> = []
    const enough = yield* Deferred.make<void>()
    // As console.log would, so that nothing more than a line is given to it.
    const print = (...given: ReadonlyArray<unknown>) => {
      const line = given.join(" ")
      heard(line)
      if (printed.push(line) === lines) Deferred.doneUnsafe(enough, Effect.void)
      return Effect.void
    }
    const given = { port: Option.fromUndefinedOr(port), seconds: Option.none() }
    const fault = yield* Effect.raceFirst(
      Effect.as(Deferred.await(enough), ""),
      Effect.match(monitor(given, { columns: 100, paint: Format.plain, print }), {
        onSuccess: () => "",
        onFailure: ({ message }) => message
      })
    )
    return { printed, fault }
  })

/** A script to flash, in a directory of its own; with a second file of the bundle when `review` is given. */
export const script = (code: string, review?: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.map(Directory.temporary, (directory) => {
    const file = path.join(directory, "device.js")
    writeFileSync(file, code)
    if (review !== undefined) writeFileSync(file + ".review", review)
    return file
  })

export interface Prompt {
  readonly port: string
  /** What was sent, line by line. */
  readonly lines: ReadonlyArray<string>
  /** What is stored, in the order in which it was begun. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** What a line does instead: a text is printed in place of the answer, and undefined is silence. `usual` answers. */
export type Override = (line: string, socket: net.Socket, usual: () => string) => string | undefined

const evaluate = (expression: string, files: Map<string, Buffer>): unknown => {
  if (expression.includes("process.env")) return ["2v29", "ESP32C3", 4095]
  if (expression === "getSerial()") return "a0b1c2d3-e4f5"
  if (expression.includes("eraseAll")) files.clear()
  const write = /s\.write\(f,p,(\d+)(?:,(\d+))?\)\}\)\(atob\("([^"]*)"\),require\("Storage"\),"([^"]+)"\)/.exec(
    expression
  )
  if (write !== null) {
    const [, at, size, base64 = "", name = ""] = write
    if (Crc32.crc32(Buffer.from(base64, "base64")) !== Number(/CRC32\(p\)>>>0\)==(\d+)/.exec(expression)?.[1])) {
      return false
    }
    const file = size === undefined ? files.get(name) : Buffer.alloc(Number(size), 0xff)
    if (file === undefined) throw new Error("no such file yet: " + name)
    files.set(name, file)
    Buffer.from(base64, "base64").copy(file, Number(at))
    return true
  }
  const compared = /CRC32\(require\("Storage"\)\.read\("([^"]+)"\)\)/.exec(expression)
  return compared === null ? 1 : Crc32.crc32(files.get(compared[1] as string) as Buffer)
}

export const woke = "{ \r\n  \"_tag\": \"Woke\", \r\n  \"pending\": 0, \"attemptCount\": 0 }\r\n"
export const sleeping = "{ \r\n  \"_tag\": \"Sleeping\", \r\n  \"millis\": 58993, \"pending\": 0 }\r\n"

export const prompt = (override: Override = (_, __, usual) => usual()): Effect.Effect<Prompt, never, Scope.Scope> => {
  const lines: Array<string> = []
  const files = new Map<string, Buffer>()
  const usual = (line: string): string => {
    if (line.includes("load()")) return woke + sleeping
    const asked = /ouse (\d+)>",JSON\.stringify\((.*)\)\)\}catch/.exec(line)
    return asked === null ? "" : `<dormouse ${asked[1]}> ${JSON.stringify(evaluate(asked[2] as string, files))}\r\n>`
  }
  const serve = (socket: net.Socket) => {
    let rest = ""
    socket.on("data", (data) => {
      const all = (rest + data.toString("latin1")).split("\n")
      rest = all.pop() as string
      for (const line of all) {
        lines.push(line)
        const said = override(line, socket, () => usual(line))
        if (said !== undefined && socket.writable) socket.write(said)
      }
    })
  }
  return Effect.map(TcpServer.make(serve),
    ({ endpoint }) => ({ port: `tcp://127.0.0.1:${endpoint.port}`, lines, files }))
}

export const test = <A>(effect: Effect.Effect<A, never, Scope.Scope>) => (): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect))

/** The program that joins two streams, one of them a pseudo-terminal. */
export const socat: string | undefined = (process.env["PATH"] ?? "").split(path.delimiter).map((folder) =>
  path.join(folder, "socat")
).find((file) => existsSync(file))
