import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { describe, expect, it } from "vitest"
import * as Directory from "../../support/directory.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { monitored, sleeping, socat, spawned, test, woke } from "./support.ts"

describe.concurrent("npm run monitor", () => {
  it("shows what the board says, waits for a port that goes away, and sends nothing", test(Effect.gen(function*() {
    let count = 0
    let received = 0
    const { endpoint } = yield* TcpServer.make((socket) => {
      socket.on("data", () => received++)
      if (count++ === 0) socket.end("boot: \r\n" + woke + sleeping)
      else socket.write(woke)
    })
    const port = "tcp://127.0.0.1:" + endpoint.port
    const { fault, printed } = yield* monitored(port, 7)
    expect(printed.map((line) => line.replace(/\d\d:\d\d:\d\d/g, "hh:mm:ss"))).toEqual([
      `-- listening to ${port}; Ctrl-C ends this`,
      "boot:",
      "hh:mm:ss  awake         nothing pending",
      "hh:mm:ss  sleeps        for 59 s",
      `-- ${port} went away: the board sleeps, or was unplugged; waiting for it`,
      `-- ${port} is back`,
      "hh:mm:ss  awake         nothing pending"
    ])
    expect([fault, received]).toEqual(["", 0])
  })))

  it("says that a serial port does not exist and which there are, and waits for it", test(Effect.gen(function*() {
    const port = (yield* Directory.temporary) + "/ttyACM0"
    const { printed } = yield* monitored(port, 2)
    expect(printed[0]).toBe(
      `-- ${port} does not exist; waiting for it, as for a board that sleeps or is plugged in later; Ctrl-C ends this`
    )
    expect(printed[1]).toMatch(/^-- (found: |no serial port was found: plug the board in)/)
  })))

  it.skipIf(socat === undefined)("listens to a port that comes later", test(Effect.gen(function*() {
    const port = (yield* Directory.temporary) + "/ttyACM0"
    const waiting =
      `-- ${port} does not exist; waiting for it, as for a board that sleeps or is plugged in later; Ctrl-C ends this`
    let plugged: ChildProcess | undefined
    const { printed } = yield* monitored(port, 4, (line) => {
      // The board is plugged in when it is waited for.
      if (line === waiting) {
        plugged = spawn(socat as string, [`pty,raw,echo=0,link=${port}`,
          "system:while true; do echo hello; sleep 0.2; done"])
      }
    })
    plugged?.kill()
    expect([printed[0], ...printed.slice(2)]).toEqual([waiting, `-- listening to ${port}; Ctrl-C ends this`, "hello"])
  })), 30_000)

  it("ends after --seconds, and a port that never came is a failure", test(Effect.gen(function*() {
    const port = (yield* Directory.temporary) + "/ttyACM0"
    const missing = yield* spawned("monitor", "--port", port, "--seconds", "0.1")
    expect(missing.code).toBe(1)
    expect(missing.err).toMatch(new RegExp(`^${port} did not come within 0\\.1 s; (found: |no serial port was found)`))
    const { endpoint } = yield* TcpServer.make((socket) => void socket.write(woke))
    const heard = yield* spawned("monitor", "--port", "tcp://127.0.0.1:" + endpoint.port, "--seconds", "5")
    expect([heard.code, heard.err]).toEqual([0, ""])
  })))

  it("refuses what can be no port", test(Effect.gen(function*() {
    expect((yield* monitored("tcp://127.0.0.1:99999", 1)).fault).toBe(
      "tcp://127.0.0.1:99999 is not an address of the form tcp://host:port, with a port from 1 to 65535"
    )
    if (process.platform !== "win32") {
      expect((yield* monitored("ttyUSB0", 1)).fault).toMatch(
        /^--port ttyUSB0 is not a path, but here the name of a serial port is one: give one such as \/dev\/ttyUSB0; (found: |no serial port)/
      )
    }
    const folder = yield* Directory.temporary
    expect((yield* monitored(folder, 1)).fault).toBe(folder + " is not a serial port")
  })))

  it("does not wait where nobody listens", test(Effect.gen(function*() {
    const port = "tcp://127.0.0.1:" + (yield* TcpServer.freePort)
    const { fault } = yield* monitored(port, 1)
    expect(fault).toBe(port + ": nobody listens there")
  })))

  it("refuses a command line without a port", test(Effect.gen(function*() {
    const { code, err } = yield* spawned("monitor")
    expect(err).toMatch(/^say where the board is: --port /)
    expect(code).toBe(1)
  })))
})
