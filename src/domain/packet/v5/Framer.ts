/**
 * Cuts the byte stream of a Server into Control Packets of MQTT 5: the Framer of MQTT 3.1.1 with the faults of MQTT 5.
 *
 * The Server knows how large a packet may be (Maximum Packet Size). So a PUBLISH that is larger is not skipped but a
 * Protocol Error (3.1.2.11.4).
 */
import type { Bytes } from "../../bytes/Bytes.ts"
import * as Framer from "../Framer.ts"
import * as Fault from "./Fault.ts"
import * as Packet from "./Packet.ts"

/** What one chunk brought. `packets` came before the `failure`, if there is one: they are valid. */
export interface Pushed5 {
  readonly framer: Framer.Framer
  readonly packets: ReadonlyArray<Packet.Packet5>
  readonly failure: Framer.Pushed<unknown>["failure"]
}

/** `maximumPacketSize` in bytes, fixed header included. A larger packet is refused as soon as its header is here. */
export const make = (maximumPacketSize: number): Framer.Framer => Framer.make(maximumPacketSize, false)

/** Takes the next bytes of the stream and decodes the packets they complete. See `push` of MQTT 3.1.1's Framer. */
export const push = (framer: Framer.Framer, chunk: Bytes): Pushed5 => {
  const pushed = Framer.push(framer, chunk, Packet.decode)
  const failure = pushed.failure === undefined || pushed.failure._tag === "PacketTooLarge" ? pushed.failure
    : Fault.translate(pushed.failure)
  const next = failure === pushed.failure ? pushed.framer : { ...pushed.framer, failure }
  // None was skipped.
  return { framer: next, packets: pushed.packets as ReadonlyArray<Packet.Packet5>, failure }
}
