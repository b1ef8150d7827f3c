import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Connect } from "../../../src/domain/packet/Connect.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { TopicFilter, TopicName } from "../../../src/domain/packet/Topic.ts"

type Given = Partial<Omit<Connect, "_tag">>

/** One client, as the Server sees it: every packet goes through the codec both ways. */
const open = (server: Server.Server) => {
  let framer = Framer.make(1_000_000)
  let received: Array<Packet.Packet> = []
  const state = { closed: false }
  const link = Server.accept((bytes) => {
    expect(state.closed).toBe(false)
    const pushed = Framer.push(framer, bytes, Packet.decode)
    framer = pushed.framer
    expect(pushed.failure).toBeUndefined()
    received = received.concat(pushed.packets as ReadonlyArray<Packet.Packet>)
  }, () => {
    expect(state.closed).toBe(false)
    state.closed = true
  })
  const raw = (bytes: Bytes.Bytes) => Server.receive(server, link, bytes, 0)
  const send = (...packets: ReadonlyArray<Packet.Packet>) => raw(Result.getOrThrow(Packet.encodeAll(packets)))
  return {
    raw,
    send,
    /** What has come since the last time. */
    took: () => received.splice(0).map(readable),
    isClosed: () => state.closed,
    /** The network breaks. */
    lose: () => Server.closed(server, link, 0)
  }
}

/** A packet as a line. */
const readable = (packet: Packet.Packet): string => {
  switch (packet._tag) {
    case "Connack":
      return `CONNACK ${packet.returnCode}${packet.sessionPresent ? " session present" : ""}`
    case "Publish": {
      const flags = (packet.dup ? " dup" : "") + (packet.retain ? " retain" : "") +
        (packet.packetIdentifier === undefined ? "" : " #" + packet.packetIdentifier)
      return `PUBLISH ${packet.topic} ${Bytes.toText(packet.payload)} qos ${packet.qos}${flags}`
    }
    case "Suback":
      return `SUBACK #${packet.packetIdentifier} ${packet.returnCodes.join()}`
    case "Puback":
    case "Unsuback":
      return packet._tag.toUpperCase() + " #" + packet.packetIdentifier
    default:
      return packet._tag.toUpperCase()
  }
}

const connect = (given: Given = {}): Packet.Packet => ({
  _tag: "Connect",
  clientId: "device",
  cleanSession: false,
  keepAlive: 60,
  ...given
})

const publish = (
  topic: string,
  text: string,
  options: { qos?: 0 | 1 | 2; retain?: boolean; id?: number } = {}
): Packet.Packet => {
  const qos = options.qos ?? 0
  return {
    _tag: "Publish",
    topic: topic as TopicName,
    payload: Bytes.fromText(text),
    qos,
    retain: options.retain ?? false,
    dup: false,
    packetIdentifier: qos === 0 ? undefined : options.id ?? 1
  }
}

const subscribe = (
  packetIdentifier: number,
  ...filters: ReadonlyArray<readonly [string, 0 | 1 | 2]>
): Packet.Packet => ({
  _tag: "Subscribe",
  packetIdentifier,
  subscriptions: filters.map(([topicFilter, qos]) => ({ topicFilter: topicFilter as TopicFilter, qos }))
})

/** A connected client, its CONNACK taken. */
const client = (server: Server.Server, given: Given = {}) => {
  const opened = open(server)
  opened.send(connect(given))
  opened.took()
  return opened
}

const will = (text: string, retain = false) => ({
  topic: "will" as TopicName,
  payload: Bytes.fromText(text),
  qos: 1 as const,
  retain
})

describe("connecting to the simulated Server", () => {
  it("is accepted, without a Session the first time and with it the second", () => {
    const server = Server.make()
    const first = open(server)
    first.send(connect())
    expect(first.took()).toEqual(["CONNACK 0"])
    first.lose()
    const second = open(server)
    second.send(connect())
    expect(second.took()).toEqual(["CONNACK 0 session present"])
  })

  it("with Clean Session forgets the Session before, and leaves none behind (MQTT-3.1.2-6)", () => {
    const server = Server.make()
    client(server).lose()
    const clean = open(server)
    clean.send(connect({ cleanSession: true }))
    expect(clean.took()).toEqual(["CONNACK 0"])
    clean.lose()
    const after = open(server)
    after.send(connect())
    expect(after.took()).toEqual(["CONNACK 0"])
  })

  it("is refused with 4 for a wrong name or password, or none, and closed (MQTT-3.2.2-5)", () => {
    const server = Server.make()
    server.credentials = { username: "ann", password: "secret" }
    const wrong: ReadonlyArray<Given> = [{}, { username: "ann" }, { username: "ann", password: Bytes.fromText("x") }, {
      username: "bob",
      password: Bytes.fromText("secret")
    }]
    for (const given of wrong) {
      const refused = open(server)
      refused.send(connect(given))
      expect(refused.took()).toEqual(["CONNACK 4"])
      expect(refused.isClosed()).toBe(true)
    }
    const right = open(server)
    right.send(connect({ username: "ann", password: Bytes.fromText("secret") }))
    expect(right.took()).toEqual(["CONNACK 0"])
  })

  it.each([1, 2, 3, 4, 5] as const)(
    "is refused with %d when this is set, without Session Present, and processes nothing after it",
    (code) => {
      const server = Server.make()
      client(server).lose()
      server.refuseWith = code
      const arrivals: Array<Server.Arrival> = []
      server.onArrival = (arrival) => void arrivals.push(arrival)
      const refused = open(server)
      refused.send(connect(), publish("a", "1"))
      refused.send(publish("a", "2"))
      server.refuseWith = 0
      refused.send(connect())
      expect(refused.took()).toEqual([`CONNACK ${code}`])
      expect([refused.isClosed(), arrivals]).toEqual([true, []])
    }
  )

  it("takes over from the same client's older connection, which is closed (MQTT-3.1.4-2)", () => {
    const server = Server.make()
    const older = client(server)
    older.send(subscribe(1, ["a", 1]))
    older.took()
    const newer = open(server)
    newer.send(connect())
    expect(older.isClosed()).toBe(true)
    expect(newer.took()).toEqual(["CONNACK 0 session present"])
    Server.publish(server, { topic: "a" as TopicName, payload: Bytes.fromText("1"), qos: 0, retain: false }, 0)
    expect([older.took(), newer.took()]).toEqual([[], ["PUBLISH a 1 qos 0"]])
    // The older one's end, when the network reports it, does not concern the newer one.
    older.lose()
    newer.send({ _tag: "Pingreq" })
    expect(newer.took()).toEqual(["PINGRESP"])
  })

  it("without a client identifier is given one of its own", () => {
    const server = Server.make()
    const nameless = Array.from({ length: 3 }, () => client(server, { clientId: "", cleanSession: true }))
    nameless[0]!.lose()
    nameless.push(client(server, { clientId: "", cleanSession: true }))
    expect(nameless.map((each) => each.isClosed())).toEqual([false, false, false, false])
    expect(server.sessions.size).toBe(3)
  })
})

describe("what no Server takes", () => {
  const bytes = (...values: ReadonlyArray<number>) => Uint8Array.of(...values)
  const first: ReadonlyArray<readonly [string, Bytes.Bytes]> = [
    ["a PINGREQ before CONNECT", bytes(0xc0, 0)],
    ["a PUBLISH before CONNECT", Result.getOrThrow(Packet.encode(publish("a", "1")))],
    ["nonsense", bytes(0xff, 0xff, 0xff, 0xff, 0xff)]
  ]
  it.each(first)("closes the connection: %s", (_, sent) => {
    const server = Server.make()
    const opened = open(server)
    opened.raw(sent)
    expect([opened.isClosed(), opened.took(), server.sessions.size]).toEqual([true, [], 0])
  })

  const later: ReadonlyArray<readonly [string, Bytes.Bytes]> = [
    ["a second CONNECT", Result.getOrThrow(Packet.encode(connect()))],
    ["a packet for Clients", bytes(0xd0, 0)],
    ["a PUBLISH with QoS 3", bytes(0x36, 5, 0, 1, 97, 0, 1)],
    ["a SUBSCRIBE with wrong flags", bytes(0x80, 6, 0, 1, 0, 1, 97, 0)],
    ["a SUBSCRIBE without a Topic Filter", bytes(0x82, 2, 0, 1)],
    ["a PUBLISH to a wildcard", bytes(0x30, 3, 0, 1, 35)]
  ]
  it.each(later)("closes an open one and publishes its Will: %s", (_, sent) => {
    const server = Server.make()
    const watcher = client(server, { clientId: "watcher" })
    watcher.send(subscribe(1, ["will", 0]))
    watcher.took()
    const opened = client(server, { will: will("lost") })
    opened.raw(sent)
    expect([opened.isClosed(), opened.took()]).toEqual([true, []])
    expect(watcher.took()).toEqual(["PUBLISH will lost qos 0"])
    opened.send(publish("will", "from the grave"))
    expect(watcher.took()).toEqual([])
  })

  it("is taken in whatever pieces it comes", () => {
    const server = Server.make()
    const opened = open(server)
    for (const byte of Result.getOrThrow(Packet.encodeAll([connect(), publish("a", "1", { qos: 1, id: 7 })]))) {
      opened.raw(Uint8Array.of(byte))
    }
    expect(opened.took()).toEqual(["CONNACK 0", "PUBACK #7"])
  })
})

describe("publishing and subscribing", () => {
  it("acknowledges QoS 1 by identifier, QoS 0 not, and reports each arrival", () => {
    const server = Server.make()
    const arrivals: Array<Server.Arrival> = []
    server.onArrival = (arrival) => void arrivals.push(arrival)
    const opened = client(server)
    opened.send(publish("a", "1", { qos: 1, id: 65_535 }), publish("a", "2"))
    expect(opened.took()).toEqual(["PUBACK #65535"])
    expect(
      arrivals.map((each) => [each.clientId, each.topic, Bytes.toText(each.payload), each.qos, each.packetIdentifier])
    ).toEqual([
      ["device", "a", "1", 1, 65_535],
      ["device", "a", "2", 0, undefined]
    ])
  })

  it("grants what is asked for, delivers with the lower of the two, and once however many filters match", () => {
    const server = Server.make()
    const opened = client(server)
    opened.send(subscribe(5, ["a/+", 2], ["a/#", 0], ["b", 0]))
    expect(opened.took()).toEqual(["SUBACK #5 2,0,0"])
    const other = client(server, { clientId: "other" })
    other.send(publish("a/x", "1", { qos: 1 }), publish("a/x", "2"), publish("b", "3", { qos: 1, id: 2 }),
      publish("c", "4"))
    expect(opened.took()).toEqual(["PUBLISH a/x 1 qos 1 #1", "PUBLISH a/x 2 qos 0", "PUBLISH b 3 qos 0"])
  })

  it("stops after UNSUBSCRIBE", () => {
    const server = Server.make()
    const opened = client(server)
    opened.send(subscribe(1, ["a", 0], ["b", 0]), {
      _tag: "Unsubscribe",
      packetIdentifier: 2,
      topicFilters: ["a" as TopicFilter]
    })
    opened.send(publish("a", "1"), publish("b", "2"))
    expect(opened.took()).toEqual(["SUBACK #1 0,0", "UNSUBACK #2", "PUBLISH b 2 qos 0"])
  })

  it("keeps the newest retained message of a topic for who subscribes later, and marks it (MQTT-3.3.1-8)", () => {
    const server = Server.make()
    const opened = client(server)
    opened.send(publish("a", "old", { retain: true }), publish("a", "new", { qos: 1, retain: true }),
      publish("b", "not kept"))
    opened.took()
    opened.send(subscribe(1, ["#", 1]))
    expect(opened.took()).toEqual(["SUBACK #1 1", "PUBLISH a new qos 1 retain #1"])
    // To a subscription that was there before, it is a message like any other (MQTT-3.3.1-9).
    opened.send(publish("a", "newer", { retain: true }))
    expect(opened.took()).toEqual(["PUBLISH a newer qos 0"])
  })

  it("forgets a retained message when an empty one comes (MQTT-3.3.1-10)", () => {
    const server = Server.make()
    const opened = client(server)
    opened.send(publish("a", "old", { retain: true }), publish("a", "", { retain: true }), subscribe(1, ["a", 0]))
    expect(opened.took()).toEqual(["SUBACK #1 0"])
  })

  it("does not change what it keeps when the sender uses its bytes again", () => {
    const server = Server.make()
    const opened = client(server)
    const bytes = Uint8Array.from(Result.getOrThrow(Packet.encode(publish("a", "kept", { retain: true }))))
    opened.raw(bytes)
    bytes.fill(0)
    opened.send(subscribe(1, ["a", 0]))
    expect(opened.took()).toEqual(["SUBACK #1 0", "PUBLISH a kept qos 0 retain"])
  })
})

describe("a Session that outlives its connection", () => {
  const message = (text: string, qos: 0 | 1 = 1) => ({
    topic: "a" as TopicName,
    payload: Bytes.fromText(text),
    qos,
    retain: false
  })

  it("keeps subscriptions and what came with QoS 1 meanwhile, in order, and nothing of QoS 0", () => {
    const server = Server.make()
    const before = client(server)
    before.send(subscribe(1, ["a", 1]))
    before.lose()
    for (const each of [message("1"), message("2", 0), message("3")]) Server.publish(server, each, 0)
    const after = open(server)
    after.send(connect())
    expect(after.took()).toEqual(["CONNACK 0 session present", "PUBLISH a 1 qos 1 #1", "PUBLISH a 3 qos 1 #2"])
  })

  it("sends again with DUP 1 and the same identifier what was not acknowledged, and what was not (MQTT-4.4.0-1)", () => {
    const server = Server.make()
    const before = client(server)
    before.send(subscribe(1, ["a", 1]))
    for (const text of ["1", "2", "3"]) Server.publish(server, message(text), 0)
    before.send({ _tag: "Puback", packetIdentifier: 2 })
    before.lose()
    Server.publish(server, message("4"), 0)
    const after = open(server)
    after.send(connect())
    const again = ["PUBLISH a 1 qos 1 dup #1", "PUBLISH a 3 qos 1 dup #3"]
    expect(after.took()).toEqual(["CONNACK 0 session present", ...again, "PUBLISH a 4 qos 1 #4"])
    after.send({ _tag: "Puback", packetIdentifier: 9 })
    after.lose()
    const third = open(server)
    third.send(connect())
    expect(third.took()).toEqual(["CONNACK 0 session present", ...again, "PUBLISH a 4 qos 1 dup #4"])
  })

  it("is not kept for a client that asked for Clean Session", () => {
    const server = Server.make()
    const before = client(server, { cleanSession: true })
    before.send(subscribe(1, ["a", 1]))
    before.lose()
    Server.publish(server, message("1"), 0)
    expect(server.sessions.size).toBe(0)
    const after = open(server)
    after.send(connect())
    expect(after.took()).toEqual(["CONNACK 0"])
  })
})

describe("a Will", () => {
  const watched = () => {
    const server = Server.make()
    const watcher = client(server, { clientId: "watcher" })
    watcher.send(subscribe(1, ["will", 1]))
    watcher.took()
    return { server, watcher, device: client(server, { will: will("lost", true) }) }
  }

  it("is published when the connection breaks, and kept when it is to be retained (MQTT-3.1.2-8)", () => {
    const { device, server, watcher } = watched()
    device.lose()
    device.lose()
    expect(watcher.took()).toEqual(["PUBLISH will lost qos 1 #1"])
    expect(Bytes.toText(server.retained.get("will")?.payload ?? Bytes.empty)).toBe("lost")
  })

  it("is published when another connection takes over", () => {
    const { server, watcher } = watched()
    client(server)
    expect(watcher.took()).toEqual(["PUBLISH will lost qos 1 #1"])
  })

  it("is forgotten with DISCONNECT, after which the Server closes and hears nothing more (MQTT-3.1.2-10)", () => {
    const { device, watcher } = watched()
    device.send({ _tag: "Disconnect" })
    device.send(connect())
    device.lose()
    expect([device.isClosed(), device.took(), watcher.took()]).toEqual([true, [], []])
  })
})
