/**
 * The Socket port over a simulated network.
 *
 * Bytes are stamped with the time of their arrival when they are written, each way; whoever waits for the device's next
 * bytes moves the Server's clock along. So a connection needs no fiber of its own, and order and times are exact.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../domain/packet/Bytes.ts"
import { type Connection, type Endpoint, Socket, SocketError, type SocketErrorReason } from "../../ports/Socket.ts"
import type { ServerEnd, World, WorldLink } from "./World.ts"

interface Parcel {
  readonly at: number
  /** Undefined: the other side has ended the stream. */
  readonly bytes: Bytes.Bytes | undefined
}

interface Link extends WorldLink {
  readonly toServer: Array<Parcel>
  readonly toDevice: Array<Parcel>
  server: ServerEnd
  /** When the device learns that the Server, or the network, has ended the stream; Infinity: it has not. */
  endsAt: number
  open: boolean
}

const nothing = () => {}

const failure = (endpoint: Endpoint, reason: SocketErrorReason, what: string) =>
  new SocketError({ reason, message: endpoint.host + ":" + endpoint.port + " " + what })

/** The Server has dealt with everything that has reached it by `now`. A silent one deals with nothing. */
const settle = (world: World, link: Link, now: number): void => {
  while (world.serverCondition !== "silent" && link.toServer.length > 0) {
    const parcel = link.toServer[0] as Parcel
    if (parcel.at > now) return
    link.toServer.shift()
    if (parcel.bytes === undefined) link.server.closed(parcel.at)
    else link.server.receive(parcel.bytes, parcel.at)
  }
}

const openLink = (world: World): Link => {
  const toDevice: Array<Parcel> = []
  const send = (bytes: Bytes.Bytes | undefined, at: number) => {
    if (link.endsAt < Infinity || (bytes !== undefined && Bytes.length(bytes) === 0)) return
    const arrival = at + world.latencyMillis
    if (bytes === undefined) link.endsAt = arrival
    toDevice.push({ at: arrival, bytes })
    link.notify()
  }
  const link: Link = {
    toServer: [],
    toDevice,
    server: world.accept(send, (at) => send(undefined, at)),
    endsAt: Infinity,
    open: true,
    notify: nothing,
    settle: () => settle(world, link, world.now()),
    cut: () => {
      toDevice.length = 0
      link.toServer.length = 0
      toDevice.push({ at: world.now(), bytes: undefined })
      link.endsAt = world.now()
      world.links.delete(link)
      link.server.closed(world.now())
      link.notify()
    }
  }
  world.links.add(link)
  return link
}

const connection = (world: World, endpoint: Endpoint, link: Link): Connection => {
  const closed = Effect.suspend(() => Effect.fail(failure(endpoint, "Closed", "closed the connection")))
  const pull: Effect.Effect<Bytes.Bytes, SocketError> = Effect.suspend(() => {
    if (!link.open) return closed
    const now = world.now()
    settle(world, link, now)
    // From a silent Server nothing comes through either, but that the network broke is seen.
    const isSilent = world.serverCondition === "silent" && world.links.has(link)
    const next = isSilent ? undefined : link.toDevice[0]
    if (next !== undefined && next.at <= now) {
      if (next.bytes === undefined) return closed
      link.toDevice.shift()
      return Effect.succeed(next.bytes)
    }
    const server = isSilent ? undefined : link.toServer[0]
    const at = Math.min(next?.at ?? Infinity, server?.at ?? Infinity)
    if (at < Infinity) return Effect.andThen(Effect.sleep(at - now), pull)
    const notified = Effect.callback<void>((resume) => {
      link.notify = () => {
        link.notify = nothing
        resume(Effect.void)
      }
      return Effect.sync(() => {
        link.notify = nothing
      })
    })
    return Effect.andThen(notified, pull)
  })
  const write = (bytes: Bytes.Bytes) =>
    Effect.suspend(() => {
      if (!link.open || link.endsAt <= world.now()) return closed
      // A copy: the caller may use its bytes again.
      link.toServer.push({ at: world.now() + world.latencyMillis, bytes: Bytes.concat([bytes, Bytes.empty]) })
      // A pull that waits for the Server alone must now wait for this to reach it.
      link.notify()
      return Effect.void
    })
  const close = Effect.sync(() => {
    if (!link.open) return
    link.open = false
    link.toServer.push({ at: world.now() + world.latencyMillis, bytes: undefined })
    // Nobody will pull any more, so what is under way is dealt with here, at the times it will arrive.
    settle(world, link, Infinity)
    world.links.delete(link)
    link.notify()
  })
  return { pull, write, close }
}

const connect = (world: World, endpoint: Endpoint): Effect.Effect<Connection, SocketError> =>
  Effect.suspend(() => {
    world.tries++
    const fail = (reason: SocketErrorReason, what: string) => Effect.fail(failure(endpoint, reason, what))
    // What counts is how the world is when the answer arrives.
    return Effect.andThen(Effect.sleep(2 * world.latencyMillis), Effect.suspend(() => {
      if (!world.hasWifi) return fail("Unreachable", "cannot be reached: there is no network")
      switch (world.serverCondition) {
        case "silent":
          return Effect.never
        case "refusing":
          return fail("Refused", "refused the connection: nobody listens there")
        case "unreachable":
          return fail("Unreachable", "cannot be reached")
        case "up":
          return Effect.succeed(connection(world, endpoint, openLink(world)))
      }
    }))
  })

export const layer = (world: World): Layer.Layer<Socket> =>
  Layer.succeed(Socket, { connect: (endpoint) => connect(world, endpoint) })
