/**
 * A network for tests of programs that use the client: no sockets, the time of Effect's Clock, and the faults that the
 * test asks for. Small beside World, which draws faults from a seed.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import { type Connection, type Endpoint, Socket, SocketError, type SocketErrorReason } from "../../../ports/Socket.ts"

/** Faults, each from now on. New connections are made again after `restore`. */
export interface TestNetwork {
  /** New connections are refused, as where nobody listens. */
  readonly refuse: () => void
  /** There is no way to the Server for new connections. */
  readonly unreachable: () => void
  /** New connections get no answer: `connectTimeout` ends them. */
  readonly silent: () => void
  /** New connections are made, and nothing is late. */
  readonly restore: () => void
  /** What the Server answers arrives so many milliseconds later, and a connection takes as long to be made. */
  readonly delay: (millis: number) => void
  /** All connections break: what is on the way is lost, both sides learn it. */
  readonly drop: () => void
  /** The Server closes all connections, after what it has sent. */
  readonly close: () => void
  /** On the connections that there are nothing arrives any more, in both directions: only Keep Alive notices. */
  readonly freeze: () => void
  /** How many connections were tried. */
  readonly tries: () => number
}

/** The Server's end of a connection. Times are in milliseconds. */
export interface Guest {
  readonly receive: (bytes: Bytes.Bytes, at: number) => void
  /** The network or the client has ended it. */
  readonly closed: (at: number) => void
}

/** Gives a Server the next connection, with what it may do there. */
export type Accept = (send: (bytes: Bytes.Bytes) => void, close: () => void) => Guest

interface Parcel {
  readonly at: number
  /** Undefined: the Server has ended the stream. */
  readonly bytes: Bytes.Bytes | undefined
}

interface Link {
  guest: Guest
  parcels: Array<Parcel>
  /** The Server has closed. */
  hasEnded: boolean
  isBroken: boolean
  isFrozen: boolean
  /** Wakes who pulls. */
  notify: () => void
}

interface State {
  readonly accept: Accept
  readonly links: Set<Link>
  clock: Clock.Clock | undefined
  condition: "up" | "refusing" | "unreachable" | "silent"
  delayMillis: number
  tries: number
}

const nothing = () => {}

const nameOf = ({ host, port }: Endpoint): string => `${host}:${port} (simulated)`

const fail = (endpoint: Endpoint, reason: SocketErrorReason, what: string) =>
  Effect.fail(new SocketError({ reason, message: `${nameOf(endpoint)} ${what}` }))

const now = (state: State): number => state.clock?.currentTimeMillisUnsafe() ?? 0

const send = (state: State, link: Link, bytes: Bytes.Bytes | undefined): void => {
  if (link.hasEnded) return
  if (bytes === undefined) link.hasEnded = true
  const last = link.parcels.at(-1)?.at ?? 0
  // A stream keeps its order, also when the delay becomes less.
  link.parcels.push({ at: Math.max(last, now(state) + state.delayMillis), bytes })
  link.notify()
}

const nobody: Guest = { receive: nothing, closed: nothing }

const open = (state: State): Link => {
  const link: Link = {
    guest: nobody,
    parcels: [],
    hasEnded: false,
    isBroken: false,
    isFrozen: false,
    notify: nothing
  }
  link.guest = state.accept((bytes) => send(state, link, bytes), () => send(state, link, undefined))
  state.links.add(link)
  return link
}

const end = (state: State, link: Link): void => {
  if (!state.links.delete(link)) return
  link.guest.closed(now(state))
}

const notified = (link: Link): Effect.Effect<void> =>
  Effect.callback((resume) => {
    link.notify = () => {
      link.notify = nothing
      resume(Effect.void)
    }
    return Effect.sync(() => {
      link.notify = nothing
    })
  })

const connection = (state: State, endpoint: Endpoint, link: Link): Connection => {
  const closed = fail(endpoint, "Closed", "closed the connection")
  const broken = fail(endpoint, "Closed", "is not connected any more: the connection broke")
  const pull: Connection["pull"] = Effect.suspend(() => {
    if (link.isBroken) return broken
    const next = link.isFrozen ? undefined : link.parcels[0]
    if (next === undefined) return Effect.andThen(notified(link), pull)
    const rest = next.at - now(state)
    if (rest > 0) return Effect.andThen(Effect.raceFirst(Effect.sleep(rest), notified(link)), pull)
    if (next.bytes === undefined) return closed
    link.parcels.shift()
    return Effect.succeed(next.bytes)
  })
  const write = (bytes: Bytes.Bytes) =>
    Effect.suspend(() => {
      if (link.isBroken) return broken
      if (link.isFrozen) return Effect.void
      if (link.hasEnded) return closed
      if (bytes.length > 0) link.guest.receive(bytes.slice(), now(state))
      return Effect.void
    })
  const close = Effect.sync(() => {
    end(state, link)
    link.isBroken = true
    link.notify()
  })
  return { pull, write, close }
}

const connect = (state: State, endpoint: Endpoint): Effect.Effect<Connection, SocketError> =>
  Effect.gen(function*() {
    state.clock = yield* Effect.clockWith(Effect.succeed)
    state.tries++
    if (state.delayMillis > 0) yield* Effect.sleep(state.delayMillis)
    switch (state.condition) {
      case "silent":
        return yield* Effect.never
      case "refusing":
        return yield* fail(endpoint, "Refused", "refused the connection: nobody listens there")
      case "unreachable":
        return yield* fail(endpoint, "Unreachable", "cannot be reached")
      case "up":
        return connection(state, endpoint, open(state))
    }
  })

const faults = (state: State): TestNetwork => {
  const become = (condition: State["condition"]) => () => {
    state.condition = condition
  }
  const each = (what: (link: Link) => void) => () => {
    for (const link of Array.from(state.links)) what(link)
  }
  return {
    refuse: become("refusing"),
    unreachable: become("unreachable"),
    silent: become("silent"),
    restore: () => {
      state.condition = "up"
      state.delayMillis = 0
    },
    delay: (millis) => {
      state.delayMillis = millis
    },
    drop: each((link) => {
      end(state, link)
      link.isBroken = true
      link.notify()
    }),
    close: each((link) => {
      end(state, link)
      send(state, link, undefined)
    }),
    freeze: each((link) => {
      link.isFrozen = true
    }),
    tries: () => state.tries
  }
}

/** The port over this network, whatever the endpoint; its faults; and the time of who has connected last. */
export const make = (accept: Accept) => {
  const state: State = { accept, links: new Set(), clock: undefined, condition: "up", delayMillis: 0, tries: 0 }
  const socket: Socket["Service"] = { connect: (endpoint) => connect(state, endpoint) }
  return { socket, network: faults(state), now: () => now(state) }
}

/** The port over several networks: by the host's name, and all others over `first`. */
export const joined = (
  first: Socket["Service"],
  others: ReadonlyMap<string, Socket["Service"]>
): Layer.Layer<Socket> =>
  Layer.succeed(Socket, { connect: (endpoint) => (others.get(endpoint.host) ?? first).connect(endpoint) })
