/** The library's Promises and loops against real brokers. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import * as Library from "../../../src/programs/library/library.ts"
import { describeEach } from "../../support/brokers.ts"
import * as DelayedServer from "../../support/delayedServer.ts"
import { urlOf, withIn } from "../../support/libraryClient.ts"

const tagOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => "succeeded", (error: { readonly _tag: string }) => error._tag)

describeEach("the library", ({ make }) => {
  it("publishes and reads with QoS 0 and 1, in a loop and with a handler", () =>
    withIn(make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp))
      const messages = await client.subscribe("a/+", { qos: 1 })
      expect([messages.topicFilter, messages.qos]).toEqual(["a/+", 1])
      const handled: Array<string> = []
      const third = new Promise<void>((resolve) => {
        void client.subscribe("a/#", ({ text }) => {
          if (handled.push(text) === 3) resolve()
        }, { qos: 1 }).then(async () => {
          await client.publish("a/0", "zero")
          await client.publish("a/1", new TextEncoder().encode("öne"), { qos: 1 })
          await client.publish("a/2", "", { qos: 1 })
        })
      })
      const read: Array<unknown> = []
      for await (const { payload, qos, text, topic } of messages) {
        expect(payload).toEqual(new TextEncoder().encode(text))
        if (read.push([topic, text, qos]) === 3) break
      }
      expect(read).toEqual([["a/0", "zero", 0], ["a/1", "öne", 1], ["a/2", "", 1]])
      await third
      expect(handled).toEqual(["zero", "öne", ""])
    }))

  it("unsubscribes when a loop is left, and may subscribe again", () =>
    withIn(make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp))
      for (const text of ["first", "second"]) {
        const messages = await client.subscribe("a")
        expect(await tagOf(client.subscribe("a"))).toBe("AlreadySubscribed")
        await client.publish("a", text)
        for await (const message of messages) {
          expect(message.text).toBe(text)
          break
        }
        expect(await messages.next()).toEqual({ done: true, value: undefined })
      }
      const handled = await client.subscribe("a", () => {})
      await handled.unsubscribe()
      const last = await client.subscribe("a")
      await last[Symbol.asyncDispose]()
      await client.unsubscribe("a")
    }))

  it("reads a retained message, and gives undefined where there is none", () =>
    withIn(make(), async ({ tcp }, open) => {
      const client = await open(urlOf(tcp))
      await client.publish("kept", "21.4", { qos: 1, retain: true })
      expect(await client.readTopic("kept")).toMatchObject({ topic: "kept", text: "21.4", retain: true })
      expect(await client.readTopic("nothing", { timeout: 50 })).toBe(undefined)
    }))

  it("delivers at its end what was published and not awaited", () =>
    withIn(make(), async ({ tcp }, open) => {
      const reader = await open(urlOf(tcp))
      const messages = await reader.subscribe("end/#", { qos: 1 })
      const client = await open(urlOf(tcp))
      const published = Array.from({ length: 200 }, (_, i) => client.publish("end/" + i, "x", { qos: 1 }))
      await Promise.all([client.end(), client.end()])
      await Promise.all(published)
      for (let i = 0; i < 200; i++) expect(await messages.next()).toMatchObject({ value: { topic: "end/" + i } })
      expect(client.isConnected).toBe(false)
      expect(await tagOf(client.publish("a", "b"))).toBe("SocketError")
      expect(await tagOf(client.subscribe("a"))).toBe("SocketError")
    }))

  it("reads as fast as its loop, without losing a message", () =>
    withIn(make(), async ({ tcp }, open) => {
      const reader = await open(urlOf(tcp))
      const slow = await reader.subscribe("flood", { qos: 1, buffer: 5 })
      const client = await open(urlOf(tcp))
      const published = Promise.all(
        Array.from({ length: 500 }, (_, i) => client.publish("flood", String(i), { qos: 1 }))
      )
      const read: Array<number> = []
      for await (const { text } of slow) {
        if (read.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
        if (read.push(Number(text)) === 500) break
      }
      await published
      expect(read).toEqual(Array.from({ length: 500 }, (_, i) => i))
    }))

  it("goes on after its connection was broken, with its loops and what was published meanwhile", () =>
    withIn(Effect.flatMap(make(), ({ tcp }) => DelayedServer.make(tcp)), async (proxy, open) => {
      const seen: Array<string> = []
      const client = await open(urlOf(proxy.endpoint), { onEvent: ({ _tag }) => seen.push(_tag) })
      const messages = await client.subscribe("again", { qos: 1 })
      for (let i = 1; i <= 3; i++) {
        await Effect.runPromise(proxy.cut)
        await client.publish("again", "x", { qos: 1 })
        // What is published before the subscription is there again has no reader.
        const repeating = setInterval(() => void client.publish("again", "x", { qos: 1 }), 20)
        expect((await messages.next()).value?.topic).toBe("again")
        clearInterval(repeating)
        expect(seen.filter((tag) => tag === "Connected")).toHaveLength(i + 1)
      }
    }))

  it("names what is wrong with a login", () =>
    withIn(make({ user: { username: "bob", password: "p@ss/word" } }), async ({ tcp }, open) => {
      const refused = open(urlOf(tcp), { username: "bob", password: "wrong" })
      await expect(refused).rejects.toMatchObject({
        _tag: "ConnectionRefused",
        message: expect.stringContaining("check username and password")
      })
      const client = await open(`mqtt://bob:${encodeURIComponent("p@ss/word")}@127.0.0.1:${tcp.port}`)
      expect(client.isConnected).toBe(true)
      const other = await open(urlOf(tcp), { username: "bob", password: "p@ss/word" })
      expect(other.clientId).toMatch(/^dormouse[0-9a-f]{15}$/)
      expect(other.clientId).not.toBe(client.clientId)
    }))

  it("goes over TLS, and only to a Server that it trusts", () =>
    withIn(make(), async ({ tls }, open) => {
      const url = `mqtts://localhost:${tls.port}`
      const distrusted = open(url)
      await expect(distrusted).rejects.toMatchObject({ _tag: "SocketError", reason: "Tls" })
      const client = await open(url, { tls: { ca: tls.tls.ca } })
      await client.publish("a", "b", { qos: 1 })
    }))

  it("gets what a kept Session has stored", () =>
    withIn(make(), async ({ tcp }, open) => {
      const options = { clientId: "keeper", cleanSession: false }
      const first = await open(urlOf(tcp), options)
      await first.subscribe("stored", { qos: 1 })
      await first.end()
      const client = await open(urlOf(tcp))
      await client.publish("stored", "for later", { qos: 1 })
      const events: Array<Library.ClientEvent> = []
      const again = await open(urlOf(tcp), { ...options, onEvent: (event) => events.push(event) })
      const messages = await again.subscribe("stored", { qos: 1 })
      expect(await messages.next()).toMatchObject({ value: { text: "for later" } })
      expect(events[0]).toEqual({ _tag: "Connected", sessionPresent: true })
    }))
})
