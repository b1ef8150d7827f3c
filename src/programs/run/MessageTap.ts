/**
 * A Socket that reports the packets sent and received through it, for a person who wants to see what leaves the device.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import * as Framer from "../../domain/packet/Framer.ts"
import * as Packet from "../../domain/packet/Packet.ts"
import { type Connection, Socket } from "../../ports/Socket.ts"

const largestPacket = 268_435_460

export interface Tap {
  readonly sent: (packet: Packet.Packet) => void
  readonly received: (packet: Packet.Packet) => void
}

/** Takes bytes of one direction. */
const reading = (tell: (packet: Packet.Packet) => void) => {
  let framer = Framer.make(largestPacket)
  return (bytes: Bytes) =>
    Effect.sync(() => {
      const pushed = Framer.push(framer, bytes, Packet.decode)
      framer = pushed.framer
      for (const packet of pushed.packets) if (packet._tag !== "Oversized") tell(packet)
    })
}

const overhear = (connection: Connection, tap: Tap): Connection => {
  const [sent, received] = [reading(tap.sent), reading(tap.received)]
  return {
    ...connection,
    write: (bytes) => Effect.tap(connection.write(bytes), () => sent(bytes)),
    pull: Effect.tap(connection.pull, received)
  }
}

export const layer = (tap: Tap): Layer.Layer<Socket, never, Socket> =>
  Layer.effect(Socket, Effect.map(Socket, (socket) => ({
    connect: (endpoint) => Effect.map(socket.connect(endpoint), (connection) => overhear(connection, tap))
  })))
