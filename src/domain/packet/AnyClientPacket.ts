/**
 * The Control Packets that a Client sends when it uses all of QoS: those of ClientPacket, and the answers of QoS 2. No
 * device has them.
 */
import * as ClientPacket from "./ClientPacket.ts"
import type { InvalidPacket } from "./PacketError.ts"
import * as Pubcomp from "./Pubcomp.ts"
import * as Publish from "./Publish.ts"
import * as Pubrec from "./Pubrec.ts"
import * as Pubrel from "./Pubrel.ts"
import * as Writer from "./Writer.ts"

/** What a Client sends. Which one it is stands in `_tag`. */
export type AnyClientPacket =
  | Exclude<ClientPacket.ClientPacket, { readonly _tag: "Publish" }>
  | Publish.Publish
  | Pubrec.Pubrec
  | Pubrel.Pubrel
  | Pubcomp.Pubcomp

const write = (packet: AnyClientPacket, writer: Writer.Writer): void => {
  switch (packet._tag) {
    case "Publish":
      return Publish.encode(packet, writer)
    case "Pubrec":
      return Pubrec.encode(packet, writer)
    case "Pubrel":
      return Pubrel.encode(packet, writer)
    case "Pubcomp":
      return Pubcomp.encode(packet, writer)
    default:
      return ClientPacket.write(packet, writer)
  }
}

/** Writes one packet after those that `writer` has. A packet that MQTT 3.1.1 forbids leaves nothing in it. */
export const append = (packet: AnyClientPacket, writer: Writer.Writer): InvalidPacket | undefined => {
  const before = Writer.size(writer)
  write(packet, writer)
  return Writer.takeBack(writer, before)
}
