/**
 * A Socket that notes what a Client sends: each PUBLISH, whether with DUP, and whether the Server has continued its
 * Session on that connection.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../src/domain/packet/Framer.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import { type Connection, Socket } from "../../src/ports/Socket.ts"

export interface Sent {
  readonly payload: string
  readonly dup: boolean
  readonly sessionPresent: boolean
}

const maximumPacketSize = 1024 * 1024

/** Takes a stream of bytes apart. */
const reader = (take: (packet: Packet.Packet) => void) => {
  let framer = Framer.make(maximumPacketSize)
  return (bytes: Bytes.Bytes): void => {
    const pushed = Framer.push(framer, bytes, Packet.decode)
    if (pushed.failure !== undefined) throw pushed.failure
    framer = pushed.framer
    for (const packet of pushed.packets) if (packet._tag !== "Oversized") take(packet)
  }
}

const noting = (connection: Connection, note: (sent: Sent) => void): Connection => {
  let sessionPresent = false
  const received = reader((packet) => {
    if (packet._tag === "Connack") sessionPresent = packet.sessionPresent
  })
  const sent = reader((packet) => {
    if (packet._tag === "Publish") note({ payload: Bytes.toText(packet.payload), dup: packet.dup, sessionPresent })
  })
  return {
    ...connection,
    pull: Effect.tap(connection.pull, (bytes) => Effect.sync(() => received(bytes))),
    write: (bytes) =>
      Effect.suspend(() => {
        sent(bytes)
        return connection.write(bytes)
      })
  }
}

export const layer = (sockets: Layer.Layer<Socket>, note: (sent: Sent) => void): Layer.Layer<Socket> =>
  Layer.provide(
    Layer.effect(
      Socket,
      Effect.map(Socket, ({ connect }) => ({
        connect: (endpoint) => Effect.map(connect(endpoint), (connection) => noting(connection, note))
      }))
    ),
    sockets
  )
