/**
 * Which of several Servers a try goes to (`mqtt.broker` as a list). A board whose configuration names one does without.
 *
 * A try is one Server: the reconnect policy allows no more of them than with one. A try that fails gives the next Server
 * in the list its turn, and one that succeeds keeps its Server. That another one has its turn is remembered when a try
 * begins: so a Server at which a wake hangs, or runs out of time, is left, too.
 *
 * After `goodConnections` in a row at another Server than the first, or an hour of a device that is always on, the first
 * is tried again. If it is still away, the next try goes back. Counted and not timed, because a board's clock may start
 * over, and because so the cost has a bound at each interval: one failed try in so many connections.
 */
import * as BrokerList from "../config/BrokerList.ts"
import * as DeviceState from "../state/DeviceState.ts"
import { patch } from "../state/patch.ts"
import * as ServerChoice from "../state/ServerChoice.ts"
import type { Wake } from "./Wake.ts"
import type { WakeEvent } from "./WakeEvent.ts"

/** Connections in a row at another Server, after which the first is tried. */
export const goodConnections = 96

/** The same for a connection that stays open. Milliseconds. */
const returnMillis = 3_600_000

type Choosing = Pick<Wake, "config" | "state" | "server">

const countOf = ({ config: { mqtt: { broker } } }: Pick<Wake, "config">): number =>
  typeof broker === "string" ? 1 : broker.length

const set = (wake: Choosing, place: number, good: number): void => {
  wake.state = patch(wake.state, { servers: [place, good] })
}

/** A try begins: at this Server. */
export const choose = (wake: Choosing): void => {
  const count = countOf(wake)
  if (count === 1) return
  const before = wake.state.servers ?? ServerChoice.first
  const last = before[0] % count
  const isReturning = before[1] >= goodConnections
  const place = isReturning ? 0 : last
  wake.server = { place, before }
  set(wake, isReturning ? last : (place + 1) % count, 0)
}

/** The try was a good one. */
export const keep = (wake: Choosing): void => {
  const { server } = wake
  if (server !== undefined) set(wake, server.place, server.place === 0 ? 0 : server.before[1] + 1)
}

/**
 * The Server has its turn once more: there was no network, it took messages, or it may take a CONNECT that goes alone.
 */
export const again = (wake: Choosing): void => {
  if (wake.server !== undefined) set(wake, wake.server.before[0], wake.server.before[1])
}

/** When a connection that began at `openedAt` ends, so that the first Server is tried. Milliseconds of the clock. */
export const returnsAt = ({ server }: Pick<Wake, "server">, openedAt: number): number =>
  server === undefined || server.place === 0 ? Infinity : openedAt + returnMillis

/** The next try goes to the first Server. */
export const goBack = (wake: Choosing): void => {
  if (wake.server !== undefined) set(wake, wake.server.place, goodConnections)
}

/** How often each Server was tried, the present try included: what is done at every other try is done at each of them. */
export const round = (wake: Pick<Wake, "config">, attemptCount: number): number =>
  Math.ceil(attemptCount / countOf(wake))

/** The address of the present one; undefined: there is only one. */
export const addressOf = (
  { config: { mqtt }, server }: Pick<Wake, "config" | "server">
): BrokerList.Address | undefined =>
  server === undefined || typeof mqtt.broker === "string" ? undefined
    : BrokerList.addressOf(mqtt.broker[server.place] as string, mqtt.port)

/** A try begins at the present one. */
export const trying = (wake: Pick<Wake, "config" | "state" | "server">): WakeEvent => {
  const server = nameOf(wake)
  return {
    _tag: "Trying",
    attempt: wake.state.reconnect.attemptCount,
    pending: DeviceState.pending(wake.state),
    ...(server === undefined ? {} : { server })
  }
}

/** `host:port` of the present one; undefined: there is only one. */
export const nameOf = (wake: Pick<Wake, "config" | "server">): string | undefined => {
  const address = addressOf(wake)
  return address === undefined ? undefined : BrokerList.nameOf(address)
}

/** Servers do not share Sessions, so the mark of a command has the place of its Server, too: times the Packet Identifiers. */
const placeSize = 65536

/** What a command that has no id is known by, beside its text (`obey`). */
export const markOf = ({ server }: Pick<Wake, "server">, packetIdentifier: number): number =>
  packetIdentifier + placeSize * (server === undefined ? 0 : server.place)

export const identifierIn = (mark: number): number => mark % placeSize

/** The mark is of a command that another Server has sent than the present one. */
export const isOfOther = (wake: Pick<Wake, "server">, mark: number): boolean =>
  mark - identifierIn(mark) !== markOf(wake, 0)

/**
 * A command that seems to be known was done at another Server only, where it had the same Packet Identifier by chance, or
 * because the two share a Session: nobody knows, so it is not done again, and is answered.
 */
export const isElsewhere = (
  wake: Pick<Wake, "server" | "state">,
  key: number,
  packetIdentifier: number | undefined
): boolean => {
  const { commands } = wake.state
  return commands !== undefined && packetIdentifier !== undefined &&
    !commands[3].some(([crc, mark]) => crc === key && mark === markOf(wake, packetIdentifier))
}
