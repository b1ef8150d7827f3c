import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type * as net from "node:net"
import { describe, expect, it } from "vitest"
import * as NodeSocket from "../../../src/adapters/node/Socket.ts"
import * as SocketFault from "../../../src/adapters/node/SocketFault.ts"
import type { Socket } from "../../../src/ports/Socket.ts"
import { connect, pattern, pullBytes, socketSuite } from "../../ports/SocketSuite.ts"
import * as certificates from "../../support/certificates.ts"
import * as Peer from "../../support/peer.ts"
import * as TcpServer from "../../support/tcpServer.ts"

const run = <A, E>(effect: Effect.Effect<A, E, Socket | Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect).pipe(Effect.provide(NodeSocket.configuredLayer)))

const nobody = Effect.map(TcpServer.freePort, (port) => ({ host: "127.0.0.1", port }))

/** Takes the TCP connection and never says a word of TLS. */
const silent = Effect.map(Peer.listen(), (listener) => {
  const peer = Effect.runSync(Effect.cached(listener.accept))
  return {
    endpoint: { ...listener.endpoint, tls: { ca: certificates.ca } },
    tried: Effect.asVoid(peer),
    abandoned: Effect.flatMap(peer, (each) => Effect.asVoid(each.ended))
  }
})

socketSuite("node over TCP", { run, listen: Peer.listen(), nobody, silent })

socketSuite("node over TLS", {
  run,
  listen: Effect.map(Peer.listen(certificates.server), (listener) => ({
    ...listener,
    endpoint: { ...listener.endpoint, tls: { ca: certificates.ca } }
  })),
  nobody: Effect.map(nobody, (endpoint) => ({ ...endpoint, tls: { ca: certificates.ca } })),
  silent
})

describe("an address on node", () => {
  it("may stand in the brackets of a URL", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const client = yield* connect({ ...listener.endpoint, host: "[" + listener.endpoint.host + "]" })
      yield* client.close
    })))
})

describe("large payloads on node", () => {
  for (const tls of [undefined, certificates.server]) {
    it(`brings 8 MB there and back ${tls === undefined ? "over TCP" : "over TLS"}`, () =>
      run(Effect.gen(function*() {
        const listener = yield* Peer.listen(tls)
        const client = yield* connect(
          tls === undefined ? listener.endpoint : { ...listener.endpoint, tls: { ca: certificates.ca } }
        )
        const peer = yield* listener.accept
        const large = pattern(8 * 1024 * 1024)
        const writer = yield* Effect.forkChild(client.write(large))
        const there = yield* peer.receive(large.length)
        yield* Fiber.join(writer)
        const sender = yield* Effect.forkChild(peer.send(there))
        const back = yield* pullBytes(client, large.length)
        yield* Fiber.join(sender)
        expect(Buffer.compare(back, large)).toBe(0)
      })))
  }
})

describe("backpressure on node", () => {
  /** Waits until `measure` has not changed for a while: then the side that changes it is held up. */
  const settled = (measure: () => number) =>
    Effect.gen(function*() {
      for (let last = -1, still = 0; still < 5; yield* Effect.sleep(10)) {
        const now = measure()
        still = now === last && now > 0 ? still + 1 : 0
        last = now
      }
      return measure()
    })

  /** Sends in pieces, to see how much has gone. */
  const sendPieces = (socket: net.Socket, bytes: Uint8Array) => {
    const progress = { sent: 0, error: undefined as Error | undefined }
    for (let i = 0; i < bytes.length; i += 65_536) {
      const piece = bytes.subarray(i, i + 65_536)
      socket.write(piece, (error) => {
        if (error) progress.error = error
        else progress.sent += piece.length
      })
    }
    return progress
  }

  it.each([["TCP", undefined], ["TLS", certificates.server]] as const)(
    "makes the Server wait while nobody pulls, and loses nothing: %s",
    (_, tls) =>
      run(Effect.gen(function*() {
        const listener = yield* Peer.listen(tls)
        const client = yield* connect(
          tls === undefined ? listener.endpoint : { ...listener.endpoint, tls: { ca: certificates.ca } }
        )
        const { socket } = yield* listener.acceptSocket
        const large = pattern(32 * 1024 * 1024)
        const progress = sendPieces(socket, large)
        // What the kernels of both ends hold is theirs to choose, but it is not 32 MB.
        expect(yield* settled(() => progress.sent)).toBeLessThan(large.length)
        expect(Buffer.compare(yield* pullBytes(client, large.length), large)).toBe(0)
      }))
  )

  it("lets a write wait for a Server that does not read, and be interrupted without breaking the order", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const client = yield* connect(listener.endpoint)
      const peer = yield* listener.accept
      const large = pattern(32 * 1024 * 1024)
      const waiting = yield* Effect.timeoutOption(client.write(large), 50)
      expect(waiting._tag).toBe("None")
      const after = yield* Effect.forkChild(client.write(Uint8Array.of(1, 2, 3)))
      expect(Buffer.compare(yield* peer.receive(large.length), large)).toBe(0)
      expect(yield* peer.receive(3)).toEqual(Uint8Array.of(1, 2, 3))
      yield* Fiber.join(after)
    })))

  it("sends all of a write that was given up before it closes", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const client = yield* connect(listener.endpoint)
      const peer = yield* listener.accept
      const large = pattern(32 * 1024 * 1024)
      yield* Effect.timeoutOption(client.write(large), 20)
      const closing = yield* Effect.forkChild(client.close)
      expect(Buffer.compare(yield* peer.ended, large)).toBe(0)
      yield* Fiber.join(closing)
    })))

  it("closes without a reset over much that nobody pulled: a reset could overtake its last bytes", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const client = yield* connect(listener.endpoint)
      const { peer, socket } = yield* listener.acceptSocket
      const length = 32 * 1024 * 1024
      const progress = sendPieces(socket, pattern(length))
      yield* settled(() => progress.sent)
      yield* client.write(Uint8Array.of(1, 2, 3))
      yield* client.close
      expect(yield* peer.ended).toEqual(Uint8Array.of(1, 2, 3))
      while (progress.sent < length && progress.error === undefined) yield* Effect.sleep(10)
      expect(progress.error).toBeUndefined()
      expect(progress.sent).toBe(length)
      expect(socket.errored).toBeNull()
    })))

  it("fails a waiting write when the Server breaks the connection", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const client = yield* connect(listener.endpoint)
      const { socket } = yield* listener.acceptSocket
      const writer = yield* Effect.forkChild(Effect.flip(client.write(pattern(32 * 1024 * 1024))))
      yield* Effect.yieldNow
      socket.resetAndDestroy()
      expect(yield* Fiber.join(writer)).toMatchObject({ reason: "Closed" })
    })))
})

describe("TLS on node", () => {
  const { ca, client, expired, otherHost, server, unknownCa } = certificates

  /** Connects and says hello both ways. */
  const hello = (
    identity: certificates.Identity,
    tls: NonNullable<Parameters<typeof connect>[0]["tls"]>,
    options: { readonly host?: string; readonly requestCert?: boolean } = {}
  ) =>
    Effect.gen(function*() {
      const needed = options.requestCert === true
      const listener = yield* Peer.listen({ ...identity, ca, requestCert: needed, rejectUnauthorized: needed })
      const connection = yield* connect({ host: options.host ?? "127.0.0.1", port: listener.endpoint.port, tls })
      yield* connection.write(Uint8Array.of(1))
      // Under TLS 1.3 a Client whose certificate is refused learns it with the first pull.
      const answer = yield* Effect.forkChild(connection.pull)
      const peer = yield* Effect.forkChild(
        Effect.flatMap(listener.accept, (each) => Effect.andThen(each.receive(1), each.send(Uint8Array.of(2))))
      )
      const pulled = yield* Fiber.join(answer)
      yield* Fiber.join(peer)
      return pulled
    })

  const refused = async (effect: ReturnType<typeof hello>): Promise<string> => {
    const error = await run(Effect.flip(effect))
    expect(error.reason).toBe("Tls")
    return error.message
  }

  it("trusts a Server whose certificate the given authority signed, by address or by name", async () => {
    expect(await run(hello(server, { ca }))).toEqual(Uint8Array.of(2))
    expect(await run(hello(server, { ca }, { host: "localhost" }))).toEqual(Uint8Array.of(2))
  })

  it("checks the certificate with serverName if that is given", async () => {
    expect(await run(hello(otherHost, { ca, serverName: "other.example" }))).toEqual(Uint8Array.of(2))
    expect(await run(hello(server, { ca, serverName: "127.0.0.1" }, { host: "localhost" }))).toEqual(Uint8Array.of(2))
    expect(await refused(hello(server, { ca, serverName: "other.example" }))).toContain("for another name")
  })

  it("asks for the host's name, or for serverName, and never for an address", () =>
    run(Effect.gen(function*() {
      const asked: Array<unknown> = []
      const listener = yield* Peer.listen({
        ...server,
        SNICallback: (name, done) => {
          asked.push(name)
          done(null)
        }
      })
      const port = listener.endpoint.port
      yield* connect({ host: "localhost", port, tls: { ca } })
      yield* connect({ host: "127.0.0.1", port, tls: { ca } })
      yield* connect({ host: "127.0.0.1", port, tls: { ca, serverName: "localhost" } })
      expect(asked).toEqual(["localhost", "localhost"])
    })))

  it("refuses an authority it was not given, and says where to give it", async () => {
    expect(await refused(hello(server, { ca: unknownCa }))).toContain("set ssl_ca to the PEM of that authority")
    // Without `ca` the platform's own authorities count, and they signed nothing here.
    expect(await refused(hello(server, {}))).toContain("set ssl_ca to the PEM of that authority")
  })

  it("refuses the certificate of another host, and names both", async () => {
    const message = await refused(hello(otherHost, { ca }, { host: "localhost" }))
    expect(message).toContain("for another name")
    expect(message).toContain("other.example")
    expect(message).toContain("localhost:")
    expect(await refused(hello(otherHost, { ca }))).toContain("for another name")
  })

  it("refuses an expired certificate, and says so", async () => {
    expect(await refused(hello(expired, { ca }))).toContain("has expired")
  })

  it("shows the client certificate to a Server that wants one", async () => {
    expect(await run(hello(server, { ca, cert: client.cert, key: client.key }, { requestCert: true }))).toEqual(
      Uint8Array.of(2)
    )
  })

  it("says that the Server wants a client certificate when none was given", async () => {
    expect(await refused(hello(server, { ca }, { requestCert: true }))).toContain("set ssl_cert and ssl_key")
  })

  it("says so when the Server speaks no TLS", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const attempt = yield* Effect.forkChild(Effect.flip(connect({ ...listener.endpoint, tls: { ca } })))
      const peer = yield* listener.accept
      yield* peer.receive(1)
      yield* peer.send(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"))
      const error = yield* Fiber.join(attempt)
      expect(error.reason).toBe("Tls")
      expect(error.message).toContain("does not speak TLS at this port")
    })))

  it("fails with Closed when the Server closes in the middle of the handshake", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const attempt = yield* Effect.forkChild(Effect.flip(connect({ ...listener.endpoint, tls: { ca } })))
      const peer = yield* listener.accept
      yield* peer.receive(1)
      yield* peer.end
      expect(yield* Fiber.join(attempt)).toMatchObject({
        reason: "Closed",
        message: expect.stringContaining("does not speak TLS at this port; use its TLS port")
      })
    })))

  it("names the keys of the configuration when their PEM text cannot be read", async () => {
    expect(await refused(hello(server, { ca, cert: "no PEM", key: "at all" }))).toContain("is not a PEM text")
    expect(await refused(hello(server, { ca, cert: client.cert, key: server.key }))).toContain(
      "ssl_key does not belong to ssl_cert"
    )
  })
})

describe("the faults of node", () => {
  it("fails with Closed when the Server resets the connection", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const client = yield* connect(listener.endpoint)
      const { socket } = yield* listener.acceptSocket
      socket.resetAndDestroy()
      expect(yield* Effect.flip(client.pull)).toMatchObject({ reason: "Closed" })
    })))

  it("says why a Server may close that has sent nothing, and does not guess at one that has", () =>
    run(Effect.gen(function*() {
      const listener = yield* Peer.listen()
      const hint =
        "had sent nothing before: it may require TLS at this port (set ssl to true), it may not speak MQTT there, or it may take no more connections"
      for (const close of ["resetAndDestroy", "end"] as const) {
        const unheard = yield* connect(listener.endpoint)
        const first = yield* listener.acceptSocket
        first.socket[close]()
        expect((yield* Effect.flip(unheard.pull)).message).toContain(hint)
        const heard = yield* connect(listener.endpoint)
        const second = yield* listener.acceptSocket
        second.socket.write("a")
        yield* heard.pull
        second.socket[close]()
        const { message } = yield* Effect.flip(heard.pull)
        expect(message).not.toContain(hint)
        expect(message).toContain("the connection")
      }
    })))

  it("fails for a port that is not valid", async () => {
    const error = await run(Effect.flip(connect({ host: "127.0.0.1", port: 70_000 })))
    expect(error).toMatchObject({ reason: "Unknown" })
    expect(error.message).toContain("127.0.0.1:70000")
  })

  it("refuses at a name with several addresses and says what each answered", async () => {
    const port = await Effect.runPromise(TcpServer.freePort)
    const error = await run(Effect.flip(connect({ host: "localhost", port })))
    expect(error.reason).toBe("Refused")
    expect(error.message).toContain("ECONNREFUSED")
  })

  it.each([
    ["ENOTFOUND", "no such host is known: check its name, and the network (what node said)"],
    ["ECONNREFUSED", "nobody listens there: start the Server, or correct host and port (what node said)"],
    ["EHOSTUNREACH", "there is no route to it: check the network and the address (what node said)"],
    ["ETIMEDOUT", "no answer: check that the Server runs, and check host and port (what node said)"],
    ["ECONNRESET", "the Server, or something between here and the Server, broke the connection (what node said)"],
    ["ERR_SSL_NO_SHARED_CIPHER", "TLS failed (what node said)"]
  ])("says with %s what to correct", (code, words) => {
    const error = SocketFault.translate("broker.example:1883", Object.assign(new Error("what node said"), { code }),
      SocketFault.configured)
    expect(error.message).toBe("broker.example:1883: " + words)
  })

  it.each([
    ["ENOTFOUND", "NotFound"],
    ["EAI_AGAIN", "NotFound"],
    ["ECONNREFUSED", "Refused"],
    ["EHOSTUNREACH", "Unreachable"],
    ["ENETUNREACH", "Unreachable"],
    ["ETIMEDOUT", "TimedOut"],
    ["ECONNRESET", "Closed"],
    ["EPIPE", "Closed"],
    ["CERT_HAS_EXPIRED", "Tls"],
    ["ERR_SSL_NO_SHARED_CIPHER", "Tls"],
    ["EMFILE", "Unknown"]
  ])("calls %s %s", (code, reason) => {
    const error = SocketFault.translate("broker.example:1883", Object.assign(new Error("what node said"), { code }),
      SocketFault.configured)
    expect(error.reason).toBe(reason)
    expect(error.message).toContain("broker.example:1883: ")
    expect(error.message).toContain("what node said")
  })
})
