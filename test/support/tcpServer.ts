/**
 * A server on the loopback interface for as long as a Scope lives: the system chooses the port, and closing the Scope
 * destroys every connection.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import * as tls from "node:tls"
import type { Endpoint } from "../../src/ports/Socket.ts"

const listen = (server: net.Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject)
      resolve()
    })
  })

const start = async (server: net.Server, port: number) => {
  const sockets = new Set<net.Socket>()
  // Also for TLS this is the bare connection, so one that never finishes its handshake is destroyed too.
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => sockets.delete(socket))
  })
  await listen(server, port)
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { server, sockets, stop }
}

export interface TcpServer {
  readonly endpoint: Endpoint
  /** The connections open now. */
  readonly sockets: ReadonlySet<net.Socket>
}

/**
 * Listens with `onSocket` for every connection. With `options` the server speaks TLS. `port` 0 lets the system choose.
 */
export const make = (
  onSocket: (socket: net.Socket) => void,
  options: { readonly tls?: tls.TlsOptions | undefined; readonly port?: number | undefined } = {}
): Effect.Effect<TcpServer, never, Scope.Scope> => {
  const handler = (socket: net.Socket) => {
    socket.on("error", () => {})
    socket.setNoDelay(true)
    onSocket(socket)
  }
  const create = () => options.tls === undefined ? net.createServer(handler) : tls.createServer(options.tls, handler)
  return Effect.acquireRelease(
    Effect.promise(() => start(create(), options.port ?? 0)),
    (running) => Effect.promise(running.stop)
  ).pipe(Effect.map(({ server, sockets }) => ({
    endpoint: { host: "127.0.0.1", port: (server.address() as net.AddressInfo).port },
    sockets
  })))
}

/** A port of the loopback interface on which nobody listened a moment ago. */
export const freePort: Effect.Effect<number> = Effect.map(Effect.scoped(make(() => {})),
  (server) => server.endpoint.port)

/** Whether somebody listens at this port of the loopback interface. */
export const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1")
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once("connect", () => settle(true))
    socket.once("error", () => settle(false))
  })
