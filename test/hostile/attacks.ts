/**
 * What a hostile Server does, each with what a Client and a sleeping device must make of it.
 *
 * Sizes and times are those of the tests: a Client that takes 20,000 bytes a packet, a
 * device that is awake for a second.
 */
import * as Effect from "effect/Effect"
import * as Chance from "../fuzz/Chance.ts"
import type { Attack, Victim } from "./HostileServer.ts"

export interface Row {
  readonly what: string
  readonly attack: Attack
  /** Part of the error that closes the Client's connection. */
  readonly client: { readonly _tag?: string; readonly clause?: string; readonly reason?: string }
  /**
   * What the device reports: the `error` of a failed try, or `awake`: its wake was ended. After delivery: what happened
   * to the configuration.
   */
  readonly device: string
  /** Takes its seconds: not to be tried in every way. */
  readonly isLong?: boolean
}

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"))

const connack = bytes("20 02 0000")

const says = (hex: string): Attack => (victim) => victim.send(bytes(hex))

const times = (count: number, hex: string): Uint8Array => bytes(hex.repeat(count))

/** One byte now and one then, without end. */
const trickle = (victim: Victim): Effect.Effect<never> =>
  Effect.forever(Effect.andThen(victim.send(bytes("00")), Effect.sleep(10)))

/** Without end, but leaves its victim the time that it would have on another processor. */
const flood = (victim: Victim, chunk: Uint8Array): Effect.Effect<never> =>
  Effect.forever(Effect.andThen(victim.send(chunk), Effect.sleep(10)))

export const accepts = (then: Attack): Attack => (victim) =>
  Effect.andThen(victim.receive("Connect"), Effect.andThen(victim.send(connack), then(victim)))

/** A message of one byte to a topic of one; with QoS 1 always under the same Packet Identifier. */
const qos0 = times(500, "30 04 0001 61 00")
const qos1 = times(500, "32 06 0001 61 0001 00")

/** `hex` right after CONNACK, in the same write. */
const behindConnack = (hex: string): Attack => (victim) =>
  Effect.andThen(victim.receive("Connect"), victim.send(new Uint8Array(Buffer.concat([connack, bytes(hex)]))))

const row = (what: string, attack: Attack, client: Row["client"], device: string): Row => ({
  what,
  attack,
  client,
  device
})

const timedOut = { _tag: "SocketError", reason: "TimedOut" }
const closed = { _tag: "SocketError", reason: "Closed" }
const malformed = (clause: string) => ({ _tag: "MalformedPacket", clause })
const violation = (clause: string) => ({ _tag: "ProtocolViolation", clause })
const tooLarge = { _tag: "PacketTooLarge" }

/** The Client reports it itself, the device by the end of its wake. */
const foreign = (what: string, attack: Attack) => row(what, attack, violation("MQTT-3.2.0-1"), "awake")

const noise = (seed: number): Uint8Array => {
  const chance = Chance.make(seed, 0)
  return Uint8Array.from({ length: 200 }, () => chance.below(256))
}

const beforeConnack: ReadonlyArray<Row> = [
  row("closes at once", ({ socket }) =>
    Effect.sync(() => {
      socket.end()
    }), closed, "SocketError"),
  row("breaks the connection", ({ socket }) =>
    Effect.sync(() => {
      socket.resetAndDestroy()
    }), closed, "SocketError"),
  row("says nothing", () => Effect.void, timedOut, "awake"),
  row("neither reads nor says anything", (victim) => victim.ignore, timedOut, "awake"),
  foreign("answers as HTTP does",
    (victim) => victim.send(new Uint8Array(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")))),
  row("sends a Remaining Length without end",
    (victim) => Effect.andThen(victim.send(bytes("20")), flood(victim, bytes("ff"))), malformed("2.2.3"),
    "MalformedPacket"),
  row("announces a CONNACK of 256 MB and trickles it",
    (victim) => Effect.andThen(victim.send(bytes("20 ff ff ff 7f")), trickle(victim)), tooLarge, "PacketTooLarge"),
  row("trickles a CONNACK of 16 kB", (victim) => Effect.andThen(victim.send(bytes("20 80 7f")), trickle(victim)),
    timedOut, "awake"),
  row("trickles zeros", trickle, violation("MQTT-3.2.0-1"), "MalformedPacket"),
  row("floods with PUBLISH before CONNACK", (victim) => flood(victim, qos0), violation("MQTT-3.2.0-1"),
    "ProtocolViolation"),
  row("floods with PINGRESP before CONNACK", (victim) => flood(victim, times(500, "d0 00")), violation("MQTT-3.2.0-1"),
    "ProtocolViolation"),
  row("floods with zeros", (victim) => flood(victim, new Uint8Array(60_000)), malformed("2.2.1"), "MalformedPacket"),
  row("sends CONNACK with a reserved flag", says("20 02 0200"), malformed("3.2.2.1"), "MalformedPacket"),
  row("sends CONNACK with a reserved return code", says("20 02 0006"), violation("3.2.2.3"), "ProtocolViolation"),
  row("refuses the connection and keeps the Session", says("20 02 0105"), violation("MQTT-3.2.2-4"),
    "ProtocolViolation"),
  row("sends CONNACK with more behind it", says("20 03 000000"), malformed("2.2.3"), "MalformedPacket"),
  row("refuses the connection and goes on sending",
    (victim) => Effect.andThen(victim.send(bytes("20 02 0003")), flood(victim, qos0)), { _tag: "ConnectionRefused" },
    "ConnectionRefused"),
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
    row("makes noise, " + seed, ({ socket }) =>
      Effect.sync(() => {
        socket.end(noise(seed))
      }), {}, "")
  )
]

/** Bytes after CONNACK, and the verdict of Client and device alike; or the device's, if it differs. */
const saidBehindConnack: ReadonlyArray<readonly [what: string, hex: string, client: Row["client"], device?: string]> = [
  ["a packet of a forbidden type", "f0 00", malformed("2.2.1")],
  ["a PUBACK with flags", "41 02 0001", malformed("MQTT-2.2.2-2")],
  ["a second CONNACK", "20 02 0000", violation("3.2")],
  ["a CONNECT", "10 0d 0004 4d515454 04 02 003c 0001 61", violation("2.2.1")],
  ["a SUBSCRIBE", "82 06 0001 0001 61 00", violation("2.2.1")],
  ["a PINGREQ", "c0 00", violation("2.2.1")],
  ["a DISCONNECT", "e0 00", violation("2.2.1")],
  ["a PUBREC for nothing", "50 02 0001", timedOut, "ProtocolViolation"],
  ["a PUBREL for nothing", "62 02 0001", timedOut, "ProtocolViolation"],
  ["a PUBCOMP for nothing", "70 02 0001", timedOut, "ProtocolViolation"],
  ["a PUBREC with flags", "51 02 0001", malformed("MQTT-2.2.2-2")],
  ["a PUBLISH of QoS 2", "34 05 0001 61 0001", timedOut, "ProtocolViolation"],
  ["a PUBLISH of QoS 3", "36 05 0001 61 0001", malformed("MQTT-3.3.1-4")],
  ["a PUBLISH of QoS 0 with DUP", "38 03 0001 61", violation("MQTT-3.3.1-2")],
  ["a PUBLISH to a wildcard", "30 03 0001 2b", violation("MQTT-3.3.2-2")],
  ["a PUBLISH to nothing", "30 02 0000", violation("MQTT-4.7.3-1")],
  ["a PUBLISH to what is not UTF-8", "30 03 0001 ff", malformed("MQTT-1.5.3-1")],
  ["a PUBLISH to U+0000", "30 03 0001 00", malformed("MQTT-1.5.3-2")],
  ["a PUBLISH to a topic longer than itself", "30 03 ffff 61", malformed("2.2.3")],
  ["a PUBLISH with Packet Identifier 0", "32 05 0001 61 0000", violation("MQTT-2.3.1-1")],
  ["a PUBACK with Packet Identifier 0", "40 02 0000", violation("MQTT-2.3.1-1")],
  ["a PUBACK for nothing", "40 02 ffff", timedOut, "awake"],
  ["a SUBACK for nothing", "90 03 ffff 00", timedOut, "awake"],
  ["a SUBACK without return codes", "90 02 0001", violation("MQTT-3.8.4-5")],
  ["a SUBACK with a reserved return code", "90 03 0001 03", violation("MQTT-3.9.3-2")],
  ["an UNSUBACK for nothing", "b0 02 ffff", timedOut, "awake"],
  ["a PINGRESP with a body", "d0 01 00", malformed("2.2.3")],
  ["a Remaining Length of five bytes", "30 ff ff ff ff 01", malformed("2.2.3")],
  ["the announcement of a SUBACK of 256 MB", "90 ff ff ff 7f 00", tooLarge],
  ["a PUBLISH of 20,001 bytes", "30 9d 9c 01 0001 61" + "00".repeat(19_994), timedOut, "awake"]
]

/** Two bytes in hex. */
const u16 = (value: number | undefined): string => (value ?? 0).toString(16).padStart(4, "0")

const every = (of: (packetIdentifier: string) => string): string => {
  const all: Array<string> = []
  for (let identifier = 0xffff; identifier > 0; identifier--) all.push(of(u16(identifier)))
  return all.join("")
}

const answersSubscribe = (of: (packetIdentifier: string) => string): Attack =>
  accepts((victim) =>
    Effect.flatMap(victim.receive("Subscribe"), ({ packetIdentifier }) => victim.send(bytes(of(u16(packetIdentifier)))))
  )

const answersPublish = (of: (packetIdentifier: string) => string): Attack =>
  accepts((victim) =>
    Effect.flatMap(victim.receive("Publish"), ({ packetIdentifier }) => victim.send(bytes(of(u16(packetIdentifier)))))
  )

const afterConnack: ReadonlyArray<Row> = [
  ...saidBehindConnack.map(([what, hex, client, device]) =>
    row("accepts and sends " + what, behindConnack(hex), client, device ?? client._tag as string)
  ),
  row("accepts and acknowledges every Packet Identifier there is",
    behindConnack(every((identifier) => "4002" + identifier)), violation("MQTT-4.3.2-1"), "awake"),
  row("accepts and closes", accepts(({ socket }) =>
    Effect.sync(() => {
      socket.end()
    })
  ), closed, "SocketError"),
  row("accepts and closes when it has been sent a message",
    accepts((victim) =>
      Effect.andThen(victim.receive("Publish"), Effect.sync(() => {
        victim.socket.end()
      }))
    ), closed, "SocketError"),
  row("accepts and falls silent", accepts(() => Effect.void), timedOut, "awake"),
  row("accepts and neither reads nor says anything", accepts((victim) => victim.ignore), timedOut, "awake"),
  row("accepts and sends a PINGRESP for nothing", accepts((victim) => victim.send(bytes("d0 00"))), timedOut, "awake"),
  row("accepts and floods with PINGRESP", accepts((victim) => flood(victim, times(500, "d0 00"))), violation("3.13"),
    "awake"),
  row("accepts and announces a PUBLISH of 256 MB", behindConnack("30 ff ff ff 7f 00"), timedOut, "awake"),
  row("accepts and trickles a PUBLISH of 256 MB",
    accepts((victim) => Effect.andThen(victim.send(bytes("30 ff ff ff 7f 0001 61")), trickle(victim))), timedOut,
    "awake"),
  row("accepts and trickles a PUBLISH of 16 kB",
    accepts((victim) => Effect.andThen(victim.send(bytes("30 80 7f")), trickle(victim))), timedOut, "awake"),
  row("accepts and trickles a fixed header",
    accepts((victim) =>
      Effect.andThen(victim.send(bytes("30")), Effect.andThen(Effect.sleep(300), victim.send(bytes("80"))))
    ), timedOut, "awake"),
  {
    ...row("accepts and floods with PUBLISH, QoS 1", accepts((victim) => flood(victim, qos1)), {
      _tag: "ReceiveBufferFull"
    }, "awake"),
    isLong: true
  },
  {
    // What ends it depends on how much the kernels hold: PUBACKs that nobody takes, or PINGREQs that nobody answers.
    ...row("accepts and floods with PUBLISH, QoS 1, and reads none of the PUBACKs",
      accepts((victim) => Effect.andThen(victim.ignore, flood(victim, qos1))), {}, "awake"),
    isLong: true
  },
  row("answers SUBSCRIBE with too many return codes", answersSubscribe((identifier) => `9006 ${identifier} 00000000`),
    violation("MQTT-3.8.4-5"), "ProtocolViolation"),
  row("answers SUBSCRIBE with UNSUBACK", answersSubscribe((identifier) => `b002 ${identifier}`), timedOut, "awake"),
  row("answers SUBSCRIBE with PUBACK", answersSubscribe((identifier) => `4002 ${identifier}`), timedOut, "awake"),
  row("answers PUBLISH with SUBACK", answersPublish((identifier) => `9003 ${identifier} 00`), timedOut, "awake"),
  row("answers PUBLISH twice", answersPublish((identifier) => `4002 ${identifier} 4002 ${identifier}`), timedOut,
    "awake")
]

/** PUBLISH, QoS 0. */
export const publish = (topic: string, payload: Uint8Array): Uint8Array => {
  const size = 2 + topic.length + payload.length
  const header = bytes(
    `30 ${((size & 127) | 128).toString(16)} ${((size >> 7 & 127) | 128).toString(16)} ${
      (size >> 14).toString(16).padStart(2, "0")
    } ${u16(topic.length)}`
  )
  return new Uint8Array(Buffer.concat([header, Buffer.from(topic), payload]))
}

/** Acknowledges whatever it is sent, so that everything is delivered, and meanwhile does `then`. */
export const delivers = (then: Attack): Attack =>
  accepts((victim) => {
    const acknowledge = Effect.flatMap(victim.receive("Publish"),
      ({ packetIdentifier }) => victim.send(bytes("4002" + u16(packetIdentifier))))
    return Effect.andThen(acknowledge, Effect.andThen(then(victim), Effect.forever(acknowledge)))
  })

/** Delivers, and grants the subscription to the configuration. */
export const grants = (then: Attack): Attack =>
  delivers((victim) =>
    Effect.flatMap(victim.receive("Subscribe"), ({ packetIdentifier }) =>
      Effect.andThen(victim.send(bytes(`9003 ${u16(packetIdentifier)} 00`)), then(victim)))
  )

const sendsAndThen = (hex: string, then: (victim: Victim) => Effect.Effect<void>): Attack => (victim) =>
  Effect.andThen(victim.send(bytes(hex)), Effect.asVoid(Effect.forkChild(then(victim))))

const none = "no configuration within 0.2 s"

type Late = Pick<Row, "what" | "attack" | "device">

const late = (what: string, attack: Attack, device: string): Late => ({ what, attack, device })

const answersLate = (of: (packetIdentifier: string) => string): Attack =>
  delivers((victim) =>
    Effect.flatMap(victim.receive("Subscribe"), ({ packetIdentifier }) => victim.send(bytes(of(u16(packetIdentifier)))))
  )

/** When the device has delivered, and waits for its configuration. */
export const afterDelivery: ReadonlyArray<Late> = [
  late("closes", delivers(({ socket }) =>
    Effect.sync(() => {
      socket.end()
    })
  ), "the Server closed the connection"),
  late("says nothing more", delivers(() => Effect.never), "awake"),
  late("sends a forbidden type", delivers((victim) => victim.send(bytes("f000"))), "forbidden type 15"),
  late("trickles a SUBACK", delivers(sendsAndThen("90 7f", trickle)), "awake"),
  late("sends a SUBACK with two return codes", answersLate((identifier) => `9004 ${identifier} 0000`),
    "2 return codes for 1"),
  late("sends a SUBACK for nothing", delivers((victim) => victim.send(bytes("9003 fffe 00"))), "awake"),
  late("refuses the subscription", answersLate((identifier) => `9003 ${identifier} 80`), "SUBACK 0x80"),
  late("sends no configuration", grants(() => Effect.never), none),
  late("trickles a configuration",
    grants(sendsAndThen("30 80 40 000b" + Buffer.from("home/config").toString("hex"), trickle)), none),
  late("floods with other topics", grants((victim) => flood(victim, qos0)), none),
  late("floods with other topics, QoS 1", grants((victim) => flood(victim, qos1)), none),
  late("floods with PINGRESP", grants((victim) => flood(victim, times(500, "d000"))), none),
  late("sends a configuration that is too large",
    grants((victim) => victim.send(publish("home/config", new Uint8Array(20_000)))), "this device takes at most"),
  late("announces a configuration of 256 MB", grants((victim) => victim.send(bytes("30 ff ff ff 7f"))), none)
]

export const rows: ReadonlyArray<Row> = [...beforeConnack, ...afterConnack]
