/** WebSocket on Node, and the platform's own WebSocket, over real sockets. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Duplex } from "node:stream"
import { describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import * as BrowserSocket from "../../../src/adapters/browser/Socket.ts"
import * as NodeSocket from "../../../src/adapters/node/Socket.ts"
import type { Endpoint, Socket } from "../../../src/ports/Socket.ts"
import { connect, pattern, pullBytes, type SocketHarness, socketSuite } from "../../ports/SocketSuite.ts"
import * as certificates from "../../support/certificates.ts"
import * as Peer from "../../support/peer.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import * as WebSocketServer from "../../support/webSocketServer.ts"

type Run = SocketHarness<never>["run"]

const over = (sockets: Layer.Layer<Socket>): Run => (effect) =>
  Effect.runPromise(Effect.scoped(effect as Effect.Effect<never, never, Socket | Scope.Scope>).pipe(
    Effect.provide(sockets)
  ))

const run = over(NodeSocket.layer)
/** The standard's interface, which `ws` has as well. */
const runPlatform = over(BrowserSocket.layerOf(WebSocket as unknown as Parameters<typeof BrowserSocket.layerOf>[0]))

const webSocket = { path: "/mqtt" }
const { ca } = certificates

const withTls = <A extends { readonly endpoint: Endpoint }>(listener: A): A => ({
  ...listener,
  endpoint: { ...listener.endpoint, tls: { ca } }
})

const nobody = Effect.map(TcpServer.freePort, (port) => ({ host: "127.0.0.1", port, webSocket }))

/** Takes the TCP connection and never answers. */
const silent = Effect.map(Peer.listen(), (listener) => {
  const peer = Effect.runSync(Effect.cached(listener.accept))
  return {
    endpoint: { ...listener.endpoint, webSocket },
    tried: Effect.asVoid(peer),
    abandoned: Effect.flatMap(peer, (each) => Effect.asVoid(each.ended))
  }
})

socketSuite("node over WebSocket", { run, listen: WebSocketServer.listen(), nobody, silent })

socketSuite("node over WebSocket and TLS", {
  run,
  listen: Effect.map(WebSocketServer.listen({ tls: certificates.server }), withTls),
  nobody: Effect.map(nobody, (endpoint) => ({ ...endpoint, tls: { ca } })),
  silent: Effect.map(silent, withTls)
})

socketSuite("the platform's own WebSocket", {
  run: runPlatform,
  listen: WebSocketServer.listen(),
  nobody,
  nobodyIs: "Unreachable",
  silent
})

/** Answers a handshake with HTTP. */
const answer = (head: string) => (_: unknown, socket: Duplex): true => {
  socket.end(`HTTP/1.1 ${head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
  return true
}

/** What `connect` fails with at a Server that answers so. */
const refusedWith = (head: string) =>
  run(Effect.gen(function*() {
    const { endpoint } = yield* WebSocketServer.listen({ refuse: answer(head) })
    return yield* Effect.flip(connect(endpoint))
  }))

describe("the handshake of a WebSocket on node", () => {
  it("asks for the subprotocol mqtt, at the path, with the query and the headers", () =>
    run(Effect.gen(function*() {
      const listener = yield* WebSocketServer.listen()
      const options = { path: "/iot/mqtt?token=a%20b", headers: { Authorization: "Bearer x" } }
      yield* connect({ ...listener.endpoint, webSocket: options })
      const [request] = listener.requests
      expect(request?.url).toBe("/iot/mqtt?token=a%20b")
      expect(request?.headers).toMatchObject({
        authorization: "Bearer x",
        "sec-websocket-protocol": "mqtt",
        "sec-websocket-version": "13"
      })
      // Compression is not offered.
      expect(request?.headers["sec-websocket-extensions"]).toBeUndefined()
    })))

  it.each([
    ["401 Unauthorized", "give Authorization in webSocket.headers"],
    ["403 Forbidden", "check the token or signature"],
    ["404 Not Found", "correct the path"],
    ["426 Upgrade Required", "correct the path"],
    ["429 Too Many Requests", "wait longer between tries"],
    ["302 Found\r\nlocation: https://elsewhere.example/", "it sends elsewhere: https://elsewhere.example/"],
    ["502 Bad Gateway", "the Server behind it does not: is it running?"],
    ["418 I'm a Teapot", "it refused"]
  ])("that is refused with %j tells the status and the likely cause", async (head, cause) => {
    const error = await refusedWith(head)
    const status = Number(head.slice(0, 3))
    expect(error).toMatchObject({ _tag: "SocketError", reason: "Handshake", status })
    expect(error.message).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/mqtt: /)
    expect(error.message).toContain(cause)
    expect(error.message).toContain(`(HTTP ${head.split("\r\n")[0]})`)
  })

  it("never shows the query, which may be a signature", () =>
    run(Effect.gen(function*() {
      const { endpoint } = yield* WebSocketServer.listen({ refuse: answer("403 Forbidden") })
      const { message } = yield* Effect.flip(connect({ ...endpoint, webSocket: { path: "/mqtt?signature=secret" } }))
      expect(message).toContain("/mqtt: ")
      expect(message).not.toContain("secret")
    })))

  it("fails at a Server that opens a WebSocket for something else", () =>
    run(Effect.gen(function*() {
      const { endpoint } = yield* WebSocketServer.listen({ speaksMqtt: false })
      const error = yield* Effect.flip(connect(endpoint))
      expect(error.reason).toBe("Handshake")
      expect(error.message).toContain("not one for MQTT")
    })))

  it.each([["closes", undefined], ["answers something else", Uint8Array.of(0x20, 2, 0, 0)]])(
    "fails at a Server that %s, as an MQTT port does",
    (_, bytes) =>
      run(Effect.gen(function*() {
        const listener = yield* Peer.listen()
        const attempt = yield* Effect.forkChild(Effect.flip(connect({ ...listener.endpoint, webSocket })))
        const peer = yield* listener.accept
        yield* peer.receive(10)
        if (bytes !== undefined) yield* peer.send(bytes)
        yield* peer.end
        const error = yield* Fiber.join(attempt)
        expect(error.reason).toBe("Handshake")
        expect(error.message).toContain("use its WebSocket port, or mqtt:// for this one")
      }))
  )

  it("shows a client certificate, asks for the name, and does not trust another authority", () =>
    run(Effect.gen(function*() {
      const asked: Array<string> = []
      const tls = {
        ...certificates.server,
        ca,
        requestCert: true,
        rejectUnauthorized: true,
        SNICallback: (name: string, done: (error: null) => void) => {
          asked.push(name)
          done(null)
        }
      }
      const listener = yield* WebSocketServer.listen({ tls })
      const { cert, key } = certificates.client
      const endpoint = { ...listener.endpoint, host: "localhost" }
      const connection = yield* connect({ ...endpoint, tls: { ca, cert, key } })
      yield* connection.write(Uint8Array.of(1))
      expect(yield* (yield* listener.accept).receive(1)).toEqual(Uint8Array.of(1))
      expect(asked).toEqual(["localhost"])
      expect(yield* Effect.flip(connect({ ...endpoint, tls: { ca: certificates.unknownCa, cert, key } })))
        .toMatchObject({
          reason: "Tls",
          message: expect.stringContaining("is not trusted here")
        })
      const without = yield* Effect.flip(connect({ ...endpoint, tls: { ca } }))
      expect(without).toMatchObject({ reason: "Tls", message: expect.stringContaining("client certificate") })
    })))
})

describe("the end of a WebSocket", () => {
  it.each([
    [1001, "", "is going away (WebSocket's code 1001)"],
    [1008, "token expired",
      "its policy forbids what this Client does, or the token has expired (WebSocket's code 1008: token expired)"],
    [1009, "", "too large for the Server"],
    [4000, "own", "the Server closed the connection (WebSocket's code 4000: own)"]
  ])("with code %i and reason %j says why",
    (code, reason, words) =>
      Promise.all([run, runPlatform].map((each) =>
        each(Effect.gen(function*() {
          const listener = yield* WebSocketServer.listen()
          const connection = yield* connect(listener.endpoint)
          const { socket } = yield* listener.acceptSocket
          socket.close(code, reason)
          const error = yield* Effect.flip(connection.pull)
          expect(error.reason).toBe("Closed")
          expect(error.message).toContain(words)
        }))
      )).then(() => {}))

  it("over a message that is too large, or that breaks the rules, says so", () =>
    run(Effect.gen(function*() {
      const listener = yield* WebSocketServer.listen()
      const frames: ReadonlyArray<readonly [bytes: Uint8Array, words: string]> = [
        // 64 MiB and one byte, of which only the length comes.
        [Uint8Array.of(0x82, 127, 0, 0, 0, 0, 4, 0, 0, 1), "has sent a WebSocket message of more than 64 MiB"],
        [Uint8Array.of(0x83, 0), "has broken the rules of WebSocket (Invalid WebSocket frame: invalid opcode 3)"]
      ]
      for (const [bytes, words] of frames) {
        const connection = yield* connect(listener.endpoint)
        const { socket } = yield* listener.acceptSocket
        const { _socket: stream } = socket as unknown as { readonly _socket: Duplex }
        stream.write(bytes)
        const error = yield* Effect.flip(connection.pull)
        expect(error.reason).toBe("Closed")
        expect(error.message).toContain(words)
      }
    })))

  it("without a close says that it broke", () =>
    run(Effect.gen(function*() {
      const listener = yield* WebSocketServer.listen()
      const connection = yield* connect(listener.endpoint)
      const { socket } = yield* listener.acceptSocket
      socket.terminate()
      expect((yield* Effect.flip(connection.pull)).message).toContain("the connection broke")
    })))
})

describe("backpressure over WebSocket", () => {
  it("makes the Server wait while nobody pulls, and loses nothing", () =>
    run(Effect.gen(function*() {
      const listener = yield* WebSocketServer.listen()
      const connection = yield* connect(listener.endpoint)
      const { socket } = yield* listener.acceptSocket
      const large = pattern(32 * 1024 * 1024)
      for (let at = 0; at < large.length; at += 65_536) socket.send(large.subarray(at, at + 65_536))
      for (let last = -1; last !== socket.bufferedAmount; yield* Effect.sleep(100)) last = socket.bufferedAmount
      // What the kernels of both ends hold is theirs to choose, but it is not 32 MB.
      expect(socket.bufferedAmount).toBeGreaterThan(0)
      expect(Buffer.compare(yield* pullBytes(connection, large.length), large)).toBe(0)
    })))

  it.each([["node", run], ["the platform", runPlatform]] as const)(
    "lets a write wait for a Server that does not read, keeps the order, and sends all before it closes: %s",
    (_, run) =>
      run(Effect.gen(function*() {
        const listener = yield* WebSocketServer.listen()
        const connection = yield* connect(listener.endpoint)
        const { peer, socket } = yield* listener.acceptSocket
        socket.pause()
        const large = pattern(32 * 1024 * 1024)
        expect((yield* Effect.timeoutOption(connection.write(large), 50))._tag).toBe("None")
        const after = yield* Effect.forkChild(connection.write(Uint8Array.of(1, 2, 3)))
        const closing = yield* Effect.forkChild(Effect.andThen(Effect.sleep(20), connection.close))
        yield* Effect.sleep(50)
        socket.resume()
        const all = yield* peer.ended
        expect(all.length).toBe(large.length + 3)
        expect(Buffer.compare(all.subarray(0, large.length), large)).toBe(0)
        yield* Fiber.await(after)
        yield* Fiber.join(closing)
      }))
  )

  it("fails a waiting write when the connection breaks", () =>
    run(Effect.gen(function*() {
      const listener = yield* WebSocketServer.listen()
      const connection = yield* connect(listener.endpoint)
      const { socket } = yield* listener.acceptSocket
      socket.pause()
      const writer = yield* Effect.forkChild(Effect.flip(connection.write(pattern(32 * 1024 * 1024))))
      yield* Effect.sleep(50)
      socket.terminate()
      expect(yield* Fiber.join(writer)).toMatchObject({ reason: "Closed" })
    })))

  it("ends on the platform when more has arrived than may wait", () =>
    runPlatform(Effect.gen(function*() {
      const listener = yield* WebSocketServer.listen()
      const connection = yield* connect(listener.endpoint)
      const { peer } = yield* listener.acceptSocket
      const piece = pattern(8 * 1024 * 1024)
      for (let sent = 0; sent <= BrowserSocket.maximumWaitingBytes; sent += piece.length) yield* peer.send(piece)
      yield* peer.ended
      yield* pullBytes(connection, BrowserSocket.maximumWaitingBytes + piece.length)
      expect((yield* Effect.flip(connection.pull)).message).toContain("cannot make the Server wait")
    })))
})

describe("the platform's own WebSocket", () => {
  const refused = (endpoint: Endpoint) => runPlatform(Effect.flip(connect(endpoint)))

  it("says what it cannot do", async () => {
    const endpoint = { host: "broker", port: 1, webSocket }
    expect((await refused({ host: "broker", port: 1 })).message).toContain("use ws:// or wss://")
    expect((await refused({ ...endpoint, webSocket: { path: "/", headers: { a: "b" } } })).message).toContain(
      "sends no headers"
    )
    expect((await refused({ ...endpoint, tls: { ca } })).message).toContain("leave the options of tls out")
  })

  it("gives the likely causes when it does not get through", async () => {
    const endpoint = await Effect.runPromise(nobody)
    expect((await refused(endpoint)).message).toContain("nobody may listen there")
  })

  it("ends at a text", () =>
    runPlatform(Effect.gen(function*() {
      const listener = yield* WebSocketServer.listen()
      const connection = yield* connect(listener.endpoint)
      const { socket } = yield* listener.acceptSocket
      socket.send("text")
      expect((yield* Effect.flip(connection.pull)).message).toContain("MQTT-6.0.0-1")
    })))
})
