/** The client over WebSocket: real Servers, and what goes wrong on the way to one. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import { describe, expect, it } from "vitest"
import type { Endpoint } from "../../../src/ports/Socket.ts"
import type { ClientEvent } from "../../../src/programs/library/library.ts"
import * as Aedes from "../../support/aedes.ts"
import * as certificates from "../../support/certificates.ts"
import { scripted, urlOf, withIn } from "../../support/libraryClient.ts"
import * as Mosquitto from "../../support/mosquitto.ts"
import * as WebSocketServer from "../../support/webSocketServer.ts"

type Start = Effect.Effect<Endpoint, never, Scope.Scope>

const user = { username: "me", password: "p@ss" }

const servers: ReadonlyArray<readonly [name: string, isThere: boolean, start: Start]> = [
  ["Aedes by ws://", true, Effect.map(Aedes.make({ user }), ({ ws }) => ws)],
  ["Aedes by wss://", true, Effect.map(Aedes.make({ user }), ({ wss }) => wss)],
  [`Mosquitto by ws://${Mosquitto.hasWebSocket ? "" : " (not installed, or built without WebSocket)"}`,
    Mosquitto.hasWebSocket, Effect.map(Effect.suspend(() => Mosquitto.make({ user })), ({ ws }) => ws)]
]

const withUser = (url: string) => url.replace("://", "://me:p%40ss@")

for (const [name, isThere, start] of servers) {
  describe.skipIf(!isThere)(`the client at ${name}`, () => {
    const options = name.includes("wss") ? { tls: { ca: certificates.ca } } : {}

    // Mosquitto's WebSocket takes a second for 30 kB.
    const size = name.includes("Mosquitto") ? 20_000 : 700_000

    it("publishes, subscribes, and gets large messages whole", () =>
      withIn(start, async (endpoint, open) => {
        const client = await open(withUser(urlOf(endpoint)), options)
        const large = new Uint8Array(size).map((_, index) => index * 7)
        const messages = await client.subscribe("a/#", { qos: 1 })
        await client.publish("a/text", "Hello", { qos: 1 })
        await client.publish("a/large", large, { qos: 1, retain: true })
        await client.publish("a/zero", "0")
        const got = [await messages.next(), await messages.next(), await messages.next()].map(({ value }) => value)
        expect(got.map((message) => [message?.topic, message?.payload.length])).toEqual([["a/text", 5], ["a/large",
          size], ["a/zero", 1]])
        expect(Buffer.compare(got[1]?.payload ?? large.subarray(1), large)).toBe(0)
        expect((await client.readTopic("a/large"))?.retain).toBe(true)
      }))

    it("is refused with a wrong password", () =>
      withIn(start, async (endpoint, open) => {
        const url = urlOf(endpoint).replace("://", "://me:wrong@")
        await expect(open(url, options)).rejects.toMatchObject({ _tag: "ConnectionRefused" })
      }))

    it("keeps many messages at once in order", () =>
      withIn(start, async (endpoint, open) => {
        const client = await open(withUser(urlOf(endpoint)), options)
        const got: Array<string> = []
        let done = () => {}
        const all = new Promise<void>((resolve) => done = resolve)
        await client.subscribe("n", ({ text }) => {
          if (got.push(text) === 2_000) done()
        }, { qos: 1 })
        const numbers = Array.from({ length: 2_000 }, (_, index) => String(index))
        await Promise.all(numbers.map((text) => client.publish("n", text, { qos: 1 })))
        await all
        expect(got).toEqual(numbers)
      }))
  })
}

describe("a WebSocket that is lost", () => {
  it("is made again by itself, with its subscriptions", () =>
    withIn(
      Effect.gen(function*() {
        const aedes = yield* Aedes.make()
        const cuts: Array<() => void> = []
        const server = yield* WebSocketServer.before((stream) => {
          cuts.push(() => void stream.destroy())
          aedes.aedes.handle(stream)
        })
        return { cuts, endpoint: server.endpoint }
      }),
      async ({ cuts, endpoint }, open) => {
        const events: Array<ClientEvent> = []
        const client = await open(urlOf(endpoint), { onEvent: (event) => events.push(event) })
        const messages = await client.subscribe("a", { qos: 1 })
        cuts[0]?.()
        await client.publish("a", "again", { qos: 1 })
        expect((await messages.next()).value?.text).toBe("again")
        expect(events.map(({ _tag }) => _tag)).toEqual(["Connected", "Reconnecting", "Connected"])
        expect(cuts).toHaveLength(2)
      }
    ))
})

describe.skipIf(Mosquitto.executable === undefined)("MQTT 5 over WebSocket", () => {
  const behind = Effect.flatMap(Effect.suspend(() => Mosquitto.make()),
    ({ tcp }) =>
      WebSocketServer.before((stream) => {
        const server = net.connect(tcp.port, tcp.host)
        server.on("error", () => stream.destroy())
        stream.pipe(server).pipe(stream)
      }))

  it.each([5, "auto"] as const)("carries properties and Reason Codes, with version %s",
    (version) =>
      withIn(behind, async ({ endpoint }, open) => {
        const client = await open(urlOf(endpoint), { version })
        const got: Array<string> = []
        let done = () => {}
        const all = new Promise<void>((resolve) => done = resolve)
        await client.subscribe("n/#", ({ properties, text }) => {
          if (got.push(`${text} ${properties?.contentType}`) === 500) done()
        }, { qos: 1 })
        const numbers = Array.from({ length: 500 }, (_, index) => String(index))
        const properties = { contentType: "number" }
        await Promise.all(numbers.map((text) => client.publish("n/a", text, { qos: 1, properties })))
        await all
        expect(got).toEqual(numbers.map((text) => `${text} number`))
      }))
})

describe("a mistake with a WebSocket", () => {
  it.each(
    [
      ["mqtt://localhost", { webSocket: { headers: {} } }, "webSocket", "write ws:// or wss://"],
      ["ws://localhost", { tls: {} }, "tls", "write wss://"],
      ["wss://localhost", { tls: { alpn: ["mqtt"] } }, "tls.alpn", "leave alpn out, or write mqtts://"]
    ] as const
  )("at %s with %j names the option", (url, options, option, words) =>
    withIn(Effect.void, async (_, open) => {
      await expect(open(url, options)).rejects.toMatchObject({
        _tag: "InvalidOption",
        option,
        message: expect.stringContaining(words)
      })
    }))

  it("at a port that speaks plain MQTT says where WebSocket may be", () =>
    withIn(Aedes.make(), async ({ tcp }, open) => {
      const { message } = await open(urlOf({ ...tcp, webSocket: { path: "/" } })).catch((error: Error) =>
        error
      ) as Error
      expect(message).toContain("use its WebSocket port, or mqtt:// for this one")
    }))

  it("and mqtt:// at a port that speaks WebSocket fails with a reason", () =>
    withIn(Aedes.make(), async ({ ws }, open) => {
      const { host, port } = ws
      await expect(open(urlOf({ host, port }))).rejects.toMatchObject({
        message: expect.stringContaining("speaks HTTP at this port: for WebSocket write ws://")
      })
    }))

  it("waits for the Server behind a proxy, and not where it is forbidden", () =>
    withIn(
      Effect.gen(function*() {
        let tries = 0
        const answers = ["502 Bad Gateway", "503 Service Unavailable", "403 Forbidden"]
        return yield* WebSocketServer.before(() => {}, {
          refuse: (_, socket) => {
            socket.end(`HTTP/1.1 ${answers[tries++]}\r\ncontent-length: 0\r\n\r\n`)
            return true
          }
        })
      }),
      async ({ endpoint, requests }, open) => {
        const reconnect = { minDelay: 5, maxDelay: 10 }
        const connecting = open(urlOf(endpoint), { waitForServer: true, reconnect, onEvent: () => {} })
        await expect(connecting).rejects.toMatchObject({ _tag: "SocketError", reason: "Handshake", status: 403 })
        expect(requests).toHaveLength(3)
      }
    ))

  it("sends headers to who asks for them", () =>
    withIn(
      Effect.gen(function*() {
        const aedes = yield* Aedes.make()
        return yield* WebSocketServer.before((stream) => aedes.aedes.handle(stream), {
          refuse: (request, socket) => {
            const isKnown = request.headers.authorization === "Bearer token"
            if (!isKnown) socket.end("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n")
            return !isKnown
          }
        })
      }),
      async ({ endpoint }, open) => {
        await expect(open(urlOf(endpoint))).rejects.toMatchObject({ reason: "Handshake", status: 401 })
        const client = await open(urlOf(endpoint), { webSocket: { headers: { Authorization: "Bearer token" } } })
        expect(client.isConnected).toBe(true)
      }
    ))
})

it("without WebSocket nothing of it is sent", () =>
  withIn(scripted, async (server, open) => {
    const opening = open(server.url)
    await (await server.welcome()).send()
    expect((await opening).isConnected).toBe(true)
  }))
