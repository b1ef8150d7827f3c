/**
 * The Reason Codes of MQTT 5 (table 2-6): their names, the packets that may have them, and what a user can do.
 *
 * From 0x80 on a code is a failure (2.4).
 */
import * as Reader from "../Reader.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"

/** The packets that have a Reason Code. */
export type Owner =
  | "CONNACK"
  | "PUBACK"
  | "PUBREC"
  | "PUBREL"
  | "PUBCOMP"
  | "SUBACK"
  | "UNSUBACK"
  | "DISCONNECT"
  | "AUTH"

interface Row {
  readonly code: number
  /** The standard's name. */
  readonly name: string
  /** What it means for the user, after the name; "" if the name says it all. */
  readonly advice: string
  readonly owners: ReadonlyArray<Owner>
}

const published = ["PUBACK", "PUBREC"] as const
const subscribed = ["SUBACK", "UNSUBACK"] as const
const ended = ["CONNACK", "DISCONNECT"] as const

const rows = [
  {
    code: 0x00,
    name: "Success",
    advice: "",
    owners: ["CONNACK", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "UNSUBACK", "AUTH"]
  },
  { code: 0x00, name: "Granted QoS 0", advice: "", owners: ["SUBACK"] },
  { code: 0x00, name: "Normal disconnection", advice: "", owners: ["DISCONNECT"] },
  { code: 0x01, name: "Granted QoS 1", advice: "", owners: ["SUBACK"] },
  { code: 0x02, name: "Granted QoS 2", advice: "", owners: ["SUBACK"] },
  { code: 0x04, name: "Disconnect with Will Message", advice: "", owners: ["DISCONNECT"] },
  { code: 0x10, name: "No matching subscribers", advice: "", owners: published },
  { code: 0x11, name: "No subscription existed", advice: "", owners: ["UNSUBACK"] },
  { code: 0x18, name: "Continue authentication", advice: "", owners: ["AUTH"] },
  { code: 0x19, name: "Re-authenticate", advice: "", owners: ["AUTH"] },
  {
    code: 0x80,
    name: "Unspecified error",
    advice: "the log of the Server may say more",
    owners: [...ended, ...published, ...subscribed]
  },
  { code: 0x81, name: "Malformed Packet", advice: "the Server could not read what this Client sent", owners: ended },
  { code: 0x82, name: "Protocol Error", advice: "the Server did not expect what this Client sent", owners: ended },
  {
    code: 0x83,
    name: "Implementation specific error",
    advice: "the Server does not accept it for a reason of its own",
    owners: [...ended, ...published, ...subscribed]
  },
  { code: 0x84, name: "Unsupported Protocol Version", advice: "use MQTT 3.1.1 (version: 4)", owners: ["CONNACK"] },
  { code: 0x85, name: "Client Identifier not valid", advice: "choose another clientId", owners: ["CONNACK"] },
  { code: 0x86, name: "Bad User Name or Password", advice: "check username and password", owners: ["CONNACK"] },
  {
    code: 0x87,
    name: "Not authorized",
    advice: "check username and password, or ask the Server's administrator for this right",
    owners: [...ended, ...published, ...subscribed]
  },
  { code: 0x88, name: "Server unavailable", advice: "try again later", owners: ["CONNACK"] },
  { code: 0x89, name: "Server busy", advice: "try again later", owners: ended },
  { code: 0x8a, name: "Banned", advice: "ask the Server's administrator", owners: ["CONNACK"] },
  { code: 0x8b, name: "Server shutting down", advice: "try again later", owners: ["DISCONNECT"] },
  {
    code: 0x8c,
    name: "Bad authentication method",
    advice: "the Server does not support this authentication method",
    owners: ended
  },
  {
    code: 0x8d,
    name: "Keep Alive timeout",
    advice: "the Server has heard nothing for 1.5 times keepAlive",
    owners: ["DISCONNECT"]
  },
  {
    code: 0x8e,
    name: "Session taken over",
    advice: "another Client has connected with the same clientId",
    owners: ["DISCONNECT"]
  },
  {
    code: 0x8f,
    name: "Topic Filter invalid",
    advice: "the Server does not accept this Topic Filter",
    owners: [...subscribed, "DISCONNECT"]
  },
  {
    code: 0x90,
    name: "Topic Name invalid",
    advice: "the Server does not accept this topic",
    owners: [...ended, ...published]
  },
  {
    code: 0x91,
    name: "Packet Identifier in use",
    advice: "the Server and this Client disagree about the Session",
    owners: [...published, ...subscribed]
  },
  {
    code: 0x92,
    name: "Packet Identifier not found",
    advice: "the Server and this Client disagree about the Session",
    owners: ["PUBREL", "PUBCOMP"]
  },
  {
    code: 0x93,
    name: "Receive Maximum exceeded",
    advice: "more messages were in flight than the receiver takes",
    owners: ["DISCONNECT"]
  },
  { code: 0x94, name: "Topic Alias invalid", advice: "", owners: ["DISCONNECT"] },
  { code: 0x95, name: "Packet too large", advice: "send smaller messages", owners: ended },
  { code: 0x96, name: "Message rate too high", advice: "publish more slowly", owners: ["DISCONNECT"] },
  {
    code: 0x97,
    name: "Quota exceeded",
    advice: "a limit of the Server is reached",
    owners: [...ended, ...published, "SUBACK"]
  },
  { code: 0x98, name: "Administrative action", advice: "ask the Server's administrator", owners: ["DISCONNECT"] },
  {
    code: 0x99,
    name: "Payload format invalid",
    advice: "the payload is not what payloadFormatIndicator says",
    owners: [...ended, ...published]
  },
  { code: 0x9a, name: "Retain not supported", advice: "publish without retain", owners: ended },
  { code: 0x9b, name: "QoS not supported", advice: "publish with a lower QoS", owners: ended },
  { code: 0x9c, name: "Use another server", advice: "connect to the Server that it names, for now", owners: ended },
  { code: 0x9d, name: "Server moved", advice: "connect to the Server that it names, for good", owners: ended },
  {
    code: 0x9e,
    name: "Shared Subscriptions not supported",
    advice: "subscribe without $share",
    owners: ["SUBACK", "DISCONNECT"]
  },
  { code: 0x9f, name: "Connection rate exceeded", advice: "connect less often", owners: ended },
  { code: 0xa0, name: "Maximum connect time", advice: "connect again", owners: ["DISCONNECT"] },
  {
    code: 0xa1,
    name: "Subscription Identifiers not supported",
    advice: "subscribe without an identifier",
    owners: ["SUBACK", "DISCONNECT"]
  },
  {
    code: 0xa2,
    name: "Wildcard Subscriptions not supported",
    advice: "subscribe without + and #",
    owners: ["SUBACK", "DISCONNECT"]
  }
] as const satisfies ReadonlyArray<Row>

type RowOf<O extends Owner, R = (typeof rows)[number]> = R extends { readonly owners: ReadonlyArray<infer P> }
  ? O extends P ? R : never
  : never

/** The Reason Codes that a packet may have. */
export type ReasonCode<O extends Owner = Owner> = RowOf<O>["code"]

/** The clause that allows a packet no other codes. */
const clauses: Readonly<Record<Owner, string>> = {
  CONNACK: "MQTT-3.2.2-8",
  PUBACK: "MQTT-3.4.2-1",
  PUBREC: "MQTT-3.5.2-1",
  PUBREL: "MQTT-3.6.2-1",
  PUBCOMP: "MQTT-3.7.2-1",
  SUBACK: "MQTT-3.9.3-2",
  UNSUBACK: "MQTT-3.11.3-2",
  DISCONNECT: "MQTT-3.14.2-1",
  AUTH: "MQTT-3.15.2-1"
}

const owners = Object.keys(clauses) as ReadonlyArray<Owner>

const byOwner: Readonly<Record<Owner, ReadonlyMap<number, Row>>> = Object.fromEntries(owners.map((owner) => [
  owner,
  new Map(rows.filter((row: Row) => row.owners.includes(owner)).map((row): [number, Row] => [row.code, row]))
])) as Record<Owner, Map<number, Row>>

/** Whether a packet may have this code. */
export const isFor = <O extends Owner>(owner: O, code: number): code is ReasonCode<O> => byOwner[owner].has(code)

/** All codes that a packet may have. */
export const codesOf = <O extends Owner>(owner: O): ReadonlyArray<ReasonCode<O>> =>
  Array.from(byOwner[owner].keys()) as Array<ReasonCode<O>>

/** Whether it says that something has failed (2.4). */
export const isFailure = (code: number): boolean => code >= 0x80

/** The name of a code in this packet, or `Reason Code 0x..` for one that it may not have. */
export const nameOf = (owner: Owner, code: number): string =>
  byOwner[owner].get(code)?.name ?? `Reason Code 0x${code.toString(16).padStart(2, "0")}`

/** For people: its name, its number, and what to do about it. */
export const describe = (owner: Owner, code: number): string => {
  const advice = byOwner[owner].get(code)?.advice ?? ""
  const name = `${nameOf(owner, code)} (0x${code.toString(16).padStart(2, "0")})`
  return advice === "" ? name : `${name}: ${advice}`
}

/** Reads one. A code that this packet may not have is kept as the fault of `reader`, with the clause that says so. */
export const read = <O extends Owner>(reader: Reader.Reader, owner: O): ReasonCode<O> => {
  const code = Reader.u8(reader)
  if (!isFor(owner, code)) {
    Fault.violation(reader, clauses[owner],
      `has Reason Code 0x${code.toString(16).padStart(2, "0")}, which it may not have`)
  }
  return code as ReasonCode<O>
}

/** Writes one. A code that this packet may not have is kept as the fault of `writer`, with the clause that says so. */
export const write = (writer: Writer.Writer, owner: Owner, code: number, field: string): void => {
  if (!isFor(owner, code)) {
    return Fault.invalid(writer, field, clauses[owner], `is ${code}, which ${owner} may not have`)
  }
  Writer.u8(writer, code)
}
