/**
 * The twin of domain/packet/ClientPacket.ts for a board: what the device program sends, and nothing else.
 *
 * It checks nothing: the program makes its packets of a configuration that was checked, and a test holds that the original
 * takes whatever it makes. A kind of packet that a device does not send is a defect, not a packet.
 */
import type * as Original from "../../../domain/packet/ClientPacket.ts"
import * as Result from "effect/Result"
import type { Connect } from "../../../domain/packet/Connect.ts"

export type ClientPacket = Original.ClientPacket

const chr = String.fromCharCode

/** A text or bytes behind their length; a number of 16 bits when there are none. */
const sized = (size: number, bytes: unknown): string => chr(size >> 8, size & 255) + bytes

const field = (bytes: unknown): string => sized((bytes as string).length, bytes)

const connect = ({ clientId, keepAlive, password, username }: Connect): string => {
  let flags = 0
  let rest = field(clientId)
  if (username !== undefined) {
    flags = 0x80
    rest += field(username)
  }
  if (password !== undefined) {
    flags |= 0x40
    rest += field(password)
  }
  return "\0\x04MQTT\x04" + chr(flags) + sized(keepAlive, rest)
}

/** A packet from its first byte and all that follows its Remaining Length. */
const framed = (first: number, body: string): string => {
  let left = body.length
  let header = chr(first)
  while (left > 127) {
    header += chr(left & 127 | 128)
    left >>= 7
  }
  return header + chr(left) + body
}

const write = (packet: ClientPacket): string => {
  switch (packet._tag) {
    case "Publish":
      return framed(
        0x30 | (packet.dup ? 8 : 0) | packet.qos << 1 | (packet.retain ? 1 : 0),
        field(packet.topic) + sized(packet.packetIdentifier as number, packet.payload)
      )
    case "Connect":
      return framed(0x10, connect(packet))
    case "Subscribe": {
      let filters = ""
      for (const { topicFilter } of packet.subscriptions) filters += field(topicFilter) + "\0"
      return framed(0x82, sized(packet.packetIdentifier, filters))
    }
    case "Disconnect":
      return "\xe0\0"
    case "Puback":
      return framed(0x40, sized(packet.packetIdentifier, ""))
    case "Pingreq":
      return "\xc0\0"
    default:
      throw new Error("a device sends no " + packet._tag)
  }
}

export const encodeAll = ((packets: ReadonlyArray<ClientPacket>) => {
  let bytes = ""
  for (const packet of packets) bytes += write(packet)
  return Result.succeed(bytes)
}) as unknown as typeof Original.encodeAll

export const encode: typeof Original.encode = (packet) => encodeAll([packet])
