/**
 * Packets that are well formed but that the Server must not send, or not now: what is wrong and which clause forbids
 * it, in the same words for the Client and the device.
 */
import { ProtocolViolation } from "./PacketError.ts"

/** A SUBACK without a return code for each Topic Filter. */
export const subackMismatch = (returnCodes: number, filters: number): ProtocolViolation =>
  new ProtocolViolation({
    packet: "SUBACK",
    clause: "MQTT-3.8.4-5",
    message: "SUBACK has " + returnCodes + " return codes for " + filters + " Topic Filters"
  })

/** An UNSUBACK of MQTT 5 without a Reason Code for each Topic Filter. */
export const unsubackMismatch = (reasonCodes: number, filters: number): ProtocolViolation =>
  new ProtocolViolation({
    packet: "UNSUBACK",
    clause: "MQTT-3.11.3-1",
    message: "UNSUBACK has " + reasonCodes + " Reason Codes for " + filters + " Topic Filters",
    reasonCode: 0x82
  })

/**
 * For a device: any packet before CONNACK, and a second CONNACK. PINGRESP is no violation there, and an UNSUBACK for
 * which nothing waits is ignored like any other such acknowledgement. `tag` is the packet's.
 */
export const unexpectedPacket = (tag: string, accepted: boolean): ProtocolViolation | undefined => {
  if (accepted && tag !== "Connack") return undefined
  const name = tag === "Oversized" ? "PUBLISH" : tag.toUpperCase()
  const clause = accepted ? "3.2" : "MQTT-3.2.0-1"
  const what = accepted ? "a second CONNACK on one connection" : name + " before CONNACK"
  return new ProtocolViolation({ packet: name, clause, message: what })
}

/** What each packet answers, and the clause that says so: in several tables, because a board needs only the first. */
const requests = {
  "PUBACK": "PUBLISH",
  "SUBACK": "SUBSCRIBE",
  "UNSUBACK": "UNSUBSCRIBE",
  "PINGRESP": "PINGREQ"
} as const
const requestsOfQoS2 = { "PUBREC": "PUBLISH", "PUBCOMP": "PUBREL" } as const
const clauses = {
  "PUBACK": "MQTT-4.3.2-1",
  "PUBREC": "MQTT-4.3.3-1",
  "PUBCOMP": "MQTT-4.3.3-1",
  "SUBACK": "MQTT-3.8.4-2",
  "UNSUBACK": "MQTT-3.10.4-4",
  "PINGRESP": "3.13"
} as const

/** The packets that answer one of ours, with QoS 0 and 1. */
export type AnswerName = keyof typeof requests

/** The packets that answer one of ours. */
export type AnyAnswerName = AnswerName | keyof typeof requestsOfQoS2

const sentence = (packet: string, packetIdentifier: number | undefined, request: string): string =>
  packet + (packetIdentifier === undefined ? "" : " for Packet Identifier " + packetIdentifier)
  + ", which no " + request + " is waiting for"

/**
 * An acknowledgement for which nothing waits, or a second one. It does no harm: it is ignored, and reported once for
 * each connection.
 */
export const unexpectedAck = (packet: AnswerName, packetIdentifier: number | undefined): string =>
  sentence(packet, packetIdentifier, requests[packet])

/** The same for a Client that uses QoS 2. */
export const unexpectedAnswer = (packet: AnyAnswerName, packetIdentifier: number | undefined): string =>
  sentence(packet, packetIdentifier, { ...requests, ...requestsOfQoS2 }[packet])

/** The last of `count` such acknowledgements: more than a correct Server sends. */
export const tooManyUnexpected = (
  packet: AnyAnswerName,
  packetIdentifier: number | undefined,
  count: number
): ProtocolViolation => {
  const clause = clauses[packet]
  const message = unexpectedAnswer(packet, packetIdentifier) + ": the last of " + count +
    " acknowledgements that nothing waits for (MQTT 3.1.1, " + clause + ")"
  return new ProtocolViolation({ packet, clause, message })
}

/** More messages that are not acknowledged than there are Packet Identifiers for. */
export const identifierInUse = (unacknowledged: number): ProtocolViolation => {
  const clause = "MQTT-2.3.1-4"
  const message = "PUBLISH has a Packet Identifier that is in use: " + unacknowledged +
    " messages are not acknowledged (MQTT 3.1.1, " + clause + ")"
  return new ProtocolViolation({ packet: "PUBLISH", clause, message })
}

/** The first packet is not a CONNACK, nor the beginning of one. */
export const noConnack = (
  server: string,
  words = "does not answer with CONNACK: is there an MQTT Server?"
): ProtocolViolation =>
  new ProtocolViolation({
    packet: "packet",
    clause: "MQTT-3.2.0-1",
    message: `${server} ${words}`
  })
