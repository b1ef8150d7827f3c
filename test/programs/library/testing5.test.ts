/** What `dormouse-mqtt/testing` has of MQTT 5, and of several Servers. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { Client, Servers } from "../../../src/programs/library/effect.ts"
import type { ClientEvent } from "../../../src/programs/library/library.ts"
import { simulate, simulateNetwork } from "../../../src/programs/library/testing.ts"

const url = "mqtt://broker.example"
const later = { version: 5, onEvent: () => {} } as const

describe("a simulated Server of MQTT 5", () => {
  it("carries the properties of messages, both ways, and to retained and stored ones", async () => {
    const { connect, server } = simulate()
    const client = await connect(url, later)
    const properties = { contentType: "text/plain", userProperties: [["unit", "C"]] } as const
    await client.publish("a", "1", { qos: 1, retain: true, properties })
    expect(server.messages).toMatchObject([{ topic: "a", text: "1", properties }])
    const messages = await client.subscribe("#", { qos: 1 })
    expect((await messages.next()).value).toMatchObject({ text: "1", retain: true, properties })
    server.publish("b", "2", { qos: 1, properties: { payloadFormatIndicator: 1 } })
    expect((await messages.next()).value).toMatchObject({ text: "2", properties: { payloadFormatIndicator: 1 } })
    await client.end()
  })

  it("gets the time that a message has left, and not one whose time is over", async () => {
    const { advance, connect, network, server, until } = simulate()
    const client = await connect(url, later)
    network.silent()
    network.drop()
    const expiring = (seconds: number) => ({ qos: 1, properties: { messageExpiryInterval: seconds } }) as const
    const short = client.publish("a", "short", expiring(10))
    const long = client.publish("a", "long", expiring(3_600))
    await advance(10_000)
    const soon = Promise.race([short.catch(({ _tag }) => _tag), Promise.resolve("waits")])
    expect(await soon).toBe("waits")
    await advance(1_000)
    await expect(short).rejects.toMatchObject({ _tag: "MessageExpired", topic: "a", seconds: 10 })
    network.restore()
    await until(long)
    expect(server.messages.map(({ text }) => text)).toEqual(["long"])
    const left = server.messages[0]?.properties?.messageExpiryInterval ?? 0
    expect(left).toBeLessThanOrEqual(3_589)
    expect(left).toBeGreaterThan(3_000)
    await client.end()
  })

  it.each([4, 5] as const)("publishes the Will of a client of MQTT %i that ends so, and of no other",
    async (version) => {
      const { connect, server } = simulate()
      const heard: Array<string> = []
      const observer = await connect(url, { onEvent: () => {} })
      await observer.subscribe("w/#", ({ topic }) => void heard.push(topic), { qos: 1 })
      const begin = (name: string) =>
        connect(url, { version, clientId: name, onEvent: () => {}, will: { topic: "w/" + name, payload: "", qos: 1 } })
      const one = await begin("one")
      await one.end()
      const other = await begin("other")
      await other.end({ publishWill: true })
      await observer.publish("end", "", { qos: 1 })
      expect(heard).toEqual(["w/other"])
      expect(server.messages.length).toBe(1)
      await observer.end()
    })

  it("cannot be asked to prove again who a client is, without a method, and in MQTT 3.1.1", async () => {
    const { connect } = simulate()
    for (const version of [4, 5] as const) {
      const client = await connect(url, { version, onEvent: () => {} })
      await expect(client.reauthenticate()).rejects.toMatchObject({
        _tag: "InvalidPacket",
        field: version === 4 ? "reasonCode" : "authenticationMethod"
      })
      await client.end()
    }
  })

  it("gives a message once to a client whose filters overlap, and the client knows whom it is for", async () => {
    const { connect, server } = simulate()
    const client = await connect(url, later)
    const got: Array<string> = []
    await client.subscribe("a/+", ({ text }) => void got.push(`one ${text}`), { qos: 1 })
    await client.subscribe("a/#", ({ text }) => void got.push(`all ${text}`), { qos: 1 })
    server.publish("a/b", "x", { qos: 1 })
    server.publish("a", "y", { qos: 1 })
    await client.publish("end", "", { qos: 1 })
    expect(got).toEqual(["one x", "all x", "all y"])
    await client.end()
  })

  it("keeps to noLocal, retainAsPublished and retainHandling", async () => {
    const { connect, server } = simulate()
    server.publish("old", "retained", { retain: true })
    const client = await connect(url, later)
    const got: Array<string> = []
    await client.subscribe("#", ({ retain, text }) => void got.push(`${text} ${retain}`), {
      qos: 1,
      noLocal: true,
      retainAsPublished: true,
      retainHandling: 2
    })
    await client.publish("own", "own", { qos: 1 })
    server.publish("new", "new", { qos: 1, retain: true })
    await client.publish("end", "", { qos: 1 })
    expect(got).toEqual(["new true"])
    await client.end()
  })

  it("shares the messages of a Shared Subscription among its members", async () => {
    const { connect, server } = simulate()
    const got: ReadonlyArray<Array<string>> = [[], []]
    const members = await Promise.all(got.map(async (own) => {
      const client = await connect(url, later)
      await client.subscribe("$share/workers/work/#", ({ text }) => void own.push(text), { qos: 1 })
      return client
    }))
    for (const text of ["1", "2", "3", "4"]) server.publish("work/a", text, { qos: 1 })
    for (const member of members) await member.publish("end", "", { qos: 1 })
    expect(got).toEqual([["1", "3"], ["2", "4"]])
    for (const member of members) await member.end()
  })

  it("has as many messages in flight as the client takes", async () => {
    const { connect, server } = simulate()
    const client = await connect(url, { ...later, receiveMaximum: 2 })
    const messages = await client.subscribe("a", { qos: 1 })
    for (let n = 0; n < 10; n++) server.publish("a", String(n), { qos: 1 })
    const got: Array<string | undefined> = []
    for (let n = 0; n < 10; n++) got.push((await messages.next()).value?.text)
    expect(got).toEqual(Array.from({ length: 10 }, (_, n) => String(n)))
    await client.end()
  })

  it("drops what has expired while the client was away, and ends its Session in time", async () => {
    const { advance, connect, server } = simulate()
    const options = { ...later, clientId: "c", cleanSession: false, sessionExpiryInterval: 3_600 }
    const first = await connect(url, options)
    await first.subscribe("a", () => {}, { qos: 1 })
    await first.end()
    server.publish("a", "short", { qos: 1, properties: { messageExpiryInterval: 60 } })
    server.publish("a", "long", { qos: 1, properties: { messageExpiryInterval: 600 } })
    await advance(100_000)
    const second = await connect(url, options)
    const messages = await second.subscribe("a", { qos: 1 })
    expect((await messages.next()).value).toMatchObject({ text: "long", properties: { messageExpiryInterval: 500 } })
    await second.end()
    await advance(3_600_000)
    await (await connect(url, options)).end()
    expect(server.subscriptions("c")).toEqual([])
  })

  it("refuses and closes with Reason Codes", async () => {
    const { advance, connect, server } = simulate()
    server.refuse(4)
    await expect(connect(url, later)).rejects.toMatchObject({ _tag: "ConnectionRefused", returnCode: 0x86 })
    server.refuse(0)
    server.forbid("secret")
    server.closeOn((topic) => topic === "bad")
    const events: Array<ClientEvent> = []
    const client = await connect(url, { version: 5, clientId: "c", onEvent: (event) => events.push(event) })
    await expect(client.subscribe("secret")).rejects.toMatchObject({ reasonCode: 0x87 })
    client.publish("bad", "x").catch(() => {})
    await advance(1_000)
    const other = await connect(url, { ...later, clientId: "c", reconnect: false })
    await advance(0)
    expect(events.filter(({ _tag }) => _tag === "Reconnecting")).toMatchObject([
      { reason: { _tag: "ServerDisconnected", reasonCode: 0x87 } },
      { reason: { _tag: "ServerDisconnected", reasonCode: 0x8e } }
    ])
    await client.end()
    await other.end()
  })

  it("answers requests, chooses names, and speaks MQTT 3.1.1 to others", async () => {
    const { connect, server } = simulate()
    const old = await connect(url, { clientId: "old" })
    const worker = await connect(url, { ...later, clientId: "" })
    await worker.subscribe("double", async ({ properties, text }) => {
      const { correlationData, responseTopic = "" } = properties ?? {}
      await worker.publish(responseTopic, String(2 * Number(text)), { properties: { correlationData } })
    })
    const client = await connect(url, { ...later, version: "auto" })
    expect((await client.request("double", "21"))?.text).toBe("42")
    expect(server.clients()).toEqual(expect.arrayContaining(["old", "auto-1"]))
    for (const each of [old, worker, client]) await each.end()
  })
})

describe("several simulated Servers", () => {
  const urls = ["mqtt://one.example", "mqtt://two.example"]

  it("have messages of their own, and a client goes to the other and back", async () => {
    const { addServer, advance, connect, network, server } = simulate()
    const two = addServer("two.example")
    const client = await connect(urls, { onEvent: () => {} })
    await client.publish("a", "1", { qos: 1 })
    network.refuse()
    network.drop()
    await advance(1_000)
    await client.publish("a", "2", { qos: 1 })
    network.restore()
    // It looks every minute whether the first is there.
    await advance(61_000)
    await client.publish("a", "3", { qos: 1 })
    expect([server, two.server].map(({ messages }) => messages.map(({ text }) => text))).toEqual([["1", "3"], ["2"]])
    await client.end()
  })

  it("share Sessions and messages as nodes of a cluster", async () => {
    const { addServer, advance, connect, network, server } = simulate()
    const two = addServer("two.example", { cluster: true })
    const options = { clientId: "c", cleanSession: false, onEvent: () => {} }
    const client = await connect(urls, options)
    const messages = await client.subscribe("a", { qos: 1 })
    network.refuse()
    network.drop()
    server.publish("a", "meanwhile", { qos: 1 })
    await advance(1_000)
    expect((await messages.next()).value?.text).toBe("meanwhile")
    expect([two.server === server, two.network.tries(), server.clients()]).toEqual([true, 1, ["c"]])
    await client.end()
  })

  it("are a layer for programs with Effect", () => {
    const { addServer, layer, network, server } = simulateNetwork()
    const two = addServer("two.example")
    const endpoints = [{ host: "one.example", port: 1883 }, { host: "two.example", port: 1883 }] as const
    const story = Effect.gen(function*() {
      network.refuse()
      const client = yield* Client.make({
        endpoint: endpoints[0],
        server: Servers.namesOf(endpoints),
        clientId: "c"
      })
      yield* client.publish("a", "b", { qos: 1 })
      expect([server.messages.length, two.server.messages.length]).toEqual([0, 1])
    })
    const sockets = Servers.layer(layer, endpoints, { returnAfter: false })
    return Effect.runPromise(Effect.scoped(story).pipe(
      Effect.provide(Layer.mergeAll(sockets, TestClock.layer(), Logger.layer([])))
    ))
  })
})
