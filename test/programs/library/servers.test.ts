/** Several Servers: which is taken, when one is killed, and when the first is there again. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { Socket, SocketError } from "../../../src/ports/Socket.ts"
import type { ClientEvent } from "../../../src/programs/library/library.ts"
import * as Servers from "../../../src/programs/library/servers.ts"
import * as Aedes from "../../support/aedes.ts"
import { withIn } from "../../support/libraryClient.ts"
import * as TcpServer from "../../support/tcpServer.ts"

/** An Aedes that can be killed and started again at its port. */
const killable = async () => {
  const port = await Effect.runPromise(TcpServer.freePort)
  let scope: Scope.Closeable | undefined
  const messages: Array<string> = []
  const start = async () => {
    scope = Effect.runSync(Scope.make())
    const { aedes } = await Effect.runPromise(Scope.provide(Aedes.make({ port }), scope))
    aedes.on("publish", ({ payload, topic }) => {
      if (!topic.startsWith("$SYS")) messages.push(`${topic} ${payload.toString()}`)
    })
    return aedes
  }
  const kill = async () => {
    if (scope !== undefined) await Effect.runPromise(Scope.close(scope, Exit.void))
    scope = undefined
  }
  return { url: `mqtt://127.0.0.1:${port}`, messages, start, kill }
}

type Killable = Awaited<ReturnType<typeof killable>>

/** Two of them, started, that are killed at the end of a test. */
const withTwo = (
  body: (first: Killable, second: Killable, open: Parameters<Parameters<typeof withIn>[1]>[1]) => Promise<void>
): Promise<void> =>
  withIn(Effect.void, async (_, open) => {
    const both = [await killable(), await killable()] as const
    try {
      for (const each of both) await each.start()
      await body(...both, open)
    } finally {
      for (const each of both) await each.kill()
    }
  })

const until = async (ready: () => boolean): Promise<void> => {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const reconnect = { minDelay: 10, maxDelay: 50 }
const quiet = { onEvent: () => {} }

describe("a client with two Servers", () => {
  it("takes the first, and the second where the first is not there", () =>
    withTwo(async (first, second, open) => {
      const one = await open([first.url, second.url], quiet)
      await one.publish("a", "1", { qos: 1 })
      await first.kill()
      const other = await open([first.url, second.url], quiet)
      await other.publish("a", "2", { qos: 1 })
      await until(() => first.messages.length > 0 && second.messages.length > 0)
      expect([first.messages, second.messages]).toEqual([["a 1"], ["a 2"]])
    }))

  it("goes to the other when one is killed, with its subscriptions and what waits, again and again", () =>
    withTwo(async (first, second, open) => {
      const client = await open([first.url, second.url], { ...quiet, reconnect })
      const messages = await client.subscribe("a", { qos: 1 })
      const got: Array<string> = []
      for (const [killed, next] of [[first, second], [second, first], [first, second]] as const) {
        await next.kill()
        await next.start()
        await killed.kill()
        const text = String(got.length)
        await client.publish("a", text, { qos: 1 })
        // Aedes may acknowledge before it tells.
        await until(() => next.messages.includes(`a ${text}`))
        got.push((await messages.next()).value?.text ?? "")
      }
      expect(got).toEqual(["0", "1", "2"])
    }))

  it("waits for whichever is back first when both are away", () =>
    withTwo(async (first, second, open) => {
      const events: Array<ClientEvent> = []
      const client = await open([first.url, second.url], { reconnect, onEvent: (event) => events.push(event) })
      await second.kill()
      await first.kill()
      const waiting = client.publish("a", "b", { qos: 1 })
      await until(() => events.length > 6)
      await second.start()
      await waiting
      await until(() => second.messages.includes("a b"))
      // A try that fails has asked both, and says so.
      const last = events.findLast((event) => event._tag === "Reconnecting")
      expect(last?._tag === "Reconnecting" && last.reason.message).toContain(first.url.slice("mqtt://".length))
      expect(last?._tag === "Reconnecting" && last.reason.message).toContain(second.url.slice("mqtt://".length))
    }))

  it("returns to the first when that is there again, and publishes no Will", () =>
    withTwo(async (first, second, open) => {
      await first.kill()
      const events: Array<ClientEvent> = []
      const client = await open([first.url, second.url], {
        reconnect,
        servers: { returnAfter: 100 },
        will: { topic: "will", payload: "lost" },
        onEvent: (event) => events.push(event)
      })
      await client.publish("a", "second", { qos: 1 })
      // It has looked several times, and stayed.
      await new Promise((resolve) => setTimeout(resolve, 350))
      expect(events.map(({ _tag }) => _tag)).toEqual(["Connected"])
      await first.start()
      await until(() => events.length === 3)
      await client.publish("a", "first", { qos: 1 })
      await until(() => first.messages.length > 0)
      expect([first.messages, second.messages]).toEqual([["a first"], ["a second"]])
      expect(events[1]).toMatchObject({
        _tag: "Reconnecting",
        reason: { reason: "Failback", message: expect.stringContaining("was left, because 127.0.0.1") }
      })
    }))

  it("stays with returnAfter: false", () =>
    withTwo(async (first, second, open) => {
      await first.kill()
      const client = await open([first.url, second.url], { ...quiet, servers: { returnAfter: false } })
      await first.start()
      await new Promise((resolve) => setTimeout(resolve, 300))
      await client.publish("a", "b", { qos: 1 })
      await until(() => first.messages.length + second.messages.length > 0)
      expect([first.messages, second.messages]).toEqual([[], ["a b"]])
    }))

  it("spreads with order: random", () =>
    withTwo(async (first, second, open) => {
      for (let i = 0; i < 24; i++) {
        const client = await open([first.url, second.url], { ...quiet, servers: { order: "random" } })
        await client.publish("a", "b", { qos: 1 })
      }
      await until(() => first.messages.length + second.messages.length === 24)
      // All to one: once in eight million runs.
      expect(Math.min(first.messages.length, second.messages.length)).toBeGreaterThan(0)
    }))

  it("gives each Server its share of connectTimeout", () =>
    withIn(TcpServer.make(() => {}), async ({ endpoint }, open) => {
      const second = await killable()
      await second.start()
      // It takes the connection, and says nothing to a TLS handshake.
      const silent = `mqtts://127.0.0.1:${endpoint.port}`
      const words = `127.0.0.1:${endpoint.port} did not accept the connection within 3 s`
      await expect(open([silent, silent], { connectTimeout: 9_000, ...quiet })).rejects.toMatchObject({
        reason: "TimedOut",
        message: `${words}; ${words}`
      })
      const client = await open([silent, second.url], { connectTimeout: 6_000, ...quiet })
      expect(client.isConnected).toBe(true)
      await client.end()
      await second.kill()
    }))

  it.each(
    [
      [[], {}, "url", "there is no URL"],
      [["mqtt://a", "mqtt://me@b"], {}, "url", "different user names or passwords"],
      [["mqtt://a"], { servers: {} }, "servers", "there is one URL"],
      [["mqtt://a", "mqtt://b"], { servers: { order: "other" } }, "servers.order", "\"listed\" or \"random\""],
      [["mqtt://a", "mqtt://b"], { servers: { returnAfter: 0 } }, "servers.returnAfter", "1 or more"]
    ] as const
  )("is refused with %j and %j", (urls, options, option, words) =>
    withIn(Effect.void, async (_, open) => {
      await expect(open(urls, options as object)).rejects.toMatchObject({
        _tag: "InvalidOption",
        option,
        message: expect.stringContaining(words)
      })
    }))
})

describe("which Server is tried first after a connection", () => {
  const endpoints = [{ host: "one", port: 1 }, { host: "two", port: 2 }, { host: "three", port: 3 }] as const

  /** The Servers that are tried for one connection after another, each of which lasts so many seconds. */
  const tried = (seconds: ReadonlyArray<number>): Promise<ReadonlyArray<string>> => {
    const hosts: Array<string> = []
    let lasts = 0
    const sockets = Layer.succeed(Socket, {
      connect: ({ host }) =>
        Effect.sync(() => {
          hosts.push(host)
          const closed = new SocketError({ reason: "Closed", message: host })
          const pull = Effect.andThen(Effect.sleep(lasts * 1_000), Effect.fail(closed))
          return { write: () => Effect.void, pull, close: Effect.void }
        })
    })
    const story = Effect.gen(function*() {
      const socket = yield* Socket
      for (lasts of seconds) {
        const connection = yield* socket.connect(endpoints[0])
        yield* Effect.forkChild(Effect.flip(connection.pull))
        yield* TestClock.adjust(lasts * 1_000)
        yield* connection.close
      }
      return hosts
    })
    const layer = Servers.layer(sockets, endpoints, { returnAfter: false })
    return Effect.runPromise(Effect.provide(story, Layer.merge(layer, TestClock.layer())))
  }

  it("is the same after one that lasted, and the next after one that did not", async () => {
    expect(await tried([11, 11, 1, 11, 1, 1, 1])).toEqual(["one", "one", "one", "two", "two", "three", "one"])
  })
})
