/**
 * A Socket that reports the messages written through it, for a person who wants to see what leaves the device.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as Framer from "../../domain/packet/Framer.ts"
import * as Packet from "../../domain/packet/Packet.ts"
import { type Connection, Socket } from "../../ports/Socket.ts"

const largestPacket = 268_435_460

const overhear = (connection: Connection, tell: (topic: string, payload: string) => void): Connection => {
  let framer = Framer.make(largestPacket)
  return {
    ...connection,
    write: (bytes) =>
      Effect.tap(connection.write(bytes), () =>
        Effect.sync(() => {
          const pushed = Framer.push(framer, bytes, Packet.decode)
          framer = pushed.framer
          for (const packet of pushed.packets) {
            if (packet._tag === "Publish") tell(packet.topic, Bytes.toText(packet.payload))
          }
        }))
  }
}

export const layer = (tell: (topic: string, payload: string) => void): Layer.Layer<Socket, never, Socket> =>
  Layer.effect(Socket, Effect.map(Socket, (socket) => ({
    connect: (endpoint) => Effect.map(socket.connect(endpoint), (connection) => overhear(connection, tell))
  })))
