/**
 * A proxy of real sockets in front of a Server, to make it slow, silent or short-lived, and to count round trips.
 *
 * Round trips are counted by cause. What the Client sends after it was given an answer of depth n has depth n + 1; an
 * answer has the depth of what had reached the Server when it was given. The greatest depth delivered on a connection
 * is how often the Client had to wait for the Server there, however many packets went side by side. For that the delay
 * must be longer than the Client thinks (20 ms will do): without a delay an answer may overtake the rest of one burst.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import type { Endpoint } from "../../src/ports/Socket.ts"
import * as TcpServer from "./tcpServer.ts"

export interface Faults {
  /** Everything from the Server comes so many milliseconds later. */
  readonly delayMillis: number
  /** Ends a connection both ways after so many bytes of it from the Client, or from the Server, have been passed on. */
  readonly cutAfterClientBytes: number
  readonly cutAfterServerBytes: number
  /** Half-open: what comes from that side is read and dropped, and nothing is closed. */
  readonly swallow: "nothing" | "client" | "server" | "both"
  /** New connections are reset at once. */
  readonly refuse: boolean
}

export interface DelayedServer {
  /** Where the Client connects. TLS passes through, so add the Server's own `tls`. */
  readonly endpoint: Endpoint
  /** From now on, also for the connections that are open. */
  readonly change: (faults: Partial<Faults>) => Effect.Effect<void>
  /** Resets every connection that is open. */
  readonly cut: Effect.Effect<void>
  /** Sum over all connections so far; so are the next three. */
  readonly roundTrips: Effect.Effect<number>
  readonly connections: Effect.Effect<number>
  /** Bytes that came from the Client, and from the Server, whether or not they were passed on. */
  readonly clientBytes: Effect.Effect<number>
  readonly serverBytes: Effect.Effect<number>
}

/** None. */
export const healthy: Faults = {
  delayMillis: 0,
  cutAfterClientBytes: Infinity,
  cutAfterServerBytes: Infinity,
  swallow: "nothing",
  refuse: false
}

/** What the connections of one proxy share. */
interface Shared {
  faults: Faults
  roundTrips: number
  connections: number
  clientBytes: number
  serverBytes: number
}

/**
 * Does things in the order given, each `delayMillis()` after it was given, or later where an earlier one is due later.
 */
const delayLine = (delayMillis: () => number) => {
  const queue: Array<() => void> = []
  let lastDue = 0
  return (action: () => void): void => {
    const now = performance.now()
    if (delayMillis() <= 0 && queue.length === 0) return action()
    lastDue = Math.max(lastDue, now + delayMillis())
    queue.push(action)
    // A timer takes the head, not its own entry: two that are due together may fire in either order.
    setTimeout(() => queue.shift()?.(), lastDue - now)
  }
}

/**
 * Passes `chunk` on; at `limit` bytes the rest is dropped and both ends are closed. Returns the bytes passed so far.
 */
const pass = (chunk: Buffer, passed: number, limit: number, to: net.Socket, from: net.Socket): number => {
  const room = Math.max(0, limit - passed)
  to.write(chunk.subarray(0, room))
  if (chunk.length >= room) {
    to.destroySoon()
    from.destroySoon()
  }
  return passed + Math.min(chunk.length, room)
}

const join = (client: net.Socket, server: net.Socket, shared: Shared): void => {
  const later = delayLine(() => shared.faults.delayMillis)
  let askedDepth = 0
  let answeredDepth = 0
  let fromClient = 0
  let fromServer = 0
  const swallows = (side: "client" | "server") => shared.faults.swallow === side || shared.faults.swallow === "both"

  client.on("data", (chunk: Buffer) => {
    shared.clientBytes += chunk.length
    if (swallows("client") || server.destroyed) return
    askedDepth = answeredDepth + 1
    fromClient = pass(chunk, fromClient, shared.faults.cutAfterClientBytes, server, client)
  })
  server.on("data", (chunk: Buffer) => {
    shared.serverBytes += chunk.length
    const depth = askedDepth
    later(() => {
      if (swallows("server") || client.destroyed) return
      if (depth > answeredDepth) {
        shared.roundTrips += depth - answeredDepth
        answeredDepth = depth
      }
      fromServer = pass(chunk, fromServer, shared.faults.cutAfterServerBytes, client, server)
    })
  })
  // In a half-open connection neither end learns that the other has gone.
  client.on("close", () => {
    if (!swallows("client")) server.destroySoon()
  })
  server.on("close", () =>
    later(() => {
      if (!swallows("server")) client.destroySoon()
    }))
}

/** Stands in front of `target`, without faults but for those given. */
export const make = (
  target: Endpoint,
  faults: Partial<Faults> = {}
): Effect.Effect<DelayedServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const shared: Shared = {
      faults: { ...healthy, ...faults },
      roundTrips: 0,
      connections: 0,
      clientBytes: 0,
      serverBytes: 0
    }
    const onwards = new Set<net.Socket>()
    yield* Effect.addFinalizer(() => Effect.sync(() => onwards.forEach((socket) => socket.destroy())))
    const proxy = yield* TcpServer.make((client) => {
      shared.connections++
      if (shared.faults.refuse) return client.resetAndDestroy()
      const server = net.connect({ host: target.host, port: target.port, noDelay: true })
      onwards.add(server)
      server.on("error", () => {})
      server.on("close", () => onwards.delete(server))
      join(client, server, shared)
    })
    return {
      endpoint: target.tls === undefined ? proxy.endpoint : { ...proxy.endpoint, tls: target.tls },
      change: (change) =>
        Effect.sync(() => {
          shared.faults = { ...shared.faults, ...change }
        }),
      cut: Effect.sync(() => {
        for (const socket of proxy.sockets) socket.resetAndDestroy()
        for (const socket of onwards) socket.resetAndDestroy()
      }),
      roundTrips: Effect.sync(() => shared.roundTrips),
      connections: Effect.sync(() => shared.connections),
      clientBytes: Effect.sync(() => shared.clientBytes),
      serverBytes: Effect.sync(() => shared.serverBytes)
    }
  })
