/** Shows what the Client writes and pulls, packet by packet. */
import type * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Link } from "./Link.ts"
import type { Observer } from "./Network.ts"
import type { Observation } from "./Observation.ts"
import * as Seen from "./Seen.ts"

const reader = (
  codec: Seen.Codec,
  show: (packet: Seen.Seen | undefined, bytes: number) => void,
  maximumPacketSize?: number
) => {
  const read = Seen.reader(codec, maximumPacketSize)
  const named = Seen.aliases()
  /** How many were shown. */
  return (bytes: Bytes.Bytes): number => {
    const all = read(bytes)
    for (const sized of all) {
      const packet = sized?.packet._tag === "Publish" ? named(sized.packet) : sized?.packet
      show(packet, sized?.frame.length ?? 0)
    }
    return all.filter((sized) => sized !== undefined).length
  }
}

/** `maximumPacketSize`: what the Client allows the Server, in bytes. */
export const observe =
  (see: (seen: Observation) => void, codec: Seen.Codec, maximumPacketSize: number) =>
  ({ number: link }: Link): Observer => {
    const readDown = reader(codec, (packet, bytes) => see({ _tag: "Pulled", link, packet, bytes }), maximumPacketSize)
    return {
      sent: reader(codec, (packet, bytes) => see({ _tag: "Sent", link, packet, bytes })),
      pulled: (bytes) => void (readDown(bytes) === 0 && see({ _tag: "Heard", link }))
    }
  }
