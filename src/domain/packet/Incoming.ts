/**
 * What the Server sends on one Network Connection, packet by packet: the Framer and the decoder together, for a program
 * that takes packets when it has time.
 *
 * It is a record that belongs to its connection and not a value, so that a platform can have a twin that reads the
 * bytes where they are.
 */
import type { Bytes } from "../bytes/Bytes.ts"
import * as Framer from "./Framer.ts"
import type { Oversized } from "./Oversized.ts"
import type { DecodeError, PacketTooLarge } from "./PacketError.ts"
import * as ServerPacket from "./ServerPacket.ts"

/** What has arrived and was not taken yet: whole packets, and in `framer` the beginning of the next one. */
export interface Incoming {
  framer: Framer.Framer
  packets: ReadonlyArray<ServerPacket.ServerPacket | Oversized>
}

/** `maximumPacketSize` in bytes, fixed header included. */
export const make = (maximumPacketSize: number): Incoming => ({ framer: Framer.make(maximumPacketSize), packets: [] })

/** Takes the next bytes of the stream. */
export const add = (incoming: Incoming, chunk: Bytes): void => {
  const { framer, packets } = Framer.push(incoming.framer, chunk, ServerPacket.decode)
  incoming.framer = framer
  incoming.packets = incoming.packets.concat(packets)
}

/** Nothing is there for `next`. False: it may still be the beginning of a packet only. */
export const isEmpty = ({ framer, packets }: Incoming): boolean => packets.length === 0 && framer.failure === undefined

/**
 * The next packet, or why there will be no more; undefined if it has not arrived yet. A PUBLISH that is too large gives
 * an Oversized in its place. A failure comes after the packets that arrived before it, and is the last: the Network
 * Connection must be closed (4.8).
 */
export const next = (
  incoming: Incoming
): ServerPacket.ServerPacket | Oversized | DecodeError | PacketTooLarge | undefined => {
  const [packet] = incoming.packets
  incoming.packets = incoming.packets.slice(1)
  return packet ?? incoming.framer.failure
}
