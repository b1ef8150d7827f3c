/**
 * Which version of MQTT to speak to which Server, when the user leaves that to the Servers (`version: "auto"`).
 *
 * A Server that does not speak MQTT 5 says so in its way, or closes the connection without a word. Then it is asked in
 * MQTT 3.1.1 at once. If it accepts that, it stays so for this Server; others are asked in MQTT 5.
 */
import type { Connection } from "../../ports/Socket.ts"
import type * as Dialect from "./Dialect.ts"
import type { LinkError } from "./errors.ts"

export interface Versions {
  /** Begins a connection in the version that is wanted, or the better one. */
  readonly open: Dialect.Open
  /** What to use if the Server does not speak that; undefined: nothing else. */
  readonly fallback: Dialect.Open | undefined
  /** Names of Servers that have accepted the better one, and of those that get the other one. */
  readonly better: Set<string>
  readonly older: Set<string>
  /** The last connection, and what was spoken on it. Undefined: there was none. */
  tried: { readonly connection: Connection; readonly isOlder: boolean } | undefined
}

export const make = ({ fallback, open }: Pick<Versions, "open" | "fallback">): Versions => ({
  open,
  fallback,
  better: new Set(),
  older: new Set(),
  tried: undefined
})

const nameOf = ({ choice }: Connection): string => choice?.server ?? ""

/** For a connection that begins. */
export const openFor = (versions: Versions, connection: Connection): Dialect.Open => {
  const { fallback, older, open } = versions
  const isOlder = fallback !== undefined && older.has(nameOf(connection))
  versions.tried = { connection, isOlder }
  return isOlder ? fallback : open
}

const unsupportedProtocolVersion = 0x84

/** The Server has said in its way that it does not speak MQTT 5; a close may have other causes. */
const isRefusal = (reason: LinkError): boolean =>
  reason._tag === "MalformedPacket" ||
  (reason._tag === "ConnectionRefused" && reason.returnCode === unsupportedProtocolVersion)

const isClose = (reason: LinkError): boolean => reason._tag === "SocketError" && reason.reason === "Closed"

/** A connection has ended, if there was one. True: ask the same Server again at once, in the older version. */
export const isToAskAgain = (versions: Versions, isAccepted: boolean, reason: LinkError): boolean => {
  const { better, fallback, older, tried } = versions
  versions.tried = undefined
  if (fallback === undefined || tried === undefined) return false
  const { connection, isOlder } = tried
  const server = nameOf(connection)
  if (isAccepted) {
    better[isOlder ? "delete" : "add"](server)
    return false
  }
  // It was not the version: a Server that is starting closes connections, too.
  if (isOlder) older.delete(server)
  else if (isRefusal(reason) || (isClose(reason) && !better.has(server))) {
    older.add(server)
    connection.choice?.again()
    return true
  }
  return false
}
