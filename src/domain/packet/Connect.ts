/**
 * CONNECT, the first packet of a Client (MQTT 3.1.1, section 3.1).
 *
 *     byte 1   | 0001 | 0000 |
 *     byte 2.. | Remaining Length |
 *     then     | 0 | 4 | M | Q | T | T | level 4 |
 *              | user name | password | Will Retain | Will QoS (2 bits) | Will | Clean Session | 0 |
 *              | Keep Alive, 16 bits, seconds |
 *              | client identifier (UTF-8) |
 *              | Will topic (UTF-8), Will message (bytes), user name (UTF-8), password (bytes): each if its flag is 1 |
 */
import type { TopicName } from "./Topic.ts"
import type { Bytes } from "../bytes/Bytes.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as TopicField from "./TopicField.ts"
import * as Writer from "./Writer.ts"

/** The Application Message that the Server publishes when this Client is lost (3.1.2.5). */
export interface Will {
  readonly topic: TopicName
  readonly payload: Bytes
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
}

/** The first packet of a Client (MQTT 3.1.1, 3.1). */
export interface Connect {
  readonly _tag: "Connect"
  /** May be empty with Clean Session: the Server then chooses one (MQTT-3.1.3-7). */
  readonly clientId: string
  readonly cleanSession: boolean
  /** Seconds, 0 to 65,535; 0 turns it off. */
  readonly keepAlive: number
  readonly will?: Will | undefined
  readonly username?: string | undefined
  /** Only with a user name (MQTT-3.1.2-22). */
  readonly password?: Bytes | undefined
}

/** A CONNECT of these values, unchecked: `encode` checks. `keepAlive` in seconds. */
export const make = (
  clientId: string,
  cleanSession: boolean,
  keepAlive: number,
  will: Will | undefined,
  username: string | undefined,
  password: Bytes | undefined
): Connect => ({ _tag: "Connect", clientId, cleanSession, keepAlive, will, username, password })

const protocolName = "MQTT"
const protocolLevel = 4

const usernameFlag = 0x80
const passwordFlag = 0x40
const willRetainFlag = 0x20
const willQosShift = 3
const willFlag = 0x04
const cleanSessionFlag = 0x02
const reservedFlag = 0x01

const willFlags = (will: Will | undefined): number =>
  will === undefined ? 0 : willFlag | will.qos << willQosShift | (will.retain ? willRetainFlag : 0)

const refuseInvalid = (packet: Connect, writer: Writer.Writer): void => {
  const { keepAlive, will } = packet
  if ((keepAlive & 0xffff) !== keepAlive) {
    Writer.invalid(writer, "keepAlive", "3.1.2.10", `is ${keepAlive}; it must be a whole number from 0 to 65535`)
  }
  if (packet.clientId === "" && !packet.cleanSession) {
    Writer.invalid(writer, "clientId", "MQTT-3.1.3-7", "is empty; that needs Clean Session")
  }
  if (packet.password !== undefined && packet.username === undefined) {
    Writer.invalid(writer, "password", "MQTT-3.1.2-22", "is given without a user name")
  }
  if (will !== undefined && will.qos !== 0 && will.qos !== 1 && will.qos !== 2) {
    Writer.invalid(writer, "will.qos", "MQTT-3.1.2-14", "must be 0, 1 or 2")
  }
}

/**
 * Writes a CONNECT. Kept as the fault of `writer`: a Keep Alive that is not 0 to 65,535 s (3.1.2.10), an empty client
 * identifier without Clean Session (MQTT-3.1.3-7), a password without a user name (MQTT-3.1.2-22), a Will QoS that is
 * not 0, 1 or 2 (MQTT-3.1.2-14), a Will topic that is not a Topic Name, a field of more than 65,535 bytes (1.5.3).
 */
export const encode = (packet: Connect, writer: Writer.Writer): void => {
  const { password, username, will } = packet
  Writer.begin(writer, "CONNECT")
  refuseInvalid(packet, writer)
  Writer.text(writer, protocolName, "protocolName")
  Writer.u8(writer, protocolLevel)
  Writer.u8(
    writer,
    (username === undefined ? 0 : usernameFlag) |
      (password === undefined ? 0 : passwordFlag) |
      willFlags(will) |
      (packet.cleanSession ? cleanSessionFlag : 0)
  )
  Writer.u16(writer, packet.keepAlive)
  Writer.text(writer, packet.clientId, "clientId")
  if (will !== undefined) {
    TopicField.writeName(writer, will.topic, "will.topic")
    Writer.binary(writer, will.payload, "will.payload")
  }
  if (username !== undefined) Writer.text(writer, username, "username")
  if (password !== undefined) Writer.binary(writer, password, "password")
  Writer.end(writer, FixedHeader.connect)
}

const checkFlags = (flags: number, reader: Reader.Reader): void => {
  const willQos = flags >> willQosShift & 3
  if ((flags & reservedFlag) !== 0) Reader.malformed(reader, "MQTT-3.1.2-3", "has its reserved flag set")
  if ((flags & willFlag) !== 0) {
    if (willQos === 3) Reader.malformed(reader, "MQTT-3.1.2-14", "has Will QoS 3")
  } else {
    if (willQos !== 0) Reader.violation(reader, "MQTT-3.1.2-13", "has a Will QoS without a Will")
    if ((flags & willRetainFlag) !== 0) Reader.violation(reader, "MQTT-3.1.2-15", "has Will Retain without a Will")
  }
  if ((flags & passwordFlag) !== 0 && (flags & usernameFlag) === 0) {
    Reader.violation(reader, "MQTT-3.1.2-22", "has a password without a user name")
  }
}

const decodeWill = (flags: number, reader: Reader.Reader): Will => ({
  topic: TopicField.readName(reader),
  payload: Reader.binary(reader),
  qos: (flags >> willQosShift & 3) as 0 | 1 | 2,
  retain: (flags & willRetainFlag) !== 0
})

/**
 * Reads the body of a CONNECT, as a Server would. The first fault is kept in `reader`, with the clause of section 3.1
 * that was broken.
 */
export const decode = (reader: Reader.Reader): Connect => {
  if (Reader.text(reader) !== protocolName) {
    Reader.violation(reader, "MQTT-3.1.2-1", "has a protocol name other than MQTT")
  }
  if (Reader.u8(reader) !== protocolLevel) Reader.violation(reader, "MQTT-3.1.2-2", "has a protocol level other than 4")
  const flags = Reader.u8(reader)
  checkFlags(flags, reader)
  const keepAlive = Reader.u16(reader)
  const clientId = Reader.text(reader)
  const cleanSession = (flags & cleanSessionFlag) !== 0
  if (clientId === "" && !cleanSession) {
    Reader.violation(reader, "MQTT-3.1.3-8", "has an empty client identifier without Clean Session")
  }
  const will = (flags & willFlag) === 0 ? undefined : decodeWill(flags, reader)
  const username = (flags & usernameFlag) === 0 ? undefined : Reader.text(reader)
  const password = (flags & passwordFlag) === 0 ? undefined : Reader.binary(reader)
  Reader.end(reader)
  return make(clientId, cleanSession, keepAlive, will, username, password)
}
