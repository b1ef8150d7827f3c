/**
 * One Network Connection of the simulated network.
 *
 * What the Client writes fills a pipe of some bytes, which empties when the Server reads; what the Server sends
 * arrives in pieces. Nothing moves but at its time.
 */
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as World from "./World.ts"

/** The Server's end of a connection. */
export interface ServerEnd {
  readonly receive: (bytes: Bytes.Bytes) => void
  readonly closed: () => void
}

export interface Link {
  readonly number: number
  readonly client: number
  server: ServerEnd
  /** Arrived, and not pulled. */
  readonly down: Array<Bytes.Bytes>
  /** When the last piece arrives, each way: a stream keeps its order. */
  lastDown: number
  lastUp: number
  /** The Client learns that the connection is over when it has pulled everything. */
  hasEnded: boolean
  /** The Client has closed it. */
  isClosed: boolean
  /** Bytes written that the Server has not read, in the order of their arrival. */
  readonly up: Array<Bytes.Bytes>
  upBytes: number
  /** Neither side hears the other any more. */
  isMute: boolean
  /** The Server has closed. */
  isDone: boolean
  /** Bytes that pass before the network breaks, each way. */
  leftUp: number
  leftDown: number
  puller: (() => void) | undefined
  writer: (() => void) | undefined
  /** What the Server keeps back to send it together. */
  gathered: Array<Bytes.Bytes>
  /** An acknowledgement was lost or changed: what waits for it waits as long as the connection lasts. */
  isSpoilt: boolean
  /** With MQTT 5, what CONNECT allows the Server; and the topics that it has sent with a Topic Alias. */
  maximumPacketSize: number
  topicAliasMaximum: number
  readonly aliases: Map<string, number>
  /** The Packet Identifier of the last PUBLISH that has reached the Server. */
  lastIdentifier: number
}

/** What the network takes before the Server reads. Bytes. */
export const capacityBytes = 65_536

const usualLatencyMillis = 20

const wake = (link: Link, who: "puller" | "writer"): void => {
  const waiting = link[who]
  link[who] = undefined
  waiting?.()
}

/** One way, in milliseconds. */
export const latency = (world: World.World): number => World.on(world, "slow")?.amount ?? usualLatencyMillis

/** The network breaks: what is on the way is lost, both sides learn it. */
export const reset = (world: World.World, link: Link): void => {
  if (link.hasEnded) return
  link.down.length = 0
  link.gathered = []
  link.hasEnded = true
  world.links.delete(link)
  if (!link.isDone) link.server.closed()
  link.isDone = true
  wake(link, "puller")
  wake(link, "writer")
}

/** The Server ends the stream, after what it has sent. */
export const finish = (world: World.World, link: Link): void => {
  if (link.isDone) return
  link.isDone = true
  link.server.closed()
  flush(world, link)
  const at = Math.max(link.lastDown, world.now() + latency(world))
  link.lastDown = at
  world.after(at - world.now(), () => {
    if (link.isMute || link.hasEnded) return
    link.hasEnded = true
    world.links.delete(link)
    wake(link, "puller")
    wake(link, "writer")
  })
}

const arrive = (world: World.World, link: Link, bytes: Bytes.Bytes, at: number): void => {
  link.lastDown = at
  world.after(at - world.now(), () => {
    if (link.isMute || link.hasEnded || link.isClosed) return
    link.down.push(bytes)
    wake(link, "puller")
  })
}

/** More small pieces of one send say nothing new. */
const maxPieces = 200

/** What one read gives at most, in bytes. */
export const largestRead = 65_536

const pieces = (world: World.World, bytes: Bytes.Bytes): ReadonlyArray<Bytes.Bytes> => {
  const split = World.on(world, "split")?.amount ?? largestRead
  const all: Array<Bytes.Bytes> = []
  for (let from = 0; from < bytes.length;) {
    const size = all.length < maxPieces ? split : largestRead
    all.push(bytes.subarray(from, from + size))
    from += size
  }
  return all
}

const sendNow = (world: World.World, link: Link, bytes: Bytes.Bytes): void => {
  const passing = bytes.subarray(0, Math.min(bytes.length, link.leftDown))
  link.leftDown -= passing.length
  for (const piece of pieces(world, passing)) {
    arrive(world, link, piece, Math.max(link.lastDown, world.now() + latency(world)))
  }
  if (link.leftDown === 0) world.after(link.lastDown - world.now(), () => reset(world, link))
}

const flush = (world: World.World, link: Link): void => {
  if (link.gathered.length === 0) return
  const all = Bytes.concat(link.gathered)
  link.gathered = []
  sendNow(world, link, all)
}

/** The Server, or what plays one, sends. */
export const send = (world: World.World, link: Link, bytes: Bytes.Bytes): void => {
  if (link.isDone || link.hasEnded || bytes.length === 0) return
  const gather = World.on(world, "coalesced")
  if (gather === undefined && link.gathered.length === 0) return sendNow(world, link, bytes)
  link.gathered.push(bytes)
  if (link.gathered.length === 1) world.after(gather?.amount ?? 0, () => flush(world, link))
}

/** The Server reads what has arrived, if it reads; after that it may find the end. */
export const read = (world: World.World, link: Link): void => {
  while (link.up.length > 0 && !link.isMute && World.on(world, "stopReading") === undefined) {
    const bytes = link.up.shift() as Bytes.Bytes
    link.upBytes -= bytes.length
    if (!link.isDone) link.server.receive(bytes)
  }
  wake(link, "writer")
  if (!link.isClosed || link.isDone || link.isMute || link.up.length > 0 || world.now() < link.lastUp) return
  link.isDone = true
  world.links.delete(link)
  link.server.closed()
}

/** The process of the Client has gone: its system closes the connection after what it has taken. */
export const abandon = (world: World.World, link: Link): void => {
  if (link.isClosed) return
  link.isClosed = true
  link.lastUp = Math.max(link.lastUp, world.now() + latency(world))
  world.after(link.lastUp - world.now(), () => read(world, link))
}

/** The Client has written. */
export const sendUp = (world: World.World, link: Link, bytes: Bytes.Bytes): void => {
  const passing = bytes.slice(0, Math.min(bytes.length, link.leftUp))
  link.leftUp -= passing.length
  link.upBytes += passing.length
  link.lastUp = Math.max(link.lastUp, world.now() + latency(world))
  world.after(link.lastUp - world.now(), () => {
    link.up.push(passing)
    read(world, link)
    if (link.leftUp === 0) reset(world, link)
  })
}

const nobody: ServerEnd = { receive: () => {}, closed: () => {} }

export const open = (number: number, client: number): Link => ({
  number,
  client,
  server: nobody,
  down: [],
  lastDown: 0,
  lastUp: 0,
  hasEnded: false,
  isClosed: false,
  up: [],
  upBytes: 0,
  isMute: false,
  isDone: false,
  leftUp: Infinity,
  leftDown: Infinity,
  puller: undefined,
  writer: undefined,
  gathered: [],
  isSpoilt: false,
  maximumPacketSize: Infinity,
  topicAliasMaximum: 0,
  aliases: new Map(),
  lastIdentifier: 0
})
