/**
 * The brokers are tools for other tests; here it is made sure that they are what those believe, with packets written by
 * hand.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import * as NodeSocket from "../../src/adapters/node/Socket.ts"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import type { Endpoint, Socket } from "../../src/ports/Socket.ts"
import { connect, pullBytes } from "../ports/SocketSuite.ts"
import { describeEach } from "./brokers.ts"
import * as certificates from "./certificates.ts"
import * as TcpServer from "./tcpServer.ts"

const run = <A, E>(effect: Effect.Effect<A, E, Socket | Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect).pipe(Effect.provide(NodeSocket.configuredLayer)))

const field = (text: string): Bytes.Bytes => Bytes.concat([Uint8Array.of(0, text.length), Bytes.fromText(text)])

/** CONNECT with Clean Session (MQTT 3.1.1, 3.1), user name and password when there is one. */
const connectPacket = (user?: { readonly username: string; readonly password: string }): Bytes.Bytes => {
  const body = Bytes.concat([
    field("MQTT"),
    Uint8Array.of(4, user === undefined ? 0x02 : 0xc2, 0, 60),
    field("tester"),
    ...(user === undefined ? [] : [field(user.username), field(user.password)])
  ])
  return Bytes.concat([Uint8Array.of(0x10, body.length), body])
}

/** The Connect Return code that the Server answers with. */
const returnCode = (endpoint: Endpoint, user?: Parameters<typeof connectPacket>[0]) =>
  Effect.scoped(Effect.gen(function*() {
    const connection = yield* connect(endpoint)
    yield* connection.write(connectPacket(user))
    const connack = yield* pullBytes(connection, 4)
    expect(connack.subarray(0, 2)).toEqual(Uint8Array.of(0x20, 2))
    return connack[3]
  }))

const user = { username: "sensor", password: "secret" }

describeEach("a broker", (broker) => {
  it("takes a Client over TCP and over TLS", () =>
    run(Effect.gen(function*() {
      const { tcp, tls } = yield* broker.make()
      expect(yield* returnCode(tcp)).toBe(0)
      expect(yield* returnCode(tls)).toBe(0)
    })))

  it("takes the right password only", () =>
    run(Effect.gen(function*() {
      const { tcp, tls } = yield* broker.make({ user })
      expect(yield* returnCode(tcp, user)).toBe(0)
      expect(yield* returnCode(tls, user)).toBe(0)
      // 4 is "bad user name or password", 5 "not authorized"; brokers differ.
      expect([4, 5]).toContain(yield* returnCode(tcp, { ...user, password: "wrong" }))
      expect([4, 5]).toContain(yield* returnCode(tcp))
    })))

  it("takes only Clients with a certificate where that is wanted", () =>
    run(Effect.gen(function*() {
      const { tls } = yield* broker.make({ clientCertificate: true })
      const { cert, key } = certificates.client
      expect(yield* returnCode({ ...tls, tls: { ...tls.tls, cert, key } })).toBe(0)
      const error = yield* Effect.flip(returnCode(tls))
      expect(error.reason).toBe("Tls")
      expect(error.message).toContain("set ssl_cert and ssl_key")
    })))

  it.each(["expired", "otherHost"] as const)("shows the %s certificate when it is asked to",
    (which) =>
      run(Effect.gen(function*() {
        const { tls } = yield* broker.make({ identity: certificates[which] })
        expect((yield* Effect.flip(returnCode(tls))).reason).toBe("Tls")
      })))

  it("is gone when its Scope is closed, and can come back where it was", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Effect.scoped(broker.make())
      expect((yield* Effect.flip(returnCode(tcp))).reason).toBe("Refused")
      yield* broker.make({ port: tcp.port })
      expect(yield* returnCode(tcp)).toBe(0)
    })))

  it("does not mind another of its kind beside it", () =>
    run(Effect.gen(function*() {
      const [one, two] = yield* Effect.all([broker.make(), broker.make()], { concurrency: "unbounded" })
      expect(one.tcp.port).not.toBe(two.tcp.port)
      expect(yield* returnCode(one.tcp)).toBe(0)
      expect(yield* returnCode(two.tcp)).toBe(0)
    })))
})

it("finds a port on which nobody listens", () =>
  run(Effect.gen(function*() {
    const port = yield* TcpServer.freePort
    expect((yield* Effect.flip(connect({ host: "127.0.0.1", port }))).reason).toBe("Refused")
  })))
