/**
 * One Network Connection as bytes in both directions, read by the rules of MQTT and independently of the device's own
 * state.
 */
import * as Framer from "../../../domain/packet/Framer.ts"
import type { Oversized } from "../../../domain/packet/Oversized.ts"
import * as Packet from "../../../domain/packet/Packet.ts"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"

export interface Line {
  readonly number: number
  up: Framer.Framer
  down: Framer.Framer
  /** Packet Identifier -> the key of the PUBLISH that was sent here with it, until it is acknowledged. */
  readonly unacknowledged: Map<number, string>
  /** Everything sent here, for the number of times. */
  readonly sent: Set<string>
  isAccepted: boolean
  /** The device has reason to close it: it need not read what comes after this. */
  isBroken: boolean
  /** Something other than the Server has sent bytes here. */
  isForged: boolean
  hasParted: boolean
  /** Bytes pulled since the last whole packet. */
  unfinished: number
}

/** A device closes a connection on which a larger one begins, as it says. Bytes. */
export const largestPacket = 16_384

const largest = 268_435_460

export const open = (number: number): Line => ({
  number,
  up: Framer.make(largest),
  down: Framer.make(largestPacket),
  unacknowledged: new Map(),
  sent: new Set(),
  isAccepted: false,
  isBroken: false,
  isForged: false,
  hasParted: false,
  unfinished: 0
})

/** The packets that the device has completed with these bytes. Undefined: it sent bytes that are not a packet. */
export const sent = (line: Line, bytes: Bytes): ReadonlyArray<Packet.Packet> | undefined => {
  const pushed = Framer.push(line.up, bytes, Packet.decode)
  line.up = pushed.framer
  // None is larger than this framer takes.
  return pushed.failure === undefined ? pushed.packets as ReadonlyArray<Packet.Packet> : undefined
}

/** Whether a Client may continue after this packet. */
const isLegal = (line: Line, packet: Packet.Packet | Oversized): boolean => {
  if (line.isAccepted === (packet._tag === "Connack")) return false
  switch (packet._tag) {
    case "Connack":
      return line.isAccepted = packet.returnCode === 0
    // An acknowledgement for which nothing waits is ignored.
    case "Puback":
    case "Suback":
    case "Unsuback":
    // A PUBLISH packet that is too large is skipped.
    case "Oversized":
      return true
    case "Publish":
      return packet.qos < 2
    default:
      return packet._tag === "Pingresp"
  }
}

/** The keys of the messages that the device now knows to be acknowledged. */
export const pulled = (line: Line, bytes: Bytes): ReadonlyArray<string> => {
  const acknowledged: Array<string> = []
  const pushed = Framer.push(line.down, bytes, Packet.decode)
  // What is skipped is not kept.
  line.unfinished = pushed.framer.oversized === undefined ? pushed.framer.received : 0
  line.down = pushed.framer
  for (const packet of pushed.packets) {
    if (line.isBroken) break
    line.isBroken = !isLegal(line, packet)
    if (line.isBroken || packet._tag !== "Puback") continue
    const key = line.unacknowledged.get(packet.packetIdentifier)
    if (key !== undefined) acknowledged.push(key)
    line.unacknowledged.delete(packet.packetIdentifier)
  }
  if (pushed.failure !== undefined) line.isBroken = true
  return acknowledged
}
