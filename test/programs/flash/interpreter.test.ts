/**
 * The whole way on Espruino itself: bundled, flashed over a port, started, restarted, and heard by a broker. socat puts
 * the interpreter behind a port as a board is: every connection to the TCP port is a board that starts.
 */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import * as net from "node:net"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Link from "../../../src/programs/flash/Link.ts"
import * as aedes from "../../support/aedes.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { flashed, monitored, script, socat, spawned, test } from "./support.ts"

const isMissing = Espruino.interpreter === "" || socat === undefined
const hint = Espruino.interpreter === "" ? Espruino.hint
  : socat === undefined ? " (skipped: socat is not installed)" : ""

const terminal = `EXEC:${Espruino.interpreter},pty,raw,echo=0`

/** Bundling in a process of its own takes a while on a small machine. */
const slowMillis = 90_000

/** socat between `address` and an interpreter, whose flash is in a directory of its own. */
const board = (
  address: (directory: string) => string,
  isReady: (directory: string) => Promise<boolean>,
  environment: Readonly<Record<string, string>> = {}
) =>
  Effect.gen(function*() {
    const directory = yield* Directory.temporary
    const image = path.join(directory, "espruino.flash")
    Espruino.writeFlash(image, {})
    const env = { ...process.env, ...environment, ESPRUINO_FLASH: image }
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(socat as string, [address(directory), terminal], { env, stdio: "ignore", detached: true })
      ),
      (child) =>
        Effect.callback<void>((resume) => {
          if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
          child.once("exit", () => resume(Effect.void))
          // With the interpreters that it has started, which heed nothing less.
          process.kill(-(child.pid as number), "SIGKILL")
        })
    )
    yield* Effect.promise(async () => {
      while (!await isReady(directory)) await new Promise((resolve) => setTimeout(resolve, 20))
    })
    return { directory, image }
  })

/** Whether the port is taken; does not connect, which would start the board. */
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = net.createServer()
    server.once("error", () => resolve(true))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(false)))
  })

const tcpBoard = Effect.gen(function*() {
  const port = yield* TcpServer.freePort
  const made = yield* board(() => `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork`, () => listens(port))
  return { ...made, port: "tcp://127.0.0.1:" + port }
})

const serialBoard = (environment?: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const link = (directory: string) => path.join(directory, "ttyUSB0")
    const made = yield* board((directory) => `PTY,link=${link(directory)},raw,echo=0`,
      async (directory) => existsSync(link(directory)), environment)
    return { ...made, port: link(made.directory) }
  })

const document = (port: number) => ({
  device_id: "greenhouse",
  network: { ssid: "home" },
  sensors: { simulated: { id: "air" } },
  mqtt: {
    enabled: true,
    broker: "127.0.0.1",
    port,
    client_id: "{device_id}",
    topic_config: "{device_id}/config",
    topic_data_prefix: "greenhouse/data",
    config_wait_time: 0.1
  }
})

describe.skipIf(isMissing)("a board that runs Espruino" + hint, () => {
  it("is flashed over TCP, delivers a reading, starts again by itself and delivers the next",
    test(Effect.gen(function*() {
      const { directory, image, port } = yield* tcpBoard
      const broker = yield* aedes.make()
      const topics: Array<string> = []
      broker.aedes.on("publish", ({ topic }, client) => {
        if (client !== null) topics.push(topic)
      })
      const config = path.join(directory, "device.json")
      writeFileSync(config, JSON.stringify(document(broker.tcp.port)))
      const { code, err, out } = yield* spawned("flash", "--port", port, "--config", config, "--force", "--file",
        path.join(directory, "device.js"))
      // This board is on this machine, and so is its Server.
      expect(err).toMatch(
        /^[^\n]*device\.json:1:\d+: warning: mqtt\.broker is 127\.0\.0\.1, which is the board itself on a board: [^\n]*\n$/
      )
      expect(code).toBe(0)
      expect(out).toMatch(/ delivered {5}1 reading acknowledged\n/)
      expect(out).toContain("Done: the program runs, and the board sleeps until its next wake.")
      expect(topics).toEqual(["greenhouse/data/air/data"])
      expect(Object.keys(Espruino.readFlash(image)).slice(0, 2)).toEqual([".bootcde", ".review"])

      const { fault, printed } = yield* monitored(port, 5)
      expect(fault).toBe("")
      expect(printed.map((line) => line.slice(10)).join("\n")).toMatch(
        /awake +nothing pending\nmeasured +air: .*\ntry 1 +1 reading to deliver\nconnected +the Server remembers the Session$/
      )
    })), slowMillis)

  it("is flashed over a serial port, again while a program runs, and not while another program has the port",
    test(Effect.gen(function*() {
      const { image, port } = yield* serialBoard()
      const endless = "setInterval(function(){console.log({_tag:\"Sleeping\",millis:9000,pending:0})},100)"
      const first = yield* flashed(port, yield* script(endless, "(function(){})"))
      expect(first.fault).toBe("")
      expect(first.out).toMatch(/sleeps {8}for 9 s\n/)
      expect(Object.keys(Espruino.readFlash(image))).toEqual([".bootcde", ".review", ".gap", "state", "journal"])

      const second = yield* flashed(port, yield* script(endless))
      expect(second.fault).toBe("")
      expect(Object.keys(Espruino.readFlash(image))).toEqual([".bootcde", ".gap", "state", "journal"])

      yield* Link.open(port)
      const third = yield* flashed(port, yield* script(endless))
      expect(third.fault).toBe(port + " is in use by another program: close it (a monitor, an IDE) and try again")
    }).pipe(Effect.orDie)))

  it("says how much memory there is when the program takes more", test(Effect.gen(function*() {
    const { port } = yield* serialBoard({ ESPRUINO_VARS: "1000" })
    const { fault } = yield* flashed(port, yield* script("var a=[];while(true)a.push([1,2,3])"))
    expect(fault).toMatch(/^out of memory while starting: \S+ has 1000 variables; /)
  })))

  it("is distinguished from a program that throws at once", test(Effect.gen(function*() {
    const { port } = yield* serialBoard()
    const { fault } = yield* flashed(port, yield* script("nobody.knows()"))
    expect(fault).toMatch(/^the program stopped on the board: Uncaught ReferenceError: "nobody" is not defined/)
  })))
})
