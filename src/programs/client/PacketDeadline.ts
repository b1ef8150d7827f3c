/**
 * Whether a packet that has begun to arrive continues to arrive.
 *
 * For Keep Alive any byte is a sign of life. So the Client would wait for ever for a Server that sends a packet byte by
 * byte: while a packet is incomplete, it must grow by `minBytes` in the time that an answer may take.
 */
import type * as Framer from "../../domain/packet/Framer.ts"

export interface PacketDeadline {
  /**
   * When the Server had last sent enough, in milliseconds, and how many bytes of the incomplete packet were here then.
   */
  readonly at: number
  readonly bytes: number
}

/** Less than any network carries over which one would keep a connection. */
const minBytes = 1_024

export const begin = (now: number, bytes: number): PacketDeadline => ({ at: now, bytes })

/** Bytes have arrived. */
export const received = (
  pace: PacketDeadline,
  { framer, packets }: Pick<Framer.Pushed<unknown>, "framer" | "packets">,
  now: number
): PacketDeadline =>
  packets.length > 0 || framer.received === 0 || framer.received - pace.bytes >= minBytes ? begin(now, framer.received)
    : pace

/** How slow the Server is, as the end of a sentence that begins with its name; undefined when it is not. */
export const fault = (
  pace: PacketDeadline,
  framer: Framer.Framer,
  now: number,
  replyMillis: number
): string | undefined => {
  if (framer.received === 0 || now - pace.at < replyMillis) return undefined
  const size = framer.size === 0 ? "" : ` of ${framer.size}`
  return `sends a packet too slowly: after ${framer.received}${size} bytes, fewer than ${minBytes} in ${
    replyMillis / 1000
  } s`
}
