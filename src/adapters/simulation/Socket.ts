/**
 * The Socket port over a simulated network.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { type Connection, type Endpoint, Socket, SocketError, type SocketErrorReason } from "../../ports/Socket.ts"
import * as Link from "./world/Link.ts"
import { deadPort } from "./faults/Tamper.ts"
import * as Inject from "./world/Inject.ts"
import * as ActiveFaults from "./faults/ActiveFaults.ts"
import type { World } from "./world/World.ts"

const failure = (endpoint: Endpoint, reason: SocketErrorReason, what: string) =>
  new SocketError({ reason, message: endpoint.host + ":" + endpoint.port + " " + what })

/**
 * The shortest wait, in milliseconds. Effect counts a sleep in whole nanoseconds and a world's time has fractions: a
 * rest below half a nanosecond would be a sleep of 0, and the wait would begin again at the same time.
 */
const minSleepMillis = 0.001

/** All that is due at once, if the network collects what it brings. */
const gathered = (world: World, link: Link.Link, now: number): Bytes.Bytes => {
  const first = (link.toDevice.shift() as { readonly bytes: Bytes.Bytes }).bytes
  if (ActiveFaults.on(world.activeFaults, "coalesced") === undefined) return first
  const all = [first]
  for (let next = link.toDevice[0]; next?.bytes !== undefined && next.at <= now; next = link.toDevice[0]) {
    all.push(next.bytes)
    link.toDevice.shift()
  }
  return Bytes.concat(all)
}

const connection = (world: World, endpoint: Endpoint, link: Link.Link): Connection => {
  const closed = Effect.suspend(() => Effect.fail(failure(endpoint, "Closed", "closed the connection")))
  const wait: Effect.Effect<Bytes.Bytes, SocketError> = Effect.suspend(() => {
    if (!link.open) return closed
    const now = world.now()
    Link.settle(link, now)
    // From a silent Server nothing arrives either, but the device sees that the network broke.
    const isSilent = link.condition() === "silent" && world.links.has(link)
    const next = isSilent ? undefined : link.toDevice[0]
    if (next !== undefined && next.at <= now) {
      return next.bytes === undefined ? closed : Effect.succeed(gathered(world, link, now))
    }
    const server = isSilent ? undefined : link.toServer[0]
    const at = Math.min(next?.at ?? Infinity, server?.at ?? Infinity)
    if (at < Infinity) return Effect.andThen(Effect.sleep(Math.max(minSleepMillis, at - now)), wait)
    const notified = Effect.callback<void>((resume) => {
      link.notify = () => {
        link.notify = Link.nothing
        resume(Effect.void)
      }
      return Effect.sync(() => {
        link.notify = Link.nothing
      })
    })
    return Effect.andThen(notified, wait)
  })
  const take = (bytes: Bytes.Bytes) =>
    Effect.suspend(() => {
      if (!link.open || link.endsAt <= world.now()) return closed
      Link.sendUp(world, link, bytes)
      return Effect.void
    })
  const write = (bytes: Bytes.Bytes) =>
    Effect.suspend(() => {
      const through = Inject.step(world, Bytes.length(bytes))
      if (through !== undefined) {
        if (through > 0) Link.lastWords(world, link, Bytes.slice(bytes, 0, through))
        return world.activeFaults.off
      }
      const slow = ActiveFaults.on(world.activeFaults, "slowWrites")
      return slow === undefined ? take(bytes)
        : Effect.andThen(Effect.sleep(Math.ceil(Bytes.length(bytes) * 1_000 / slow.amount)), take(bytes))
    })
  const close = Effect.sync(() => {
    if (!link.open) return
    link.open = false
    Link.sendUp(world, link, undefined)
    // Nobody will pull any more, so what is on the way is handled here, at the times when it will arrive.
    Link.settle(link, Infinity)
    world.links.delete(link)
    link.notify()
  })
  return { pull: Inject.powered(world, () => wait), write, close }
}

const connect = (world: World, endpoint: Endpoint): Effect.Effect<Connection, SocketError> =>
  Inject.powered(world, () => {
    world.tries++
    const fail = (reason: SocketErrorReason, what: string) => Effect.fail(failure(endpoint, reason, what))
    // What counts is the state of the world when the answer arrives.
    return Effect.andThen(Effect.sleep(2 * Link.latency(world)), Inject.powered(world, () => {
      if (!world.hasWifi) return fail("Unreachable", "cannot be reached: there is no network")
      const site = world.others.get(endpoint.host + ":" + endpoint.port)
      const condition = site === undefined ? world.serverCondition : site.condition
      switch (endpoint.port === deadPort ? "refusing" : condition) {
        case "silent":
          return Effect.never
        case "refusing":
          return fail("Refused", "refused the connection: nobody listens there")
        case "unreachable":
          return fail("Unreachable", "cannot be reached")
        case "up":
          return Effect.succeed(connection(world, endpoint, Link.open(world, site)))
      }
    }))
  })

export const layer = (world: World): Layer.Layer<Socket> =>
  Layer.succeed(Socket, { connect: (endpoint) => connect(world, endpoint) })
