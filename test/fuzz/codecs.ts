/**
 * The codecs under test: the domain's for MQTT 3.1.1 (whole, a Client's and a device's), the byte-string twins that a board has in its place, and the
 * domain's for MQTT 5.
 */
import * as AnyServerPacket from "../../src/domain/packet/AnyServerPacket.ts"
import * as ClientPacket from "../../src/domain/packet/ClientPacket.ts"
import * as Framer from "../../src/domain/packet/Framer.ts"
import type * as Incoming from "../../src/domain/packet/Incoming.ts"
import type * as Outgoing from "../../src/domain/packet/Outgoing.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import * as ServerPacket from "../../src/domain/packet/ServerPacket.ts"
import * as Framer5 from "../../src/domain/packet/v5/Framer.ts"
import * as Packet5 from "../../src/domain/packet/v5/Packet.ts"
import * as twins from "../support/twins.ts"

/** A twin has the original's types: its bytes are said to be a `Uint8Array` and are a string. */
export interface Board {
  readonly Incoming: Pick<typeof Incoming, "make" | "add" | "next">
  readonly Outgoing: Pick<typeof Outgoing, "puback" | "bytes">
}

export interface Codecs {
  readonly Framer: Pick<typeof Framer, "make" | "push">
  readonly Packet: Pick<typeof Packet, "decode" | "encode">
  readonly AnyServerPacket: Pick<typeof AnyServerPacket, "decode">
  readonly ServerPacket: Pick<typeof ServerPacket, "decode">
  readonly ClientPacket: Pick<typeof ClientPacket, "encode">
  readonly board: Board
  readonly Framer5: Pick<typeof Framer5, "make" | "push">
  readonly Packet5: Pick<typeof Packet5, "decode" | "encode">
}

export const load = async (): Promise<Codecs> => {
  const board = await twins.load<Board>(
    ["Incoming", "Outgoing"].map((name) => `export * as ${name} from "./domain/packet/${name}.ts"`).join("\n")
  )
  return { Framer, Packet, AnyServerPacket, ServerPacket, ClientPacket, board, Framer5, Packet5 }
}
