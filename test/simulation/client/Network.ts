/**
 * The Socket port over the simulated network.
 */
import * as Effect from "effect/Effect"
import type * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import { type Connection, type Socket, SocketError, type SocketErrorReason } from "../../../src/ports/Socket.ts"
import * as Link from "./Link.ts"
import * as World from "./World.ts"

const failure = (reason: SocketErrorReason, what: string) => new SocketError({ reason, message: "broker:1883 " + what })

const closed = Effect.suspend(() => Effect.fail(failure("Closed", "closed the connection")))

const waitAs = (link: Link.Link, who: "puller" | "writer"): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    link[who] = () => resume(Effect.void)
    return Effect.sync(() => {
      link[who] = undefined
    })
  })

const connection = (world: World.World, link: Link.Link, see: Observer): Connection => {
  const pull: Connection["pull"] = Effect.suspend(() => {
    const bytes = link.down.shift()
    if (bytes !== undefined) {
      see.pulled(bytes)
      return Effect.succeed(bytes)
    }
    if (link.hasEnded || link.isClosed) {
      world.see({ _tag: "Broken", link: link.number })
      return closed
    }
    return Effect.andThen(waitAs(link, "puller"), pull)
  })
  const push = (bytes: Bytes.Bytes, from: number): Effect.Effect<void, SocketError> =>
    Effect.suspend(() => {
      if (link.hasEnded || link.isClosed) {
        world.see({ _tag: "Broken", link: link.number })
        return closed
      }
      const room = (World.on(world, "smallPipe")?.amount ?? Link.capacityBytes) - link.upBytes
      const to = Math.min(bytes.length, from + Math.max(room, 0))
      if (to > from) Link.sendUp(world, link, bytes.subarray(from, to))
      if (to < bytes.length) return Effect.andThen(waitAs(link, "writer"), push(bytes, to))
      world.see({ _tag: "Written", link: link.number })
      return Effect.void
    })
  const write = (bytes: Bytes.Bytes) =>
    Effect.suspend(() => {
      see.sent(bytes)
      return push(bytes, 0)
    })
  const close = Effect.sync(() => {
    if (link.isClosed) return
    world.see({ _tag: "Closed", link: link.number })
    Link.abandon(world, link)
  })
  return { pull, write, close }
}

/** Is shown bytes that the Client writes and pulls. */
export interface Observer {
  readonly sent: (bytes: Bytes.Bytes) => void
  readonly pulled: (bytes: Bytes.Bytes) => void
}

export interface Endpoints {
  /** Gives the Server's end of a new connection. */
  readonly accept: (link: Link.Link) => Link.ServerEnd
  readonly observe: (link: Link.Link) => Observer
}

/** The port, as Client number `client` has it. */
export const socket = (world: World.World, client: number, { accept, observe }: Endpoints): Socket["Service"] => {
  const connect = Effect.suspend((): Effect.Effect<Connection, SocketError> => {
    const number = ++world.tries
    world.see({ _tag: "Connecting", client, link: number })
    const answer = Effect.suspend((): Effect.Effect<Connection, SocketError> => {
      if (World.on(world, "silent") !== undefined) return Effect.never
      if (World.on(world, "refusing") !== undefined) {
        return Effect.fail(failure("Refused", "refused the connection: nobody listens there"))
      }
      if (World.on(world, "unreachable") !== undefined) return Effect.fail(failure("Unreachable", "cannot be reached"))
      const link = Link.open(number, client)
      link.server = accept(link)
      world.links.add(link)
      world.see({ _tag: "Opened", client, link: number })
      return Effect.succeed(connection(world, link, observe(link)))
    })
    return Effect.andThen(Effect.sleep(2 * Link.latency(world)), answer).pipe(
      Effect.onError(() => Effect.sync(() => world.see({ _tag: "ConnectFailed", client, link: number })))
    )
  })
  return { connect: () => connect }
}
