/** What `dormouse-mqtt/testing` promises to tests of others. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import * as Client from "../../../src/programs/client/Client.ts"
import type { ClientEvent } from "../../../src/programs/library/library.ts"
import { simulate, simulateNetwork } from "../../../src/programs/library/testing.ts"

const url = "mqtt://broker.example"

describe("a simulated Server, for programs with Promises", () => {
  it("takes and gives messages without any time", async () => {
    const { connect, now, server } = simulate()
    const client = await connect(url, { clientId: "thermostat" })
    const messages = await client.subscribe("set/#", { qos: 1 })
    await client.publish("is/temperature", "21.4", { qos: 1, retain: true })
    server.publish("set/temperature", "23", { qos: 1 })
    expect((await messages.next()).value?.text).toBe("23")
    expect(server.messages).toMatchObject([
      { topic: "is/temperature", text: "21.4", qos: 1, retain: true, dup: false, clientId: "thermostat", at: 0 }
    ])
    expect(server.retained("is/temperature")).toMatchObject({ topic: "is/temperature", text: "21.4", qos: 1, at: 0 })
    expect(server.retained("set/temperature")).toBeUndefined()
    expect([server.clients(), server.subscriptions("thermostat")]).toEqual([["thermostat"], ["set/#"]])
    await client.end()
    expect([server.clients(), now()]).toEqual([[], 0])
  })

  it("lets days pass at once, in their order", async () => {
    const { advance, connect, now } = simulate()
    const client = await connect(url, { keepAlive: 60 })
    const began = performance.now()
    await advance(86_400_000)
    expect(now()).toBe(86_400_000)
    expect(client.isConnected).toBe(true)
    expect(performance.now() - began).toBeLessThan(60_000)
    await client.end()
  })

  it("lets the client wait as long as it would, to the millisecond", async () => {
    const { advance, connect, now } = simulate()
    const client = await connect(url)
    let read: unknown = "pending"
    const reading = client.readTopic("nothing", { timeout: 5_000 }).then((message) => read = message)
    await advance(4_999)
    expect(read).toBe("pending")
    await advance(1)
    expect(read).toBeUndefined()
    await reading
    expect(now()).toBe(5_000)
    await client.end()
  })

  it("lets the program beside the client sleep in the same time", async () => {
    const { advance, now, sleep } = simulate()
    const woke: Array<number> = []
    for (const millis of [30, 10, 20]) void sleep(millis).then(() => woke.push(millis, now()))
    await advance(25)
    expect(woke).toEqual([10, 10, 20, 20])
    await advance(5)
    expect(woke.slice(4)).toEqual([30, 30])
  })

  it("drops the connection, publishes the Will, and lets the client come back with what waits", async () => {
    const { advance, connect, network, server, until } = simulate()
    const events: Array<ClientEvent["_tag"]> = []
    const will = { topic: "state", payload: "lost", retain: true }
    const client = await connect(url, { will, onEvent: ({ _tag }) => events.push(_tag) })
    network.refuse()
    network.drop()
    await advance(0)
    expect([server.retained("state")?.text, client.isConnected]).toEqual(["lost", false])
    const published = client.publish("a", "b", { qos: 1 })
    await advance(30_000)
    expect(server.messages).toEqual([])
    const tries = network.tries()
    expect(tries).toBeGreaterThan(4)
    network.restore()
    await until(published)
    expect(server.messages).toMatchObject([{ topic: "a", text: "b" }])
    expect(events.at(-1)).toBe("Connected")
    await client.end()
  })

  it("closes, delays, and freezes", async () => {
    const { advance, connect, network, now, until } = simulate()
    const events: Array<ClientEvent> = []
    network.delay(40)
    const connecting = connect(url, { keepAlive: 30, onEvent: (event) => events.push(event) })
    const client = await until(connecting)
    // The connection, and CONNACK.
    expect(now()).toBe(80)
    await until(client.publish("a", "b", { qos: 1 }))
    expect(now()).toBe(120)
    network.close()
    await advance(1_000)
    expect(events).toMatchObject([{ _tag: "Connected" }, { _tag: "Reconnecting", reason: { reason: "Closed" } }, {
      _tag: "Connected"
    }])
    network.freeze()
    // Keep Alive asks after at most 30 s, and waits 10 s for the answer.
    await advance(45_000)
    expect(events.slice(3)).toMatchObject([{ _tag: "Reconnecting", reason: { reason: "TimedOut" } }, {
      _tag: "Connected"
    }])
    await until(client.end())
  })

  it("refuses at every step", async () => {
    const { advance, connect, network, server } = simulate()
    server.refuse(5)
    await expect(connect(url)).rejects.toMatchObject({ _tag: "ConnectionRefused", returnCode: 5 })
    server.refuse(0)
    network.unreachable()
    await expect(connect(url)).rejects.toMatchObject({ _tag: "SocketError", reason: "Unreachable" })
    network.silent()
    const connecting = expect(connect(url, { connectTimeout: 3_000 })).rejects.toMatchObject({ reason: "TimedOut" })
    await advance(3_000)
    await connecting
    network.restore()
    server.forbid("secret/#")
    const client = await connect(url, { onEvent: () => {} })
    await expect(client.subscribe("secret/#")).rejects.toMatchObject({ _tag: "SubscriptionRefused" })
    server.closeOn((topic) => topic === "bad")
    const rejected = expect(client.publish("bad", "x", { qos: 1 })).rejects.toMatchObject({ _tag: "PublishRejected" })
    await advance(600_000)
    await rejected
    await client.end()
  })

  it("keeps a Session, until it forgets it", async () => {
    const { connect, server } = simulate()
    const options = { clientId: "c", cleanSession: false }
    const first = await connect(url, options)
    await first.subscribe("a", () => {}, { qos: 1 })
    await first.end()
    server.publish("a", "meanwhile", { qos: 1 })
    expect([server.clients(), server.subscriptions("c")]).toEqual([[], ["a"]])
    const second = await connect(url, options)
    expect((await (await second.subscribe("a", { qos: 1 })).next()).value?.text).toBe("meanwhile")
    await second.end()
    server.forget()
    const third = await connect(url, { ...options, onEvent: () => {} })
    expect([server.clients(), server.subscriptions("c")]).toEqual([["c"], []])
    await third.end()
  })

  it("checks what a test publishes", () => {
    const { addServer, server } = simulate()
    expect(() => server.publish("a/#", "b")).toThrow("holds a wildcard")
    expect(() => server.publish("a", "b", { retained: true } as object)).toThrow("did you mean retain?")
    expect(() => server.publish("a", "b", { qos: 3 } as object)).toThrow("qos must be 0, 1 or 2")
    expect(() => addServer("b", { clusters: true } as object)).toThrow("did you mean cluster?")
  })

  it("checks what a test asks for", async () => {
    const { addServer, advance, network, server, sleep, until } = simulate()
    const asks: ReadonlyArray<readonly [ask: (value: never) => unknown, value: unknown, words: string]> = [
      [server.refuse, undefined, "server.refuse: returnCode must be 0, 1, 2, 3, 4 or 5, but is nothing"],
      [server.refuse, 6, "but is 6"],
      [server.forbid, undefined, "the Topic Filter is missing"],
      [server.forbid, "a/#/b", "a # that is not the whole last level"],
      [server.closeOn, "a", "server.closeOn: isForbidden must be a function"],
      [addServer, "mqtt://b", "addServer: host must be the name of a host"],
      [addServer, undefined, "addServer: host must be the name of a host"],
      [network.delay, undefined, "network.delay: millis must be a number, 0 or more"]
    ]
    for (const [ask, value, words] of asks) expect(() => ask(value as never)).toThrow(words)
    await expect(advance(undefined as never)).rejects.toThrow("advance: millis must be a number")
    await expect(sleep("1 s" as never)).rejects.toThrow("sleep: millis must be a number")
    await expect(until((() => {}) as never)).rejects.toThrow("until: promise must be a Promise")
  })

  it("forbids the Topic Filter as it is written, and no other", async () => {
    const { connect, server } = simulate()
    server.forbid("no/#")
    const client = await connect(url, { onEvent: () => {} })
    await expect(client.subscribe("no/#")).rejects.toMatchObject({ _tag: "SubscriptionRefused" })
    expect((await client.subscribe("no/x")).qos).toBe(0)
    await client.end()
  })

  it("says when nothing can settle a Promise", async () => {
    const { connect, until } = simulate()
    await expect(until(new Promise(() => {}))).rejects.toThrow("give the program sleep()")
    const client = await connect(url)
    await expect(until(new Promise(() => {}))).rejects.toThrow("not settled within a day")
    await expect(until(Promise.reject(new Error("own")))).rejects.toThrow("own")
    await client.end()
  })

  it("waits for a Server with the waits of the policy", async () => {
    const { connect, network, now, until } = simulate()
    network.refuse()
    const waits: Array<number> = []
    const connecting = connect(url, {
      waitForServer: true,
      reconnect: { minDelay: 1_000, maxDelay: 8_000 },
      onEvent: (event) => {
        if (event._tag === "Reconnecting" && waits.push(event.delayMillis) === 6) network.restore()
      }
    })
    const client = await until(connecting)
    expect(now()).toBe(waits.reduce((sum, millis) => sum + millis, 0))
    await client.end()
  })

  it("has the checks of the library's connect", async () => {
    const { connect } = simulate()
    await expect(connect("broker")).rejects.toMatchObject({ _tag: "InvalidServerUrl" })
    await expect(connect(url, { keepAlive: -1 })).rejects.toMatchObject({ _tag: "InvalidPacket" })
    const client = await connect("wss://broker.example/mqtt")
    expect(client.isConnected).toBe(true)
    await client.end()
  })
})

it("a simulated network, for programs with Effect, lives in the time of the TestClock", () => {
  const { layer, network, server } = simulateNetwork()
  const story = Effect.gen(function*() {
    const client = yield* Client.make({ endpoint: { host: "broker", port: 1883 }, clientId: "c" })
    network.silent()
    network.drop()
    const waiting = yield* Effect.forkChild(client.publish("a", "b", { qos: 1 }))
    yield* TestClock.adjust("1 minute")
    expect(server.messages).toEqual([])
    network.restore()
    yield* TestClock.adjust("2 minutes")
    yield* Fiber.join(waiting)
    expect(server.messages).toMatchObject([{ topic: "a", text: "b", clientId: "c" }])
  })
  return Effect.runPromise(Effect.scoped(story).pipe(
    Effect.provide(Layer.mergeAll(layer, TestClock.layer(), Logger.layer([])))
  ))
})
