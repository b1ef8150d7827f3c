/** The library with a store: what is accepted outlives the client, and a directory has one client. */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { expect, it, onTestFinished } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import { connect } from "../../../src/programs/library/library.ts"
import { directory } from "../../../src/programs/library/store.ts"
import { type Connect, type Scripted, scripted, withIn } from "../../support/libraryClient.ts"

const temporary = (): string => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), "dormouse-store-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

const quiet = { onEvent: () => {} }

/** The next client with this store, and the Server's end, which says that it has kept the Session, or has not. */
const beginWith = (server: Scripted, open: Connect, folder: string) => async (sessionPresent: boolean) => {
  const store = directory(folder)
  const opening = open(server.url, { ...quiet, clientId: "c", cleanSession: false, reconnect: false, store })
  const guest = await server.accept()
  await guest.expect("Connect")
  await guest.send({ _tag: "Connack", sessionPresent, returnCode: 0 })
  return { client: await opening, guest }
}

it("delivers what an earlier client was told is accepted, with its Packet Identifier, and then PUBREL alone", () =>
  withIn(scripted, async (server, open) => {
    const begin = beginWith(server, open, temporary())
    const first = await begin(false)
    await first.client.publish("a", "m", { qos: 2, until: "accepted" })
    const { dup, packetIdentifier = 0 } = await first.guest.expect("Publish")
    expect(dup).toBe(false)
    await first.client.end({ timeout: 0 })
    const second = await begin(true)
    expect(await second.guest.expect("Publish")).toMatchObject({ dup: true, packetIdentifier, qos: 2 })
    await second.guest.send({ _tag: "Pubrec", packetIdentifier })
    await second.guest.expect("Pubrel")
    await second.client.end({ timeout: 0 })
    const third = await begin(true)
    expect(await third.guest.expect("Pubrel")).toMatchObject({ packetIdentifier })
    await third.guest.send({ _tag: "Pubcomp", packetIdentifier })
    // When the next message is acknowledged, the client has read the answer before.
    const published = third.client.publish("a", "n", { qos: 1 })
    const { packetIdentifier: next = 0 } = await third.guest.expect("Publish")
    await third.guest.send({ _tag: "Puback", packetIdentifier: next })
    await published
    await third.client.end()
    const last = await begin(true)
    await last.client.end()
    expect((await last.guest.closed()).map(({ _tag }) => _tag)).toEqual(["Disconnect"])
  }))

it("end waits for what is accepted, by this client or by an earlier one", () =>
  withIn(scripted, async (server, open) => {
    const begin = beginWith(server, open, temporary())
    const first = await begin(true)
    await first.client.publish("a", "left behind", { qos: 1, until: "accepted" })
    await first.client.end({ timeout: 0 })
    const second = await begin(true)
    await second.client.publish("a", "m", { qos: 2, until: "accepted" })
    const ended = second.client.end()
    const { guest } = second
    const { packetIdentifier: left = 0 } = await guest.expect("Publish")
    await guest.send({ _tag: "Puback", packetIdentifier: left })
    const { packetIdentifier = 0 } = await guest.expect("Publish")
    await guest.send({ _tag: "Pubrec", packetIdentifier })
    await guest.expect("Pubrel")
    await guest.send({ _tag: "Pubcomp", packetIdentifier })
    await guest.expect("Disconnect")
    await ended
    const last = await begin(true)
    await last.client.end()
    expect((await last.guest.closed()).map(({ _tag }) => _tag)).toEqual(["Disconnect"])
  }))

it("knows a repetition from another message whose Packet Identifier a lost Session has used before", () =>
  withIn(scripted, async (server, open) => {
    const handled: Array<string> = []
    const begun = beginWith(server, open, temporary())
    const begin = async (sessionPresent: boolean) => {
      const { client, guest } = await begun(sessionPresent)
      const subscribed = client.subscribe("a", ({ text }) => void handled.push(text), { qos: 2 })
      const { packetIdentifier } = await guest.expect("Subscribe")
      await guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [2] })
      await subscribed
      return { client, guest }
    }
    const message = (text: string, dup: boolean) =>
      ({
        _tag: "Publish",
        topic: "a" as TopicName,
        payload: Bytes.fromText(text),
        qos: 2,
        retain: false,
        dup,
        packetIdentifier: 5
      }) as const
    const first = await begin(false)
    await first.guest.send(message("one", false))
    await first.guest.expect("Pubrec")
    await first.client.end({ timeout: 0 })
    const second = await begin(true)
    await second.guest.send(message("one", true))
    await second.guest.expect("Pubrec")
    await second.client.end({ timeout: 0 })
    expect(handled).toEqual(["one"])
    const third = await begin(true)
    await third.guest.send(message("two", false))
    await third.guest.expect("Pubrec")
    await third.client.end({ timeout: 0 })
    expect(handled).toEqual(["one", "two"])
    const last = await begin(true)
    await last.guest.send(message("two", true))
    await last.guest.expect("Pubrec")
    await last.client.end()
    expect(handled).toEqual(["one", "two"])
  }))

it("says what is wrong with a store, or with its use", () =>
  withIn(scripted, async (server, open) => {
    const folder = temporary()
    const store = directory(folder)
    const wrong = (options: object) => connect(server.url, { ...quiet, ...options }).catch((error: unknown) => error)
    expect(await wrong({ store: folder, clientId: "c", cleanSession: false })).toMatchObject({
      _tag: "InvalidOption",
      message: expect.stringContaining("directory(path)")
    })
    expect(await wrong({ store, clientId: "c" })).toMatchObject({ _tag: "InvalidPacket", field: "cleanSession" })
    const options = { ...quiet, store, clientId: "c", cleanSession: false }
    const opening = open(server.url, options)
    await server.welcome()
    const client = await opening
    expect(await wrong(options)).toMatchObject({ _tag: "StoreError", reason: "InUse" })
    await expect(client.publish("a", "b", { until: "accepted" })).rejects.toMatchObject({ _tag: "InvalidPacket" })
  }))
