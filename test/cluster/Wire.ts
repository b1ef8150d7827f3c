/**
 * A Socket that notes each PUBLISH that a Client sends or gets, whether with DUP, and whether the Server has continued
 * its Session on that connection.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../src/domain/packet/Framer.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import { type Connection, Socket } from "../../src/ports/Socket.ts"

export interface Noted {
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

export interface Notes {
  readonly sent: Array<Noted>
  readonly received: Array<Noted>
}

export const notes = (): Notes => ({ sent: [], received: [] })

const noting = (connection: Connection, into: Notes): Connection => {
  let sessionPresent = false
  const note = (to: Array<Noted>) => (packet: Packet.Packet) => {
    if (packet._tag === "Connack") sessionPresent = packet.sessionPresent
    if (packet._tag === "Publish") to.push({ payload: Bytes.toText(packet.payload), dup: packet.dup, sessionPresent })
  }
  const [received, sent] = [reader(note(into.received)), reader(note(into.sent))]
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

export const layer = (sockets: Layer.Layer<Socket>, into: Notes): Layer.Layer<Socket> =>
  Layer.provide(
    Layer.effect(
      Socket,
      Effect.map(Socket, ({ connect }) => ({
        connect: (endpoint) => Effect.map(connect(endpoint), (connection) => noting(connection, into))
      }))
    ),
    sockets
  )
