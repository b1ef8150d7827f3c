/**
 * CONNECT, the first packet of a Client (MQTT 5, section 3.1).
 *
 *     byte 1   | 0001 | 0000 |
 *     byte 2.. | Remaining Length |
 *     then     | 0 | 4 | M | Q | T | T | version 5 |
 *              | user name | password | Will Retain | Will QoS (2 bits) | Will | Clean Start | 0 |
 *              | Keep Alive, 16 bits, seconds |
 *              | properties |
 *              | Client Identifier (UTF-8) |
 *              | Will properties, Will Topic (UTF-8), Will Payload (bytes), user name (UTF-8), password (bytes): each if
 *              its flag is 1 |
 */
import type { Bytes } from "../../bytes/Bytes.ts"
import type * as Connect from "../Connect.ts"
import * as FixedHeader from "../FixedHeader.ts"
import * as Reader from "../Reader.ts"
import * as TopicField from "../TopicField.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"

/** The Application Message that the Server publishes when this Client is lost (3.1.2.5). */
export interface Will extends Connect.Will {
  readonly properties?: PropertyTable.Properties<"Will"> | undefined
}

/** The first packet of a Client (MQTT 5, 3.1). */
export interface Connect5 {
  readonly _tag: "Connect"
  /** May be empty: the Server then chooses one, or refuses (MQTT-3.1.3-6). */
  readonly clientId: string
  /** The Server forgets the Session that it may have (3.1.2.4). */
  readonly cleanStart: boolean
  /** Seconds, 0 to 65,535; 0 turns it off. */
  readonly keepAlive: number
  readonly will?: Will | undefined
  readonly username?: string | undefined
  /** May be given without a user name, unlike in MQTT 3.1.1 (3.1.2.9). */
  readonly password?: Bytes | undefined
  readonly properties?: PropertyTable.Properties<"CONNECT"> | undefined
}

const protocolName = "MQTT"
const protocolVersion = 5
const unsupportedProtocolVersion = 0x84

const usernameFlag = 0x80
const passwordFlag = 0x40
const willRetainFlag = 0x20
const willQosShift = 3
const willFlag = 0x04
const cleanStartFlag = 0x02
const reservedFlag = 0x01

const willFlags = (will: Will | undefined): number =>
  will === undefined ? 0 : willFlag | will.qos << willQosShift | (will.retain ? willRetainFlag : 0)

const refuseInvalid = ({ keepAlive, properties, will }: Connect5, writer: Writer.Writer): void => {
  if ((keepAlive & 0xffff) !== keepAlive) {
    Fault.invalid(writer, "keepAlive", "3.1.2.10", `is ${keepAlive}; it must be a whole number from 0 to 65535`)
  }
  if (will !== undefined && will.qos !== 0 && will.qos !== 1 && will.qos !== 2) {
    Fault.invalid(writer, "will.qos", "MQTT-3.1.2-12", "must be 0, 1 or 2")
  }
  if (properties?.authenticationData !== undefined && properties.authenticationMethod === undefined) {
    Fault.invalid(writer, "properties.authenticationData", "3.1.2.11.10", "is given without an authenticationMethod")
  }
}

/**
 * Writes a CONNECT. Kept as the fault of `writer`: a Keep Alive that is not 0 to 65,535 s (3.1.2.10), a Will QoS that is
 * not 0, 1 or 2 (MQTT-3.1.2-12), a Will Topic that is not a Topic Name, a field of more than 65,535 bytes (1.5.4, 1.5.6),
 * a property that is not valid.
 */
export const encode = (packet: Connect5, writer: Writer.Writer): void => {
  const { password, username, will } = packet
  Writer.begin(writer, "CONNECT")
  refuseInvalid(packet, writer)
  Writer.text(writer, protocolName, "protocolName")
  Writer.u8(writer, protocolVersion)
  Writer.u8(
    writer,
    (username === undefined ? 0 : usernameFlag) |
      (password === undefined ? 0 : passwordFlag) |
      willFlags(will) |
      (packet.cleanStart ? cleanStartFlag : 0)
  )
  Writer.u16(writer, packet.keepAlive)
  Properties.write(writer, "CONNECT", packet.properties)
  Writer.text(writer, packet.clientId, "clientId")
  if (will !== undefined) {
    Properties.write(writer, "Will", will.properties, "will.properties")
    TopicField.writeName(writer, will.topic, "will.topic")
    Properties.writeBinary(writer, will.payload, "will.payload")
  }
  if (username !== undefined) Writer.text(writer, username, "username")
  if (password !== undefined) Properties.writeBinary(writer, password, "password")
  Writer.end(writer, FixedHeader.connect)
}

const checkFlags = (flags: number, reader: Reader.Reader): void => {
  const willQos = flags >> willQosShift & 3
  if ((flags & reservedFlag) !== 0) Fault.malformed(reader, "MQTT-3.1.2-3", "has its reserved flag set")
  if ((flags & willFlag) !== 0) {
    if (willQos === 3) Fault.malformed(reader, "MQTT-3.1.2-12", "has Will QoS 3")
  } else {
    if (willQos !== 0) Fault.violation(reader, "MQTT-3.1.2-11", "has a Will QoS without a Will")
    if ((flags & willRetainFlag) !== 0) Fault.violation(reader, "MQTT-3.1.2-13", "has Will Retain without a Will")
  }
}

const decodeWill = (flags: number, reader: Reader.Reader): Will => {
  const properties = Properties.read(reader, "Will")
  return {
    topic: TopicField.readName(reader),
    payload: Reader.binary(reader),
    qos: (flags >> willQosShift & 3) as 0 | 1 | 2,
    retain: (flags & willRetainFlag) !== 0,
    properties
  }
}

/**
 * Reads the body of a CONNECT, as a Server would. The first fault is kept in `reader`, with the clause of section 3.1
 * that was broken. Another protocol or version has Reason Code 0x84.
 */
export const decode = (reader: Reader.Reader): Connect5 => {
  if (Reader.text(reader) !== protocolName) {
    Fault.violation(reader, "MQTT-3.1.2-1", "has a protocol name other than MQTT", unsupportedProtocolVersion)
  }
  if (Reader.u8(reader) !== protocolVersion) {
    Fault.violation(reader, "MQTT-3.1.2-2", "has a protocol version other than 5", unsupportedProtocolVersion)
  }
  const flags = Reader.u8(reader)
  checkFlags(flags, reader)
  const keepAlive = Reader.u16(reader)
  const properties = Properties.read(reader, "CONNECT")
  if (properties.authenticationData !== undefined && properties.authenticationMethod === undefined) {
    Fault.violation(reader, "3.1.2.11.10", "has Authentication Data without an Authentication Method")
  }
  const clientId = Reader.text(reader)
  const will = (flags & willFlag) === 0 ? undefined : decodeWill(flags, reader)
  const username = (flags & usernameFlag) === 0 ? undefined : Reader.text(reader)
  const password = (flags & passwordFlag) === 0 ? undefined : Reader.binary(reader)
  Reader.end(reader)
  const cleanStart = (flags & cleanStartFlag) !== 0
  return { _tag: "Connect", clientId, cleanStart, keepAlive, will, username, password, properties }
}
