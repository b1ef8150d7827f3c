/** What the Client says to a Server of MQTT 5, packet by packet, and what it makes of the answers. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import type { TopicFilter, TopicName } from "../../../../src/domain/packet/Topic.ts"
import type { Packet5 } from "../../../../src/domain/packet/v5/Packet.ts"
import type { Publish5 } from "../../../../src/domain/packet/v5/Publish.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import { bytes } from "../../../domain/packet/hex.ts"
import { fork, lost } from "../../../support/clientPair.ts"
import { run } from "../../../support/runClient.ts"
import * as Server5 from "../../../support/scriptedServer5.ts"

const message = (topic: string, fields: Partial<Publish5> = {}): Publish5 => ({
  _tag: "Publish",
  topic: topic as TopicName,
  payload: bytes("31"),
  qos: 0,
  retain: false,
  dup: false,
  packetIdentifier: undefined,
  ...fields
})

const puback = (packet: Publish5, reasonCode: 0 | 0x97 = 0) =>
  ({ _tag: "Puback", packetIdentifier: packet.packetIdentifier as number, reasonCode }) as const

/** Subscribes, and has the Server grant it. */
const subscribed = (
  { client, guest }: { readonly client: Client.Client; readonly guest: Server5.Guest },
  filter: string,
  handler: Client.Handler,
  options: Client.SubscribeOptions = {}
) =>
  Effect.gen(function*() {
    const subscribing = yield* fork(client.subscribe(filter, options, handler))
    const packet = yield* guest.expect("Subscribe")
    const { packetIdentifier, subscriptions: [subscription] } = packet
    yield* guest.send({ _tag: "Suback", packetIdentifier, reasonCodes: [subscription?.qos ?? 0] })
    yield* Fiber.join(subscribing)
    return packet
  })

describe("Client of MQTT 5, connecting", () => {
  it("says in CONNECT what it was made with", () =>
    run(Effect.gen(function*() {
      const { guest } = yield* Server5.pair({
        cleanSession: false,
        sessionExpiryInterval: 3_600,
        receiveMaximum: 10,
        topicAliasMaximum: 5,
        maximumPacketSize: 5_000,
        userProperties: [["k", "v"]],
        password: "p",
        will: { topic: "w", payload: "bye", properties: { willDelayInterval: 5, contentType: "t" } }
      })
      expect(guest.connect).toMatchObject({
        cleanStart: false,
        username: undefined,
        password: bytes("70"),
        will: { topic: "w", properties: { willDelayInterval: 5, contentType: "t" } },
        properties: {
          sessionExpiryInterval: 3_600,
          receiveMaximum: 10,
          topicAliasMaximum: 5,
          maximumPacketSize: 5_000,
          userProperties: [["k", "v"]]
        }
      })
    })))

  it("keeps a Session for ever with cleanSession false, and none by default", () =>
    run(Effect.gen(function*() {
      const kept = yield* Server5.pair({ cleanSession: false })
      expect(kept.guest.connect).toMatchObject({
        cleanStart: false,
        properties: { sessionExpiryInterval: 0xffff_ffff }
      })
      const { guest } = yield* Server5.pair()
      expect(guest.connect.cleanStart).toBe(true)
      expect(guest.connect.properties).not.toHaveProperty("sessionExpiryInterval")
    })))

  it("begins a new Session once, and then goes on with it, under the Client Identifier that the Server chose", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* Server5.pair({ clientId: "", sessionExpiryInterval: 60 }, {
        assignedClientIdentifier: "chosen"
      })
      expect(guest.connect).toMatchObject({ clientId: "", cleanStart: true })
      const publishing = yield* fork(client.publish("a", "1", { qos: 1 }))
      const sent = yield* guest.expect("Publish")
      yield* guest.cut
      const again = yield* server.welcome({}, true)
      expect(again.connect).toMatchObject({ clientId: "chosen", cleanStart: false })
      const repeated = yield* again.expect("Publish")
      expect(repeated).toMatchObject({ dup: true, packetIdentifier: sent.packetIdentifier })
      yield* again.send(puback(repeated))
      yield* Fiber.join(publishing)
    })))

  it("fails with the Server's reason, in its words, and the Server that it names", () =>
    run(Effect.gen(function*() {
      const server = yield* Server5.make
      const making = yield* fork(Client.make({ endpoint: server.endpoint, clientId: "c", version: 5 }))
      const guest = yield* server.accept
      yield* guest.expect("Connect")
      yield* guest.send({
        _tag: "Connack",
        sessionPresent: false,
        reasonCode: 0x9d,
        properties: { reasonString: "we have moved", serverReference: "b.example" }
      })
      expect(yield* Effect.flip(Fiber.join(making))).toMatchObject({
        _tag: "ConnectionRefused",
        returnCode: 0x9d,
        serverReference: "b.example",
        message: expect.stringMatching(/Server moved \(0x9d\): .*it says: we have moved \(b\.example\)/)
      })
    })))

  it("does not follow a Server that names another one, and says which", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* Server5.pair()
      const lost = yield* fork(
        Stream.runHead(Stream.filter(client.status, ({ _tag }) => _tag === "Reconnecting"))
      )
      yield* guest.send({ _tag: "Disconnect", reasonCode: 0x9c, properties: { serverReference: "other.example" } })
      expect(Option.getOrThrow(yield* Fiber.join(lost))).toMatchObject({
        reason: { _tag: "ServerDisconnected", reasonCode: 0x9c, serverReference: "other.example" }
      })
      yield* server.welcome()
    })))

  it("refuses options that only MQTT 5 has, unless it is wanted", () =>
    run(Effect.gen(function*() {
      const endpoint = { host: "127.0.0.1", port: 1 }
      const options: ReadonlyArray<Partial<Client.ClientOptions>> = [{ sessionExpiryInterval: 1 }, {
        receiveMaximum: 1
      }, { authentication: { method: "m" } }, { topicAliasMaximum: 1 }, { userProperties: [] }, {
        will: { topic: "w", payload: "", properties: { willDelayInterval: 1 } }
      }]
      for (const each of options) {
        const error = yield* Effect.flip(Client.make({ endpoint, clientId: "c", ...each }))
        expect(error).toMatchObject({ _tag: "InvalidPacket", message: expect.stringContaining("needs MQTT 5") })
      }
    })))

  it("uses the Server's Keep Alive, also if it is shorter", () =>
    run(Effect.gen(function*() {
      const { guest } = yield* Server5.pair({ keepAlive: 600 }, { serverKeepAlive: 1 })
      const before = Date.now()
      yield* guest.expect("Pingreq")
      expect(Date.now() - before).toBeLessThan(5_000)
    })))

  it("tells in its status what the Server said of itself", () =>
    run(Effect.gen(function*() {
      const { client } = yield* Server5.pair({}, { topicAliasMaximum: 3, userProperties: [["a", "b"]] })
      const status = yield* Stream.runHead(client.status)
      expect(status).toMatchObject({
        value: { _tag: "Connected", properties: { topicAliasMaximum: 3, userProperties: [["a", "b"]] } }
      })
    })))
})

describe("Client of MQTT 5, authenticating", () => {
  const auth = (data: string, method = "m") =>
    ({
      _tag: "Auth",
      reasonCode: 0x18,
      properties: { authenticationMethod: method, authenticationData: bytes(data) }
    }) as const
  const respond = (data: Uint8Array | undefined) => {
    if (data?.[0] === 0xff) throw new Error("no such challenge")
    return new Uint8Array([...data ?? [], 0x01])
  }
  /** A Client that is asked; the Server has its CONNECT. */
  const asked = (authentication?: Client.AuthenticationOptions) =>
    Effect.gen(function*() {
      const server = yield* Server5.make
      const making = yield* fork(
        Client.make({ endpoint: server.endpoint, clientId: "c", version: 5, reconnect: false, authentication })
      )
      const guest = yield* server.accept
      const connect = yield* guest.expect("Connect")
      return { making, guest, connect }
    })

  it("answers each question of the Server until it accepts", () =>
    run(Effect.gen(function*() {
      const { connect, guest, making } = yield* asked({ method: "m", data: "é", respond })
      expect(connect.properties).toMatchObject({ authenticationMethod: "m", authenticationData: bytes("c3a9") })
      for (const data of ["10", "20"]) {
        yield* guest.send(auth(data))
        expect(yield* guest.expect("Auth")).toEqual(auth(data + "01"))
      }
      yield* guest.send({
        _tag: "Connack",
        sessionPresent: false,
        reasonCode: 0,
        properties: { authenticationMethod: "m" }
      })
      yield* Fiber.join(making)
    })))

  const wrongs: ReadonlyArray<
    readonly [
      what: string,
      Client.AuthenticationOptions | undefined,
      Packet5,
      clause: string
    ]
  > = [
    ["a question to a respond that gives no bytes", { method: "m", respond: () => Promise.resolve("") as never },
      auth("10"), "4.12"],
    ["AUTH without a method in CONNECT", undefined, auth("10"), "MQTT-4.12.0-6"],
    ["AUTH of another method", { method: "m", respond }, auth("10", "other"), "MQTT-4.12.0-5"],
    ["AUTH that nobody can answer", { method: "m" }, auth("10"), "MQTT-4.12.0-2"],
    ["AUTH on which the answer fails", { method: "m", respond }, auth("ff"), "4.12"],
    ["CONNACK without the method", { method: "m", respond }, { _tag: "Connack", sessionPresent: false, reasonCode: 0 },
      "MQTT-4.12.0-5"],
    ["CONNACK with a method that was not asked for", undefined, {
      _tag: "Connack",
      sessionPresent: false,
      reasonCode: 0,
      properties: { authenticationMethod: "m" }
    }, "MQTT-4.12.0-6"]
  ]
  it.each(wrongs)("does not connect after %s", (_, authentication, packet, clause) =>
    run(Effect.gen(function*() {
      const { guest, making } = yield* asked(authentication)
      yield* guest.send(packet)
      expect(yield* Effect.flip(Fiber.join(making))).toMatchObject({ _tag: "ProtocolViolation", clause })
    })))
})

describe("Client of MQTT 5, authenticating again", () => {
  const auth = (reasonCode: 0x00 | 0x18 | 0x19, data?: string) =>
    ({
      _tag: "Auth",
      reasonCode,
      properties: { authenticationMethod: "m", ...(data === undefined ? {} : { authenticationData: bytes(data) }) }
    }) as const
  const respond = (data: Uint8Array | undefined) => new Uint8Array([...data ?? [], 0x01])
  const known = (authentication: Client.AuthenticationOptions = { method: "m", respond }) =>
    Server5.pair({ authentication, reconnect: false }, { authenticationMethod: "m" })

  it("is done when the Server is content, and the connection goes on", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* known()
      for (const first of ["aa", "bb"]) {
        const done = yield* fork(client.reauthenticate(bytes(first)))
        expect(yield* guest.expect("Auth")).toEqual(auth(0x19, first))
        yield* guest.send(auth(0x18, "10"))
        expect(yield* guest.expect("Auth")).toEqual(auth(0x18, "1001"))
        yield* guest.send(auth(0x00))
        yield* Fiber.join(done)
      }
      yield* client.publish("a", "b")
      expect(yield* guest.expect("Publish")).toMatchObject({ topic: "a" })
    })))

  it("is one for all that ask for it at once", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* known()
      const both = yield* fork(Effect.all([client.reauthenticate(), client.reauthenticate()], { concurrency: 2 }))
      yield* guest.expect("Auth")
      yield* guest.send(auth(0x00))
      yield* Fiber.join(both)
      yield* client.publish("a", "b")
      yield* guest.expect("Publish")
    })))

  it("fails with the reason of a Server that is not content", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* known()
      const done = yield* fork(client.reauthenticate())
      yield* guest.expect("Auth")
      yield* guest.send({ _tag: "Disconnect", reasonCode: 0x87, properties: { reasonString: "expired" } })
      expect(yield* Effect.flip(Fiber.join(done))).toMatchObject({
        _tag: "ServerDisconnected",
        reasonCode: 0x87,
        message: expect.stringContaining("expired")
      })
    })))

  it("needs a method", () =>
    run(Effect.gen(function*() {
      const { client } = yield* Server5.pair()
      expect(yield* Effect.flip(client.reauthenticate())).toMatchObject({
        _tag: "InvalidPacket",
        field: "authenticationMethod"
      })
    })))

  it.each([["more is asked for", 0x18], ["the Server is content", 0x00]] as const)(
    "ends the connection if %s, and nobody has begun",
    (_, reasonCode) =>
      run(Effect.gen(function*() {
        const { guest } = yield* known()
        yield* guest.send(auth(reasonCode))
        expect(yield* guest.expect("Disconnect")).toMatchObject({ reasonCode: 0x82 })
      }))
  )
})

describe("Client of MQTT 5 that leaves with its Will", () => {
  it("says so with the Reason Code, after what it has published", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* Server5.pair({ will: { topic: "w", payload: "gone" } })
      yield* client.publish("a", "b")
      yield* client.disconnectWithWill
      yield* client.disconnect
      yield* guest.expect("Publish")
      expect(yield* guest.expect("Disconnect")).toMatchObject({ reasonCode: 0x04 })
    })))
})

describe("Client of MQTT 5, publishing", () => {
  it("sends the properties of a message", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* Server5.pair()
      const properties = {
        messageExpiryInterval: 60,
        contentType: "text/plain",
        responseTopic: "r" as TopicName,
        correlationData: bytes("01"),
        userProperties: [["k", "v"]] as const
      }
      yield* client.publish("a", "1", { properties })
      expect((yield* guest.expect("Publish")).properties).toEqual(properties)
      const publishing = yield* fork(client.publish("b", "2", { qos: 1, properties }))
      const packet = yield* guest.expect("Publish")
      expect(packet).toMatchObject({ topic: "b", qos: 1, properties })
      yield* guest.send(puback(packet))
      yield* Fiber.join(publishing)
    })))

  it("fails with the Reason Code of a PUBACK that refuses, and does not send the message again", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* Server5.pair({ cleanSession: false })
      const publishing = yield* fork(Effect.flip(client.publish("a", "1", { qos: 1 })))
      const { packetIdentifier } = yield* guest.expect("Publish")
      const properties = { reasonString: "full" }
      yield* guest.send({ _tag: "Puback", packetIdentifier: packetIdentifier as number, reasonCode: 0x97, properties })
      expect(yield* Fiber.join(publishing)).toMatchObject({
        _tag: "PublishRefused",
        topic: "a",
        reasonCode: 0x97,
        message: expect.stringMatching(/Quota exceeded \(0x97\): .*it says: full/)
      })
      yield* guest.cut
      const again = yield* server.welcome({}, true)
      yield* fork(client.publish("b", "2", { qos: 1 }))
      expect((yield* again.expect("Publish")).topic).toBe("b")
    })))

  it("has no more messages in flight than the Server takes", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* Server5.pair({}, { receiveMaximum: 2 })
      const topics = ["t1", "t2", "t3", "t4", "t5"]
      const publishing = yield* fork(
        Effect.forEach(topics, (topic) => client.publish(topic, "", { qos: 1 }), { concurrency: "unbounded" })
      )
      const first = yield* guest.expect("Publish")
      const second = yield* guest.expect("Publish")
      // What comes next is not a third message: other packets do not wait (MQTT-3.3.4-8).
      const pinging = yield* fork(client.ping)
      yield* guest.expect("Pingreq")
      yield* guest.send({ _tag: "Pingresp" }, puback(first), puback(second))
      yield* Fiber.join(pinging)
      for (const topic of topics.slice(2)) {
        const next = yield* guest.expect("Publish")
        expect(next.topic).toBe(topic)
        yield* guest.send(puback(next))
      }
      yield* Fiber.join(publishing)
    })))

  it("sends again no more at a time than a Server takes that now takes fewer", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* Server5.pair({ cleanSession: false })
      const topics = ["t1", "t2", "t3"]
      const publishing = yield* fork(
        Effect.forEach(topics, (topic) => client.publish(topic, "", { qos: 1 }), { concurrency: "unbounded" })
      )
      for (const topic of topics) expect((yield* guest.expect("Publish")).topic).toBe(topic)
      yield* guest.cut
      const again = yield* server.welcome({ receiveMaximum: 1 }, true)
      for (const topic of topics) {
        const packet = yield* again.expect("Publish")
        expect(packet).toMatchObject({ topic, dup: true })
        const pinging = yield* fork(client.ping)
        yield* again.expect("Pingreq")
        yield* again.send({ _tag: "Pingresp" }, puback(packet))
        yield* Fiber.join(pinging)
      }
      yield* Fiber.join(publishing)
    })))

  const refused: ReadonlyArray<
    readonly [what: string, Parameters<typeof Server5.pair>[1], Client.PublishOptions, clause: string]
  > = [
    ["QoS 1", { maximumQos: 0 }, { qos: 1 }, "MQTT-3.2.2-11"],
    ["retained messages", { retainAvailable: false }, { retain: true }, "MQTT-3.2.2-14"],
    ["packets of this size", { maximumPacketSize: 20 }, {}, "MQTT-3.2.2-15"]
  ]
  it.each(refused)("does not send %s to a Server that takes none, and keeps the connection",
    (_, says, options, clause) =>
      run(Effect.gen(function*() {
        const { client, guest } = yield* Server5.pair({}, says)
        const error = yield* Effect.flip(client.publish("large", "x".repeat(30), options))
        expect(error).toMatchObject({ _tag: "InvalidPacket", clause })
        yield* client.publish("small", "1")
        expect((yield* guest.expect("Publish")).topic).toBe("small")
      })))

  it("sends a topic as its alias from the third time on, and no more aliases than the Server allows", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* Server5.pair({}, { topicAliasMaximum: 1 })
      for (let i = 0; i < 4; i++) {
        for (const topic of ["home/attic", "home/cellar", "a"]) yield* client.publish(topic, "1")
      }
      const got: Array<readonly [string, number | undefined]> = []
      for (let i = 0; i < 12; i++) {
        const { properties, topic } = yield* guest.expect("Publish")
        got.push([topic, properties?.topicAlias])
      }
      expect(got.filter(([, alias]) => alias !== undefined)).toEqual([["home/attic", 1], ["", 1], ["", 1]])
      expect(got.filter(([topic]) => topic === "home/cellar" || topic === "a").length).toBe(8)
      yield* guest.cut
      // A new connection knows no aliases (MQTT-3.3.2-7).
      const again = yield* server.welcome({ topicAliasMaximum: 1 })
      yield* fork(client.publish("home/attic", "1", { qos: 1 }))
      expect(yield* again.expect("Publish")).toMatchObject({ topic: "home/attic", properties: {} })
    })))
})

describe("Client of MQTT 5, receiving", () => {
  it("asks with the options of a subscription, and gives a message with its properties", () =>
    run(Effect.gen(function*() {
      const both = yield* Server5.pair()
      const got: Array<Client.Received> = []
      const options = { qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 } as const
      const packet = yield* subscribed(both, "a/#", (received) => void got.push(received), options)
      expect(packet.subscriptions).toEqual([{ topicFilter: "a/#", ...options }])
      const properties = { responseTopic: "r" as TopicName, userProperties: [["k", "v"]] as const }
      yield* both.guest.send(message("a/b", { qos: 1, packetIdentifier: 9, properties }))
      expect(yield* both.guest.expect("Puback")).toMatchObject({ packetIdentifier: 9, reasonCode: 0 })
      expect(got).toMatchObject([{ topic: "a/b", properties }])
    })))

  it("gives a message to the handlers of the subscriptions that the Server names, whatever else its topic matches", () =>
    run(Effect.gen(function*() {
      const both = yield* Server5.pair()
      const { guest } = both
      const got: Array<string> = []
      const take = (name: string): Client.Handler => ({ payload }) => void got.push(name + String(payload[0]))
      const wide = yield* subscribed(both, "a/#", take("wide"), { qos: 1 })
      const exact = yield* subscribed(both, "a/b", take("exact"), { qos: 1 })
      const ids = [wide, exact].map(({ properties }) => properties?.subscriptionIdentifier as number)
      const send = (value: number, subscriptionIdentifiers?: ReadonlyArray<number>) =>
        guest.send(message("a/b", {
          payload: new Uint8Array([value]),
          properties: subscriptionIdentifiers === undefined ? {} : { subscriptionIdentifiers }
        }))
      yield* send(1, [ids[0] as number])
      yield* send(2, [ids[1] as number])
      yield* send(3, ids)
      // Of a program before, or of a Server that names none.
      yield* send(4, [77])
      yield* send(5)
      yield* guest.send(message("a/b", { qos: 1, packetIdentifier: 1, payload: new Uint8Array([6]) }))
      yield* guest.expect("Puback")
      expect(got).toEqual(["wide1", "exact2", "wide3", "exact3", "wide4", "exact4", "wide5", "exact5", "wide6",
        "exact6"])
    })))

  it("asks without a Subscription Identifier where the Server knows none", () =>
    run(Effect.gen(function*() {
      const both = yield* Server5.pair({}, { subscriptionIdentifiersAvailable: false })
      expect(yield* subscribed(both, "a", () => {})).toMatchObject({ properties: {} })
    })))

  it("asks again with the same identifiers, each Topic Filter in a packet of its own", () =>
    run(Effect.gen(function*() {
      const both = yield* Server5.pair()
      const before = [yield* subscribed(both, "a", () => {}), yield* subscribed(both, "b", () => {})]
      yield* both.guest.cut
      const again = yield* both.server.welcome()
      const after = [yield* again.expect("Subscribe"), yield* again.expect("Subscribe")]
      const told = (packets: typeof after) =>
        packets.map(({ properties, subscriptions }) => ({ properties, subscriptions }))
      expect(told(after)).toEqual(told(before))
    })))

  it("gives the messages of a Shared Subscription to its handler", () =>
    run(Effect.gen(function*() {
      const both = yield* Server5.pair()
      const got: Array<string> = []
      yield* subscribed(both, "$share/group/a/+", ({ topic }) => void got.push(topic), { qos: 1 })
      yield* both.guest.send(message("a/b", { qos: 1, packetIdentifier: 1 }))
      yield* both.guest.expect("Puback")
      expect(got).toEqual(["a/b"])
    })))

  it("fails with the Reason Code of a SUBACK that refuses", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* Server5.pair()
      const subscribing = yield* fork(Effect.flip(client.subscribe("a")))
      const { packetIdentifier } = yield* guest.expect("Subscribe")
      yield* guest.send({ _tag: "Suback", packetIdentifier, reasonCodes: [0x97] })
      expect(yield* Fiber.join(subscribing)).toMatchObject({
        _tag: "SubscriptionRefused",
        topicFilter: "a",
        reasonCode: 0x97,
        message: expect.stringContaining("Quota exceeded (0x97)")
      })
    })))

  it("does not ask a Server for what it does not have", () =>
    run(Effect.gen(function*() {
      const { client } = yield* Server5.pair({}, {
        sharedSubscriptionAvailable: false,
        wildcardSubscriptionAvailable: false
      })
      expect(yield* Effect.flip(client.subscribe("$share/g/a"))).toMatchObject({ clause: "3.2.2.3.13" })
      expect(yield* Effect.flip(client.subscribe("a/+"))).toMatchObject({ clause: "3.2.2.3.11" })
      expect(yield* Effect.flip(client.subscribe("a", { retainHandling: 3 as 2 }))).toMatchObject({ clause: "3.8.3.1" })
    })))

  it("knows the topics behind the Server's aliases", () =>
    run(Effect.gen(function*() {
      const both = yield* Server5.pair()
      const got: Array<string> = []
      yield* subscribed(both, "#", ({ topic }) => void got.push(topic))
      const { guest } = both
      yield* guest.send(message("a/1", { properties: { topicAlias: 1 } }),
        message("a/2", { properties: { topicAlias: 64 } }), message("", { properties: { topicAlias: 1 } }),
        message("", { properties: { topicAlias: 64 } }), message("a/3", { properties: { topicAlias: 1 } }),
        message("", { properties: { topicAlias: 1 } }))
      yield* guest.send(message("end", { qos: 1, packetIdentifier: 1 }))
      yield* guest.expect("Puback")
      expect(got).toEqual(["a/1", "a/2", "a/1", "a/2", "a/3", "a/3", "end"])
    })))
})

/** What the Server does wrong, and what the Client says of it in DISCONNECT. */
const wrong: ReadonlyArray<
  readonly [what: string, send: (guest: Server5.Guest) => Effect.Effect<void>, reasonCode: number]
> = [
  ["a Topic Alias that was not allowed", (guest) => guest.send(message("a", { properties: { topicAlias: 65 } })), 0x94],
  ["a Topic Alias that stands for nothing", (guest) => guest.send(message("", { properties: { topicAlias: 1 } })),
    0x82],
  ["a packet that is too large", (guest) => guest.send(message("a", { payload: new Uint8Array(300) })), 0x95],
  ["bytes that are no packet", (guest) => guest.sendBytes(bytes("30 02 0005")), 0x81],
  ["a Remaining Length of five bytes", (guest) => guest.sendBytes(bytes("30 ffffffff 01")), 0x81],
  ["a second CONNACK", (guest) => guest.send({ _tag: "Connack", sessionPresent: false, reasonCode: 0 }), 0x82],
  ["a packet that is not for a Client", (guest) => guest.send({ _tag: "Pingreq" }), 0x82],
  ["AUTH, although there is no method",
    (guest) => guest.send({ _tag: "Auth", reasonCode: 0x18, properties: { authenticationMethod: "m" } }), 0x82]
]

describe("Client of MQTT 5, ending", () => {
  it.each(wrong)("tells the Server that it has sent %s", (_, send, reasonCode) =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* Server5.pair({ maximumPacketSize: 200, receiveMaximum: 2 })
      const losing = yield* fork(lost(client))
      yield* send(guest)
      expect(yield* guest.expect("Disconnect")).toMatchObject({ reasonCode })
      yield* guest.closed
      const { reason } = (yield* Fiber.join(losing)) as Extract<Client.Status, { readonly _tag: "Reconnecting" }>
      expect(reason.message).not.toContain("3.1.1")
    })))

  it("takes more messages than it has allowed, and reports it once: Mosquitto would send them again", () =>
    run(Effect.gen(function*() {
      const both = yield* Server5.pair({ receiveMaximum: 2 })
      const { client, guest } = both
      const told = yield* fork(Stream.runHead(client.notices))
      const got: Array<string> = []
      yield* subscribed(both, "#", ({ topic }) => void got.push(topic))
      const sent = Array.from({ length: 9 }, (_, i) => message(`a/${i}`, { qos: 1, packetIdentifier: i + 1 }))
      yield* guest.send(...sent)
      for (const { packetIdentifier } of sent) expect(yield* guest.expect("Puback")).toMatchObject({ packetIdentifier })
      expect(got).toHaveLength(9)
      expect(Option.getOrThrow(yield* Fiber.join(told))).toMatchObject({
        _tag: "ReceiveMaximumExceeded",
        unacknowledged: 9,
        receiveMaximum: 2
      })
    })))

  it("gives the reason of a Server that disconnects, and connects again", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* Server5.pair()
      const losing = yield* fork(lost(client))
      yield* guest.send({ _tag: "Disconnect", reasonCode: 0x8b, properties: { reasonString: "maintenance" } })
      expect(yield* Fiber.join(losing)).toMatchObject({
        reason: {
          _tag: "ServerDisconnected",
          reasonCode: 0x8b,
          message: expect.stringMatching(/Server shutting down \(0x8b\): .*it says: maintenance/)
        }
      })
      yield* server.welcome()
    })))

  it("says a normal DISCONNECT when it leaves", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* Server5.pair()
      yield* fork(client.disconnect)
      expect(yield* guest.expect("Disconnect")).toEqual({ _tag: "Disconnect", reasonCode: 0, properties: {} })
    })))
})

it("a message of MQTT 3.1.1 has no properties, and cannot be given any", () =>
  run(Effect.gen(function*() {
    const { pair } = yield* Effect.promise(() => import("../../../support/clientPair.ts"))
    const { client, guest } = yield* pair()
    for (const qos of [0, 1] as const) {
      const error = yield* Effect.flip(client.publish("a", "1", { qos, properties: { contentType: "t" } }))
      expect(error).toMatchObject({ _tag: "InvalidPacket", field: "properties" })
    }
    expect(yield* Effect.flip(client.subscribe("a" as TopicFilter, { noLocal: true }))).toMatchObject({
      field: "noLocal"
    })
    yield* client.publish("a", "1")
    expect((yield* guest.expect("Publish")).topic).toBe("a")
  })))
