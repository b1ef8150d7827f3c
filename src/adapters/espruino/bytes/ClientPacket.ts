/**
 * The twin of domain/packet/ClientPacket.ts for a board: all that a Client sends, in one module of a few functions, because
 * each of them costs a board half a dozen variables for as long as it is awake.
 *
 * Refuses what the original refuses, by the same clause and without its sentence, but for what a byte string of a board
 * cannot be: not UTF-8, or larger than 256 MB.
 */
import type * as Original from "../../../domain/packet/ClientPacket.ts"
import * as Result from "effect/Result"
import type { Connect } from "../../../domain/packet/Connect.ts"
import { InvalidPacket } from "../../../domain/packet/PacketError.ts"
import * as TopicClause from "./TopicClause.ts"

export type ClientPacket = Original.ClientPacket

/** The packet being written, and what was first wrong with one. */
interface Page {
  packet: string
  error: InvalidPacket | undefined
}

const chr = String.fromCharCode

const refuse = (page: Page, field: string, clause: string): void => {
  const packet = page.packet
  if (!page.error) page.error = new InvalidPacket({ packet, field, clause, message: packet + " " + field + " " + clause })
}

const u16 = (value: number): string => chr(value >> 8 & 255, value & 255)

const binary = (page: Page, bytes: unknown, field: string): string => {
  const size = (bytes as string).length
  if (size > 0xffff) refuse(page, field, "1.5.3")
  return u16(size) + bytes
}

/** `clause`: what is known to be wrong with the text. */
const text = (page: Page, value: string, field: string, clause?: string): string => {
  if (clause) refuse(page, field, clause)
  if (value.indexOf("\0") >= 0) refuse(page, field, "MQTT-1.5.3-2")
  return binary(page, value, field)
}

const packetIdentifier = (page: Page, identifier: number | undefined): string => {
  if (!identifier || (identifier & 0xffff) !== identifier) refuse(page, "packetIdentifier", "MQTT-2.3.1-1")
  return u16(identifier as number)
}

const isQos = (qos: number): boolean => qos === 0 || qos === 1 || qos === 2

const connect = (page: Page, { cleanSession, clientId, keepAlive, password, username, will }: Connect): string => {
  if ((keepAlive & 0xffff) !== keepAlive) refuse(page, "keepAlive", "3.1.2.10")
  if (clientId === "" && !cleanSession) refuse(page, "clientId", "MQTT-3.1.3-7")
  if (password !== undefined && username === undefined) refuse(page, "password", "MQTT-3.1.2-22")
  if (will && !isQos(will.qos)) refuse(page, "will.qos", "MQTT-3.1.2-14")
  let flags = cleanSession ? 2 : 0
  let rest = text(page, clientId, "clientId")
  if (will) {
    flags |= 4 | will.qos << 3 | (will.retain ? 0x20 : 0)
    rest += text(page, will.topic, "will.topic", TopicClause.ofName(will.topic)) + binary(page, will.payload, "will.payload")
  }
  if (username !== undefined) {
    flags |= 0x80
    rest += text(page, username, "username")
  }
  if (password !== undefined) {
    flags |= 0x40
    rest += binary(page, password, "password")
  }
  return "\0\x04MQTT\x04" + chr(flags) + u16(keepAlive) + rest
}

/** A packet from its first byte and all that follows its Remaining Length. */
const framed = (first: number, body: string): string => {
  let left = body.length
  let header = chr(first)
  do {
    header += chr(left > 127 ? left & 127 | 128 : left)
    left >>= 7
  } while (left > 0)
  return header + body
}

const write = (page: Page, packet: ClientPacket): string => {
  page.packet = packet._tag.toUpperCase()
  let body
  switch (packet._tag) {
    case "Publish": {
      const { dup, qos, topic } = packet
      body = text(page, topic, "topic", TopicClause.ofName(topic))
      if (qos) {
        if (!isQos(qos)) refuse(page, "qos", "MQTT-3.3.1-4")
        body += packetIdentifier(page, packet.packetIdentifier)
      } else {
        if (dup) refuse(page, "dup", "MQTT-3.3.1-2")
        if (packet.packetIdentifier !== undefined) refuse(page, "packetIdentifier", "MQTT-2.3.1-5")
      }
      return framed(0x30 | (dup ? 8 : 0) | qos << 1 | (packet.retain ? 1 : 0), body + packet.payload)
    }
    case "Puback":
      return framed(0x40, packetIdentifier(page, packet.packetIdentifier))
    case "Connect":
      return framed(0x10, connect(page, packet))
    case "Subscribe":
      body = packetIdentifier(page, packet.packetIdentifier)
      if (packet.subscriptions.length === 0) refuse(page, "subscriptions", "MQTT-3.8.3-3")
      for (const { qos, topicFilter } of packet.subscriptions) {
        body += text(page, topicFilter, "topicFilter", TopicClause.ofFilter(topicFilter)) + chr(qos)
        if (!isQos(qos)) refuse(page, "qos", "MQTT-3-8.3-4")
      }
      return framed(0x82, body)
    case "Unsubscribe":
      body = packetIdentifier(page, packet.packetIdentifier)
      if (packet.topicFilters.length === 0) refuse(page, "topicFilters", "MQTT-3.10.3-2")
      for (const topicFilter of packet.topicFilters) body += text(page, topicFilter, "topicFilter", TopicClause.ofFilter(topicFilter))
      return framed(0xa2, body)
    case "Pingreq":
      return framed(0xc0, "")
    case "Disconnect":
      return framed(0xe0, "")
  }
}

export const encodeAll = ((packets: ReadonlyArray<ClientPacket>) => {
  const page: Page = { packet: "", error: undefined }
  let bytes = ""
  for (const packet of packets) bytes += write(page, packet)
  return page.error ? Result.fail(page.error) : Result.succeed(bytes)
}) as unknown as typeof Original.encodeAll

export const encode: typeof Original.encode = (packet) => encodeAll([packet])
