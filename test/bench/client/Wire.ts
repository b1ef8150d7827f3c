/** A stream of bytes to or from a client: TCP, or WebSocket over it. */
import type * as net from "node:net"

export interface Wire {
  /** False: wait for `onDrain` before the next. */
  readonly write: (bytes: Uint8Array) => boolean
  readonly onData: (listener: (bytes: Buffer) => void) => void
  readonly onDrain: (listener: () => void) => void
}

export const tcp = (socket: net.Socket): Wire => ({
  write: (bytes) => socket.write(bytes),
  onData: (listener) => {
    socket.on("data", listener)
  },
  onDrain: (listener) => {
    socket.on("drain", listener)
  }
})
