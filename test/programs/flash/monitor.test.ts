import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as Directory from "../../support/directory.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { monitored, sleeping, spawned, test, woke } from "./support.ts"

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
      "hh:mm:ss  awake         nothing owed",
      "hh:mm:ss  sleeps        for 59 s",
      `-- ${port} went away: the board sleeps, or was unplugged. Waiting`,
      `-- ${port} is back`,
      "hh:mm:ss  awake         nothing owed"
    ])
    expect([fault, received]).toEqual(["", 0])
  })))

  it("waits for a serial port that is not there, and says so", test(Effect.gen(function*() {
    const port = (yield* Directory.temporary) + "/ttyACM0"
    const { printed } = yield* monitored(port, 1)
    expect(printed[0]).toContain(`-- ${port} is not there; `)
    expect(printed[0]).toMatch(/A board that sleeps may take its USB port along; waiting$/)
  })))

  it("ends after --seconds", test(Effect.gen(function*() {
    const port = (yield* Directory.temporary) + "/ttyACM0"
    const { code, err } = yield* spawned("monitor", "--port", port, "--seconds", "0.1")
    expect([code, err]).toEqual([0, ""])
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
