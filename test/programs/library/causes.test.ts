/** What Servers and what stands before them really do, and the cause that the client names. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import { describe, expect, it } from "vitest"
import type { ClientEvent, ConnectOptions, SocketError } from "../../../src/programs/library/library.ts"
import * as Aedes from "../../support/aedes.ts"
import { kinds } from "../../support/brokers.ts"
import * as certificates from "../../support/certificates.ts"
import { urlOf, withIn } from "../../support/libraryClient.ts"
import * as Mosquitto from "../../support/mosquitto.ts"
import * as TcpServer from "../../support/tcpServer.ts"

/** Collects events, and waits for the first ended connection whose cause is clear. */
const watcher = () => {
  const reasons: Array<SocketError> = []
  let found: (reason: SocketError) => void
  const cause = new Promise<SocketError>((resolve) => found = resolve)
  const onEvent = (event: ClientEvent) => {
    if (event._tag !== "Reconnecting" || event.reason._tag !== "SocketError") return
    reasons.push(event.reason)
    if (event.reason.likelyCause !== undefined) found(event.reason)
  }
  return { onEvent, reasons, cause }
}

const here = kinds.filter(({ available }) => available)
  .flatMap(({ make, name }) => ([4, "auto"] as const).map((version) => ({ make, name, version })))

describe.each(here)("at $name, with version $version", ({ make, version }) => {
  it("two clients with one Client Identifier learn what they do to each other", () =>
    withIn(make(), async ({ tcp }, open) => {
      const one = watcher()
      const other = watcher()
      await open(urlOf(tcp), { clientId: "twin", version, onEvent: one.onEvent })
      await open(urlOf(tcp), { clientId: "twin", version, onEvent: other.onEvent })
      for (const { cause } of [one, other]) {
        const { likelyCause, message } = await cause
        expect(likelyCause).toBe("SameClientIdentifier")
        expect(message).toContain("another Client connected with the Client Identifier twin")
      }
      // A single end has many causes.
      expect([one, other].map(({ reasons }) => reasons[0]?.likelyCause)).toEqual([undefined, undefined])
    }))
})

describe("a policy of the Server", () => {
  it("that closes on a SUBSCRIBE is named, with the Topic Filter", () =>
    withIn(Aedes.make(), async ({ aedes, tcp }, open) => {
      aedes.authorizeSubscribe = (_, subscription, done) =>
        subscription.topic === "secret" ? done(new Error("forbidden"), null) : done(null, subscription)
      const { cause, onEvent } = watcher()
      const client = await open(urlOf(tcp), { replyTimeout: 1_500, onEvent })
      const error = await client.subscribe("secret").then(() => undefined, (error: SocketError) => error)
      expect(await cause).toMatchObject({
        likelyCause: "Forbidden",
        message: expect.stringContaining("without an answer to SUBSCRIBE to secret: does the Server forbid that")
      })
      expect(error?.message).toContain("SUBSCRIBE to secret")
    }))

  it("that closes on a message with QoS 0 is named, with the topic", () =>
    withIn(Aedes.make(), async ({ aedes, tcp }, open) => {
      aedes.authorizePublish = (_, { topic }, done) => done(topic === "secret" ? new Error("forbidden") : null)
      const { cause, onEvent, reasons } = watcher()
      const client = await open(urlOf(tcp), { onEvent })
      for (let ends = 1; ends <= 2; ends++) {
        await client.publish("secret", "x")
        while (reasons.length < ends || !client.isConnected) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      expect(await cause).toMatchObject({
        likelyCause: "Forbidden",
        message: expect.stringContaining("a message to secret with QoS 0, again: does the Server forbid that")
      })
    }))

  it("that closes on a message with QoS 1 gives up the message, and no other", () =>
    withIn(Aedes.make(), async ({ aedes, tcp }, open) => {
      aedes.authorizePublish = (_, { topic }, done) => done(topic === "secret" ? new Error("forbidden") : null)
      const client = await open(urlOf(tcp), { onEvent: () => {}, reconnect: { minDelay: 20, maxDelay: 40 } })
      const good = client.publish("open", "x", { qos: 1 })
      await expect(client.publish("secret", "x", { qos: 1 })).rejects.toMatchObject({
        _tag: "PublishRejected",
        topic: "secret"
      })
      await good
    }))

  const isThere = Mosquitto.executable !== undefined
  it.skipIf(!isThere)("that limits the size of a packet gives up the message (Mosquitto, where it is installed)",
    () =>
      withIn(Effect.suspend(() => Mosquitto.make({}, ["max_packet_size 1000"])), async ({ tcp }, open) => {
        const { cause, onEvent } = watcher()
        const client = await open(urlOf(tcp), { onEvent, reconnect: { minDelay: 20, maxDelay: 40 } })
        const large = client.publish("a", new Uint8Array(5_000), { qos: 1 })
        await expect(large).rejects.toMatchObject({ _tag: "PublishRejected", bytes: 5_000 })
        expect(await cause).toMatchObject({
          likelyCause: "Forbidden",
          message: expect.stringContaining("PUBLISH to a (5000 bytes): does the Server forbid that, or is it too large")
        })
      }))

  it("that takes no more connections is among the causes of one that is closed before CONNACK", () =>
    withIn(TcpServer.make((socket) => socket.once("data", () => socket.end())), async ({ endpoint }, open) => {
      await expect(open(urlOf(endpoint))).rejects.toMatchObject({
        reason: "Closed",
        message: expect.stringContaining("or it may take no more connections")
      })
    }))
})

/** Before a Server: closes what was silent for so many milliseconds, as load balancers do after a minute or more. */
const balancer = (server: net.NetConnectOpts, idleMillis: number) =>
  TcpServer.make((socket) => {
    const behind = net.connect(server)
    behind.on("error", () => {})
    socket.setTimeout(idleMillis, () => socket.end())
    socket.on("close", () => behind.destroy())
    socket.pipe(behind).pipe(socket)
  })

describe("a load balancer that closes what is idle", () => {
  const before = (idleMillis: number) =>
    Effect.flatMap(Aedes.make(), ({ tcp }) => balancer({ host: tcp.host, port: tcp.port }, idleMillis))

  it("is named after three times, with what to set", () =>
    withIn(before(1_200), async ({ endpoint }, open) => {
      const { cause, onEvent, reasons } = watcher()
      await open(urlOf(endpoint), { onEvent, reconnect: { minDelay: 10, maxDelay: 20 } })
      await cause
      while (reasons.at(-1)?.likelyCause !== "IdleConnection") await new Promise((resolve) => setTimeout(resolve, 20))
      // The first two are no proof.
      expect(reasons.slice(0, 2).map(({ likelyCause }) => likelyCause)).not.toContain("IdleConnection")
      expect(reasons.at(-1)?.message).toMatch(
        /after 1\.\d s in which nothing came: .*load balancer.* keepAlive is 60: set it to less than 1\.\d s/
      )
    }))

  it("closes nothing when keepAlive is less", () =>
    withIn(before(2_500), async ({ endpoint }, open) => {
      const { onEvent, reasons } = watcher()
      const client = await open(urlOf(endpoint), { onEvent, keepAlive: 1 })
      await new Promise((resolve) => setTimeout(resolve, 6_000))
      expect([reasons, client.isConnected]).toEqual([[], true])
    }))
})

describe("TLS that does not come about", () => {
  const { ca, expired, otherHost, rsa, server, unknownCa } = certificates

  const tlsAt = (identity: certificates.Identity, options: { readonly clientCertificate?: boolean } = {}) =>
    Effect.map(Aedes.make({ identity, ...options }), ({ tls }) => ({ ...tls, host: "localhost" }))

  const answersHttp = Effect.map(
    TcpServer.make((socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))),
    ({ endpoint }) => endpoint
  )

  const noTls =
    "it does not speak TLS at this port: use its TLS port (by convention 8883, and 443 for wss://), or write "
    + "mqtt:// or ws:// ("

  const rows: ReadonlyArray<
    readonly [
      what: string,
      make: Effect.Effect<Parameters<typeof urlOf>[0], never, Scope.Scope>,
      options: ConnectOptions,
      reason: SocketError["reason"],
      words: string
    ]
  > = [
    ["an authority that is not known", tlsAt(server), { tls: { ca: unknownCa } }, "Tls",
      "set tls.ca to the PEM of that authority"],
    ["a certificate signed by itself", tlsAt(rsa), {}, "Tls", "signed by itself, and not trusted here: set tls.ca"],
    ["an expired certificate", tlsAt(expired), { tls: { ca } }, "Tls", "has expired: renew it at the Server"],
    ["a certificate of another host", tlsAt(otherHost), { tls: { ca } }, "Tls",
      "is for another name: set tls.serverName"],
    ["a Server that wants a certificate of the client", tlsAt(server, { clientCertificate: true }), { tls: { ca } },
      "Tls", "it wants a client certificate that it trusts: set tls.cert and tls.key"],
    ["a PEM that is none", tlsAt(server), { tls: { ca, cert: "no", key: "no" } }, "Tls",
      "tls.ca, tls.cert or tls.key is not a PEM text"],
    ["TLS at a port without it", Effect.map(Aedes.make(), ({ tcp }) => ({ ...tcp, tls: {} })), {}, "Closed",
      "perhaps it does not speak TLS at this port; use its TLS port (by convention 8883, and 443 for wss://), or write mqtt:// or ws://"],
    ["TLS at a port that answers without it", Effect.map(answersHttp, (endpoint) => ({ ...endpoint, tls: {} })), {},
      "Tls", noTls],
    ["TLS at a port of WebSocket without it",
      Effect.map(answersHttp, (endpoint) => ({ ...endpoint, tls: {}, webSocket: { path: "/" } })), {}, "Tls", noTls],
    ["no TLS at a port with it", Effect.map(Aedes.make(), ({ tls: { host, port } }) => ({ host, port })), {}, "Closed",
      "it may require TLS at this port (write mqtts:// or wss://)"]
  ]

  it.each(rows)("%s is named, with the option or the URL to correct",
    (_, make, options, reason, words) =>
      withIn(make, async (endpoint, open) => {
        await expect(open(urlOf(endpoint), options)).rejects.toMatchObject({
          _tag: "SocketError",
          reason,
          message: expect.stringContaining(words)
        })
        // No path in OpenSSL's sources, and one line.
        await expect(open(urlOf(endpoint), options)).rejects.not.toMatchObject({
          message: expect.stringMatching(/\n|openssl|error:0/)
        })
      }))

  it("at a TLS port, an alert that the Server sends is known as TLS", () =>
    withIn(
      TcpServer.make((socket) => socket.once("data", () => socket.end(Uint8Array.of(0x15, 3, 3, 0, 2, 2, 70)))),
      async ({ endpoint }, open) => {
        await expect(open(urlOf(endpoint))).rejects.toMatchObject({
          _tag: "ProtocolViolation",
          message: expect.stringContaining("speaks TLS at this port: write mqtts://")
        })
      }
    ))

  it("offers the protocols of alpn, and says when the Server has none of them", () =>
    withIn(
      Effect.flatMap(Aedes.make(),
        ({ aedes }) => TcpServer.make(aedes.handle, { tls: { ...server, ALPNProtocols: ["x-amzn-mqtt-ca"] } })),
      async ({ endpoint }, open) => {
        const url = urlOf({ ...endpoint, tls: {} })
        const client = await open(url, { tls: { ca, alpn: ["x-amzn-mqtt-ca"] } })
        await client.publish("a", "b", { qos: 1 })
        await expect(open(url, { tls: { ca, alpn: ["other"] } })).rejects.toMatchObject({
          reason: "Tls",
          message: expect.stringContaining("none of the protocols offered by ALPN")
        })
      }
    ))
})
