/**
 * Faults of MQTT 5: the clause in its numbering, and the Reason Code that a DISCONNECT or CONNACK says it with (4.13).
 *
 * What both versions share (Reader, Writer, FixedHeader, TopicField) names the clause of MQTT 3.1.1. `translate` gives
 * such a fault the number that the same rule has in MQTT 5, so that the shared code knows of one version only.
 */
import { type DecodeError, InvalidPacket, MalformedPacket, ProtocolViolation } from "../PacketError.ts"
import type { Reader } from "../Reader.ts"
import type { Writer } from "../Writer.ts"

const malformedPacket = 0x81
const protocolError = 0x82

const sentence = (text: string, clause: string): string => `${text} (MQTT 5, ${clause})`

const stop = (reader: Reader, error: DecodeError): undefined => {
  if (reader.error === undefined) reader.error = error
  reader.offset = reader.end
  return undefined
}

/** These bytes are not such a Control Packet. `fault` completes a sentence that begins with the packet's name. */
export const malformed = (reader: Reader, clause: string, fault: string): undefined => {
  const packet = reader.packet
  const message = sentence(`${packet} ${fault}`, clause)
  return stop(reader, new MalformedPacket({ packet, clause, message, reasonCode: malformedPacket }))
}

/** A Protocol Error, or a more exact Reason Code. `fault` completes a sentence that begins with the packet's name. */
export const violation = (
  reader: Reader,
  clause: string,
  fault: string,
  reasonCode: number = protocolError
): undefined => {
  const packet = reader.packet
  const message = sentence(`${packet} ${fault}`, clause)
  return stop(reader, new ProtocolViolation({ packet, clause, message, reasonCode }))
}

/** The caller's packet may not be sent. `fault` completes a sentence that begins with the packet and the field. */
export const invalid = (writer: Writer, field: string, clause: string, fault: string): void => {
  const packet = writer.packet
  writer.error ??= new InvalidPacket({
    packet,
    field,
    clause,
    message: sentence(`${packet}: ${field} ${fault}`, clause)
  })
}

/** Where the rule of a clause of MQTT 3.1.1 stands in MQTT 5, if its number is another one. */
const clauses: Readonly<Record<string, string>> = {
  "1.5.3": "1.5.4",
  "2.2.1": "2.1.2",
  "2.2.3": "2.1.4",
  "MQTT-1.5.3-1": "MQTT-1.5.4-1",
  "MQTT-1.5.3-2": "MQTT-1.5.4-2",
  "MQTT-2.2.2-2": "MQTT-2.1.3-1",
  "MQTT-2.3.1-5": "MQTT-2.2.1-2",
  "MQTT-4.7.1-2": "MQTT-4.7.1-1",
  "MQTT-4.7.1-3": "MQTT-4.7.1-2"
}

/** Packet Identifier 0 is forbidden in one clause of MQTT 3.1.1, and in three of MQTT 5. */
const identifierClause = (packet: string): string =>
  packet === "SUBACK" || packet === "UNSUBACK" ? "MQTT-2.2.1-6"
    : packet === "PUBLISH" || packet === "SUBSCRIBE" || packet === "UNSUBSCRIBE" ? "MQTT-2.2.1-3"
    : "MQTT-2.2.1-5"

interface Described {
  readonly packet: string
  readonly clause: string
  readonly message: string
}

/** The same in the words of MQTT 5; undefined if the fault is of MQTT 5 already. */
const inVersion5 = ({ clause, message, packet }: Described): Described | undefined => {
  const end = ` (MQTT 3.1.1, ${clause})`
  if (!message.endsWith(end)) return undefined
  const own = clause === "MQTT-2.3.1-1" ? identifierClause(packet) : clauses[clause] ?? clause
  return { packet, clause: own, message: sentence(message.slice(0, -end.length), own) }
}

/** A fault that was found in bytes, with its clause of MQTT 5 and its Reason Code. */
export const translate = (error: DecodeError): DecodeError => {
  const described = inVersion5(error)
  if (described === undefined) return error
  return error._tag === "MalformedPacket" ? new MalformedPacket({ ...described, reasonCode: malformedPacket })
    : new ProtocolViolation({ ...described, reasonCode: protocolError })
}

/** A fault of a packet that was to be sent, with its clause of MQTT 5. */
export const translateInvalid = (error: InvalidPacket): InvalidPacket => {
  const described = inVersion5(error)
  return described === undefined ? error : new InvalidPacket({ ...described, field: error.field })
}

/** A packet that can be read but that the Server may not send, or not now. */
export const unexpected = (
  packet: string,
  clause: string,
  fault: string,
  reasonCode: number = protocolError
): ProtocolViolation =>
  new ProtocolViolation({ packet, clause, message: sentence(`${packet} ${fault}`, clause), reasonCode })
