/** The library with MQTT 5, against real brokers: Mosquitto speaks it, Aedes does not. */
import * as Effect from "effect/Effect"
import * as net from "node:net"
import { describe, expect, it } from "vitest"
import * as Aedes from "../../support/aedes.ts"
import { urlOf, withIn } from "../../support/libraryClient.ts"
import * as Mosquitto from "../../support/mosquitto.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { type ConnectOptions, connect, type Message } from "../../../src/programs/library/library.ts"

const only: ConnectOptions = { version: 5 }

/** The first message of a loop. */
const first = async (messages: AsyncIterable<Message>): Promise<Message> => {
  for await (const message of messages) return message
  throw new Error("the loop has ended")
}

describe.skipIf(Mosquitto.executable === undefined)("the library with MQTT 5, against Mosquitto", () => {
  it("carries the properties of messages, with QoS 0 and 1", () =>
    withIn(Mosquitto.make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp), only)
      const messages = await client.subscribe("a/#", { qos: 1 })
      const properties = {
        payloadFormatIndicator: 1,
        messageExpiryInterval: 100,
        contentType: "text/plain",
        responseTopic: "answer" as never,
        correlationData: new Uint8Array([1, 2]),
        userProperties: [["k", "1"], ["k", "2"], ["", ""]]
      } as const
      await client.publish("a/0", "zero", { properties })
      await client.publish("a/1", "one", { qos: 1, properties })
      for (const text of ["zero", "one"]) {
        const { done, value } = await messages.next()
        expect(done).toBe(false)
        expect(value).toMatchObject({ text, properties: { ...properties, correlationData: expect.anything() } })
        expect([...value?.properties?.correlationData ?? []]).toEqual([1, 2])
      }
    }))

  it("uses Topic Aliases, and loses no message by them", () =>
    withIn(Mosquitto.make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp), only)
      const messages = await client.subscribe("home/#", { qos: 1, buffer: 1_000 })
      const sent: Array<string> = []
      for (let i = 0; i < 200; i++) {
        const topic = `home/room-${i % 20}/temperature`
        sent.push(`${topic} ${i}`)
        await client.publish(topic, String(i), { qos: i % 3 === 0 ? 1 : 0 })
      }
      const got: Array<string> = []
      for await (const { text, topic } of messages) if (got.push(`${topic} ${text}`) === sent.length) break
      expect(got).toEqual(sent)
    }))

  it("has many messages in flight, as many as Mosquitto takes", () =>
    withIn(Mosquitto.make({}, ["max_inflight_messages 3"]), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp), only)
      let count = 0
      let done = () => {}
      const all = new Promise<void>((resolve) => {
        done = resolve
      })
      await client.subscribe("n/+", () => void (++count === 500 && done()), { qos: 1 })
      await Promise.all(Array.from({ length: 500 }, (_, i) => client.publish(`n/${i % 7}`, "", { qos: 1 })))
      await all
      expect(count).toBe(500)
    }))

  it("does not get its own messages with noLocal, nor retained ones with retainHandling 2", () =>
    withIn(Mosquitto.make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp), only)
      const other = await open(urlOf(tcp), only)
      await other.publish("a", "retained", { qos: 1, retain: true })
      const local = await client.subscribe("a", { noLocal: true, retainHandling: 2 })
      const kept = await other.subscribe("a", { retainAsPublished: true, retainHandling: 2 })
      await client.publish("a", "own", { qos: 1 })
      await other.publish("a", "other's", { qos: 1, retain: true })
      expect(await first(local)).toMatchObject({ text: "other's", retain: false })
      expect([await kept.next(), await kept.next()].map(({ value }) => [value?.text, value?.retain])).toEqual([
        ["own", false],
        ["other's", true]
      ])
    }))

  it("gives a message once to each of several handlers whose filters overlap", () =>
    withIn(Mosquitto.make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp), only)
      const got: Array<string> = []
      for (const filter of ["a/b", "a/+", "a/#", "#"]) {
        await client.subscribe(filter, ({ text }) => void got.push(`${filter} ${text}`), { qos: 1 })
      }
      for (const text of ["1", "2"]) await client.publish("a/b", text, { qos: 1 })
      await expect.poll(() => got.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(8)
      await client.publish("a/c", "3", { qos: 1 })
      await expect.poll(() => got.filter((each) => each.endsWith("3")).length, { timeout: 20_000 }).toBe(3)
      expect(got.filter((each) => !each.endsWith("3")).sort()).toEqual(["# 1", "# 2", "a/# 1", "a/# 2", "a/+ 1",
        "a/+ 2", "a/b 1", "a/b 2"])
    }))

  it.each([4, 5] as const)("shares the messages of a Shared Subscription among its members, in MQTT %i",
    (version) =>
      withIn(Mosquitto.make(), async ({ tcp }, open) => {
        const got: Array<[member: number, text: string]> = []
        let done = () => {}
        const all = new Promise<void>((resolve) => {
          done = resolve
        })
        for (const member of [1, 2]) {
          const client = await open(urlOf(tcp), { version })
          await client.subscribe("$share/workers/jobs/+", ({ text }) => {
            if (got.push([member, text]) === 20) done()
          }, { qos: 1 })
        }
        const client = await open(urlOf(tcp), { version })
        for (let i = 0; i < 20; i++) await client.publish(`jobs/${i}`, String(i), { qos: 1 })
        await all
        expect(got.map(([, text]) => Number(text)).sort((a, b) => a - b)).toEqual(
          Array.from({ length: 20 }, (_, i) => i)
        )
        expect(new Set(got.map(([member]) => member)).size).toBe(2)
      }))

  it("gives each request its own answer, in whatever order they come, and undefined if none comes in time", () =>
    withIn(Mosquitto.make(), async ({ tcp }, open) => {
      const server = await open(urlOf(tcp), only)
      await server.subscribe("double", async ({ properties, text }) => {
        if (text === "silence") return
        // The first is answered last.
        setTimeout(() =>
          void server.publish(String(properties?.responseTopic), String(2 * Number(text)), {
            qos: 1,
            properties: { correlationData: properties?.correlationData }
          }), 60 - 10 * Number(text))
      }, { qos: 1 })
      const client = await open(urlOf(tcp), only)
      const ask = (value: number) => client.request("double", String(value), { qos: 1 })
      const answers = await Promise.all([1, 2, 3, 4, 5].map(ask))
      expect(answers.map((answer) => answer?.text)).toEqual(["2", "4", "6", "8", "10"])
      expect(await client.request("double", "silence", { timeout: 50 })).toBeUndefined()
      await expect(client.request("double", "silence", { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
        name: "TimeoutError"
      })
    }))

  it("keeps the Session for a later program, and its messages", () =>
    withIn(Mosquitto.make(), async ({ tcp }, open) => {
      const options = { ...only, clientId: "kept", cleanSession: false, sessionExpiryInterval: 60 } as const
      const before = await open(urlOf(tcp), options)
      await before.subscribe("a", () => {}, { qos: 1 })
      await before.end()
      const other = await open(urlOf(tcp), only)
      await other.publish("a", "meanwhile", { qos: 1 })
      const later = await open(urlOf(tcp), options)
      expect(await first(await later.subscribe("a", { qos: 1 }))).toMatchObject({ text: "meanwhile" })
    }))

  it("is told why it is refused", () =>
    withIn(Mosquitto.make({ user: { username: "u", password: "p" } }), async ({ tcp }, open) => {
      await expect(open(urlOf(tcp), { ...only, username: "u", password: "wrong" })).rejects.toMatchObject({
        _tag: "ConnectionRefused",
        returnCode: 0x87,
        message: expect.stringContaining("Not authorized")
      })
    }))

  it("is MQTT 5 with version auto", () =>
    withIn(Mosquitto.make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp), { version: "auto" })
      const messages = await client.subscribe("a")
      await client.publish("a", "1", { properties: { contentType: "t" } })
      expect((await first(messages)).properties).toMatchObject({ contentType: "t" })
    }))
})

/** A Server that closes every connection whose CONNECT is of MQTT 5, without a word, and else is another one. */
const closing = Effect.gen(function*() {
  const { tcp } = yield* Aedes.make()
  return yield* TcpServer.make((socket) => {
    socket.once("data", (chunk: Buffer) => {
      if (chunk[8] !== 4) return socket.destroy()
      const inner = net.connect(tcp.port, tcp.host)
      inner.write(chunk)
      socket.pipe(inner).pipe(socket)
      inner.on("error", () => socket.destroy())
      socket.on("error", () => inner.destroy())
    })
  })
})

describe("the library with MQTT 5, against a Server that speaks MQTT 3.1.1 only", () => {
  it("falls back to it with version auto, when the Server says so", () =>
    withIn(Aedes.make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp), { version: "auto", onEvent: () => {} })
      const messages = await client.subscribe("a")
      await client.publish("a", "1", { qos: 1 })
      expect(await first(messages)).toMatchObject({ text: "1", properties: undefined })
      await expect(client.publish("a", "1", { properties: { contentType: "t" } })).rejects.toMatchObject({
        _tag: "InvalidPacket",
        field: "properties"
      })
      await expect(client.request("a", "1")).rejects.toMatchObject({ _tag: "InvalidPacket", field: "request" })
    }))

  it("falls back to it with version auto, when the Server closes the connection", () =>
    withIn(closing, async ({ endpoint }, open) => {
      const client = await open(urlOf(endpoint), { version: "auto" })
      await client.publish("a", "1", { qos: 1 })
    }))

  it("says so with version 5", () =>
    withIn(Aedes.make(), async ({ tcp }) => {
      await expect(connect(urlOf(tcp), only)).rejects.toMatchObject({
        _tag: "ConnectionRefused",
        returnCode: 0x84,
        message: expect.stringContaining("use MQTT 3.1.1")
      })
    }))
})

it("refuses a version that there is not", async () => {
  await expect(connect("mqtt://127.0.0.1:1", { version: 3 as 4 })).rejects.toMatchObject({
    _tag: "InvalidOption",
    option: "version"
  })
})
