/** Shows what the Client writes and pulls, packet by packet. */
import * as Result from "effect/Result"
import type * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import type { DecodeError } from "../../../src/domain/packet/PacketError.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { Link } from "./Link.ts"
import type { Observer } from "./Network.ts"
import type { Observation } from "./Observation.ts"

const largest = 268_435_460

interface Sized {
  readonly packet: Packet.Packet
  readonly bytes: number
}

const decode = (frame: Bytes.Bytes): Result.Result<Sized, DecodeError> =>
  Result.map(Packet.decode(frame), (packet) => ({ packet, bytes: frame.length }))

const reader = (show: (packet: Packet.Packet | undefined, bytes: number) => void) => {
  let framer = Framer.make(largest)
  /** How many were shown. */
  return (bytes: Bytes.Bytes): number => {
    const hadFailed = framer.failure !== undefined
    const pushed = Framer.push(framer, bytes, decode)
    framer = pushed.framer
    for (const { bytes, packet } of pushed.packets as ReadonlyArray<Sized>) show(packet, bytes)
    if (pushed.failure !== undefined && !hadFailed) show(undefined, 0)
    return pushed.packets.length
  }
}

export const observe = (see: (seen: Observation) => void) => ({ number: link }: Link): Observer => {
  const readDown = reader((packet, bytes) => see({ _tag: "Pulled", link, packet, bytes }))
  return {
    sent: reader((packet) => see({ _tag: "Sent", link, packet })),
    pulled: (bytes) => void (readDown(bytes) === 0 && see({ _tag: "Heard", link }))
  }
}
