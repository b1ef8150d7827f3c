/**
 * One Network Connection of the simulated network, and what the faults of the world do to its bytes.
 *
 * Bytes get the time of their arrival when they are written, in each direction, in the order of a stream. The code that
 * waits for the device's next bytes moves the Server's clock. So a connection needs no fiber of its own, and order and
 * times are exact.
 */
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import * as Chance from "../faults/Chance.ts"
import type { Fault } from "../faults/Faults.ts"
import * as Tamper from "../faults/Tamper.ts"
import * as ActiveFaults from "../faults/ActiveFaults.ts"
import type { ServerEnd, Site, World, WorldLink } from "./World.ts"

interface Parcel {
  readonly at: number
  /** Undefined: the other side has ended the stream. */
  readonly bytes: Bytes.Bytes | undefined
}

export interface Link extends WorldLink {
  readonly toServer: Array<Parcel>
  readonly toDevice: Array<Parcel>
  server: ServerEnd
  /** When the device learns that the Server, or the network, has ended the stream; Infinity: it has not. */
  endsAt: number
  open: boolean
  /** What will break the connection, or silence it, and how many bytes still pass before that. */
  readonly cutUp: Fault | undefined
  readonly cutDown: Fault | undefined
  readonly halfOpen: Fault | undefined
  leftUp: number
  leftDown: number
  leftAudible: number
  isMute: boolean
  /** The last arrival in each direction: a stream keeps its order. */
  lastUp: number
  lastDown: number
  /** Packets that the Server has sent, and what it sends after some of them. */
  packets: number
  readonly garbage: Fault | undefined
}

export const nothing = () => {}

/** Milliseconds, one way. */
export const latency = (world: World): number => {
  const slow = ActiveFaults.on(world.activeFaults, "slow")
  return world.latencyMillis +
    (slow === undefined ? 0 : Math.round(slow.amount * (1 - slow.share * world.activeFaults.chance())))
}

/** The Server has handled everything that has reached it by `now`. A silent Server handles nothing. */
export const settle = (link: Link, now: number): void => {
  while (link.condition() !== "silent" && link.toServer.length > 0) {
    const parcel = link.toServer[0] as Parcel
    if (parcel.at > now) return
    link.toServer.shift()
    if (parcel.bytes === undefined) link.server.closed(parcel.at)
    else link.server.receive(parcel.bytes, parcel.at)
  }
}

/** After what arrives before it or together with it. */
const put = (parcels: Array<Parcel>, parcel: Parcel): void => {
  let index = parcels.length
  while (index > 0 && (parcels[index - 1] as Parcel).at > parcel.at) index--
  parcels.splice(index, 0, parcel)
}

/** Breaks at `at`, for both sides: what is on the way is lost. */
const breakAt = (world: World, link: Link, at: number): void => {
  if (link.endsAt < Infinity) return
  link.endsAt = at
  put(link.toDevice, { at, bytes: undefined })
  world.links.delete(link)
  link.notify()
}

/** What fits into one TCP segment. Bytes. */
const largestPiece = 1_460

/** Bytes in the pieces in which they arrive. */
const pieces = (world: World, bytes: Bytes.Bytes): ReadonlyArray<Bytes.Bytes> => {
  const split = ActiveFaults.on(world.activeFaults, "split")
  if (split === undefined && Bytes.length(bytes) <= largestPiece) return [bytes]
  const all: Array<Bytes.Bytes> = []
  for (let from = 0; from < Bytes.length(bytes);) {
    const to = from + (split === undefined ? largestPiece : Chance.whole(world.activeFaults.chance, 1, split.amount))
    all.push(Bytes.slice(bytes, from, Math.min(to, Bytes.length(bytes))))
    from = to
  }
  return all
}

const arrive = (world: World, link: Link, bytes: Bytes.Bytes, at: number, late: number): void => {
  const usual = Math.max(link.lastDown, at + latency(world))
  const gathered = ActiveFaults.on(world.activeFaults, "coalesced")?.amount ?? 1
  const arrival = Math.ceil((usual + late) / gathered) * gathered
  if (late === 0) link.lastDown = arrival
  put(link.toDevice, { at: arrival, bytes })
}

/** The Server, or what plays its part, sends bytes; without bytes it ends the stream. */
const sendDown = (world: World, link: Link, bytes: Bytes.Bytes | undefined, at: number, late = 0): void => {
  if (link.endsAt < Infinity || link.isMute || (bytes !== undefined && Bytes.length(bytes) === 0)) return
  if (bytes === undefined) {
    link.endsAt = Math.max(link.lastDown, at + latency(world))
    put(link.toDevice, { at: link.endsAt, bytes: undefined })
    return link.notify()
  }
  const passing = Math.min(link.leftDown, Bytes.length(bytes))
  link.leftDown -= passing
  pieces(world, Bytes.slice(bytes, 0, passing)).forEach((piece, index) => arrive(world, link, piece, at + index, late))
  link.notify()
  if (link.leftDown > 0) return
  if (link.cutDown !== undefined) world.activeFaults.onFault(link.cutDown)
  breakAt(world, link, link.lastDown)
  link.server.closed(at)
}

/** One packet of the Server, with what else it sends before it or instead of it. */
const answer = (world: World, link: Link, bytes: Bytes.Bytes, at: number): void => {
  if (link.garbage !== undefined && link.packets === link.garbage.amount - 1) {
    world.activeFaults.onFault(link.garbage)
    sendDown(world, link, Tamper.garbage(link.garbage), at)
  }
  link.packets++
  Tamper.pass(world.activeFaults, bytes, (out, late) => sendDown(world, link, out, at, late))
  // After CONNACK comes what was kept from an earlier connection.
  if (link.packets > 1) return
  for (const old of Tamper.stale(world.activeFaults)) sendDown(world, link, old, at)
}

export const open = (world: World, site?: Site): Link => {
  const { activeFaults } = world
  const cutUp = ActiveFaults.take(activeFaults, "cutUp")
  const cutDown = ActiveFaults.take(activeFaults, "cutDown")
  const halfOpen = ActiveFaults.take(activeFaults, "halfOpen")
  const link: Link = {
    toServer: [],
    toDevice: [],
    server: { receive: nothing, closed: nothing },
    endsAt: Infinity,
    open: true,
    cutUp,
    cutDown,
    halfOpen,
    leftUp: cutUp?.amount ?? Infinity,
    leftDown: cutDown?.amount ?? Infinity,
    leftAudible: halfOpen?.amount ?? Infinity,
    isMute: false,
    lastUp: 0,
    lastDown: 0,
    packets: 0,
    garbage: ActiveFaults.take(activeFaults, "garbage"),
    notify: nothing,
    condition: () => site === undefined ? world.serverCondition : site.condition,
    settle: () => settle(link, world.now()),
    cut: () => {
      link.toDevice.length = 0
      link.toServer.length = 0
      link.endsAt = Infinity
      breakAt(world, link, world.now())
      link.server.closed(world.now())
    },
    abandon: () => {
      link.open = false
      settle(link, Infinity)
      link.endsAt = Math.min(link.endsAt, world.now())
      world.links.delete(link)
    }
  }
  const accept = site === undefined ? world.accept : site.accept
  link.server = accept((bytes, at) => answer(world, link, bytes, at), (at) => sendDown(world, link, undefined, at))
  world.links.add(link)
  return link
}

/** The device has written bytes, which are copied; without bytes it ends the stream. */
export const sendUp = (world: World, link: Link, bytes: Bytes.Bytes | undefined): void => {
  link.lastUp = Math.max(link.lastUp, world.now() + latency(world))
  const at = link.lastUp
  if (link.isMute) return
  if (bytes === undefined) return void link.toServer.push({ at, bytes })
  const length = Bytes.length(bytes)
  const passing = Math.min(length, link.leftUp, link.leftAudible)
  link.leftUp -= passing
  link.leftAudible -= passing
  if (passing > 0) link.toServer.push({ at, bytes: Bytes.concat([Bytes.slice(bytes, 0, passing), Bytes.empty]) })
  if (link.leftUp === 0) {
    if (link.cutUp !== undefined) world.activeFaults.onFault(link.cutUp)
    link.toServer.push({ at, bytes: undefined })
    breakAt(world, link, at)
  } else if (link.leftAudible === 0) {
    if (link.halfOpen !== undefined) world.activeFaults.onFault(link.halfOpen)
    settle(link, at)
    link.isMute = true
  }
  // A pull that waits only for the Server must now wait for this to reach it.
  link.notify()
}

/** The power has failed while the device was writing: these bytes were still sent. */
export const lastWords = (world: World, link: Link, bytes: Bytes.Bytes): void => {
  sendUp(world, link, bytes)
  settle(link, Infinity)
}
