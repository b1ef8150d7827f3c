/**
 * `mqtt.broker` as a list of Servers, each `host`, `host:port` or `[IPv6]:port`, the preferred one first. A Server
 * without a port has `mqtt.port`.
 *
 * A board whose configuration names one Server does without this.
 */
import { quote, shorten, utf8Length } from "../bytes/Text.ts"
import { isHost, standardPort } from "./Host.ts"

/** `mqtt.broker` as a configuration has it: the name of one Server, or a list of at least two Servers. */
export type Brokers = string | ReadonlyArray<string>

export interface Address {
  readonly host: string
  readonly port: number
}

/** More of them would be tried for days before the first has its turn again. */
export const maxServers = 8

/** Bytes of an entry: those of a host name, and of brackets and a port. */
const maxEntry = 261
const maxHost = 253

/** Of its row in ConfigTable. */
export const brokerKind = "hosts" as const

/** The same, for those that look for it: a board's bundle may come without. */
export const listKind = brokerKind

export const fix = ", or a list of up to " + maxServers + ", each host or host:port"

/** How many more of a board's variables the code takes that judges an update. Measured, and rounded up. */
export const judgeVariables: number = 80

/** Where an entry's own port begins, behind the colon; 0: it has none. */
const portAt = (entry: string): number => {
  const colon = entry.lastIndexOf(":")
  if (entry.charAt(0) === "[") return entry.charAt(colon - 1) === "]" ? colon + 1 : 0
  return colon >= 0 && colon === entry.indexOf(":") ? colon + 1 : 0
}

/** The address of an entry; `port` is that of an entry without one. */
export const addressOf = (entry: string, port: number): Address => {
  const at = portAt(entry)
  const host = at > 0 ? entry.slice(0, at - 1) : entry
  return {
    host: host.charAt(0) === "[" ? host.slice(1, host.length - 1) : host,
    port: at > 0 ? +entry.slice(at) : port
  }
}

const isPort = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if ("0123456789".indexOf(text.charAt(i)) < 0) return false
  return text !== "" && text.length <= 5 && +text >= 1 && +text <= 65535
}

const isEntry = (entry: string): boolean => {
  const at = portAt(entry)
  if (at > 0 && !isPort(entry.slice(at))) return false
  const { host } = addressOf(entry, 0)
  // Brackets are for an IPv6 address.
  const isBracketed = entry.charAt(0) === "["
  if (isBracketed && (host.indexOf(":") < 0 || entry.charAt((at || entry.length + 1) - 2) !== "]")) return false
  return host !== "" && utf8Length(host) <= maxHost && isHost(host) && host.indexOf("[") < 0 && host.indexOf("]") < 0
}

/** What is wrong with a list, to follow "but"; undefined: nothing. */
export const problemOf = (list: ReadonlyArray<unknown>): string | undefined => {
  if (list.length === 0) return "is an empty list"
  if (list.length > maxServers) return "is a list of " + list.length
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]
    const its = "its entry " + (i + 1) + " "
    if (typeof entry !== "string") return its + "is no text"
    const bytes = utf8Length(entry)
    if (bytes < 0) return its + "holds U+0000 or a lone surrogate"
    // A text that looks like a URL may contain a password.
    if (entry.indexOf("@") >= 0) return its + "holds an @"
    if (bytes > maxEntry) return its + "is longer"
    if (!isEntry(entry)) return its + "is " + quote(shorten(entry, 60))
  }
  return undefined
}

/** The addresses of all of them, the preferred one first. */
export const addressesOf = (
  { broker, port }: { readonly broker: Brokers; readonly port: number }
): ReadonlyArray<Address> =>
  typeof broker === "string" ? [{ host: broker, port }] : broker.map((entry) => addressOf(entry, port))

/** `host:port`, as messages name a Server. */
export const nameOf = ({ host, port }: Address): string => host + ":" + port

/** The Server that is in a list twice, by name; undefined: all differ. What was refused already is undefined. */
export const twiceIn = (
  { broker, port, ssl }: {
    readonly broker: Brokers | undefined
    readonly port: number | undefined
    readonly ssl: boolean | undefined
  }
): string | undefined => {
  if (broker === undefined || typeof broker === "string") return undefined
  const names: Array<string> = []
  for (const entry of broker) {
    // Below 1: the file gives none.
    const usual = port !== undefined && port > 0 ? port : standardPort(ssl === true)
    const name = nameOf(addressOf(entry, usual)).toLowerCase()
    if (names.indexOf(name) >= 0) return name
    names.push(name)
  }
  return undefined
}

/** A list of one Server is that Server. */
export const withoutList = <A extends { readonly broker: Brokers; readonly port: number }>(mqtt: A): A => {
  const { broker, port } = mqtt
  if (typeof broker === "string" || broker.length !== 1) return mqtt
  const { host, port: own } = addressOf(broker[0] as string, port)
  return { ...mqtt, broker: host, port: own }
}
