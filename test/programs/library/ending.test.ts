/** Aborts, lost connections, the end, and errors: what a program with Promises has to rely on. */
import { getEventListeners } from "node:events"
import { describe, expect, it } from "vitest"
import type { ClientEvent } from "../../../src/programs/library/library.ts"
import * as Library from "../../../src/programs/library/library.ts"
import { grant, pair, scripted, withIn } from "../../support/libraryClient.ts"

const over = { done: true, value: undefined }

/** Everything that a loop over events gives. */
const collect = async (events: AsyncIterable<ClientEvent>): Promise<ReadonlyArray<ClientEvent>> => {
  const all: Array<ClientEvent> = []
  for await (const event of events) all.push(event)
  return all
}

describe("an abort", () => {
  it("stops connecting, and closes the connection", () =>
    withIn(scripted, async (server, open) => {
      const controller = new AbortController()
      const connecting = open(server.url, { signal: controller.signal })
      const guest = await server.accept()
      await guest.expect("Connect")
      controller.abort(new Error("changed my mind"))
      await expect(connecting).rejects.toThrow("changed my mind")
      await guest.closed()
      await expect(open(server.url, { signal: AbortSignal.abort("at once") })).rejects.toBe("at once")
    }))

  it("stops waiting for a PUBACK, and what waits for its turn is not sent", () =>
    withIn(scripted, async (server, open) => {
      let lost = () => {}
      const isLost = new Promise<void>((resolve) => lost = resolve)
      const onEvent = ({ _tag }: ClientEvent) => _tag === "Reconnecting" ? lost() : undefined
      const { client, guest } = await pair(server, open, { onEvent })
      const timeout = client.publish("a", "sent", { qos: 1, signal: AbortSignal.timeout(20) })
      await guest.expect("Publish")
      await expect(timeout).rejects.toMatchObject({ name: "TimeoutError" })
      await guest.cut()
      await isLost
      await expect(client.publish("b", "", { qos: 1, signal: AbortSignal.timeout(1) })).rejects.toMatchObject({
        name: "TimeoutError"
      })
      const again = await server.welcome()
      expect(await again.expect("Publish")).toMatchObject({ topic: "a" })
      void client.publish("c", "")
      expect(await again.expect("Publish")).toMatchObject({ topic: "c" })
    }))

  it("may be shared by many calls, and leaves nothing at its signal", () =>
    withIn(scripted, async (server, open) => {
      const { client } = await pair(server, open)
      const controller = new AbortController()
      const { signal } = controller
      const failed = Promise.allSettled(
        Array.from({ length: 50 }, () => client.publish("a", "", { qos: 1, signal }))
      )
      // Node warns of a leak from eleven on.
      expect(getEventListeners(signal, "abort")).toHaveLength(1)
      controller.abort("enough")
      expect(new Set((await failed).map((each) => each.status === "rejected" && each.reason))).toEqual(
        new Set(["enough"])
      )
      const other = new AbortController().signal
      await client.publish("a", "", { signal: other })
      expect(getEventListeners(other, "abort")).toHaveLength(0)
    }))

  it("ends a subscription, whose loop throws the reason", () =>
    withIn(scripted, async (server, open) => {
      const { client, guest } = await pair(server, open)
      const [first, second] = [new AbortController(), new AbortController()]
      const refused = client.subscribe("a", { signal: first.signal })
      await guest.expect("Subscribe")
      first.abort("never mind")
      await expect(refused).rejects.toBe("never mind")
      const subscribing = client.subscribe("b", { signal: second.signal })
      // The Client takes back what was asked for.
      await guest.expect("Unsubscribe")
      await grant(guest)
      const messages = await subscribing
      const next = messages.next()
      second.abort()
      await expect(next).rejects.toMatchObject({ name: "AbortError" })
      expect(await messages.next()).toEqual(over)
      await guest.expect("Unsubscribe")
    }))
})

describe("the end", () => {
  it("waits for acknowledgements, then sends DISCONNECT as the last packet", () =>
    withIn(scripted, async (server, open) => {
      const { client, guest } = await pair(server, open)
      const published = client.publish("a", "", { qos: 1 })
      const ended = client.end()
      const { packetIdentifier } = await guest.expect("Publish")
      await guest.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number })
      await ended
      await published
      expect((await guest.closed()).map(({ _tag }) => _tag)).toEqual(["Disconnect"])
    }))

  it("waits no longer than it may, and then fails what has no answer", () =>
    withIn(scripted, async (server, open) => {
      const { client, guest } = await pair(server, open)
      const subscribing = client.subscribe("a")
      await grant(guest)
      const messages = await subscribing
      const next = messages.next()
      const events = collect(client.events())
      const published = client.publish("a", "", { qos: 1 })
      await client.end({ timeout: 20 })
      await expect(published).rejects.toMatchObject({ _tag: "SocketError", reason: "Closed" })
      expect([await next, await messages.next()]).toEqual([over, over])
      expect((await events).map(({ _tag }) => _tag)).toEqual(["Connected", "Disconnected"])
      expect((await collect(client.events())).map(({ _tag }) => _tag)).toEqual(["Disconnected"])
      expect((await guest.closed()).map(({ _tag }) => _tag)).toEqual(["Publish", "Disconnect"])
      await client.end()
    }))

  it("may be called by a handler, and ends an `await using` block", () =>
    withIn(scripted, async (server, open) => {
      const { client, guest } = await pair(server, open)
      let ended: Promise<void> | undefined
      const subscribing = client.subscribe("a", () => ended = client.end())
      await grant(guest)
      await subscribing
      await guest.send({
        _tag: "Publish",
        topic: "a" as never,
        payload: new Uint8Array(0),
        qos: 0,
        retain: false,
        dup: false,
        packetIdentifier: undefined
      })
      expect((await guest.closed()).map(({ _tag }) => _tag)).toEqual(["Disconnect"])
      await ended
      const opening = open(server.url)
      const next = await server.welcome()
      {
        await using other = await opening
        expect(other.isConnected).toBe(true)
      }
      expect((await next.closed()).map(({ _tag }) => _tag)).toEqual(["Disconnect"])
    }))
})

describe("a lost connection", () => {
  it("is made again, with its subscriptions and what waits for the Server", () =>
    withIn(scripted, async (server, open) => {
      const seen: Array<ClientEvent> = []
      const { client, guest } = await pair(server, open, { onEvent: (event) => seen.push(event) })
      const subscribing = client.subscribe("a", { qos: 1 })
      await grant(guest)
      const messages = await subscribing
      const published = client.publish("a", "", { qos: 1 })
      await guest.expect("Publish")
      await guest.cut()
      const again = await server.welcome()
      // What is published may be answered at once: the subscription is there before.
      const packets = [await again.expect("Subscribe"), await again.expect("Publish")] as const
      await again.send({ _tag: "Suback", packetIdentifier: packets[0].packetIdentifier, returnCodes: [1] }, {
        _tag: "Puback",
        packetIdentifier: packets[1].packetIdentifier as number
      }, packets[1])
      await published
      expect(await messages.next()).toMatchObject({ done: false })
      expect(seen.map(({ _tag }) => _tag)).toEqual(["Connected", "Reconnecting", "Connected"])
      expect(seen[1]).toMatchObject({ reason: { _tag: "SocketError", reason: "Closed" } })
    }))

  it("is the end with reconnect: false, and everything learns why", () =>
    withIn(scripted, async (server, open) => {
      const seen: Array<ClientEvent> = []
      const { client, guest } = await pair(server, open, { reconnect: false, onEvent: (event) => seen.push(event) })
      const subscribing = client.subscribe("a")
      await grant(guest)
      const messages = await subscribing
      const [next, published, events] = [messages.next(), client.publish("a", "", { qos: 1 }), collect(client.events())]
      await guest.cut()
      const why = { _tag: "SocketError", reason: "Closed" }
      await expect(next).rejects.toMatchObject(why)
      await expect(published).rejects.toMatchObject(why)
      await expect(client.publish("a", "")).rejects.toMatchObject(why)
      expect((await events).at(-1)).toMatchObject({ _tag: "Disconnected", reason: why })
      expect(seen.map(({ _tag }) => _tag)).toEqual(["Connected", "Disconnected"])
      expect(client.isConnected).toBe(false)
    }))

  it("ends the loop of a subscription that the Server takes back", () =>
    withIn(scripted, async (server, open) => {
      const { client, guest } = await pair(server, open, { onEvent: () => {} })
      const subscribing = client.subscribe("secret")
      await grant(guest)
      const messages = await subscribing
      await guest.cut()
      await grant(await server.welcome(), 128)
      await expect(messages.next()).rejects.toMatchObject({ _tag: "SubscriptionRefused", topicFilter: "secret" })
    }))
})

describe("an error", () => {
  const unanswered = "mqtt://127.0.0.1:1"
  const mistakes: ReadonlyArray<readonly [url: string, options: object, tag: string, message: RegExp]> = [
    ["localhost", {}, "InvalidServerUrl", /must be mqtt:\/\/.* but has no mqtt:\/\/ in front/],
    ["http://localhost", {}, "InvalidServerUrl", /begins with http:\/\//],
    [unanswered, { clean: false }, "InvalidOption", /there is no option clean: use cleanSession/],
    [unanswered, { colour: 1 }, "InvalidOption", /there is no option colour: known are clientId, /],
    [unanswered, { toString: 1 }, "InvalidOption", /there is no option toString: known are/],
    [unanswered, { cleanSession: false }, "InvalidOption", /needs a clientId that stays the same/],
    [unanswered, { tls: {} }, "InvalidOption", /write mqtts:\/\//],
    [unanswered, { replyTimeout: "10 s" }, "InvalidOption", /replyTimeout must be a number, 1 or more, but is "10 s"/],
    [unanswered, { outboxBytes: 0 }, "InvalidOption", /outboxBytes must be a number, 1 or more/],
    [unanswered, { maximumInFlight: 0 }, "InvalidOption", /maximumInFlight must be a number, 1 or more/],
    [unanswered, { receiveBufferBytes: 0 }, "InvalidOption", /receiveBufferBytes must be a number, 1 or more/],
    [unanswered, { unclaimedTimeout: -1 }, "InvalidOption", /unclaimedTimeout must be a number, 0 or more/],
    [unanswered, { reconnect: { minDelay: 0 } }, "InvalidOption", /reconnect\.minDelay must be a number, 1 or more/],
    [unanswered, { password: "p" }, "InvalidPacket", /password/],
    [unanswered, { keepAlive: 70_000 }, "InvalidPacket", /keepAlive/],
    [unanswered, {}, "SocketError", /nobody listens there: start the Server/]
  ]
  it.each(mistakes)("of connect(%j, %j) is a %s that says what to do", async (url, options, _tag, message) => {
    const failure: unknown = await Library.connect(url, options).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(failure).toMatchObject({ _tag, message: expect.stringMatching(message) })
  })

  it("of a call in JavaScript says how it is called here", () =>
    withIn(scripted, async (server, open) => {
      const { client } = await pair(server, open, { onEvent: () => {} })
      const { publish, readTopic, subscribe, unsubscribe } = client as unknown as Readonly<
        Record<string, (...args: ReadonlyArray<unknown>) => Promise<unknown>>
      >
      const calls: ReadonlyArray<readonly [failed: Promise<unknown> | undefined, message: string]> = [
        [publish?.("a", 1), "use JSON.stringify(value) or String(value)"],
        [publish?.(undefined, "b"), "the Topic Name is missing: give it as a string"],
        [publish?.("a", "b", () => {}), "publish calls nothing back: await its Promise"],
        [publish?.("a", "b", { qos: 3 }), "qos must be 0, 1 or 2, but is 3"],
        [subscribe?.(["a", "b"]), "the Topic Filter is an array; give one as a string, and call again for another"],
        [subscribe?.("a", { qos: 1 }, () => {}), "the handler comes before the options"],
        [subscribe?.("a", () => {}, () => {}), "subscribe calls nothing back"],
        [subscribe?.("a", { buffer: Number.NaN }), "buffer must be a number, 0 or more, but is NaN"],
        [unsubscribe?.(null), "the Topic Filter is null"],
        [readTopic?.("a", { timeout: -1 }), "timeout must be a number, 0 or more, but is -1"]
      ]
      for (const [failed, message] of calls) await expect(failed).rejects.toThrow(message)
    }))

  it("of a message for which the Outbox has no bytes left names the option", () =>
    withIn(scripted, async (server, open) => {
      const { client } = await pair(server, open, { outboxBytes: 100, onEvent: () => {} })
      void client.publish("a", new Uint8Array(90), { qos: 1 })
      await expect(client.publish("b", new Uint8Array(90), { qos: 1 })).rejects.toThrow("outboxBytes")
    }))

  it("of a call is the same as an event, for who awaits nothing", () =>
    withIn(scripted, async (server, open) => {
      const seen: Array<ClientEvent> = []
      const { client, guest } = await pair(server, open, { outboxCapacity: 1, onEvent: (event) => seen.push(event) })
      void client.publish("a/#", "")
      void client.publish("a", { a: 1 } as unknown as string)
      void client.publish("a", "", { qos: 1 })
      const full = client.publish("b", "", { qos: 1 })
      await expect(full).rejects.toBeInstanceOf(Library.OutboxFull)
      const failed = seen.flatMap((event) => event._tag === "PublishFailed" ? [event.message] : [])
      expect(failed).toEqual([
        expect.stringContaining("publish to one topic"),
        expect.stringContaining("use JSON.stringify"),
        expect.stringContaining("outboxCapacity")
      ])
      const refused = client.subscribe("secret")
      await guest.expect("Publish")
      await grant(guest, 128)
      await expect(refused).rejects.toBeInstanceOf(Library.SubscriptionRefused)
      await expect(client.subscribe("a/#/b")).rejects.toBeInstanceOf(Library.InvalidTopic)
    }))
})

it("a listener for events that throws harms nobody", () =>
  withIn(scripted, async (server, open) => {
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve))
    const { client } = await pair(server, open, {
      onEvent: () => {
        throw new Error("no such column")
      }
    })
    expect((await warned).message).toBe("onEvent threw Error: no such column")
    expect(client.isConnected).toBe(true)
  }))

it("no Server holds connect back for longer than replyTimeout", () =>
  withIn(scripted, async (server, open) => {
    const connecting = open(server.url, { replyTimeout: 30 })
    const guest = await server.accept()
    await expect(connecting).rejects.toMatchObject({ _tag: "SocketError", reason: "TimedOut" })
    await guest.closed()
  }))
