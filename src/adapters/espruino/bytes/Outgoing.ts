/**
 * The twin of domain/packet/Outgoing.ts for a board: the bytes are one string, to which each packet is added.
 *
 * It checks nothing: the program makes its packets from a configuration that was checked, and a test makes sure that
 * the original accepts whatever it makes.
 */
import type * as Original from "../../../domain/packet/Outgoing.ts"
import { longHeader } from "./unusual.ts"

export type Outgoing = Original.Outgoing

export const none = "" as unknown as Outgoing

export const isNone = ((bytes: unknown) => bytes === "") as typeof Original.isNone

export const join = ((first: string, second: string) => first + second) as unknown as typeof Original.join

export const fault: typeof Original.fault = () => undefined

export const bytes = ((bytes: unknown) => bytes) as typeof Original.bytes

const chr = String.fromCharCode

/** A text or bytes after their length. */
const field = (bytes: string): string => {
  const size = bytes.length
  return chr(size >> 8, size & 255) + bytes
}

/** The Fixed Header: a packet's first byte, and how many bytes follow its Remaining Length. */
const header = (first: number, size: number): string =>
  size < 128 ? chr(first, size)
    : size < 16_384 ? chr(first, size & 127 | 128, size >> 7) : longHeader(first, size)

const framed = (first: number, body: string): string => header(first, body.length) + body

export const connect = ((mqtt: Original.Account) => {
  let flags = 0
  let rest = field(mqtt.clientId)
  if (mqtt.username !== "") {
    flags = 0x80
    rest += field(mqtt.username)
  }
  if (mqtt.password !== "") {
    flags |= 0x40
    rest += field(mqtt.password)
  }
  return framed(0x10, "\0\x04MQTT\x04" + chr(flags, mqtt.keepAlive >> 8, mqtt.keepAlive & 255) + rest)
}) as unknown as typeof Original.connect

export const publish = ((topic: string, text: string, dup: boolean, packetIdentifier: number) =>
  // Not `framed`: that would have all of it in memory twice.
  header(dup ? 0x3a : 0x32, topic.length + text.length + 4) + field(topic) +
  chr(packetIdentifier >> 8, packetIdentifier & 255) + text) as unknown as typeof Original.publish

export const retained =
  ((topic: string, text: string) => framed(0x31, field(topic) + text)) as unknown as typeof Original.retained

export const subscribe = ((packetIdentifier: number, topicFilters: ReadonlyArray<string>) => {
  let body = chr(packetIdentifier >> 8, packetIdentifier & 255)
  for (const topicFilter of topicFilters) body += field(topicFilter) + "\0"
  return framed(0x82, body)
}) as unknown as typeof Original.subscribe

export const subscribeFirst = ((packetIdentifier: number, topicFilters: ReadonlyArray<string>) => {
  let body = chr(packetIdentifier >> 8, packetIdentifier & 255)
  let qos = 1
  for (const topicFilter of topicFilters) {
    body += field(topicFilter) + chr(qos)
    qos = 0
  }
  return framed(0x82, body)
}) as unknown as typeof Original.subscribeFirst

export const puback =
  ((packetIdentifier: number) =>
    chr(0x40, 2, packetIdentifier >> 8, packetIdentifier & 255)) as unknown as typeof Original.puback

export const pingreq = (() => "\xc0\0") as unknown as typeof Original.pingreq

export const disconnect = (() => "\xe0\0") as unknown as typeof Original.disconnect
