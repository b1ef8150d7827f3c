/** When the library acknowledges, packet by packet: that is what makes a Server send a message again, or wait. */
import { expect, it } from "vitest"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Packet } from "../../../src/domain/packet/Packet.ts"
import type { ClientEvent, MqttClient } from "../../../src/programs/library/library.ts"
import { grant, type Guest, pair, scripted, withIn } from "../../support/libraryClient.ts"

const message = (packetIdentifier: number, topic = "a", bytes = 1): Packet => ({
  _tag: "Publish",
  topic: topic as TopicName,
  payload: new Uint8Array(bytes).fill(48 + packetIdentifier),
  qos: 1,
  retain: false,
  dup: false,
  packetIdentifier
})

const acknowledged = async (guest: Guest, ...identifiers: ReadonlyArray<number>) => {
  for (const packetIdentifier of identifiers) expect(await guest.expect("Puback")).toMatchObject({ packetIdentifier })
}

/** Nothing else has been sent: the next packet is this PUBLISH. */
const nothingMore = async (client: MqttClient, guest: Guest) => {
  void client.publish("probe", "")
  await guest.expect("Publish")
}

const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

it("acknowledges a message when its handler's Promise has settled, and not before", () =>
  withIn(scripted, async (server, open) => {
    const events: Array<ClientEvent> = []
    const { client, guest } = await pair(server, open, { onEvent: (event) => events.push(event) })
    const release: Array<() => void> = []
    const subscribing = client.subscribe("a", ({ text }) =>
      new Promise<void>((resolve, reject) => {
        release.push(() => text === "2" ? reject(new Error("no disk")) : resolve())
      }), { qos: 1 })
    await grant(guest)
    await subscribing
    await guest.send(message(1), message(2))
    await turns()
    await nothingMore(client, guest)
    expect(release).toHaveLength(1)
    release[0]?.()
    await acknowledged(guest, 1)
    await turns()
    await nothingMore(client, guest)
    release[1]?.()
    await acknowledged(guest, 2)
    expect(events).toContainEqual(expect.objectContaining({
      _tag: "HandlerFailed",
      topic: "a",
      message: "a handler failed on a message to a: no disk"
    }))
  }))

it("a handler that throws at once harms nobody", () =>
  withIn(scripted, async (server, open) => {
    const events: Array<ClientEvent> = []
    const { client, guest } = await pair(server, open, { onEvent: (event) => events.push(event) })
    const subscribing = client.subscribe("a", () => {
      throw new TypeError("undefined is not a function")
    }, { qos: 1 })
    await grant(guest)
    await subscribing
    await guest.send(message(1), message(2))
    await acknowledged(guest, 1, 2)
    expect(events.filter(({ _tag }) => _tag === "HandlerFailed")).toHaveLength(2)
  }))

it("with buffer 0 acknowledges a message when the loop asks for the next one, or is left", () =>
  withIn(scripted, async (server, open) => {
    const { client, guest } = await pair(server, open)
    const subscribing = client.subscribe("a", { qos: 1, buffer: 0 })
    await grant(guest)
    const messages = await subscribing
    await guest.send(message(1), message(2))
    expect(await messages.next()).toMatchObject({ value: { text: "1" } })
    await turns()
    await nothingMore(client, guest)
    expect(await messages.next()).toMatchObject({ value: { text: "2" } })
    await acknowledged(guest, 1)
    await turns()
    await nothingMore(client, guest)
    await messages.return()
    await guest.expect("Unsubscribe")
    await acknowledged(guest, 2)
  }))

it("a loop that is left acknowledges what it has taken, and leaves the rest to the Server's Session", () =>
  withIn(scripted, async (server, open) => {
    const { client, guest } = await pair(server, open, { clientId: "c", cleanSession: false })
    const subscribing = client.subscribe("a", { qos: 1, buffer: 0 })
    await grant(guest)
    const messages = await subscribing
    await guest.send(message(1), message(2), message(3), message(4))
    for await (const { text } of messages) if (text === "2") break
    await acknowledged(guest, 1)
    const { packetIdentifier } = await guest.expect("Unsubscribe")
    await acknowledged(guest, 2)
    await guest.send({ _tag: "Unsuback", packetIdentifier })
    await turns()
    await nothingMore(client, guest)
    // Who comes next gets them, and the next program does if nobody comes.
    const next = client.subscribe("a", { qos: 1, buffer: 0 })
    await grant(guest)
    expect(await (await next).next()).toMatchObject({ value: { text: "3" } })
    await client.end({ timeout: 0 })
    expect((await guest.closed()).map(({ _tag }) => _tag)).toEqual(["Disconnect"])
  }))

it("done() and end() acknowledge what the loop has, and leave the subscription and the rest to the Session", () =>
  withIn(scripted, async (server, open) => {
    const { client, guest } = await pair(server, open, { clientId: "c", cleanSession: false })
    const subscribing = client.subscribe("a", { qos: 1, buffer: 0 })
    await grant(guest)
    const messages = await subscribing
    await guest.send(message(1), message(2), message(3))
    for await (const { text } of messages) {
      if (text !== "2") continue
      messages.done()
      await client.end()
      break
    }
    await acknowledged(guest, 1, 2)
    expect((await guest.closed()).map(({ _tag }) => _tag)).toEqual(["Disconnect"])
  }))

it("a full buffer makes all wait, and a loop that goes on, or ends, frees them", () =>
  withIn(scripted, async (server, open) => {
    const { client, guest } = await pair(server, open)
    const handled: Array<string> = []
    const subscribing = Promise.all([
      client.subscribe("a", { qos: 1, buffer: 2 }),
      client.subscribe("b", ({ text }) => handled.push(text), { qos: 1 })
    ])
    await grant(guest)
    await grant(guest)
    const [messages] = await subscribing
    await guest.send(message(1), message(2), message(3), message(4, "b"), message(5), message(6), message(7, "b"))
    await acknowledged(guest, 1, 2)
    await turns()
    await nothingMore(client, guest)
    expect(handled).toEqual([])
    await messages.next()
    await messages.next()
    // 1 is done, and 2 in hand: 3 fits, 4 is not for this loop, and with 5 it is full again.
    await acknowledged(guest, 3, 4)
    expect(handled).toEqual(["4"])
    const unsubscribing = messages.unsubscribe()
    const { packetIdentifier } = await guest.expect("Unsubscribe")
    await acknowledged(guest, 5, 6, 7)
    expect(handled).toEqual(["4", "7"])
    await guest.send({ _tag: "Unsuback", packetIdentifier })
    await unsubscribing
    // What was in the buffer is still there for the loop.
    for (const text of ["3", "5"]) expect(await messages.next()).toMatchObject({ value: { text } })
    expect(await messages.next()).toMatchObject({ done: true })
  }))

it("a buffer holds a mebibyte, whatever the number of messages", () =>
  withIn(scripted, async (server, open) => {
    const { client, guest } = await pair(server, open)
    const subscribing = client.subscribe("a", { qos: 1 })
    await grant(guest)
    const messages = await subscribing
    for (let i = 1; i <= 4; i++) await guest.send(message(i, "a", 400_000))
    await acknowledged(guest, 1, 2)
    await turns()
    await nothingMore(client, guest)
    await messages.next()
    await messages.next()
    await acknowledged(guest, 3)
  }))

it("what still comes for a loop that was left holds nothing back once the Server has answered", () =>
  withIn(scripted, async (server, open) => {
    const { client, guest } = await pair(server, open)
    const subscribing = Promise.all([client.subscribe("a", { qos: 1 }), client.subscribe("b", () => {}, { qos: 1 })])
    await grant(guest)
    await grant(guest)
    const [messages] = await subscribing
    await messages.return()
    const { packetIdentifier } = await guest.expect("Unsubscribe")
    await guest.send(message(1), message(2, "b"), { _tag: "Unsuback", packetIdentifier })
    await acknowledged(guest, 1, 2)
  }))

it("gives each its own bytes, and sends what they were when publish was called", () =>
  withIn(scripted, async (server, open) => {
    const { client, guest } = await pair(server, open)
    const subscribing = client.subscribe("a", { qos: 1 })
    await grant(guest)
    const messages = await subscribing
    const bytes = Bytes.fromText("before")
    const published = client.publish("b", bytes, { qos: 1 })
    bytes.fill(0)
    const { packetIdentifier, payload } = await guest.expect("Publish")
    expect(Bytes.toText(payload)).toBe("before")
    await guest.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number }, message(1))
    await published
    const received = await messages.next()
    expect(received.value?.payload.buffer.byteLength).toBe(1)
  }))
