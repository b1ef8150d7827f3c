/**
 * How a Client and a Server talk on one connection: the version of MQTT, and what the two have agreed on.
 *
 * The Client works with the packets of MQTT 3.1.1. A Dialect writes them as its version does, and reads what the Server
 * sends into the same packets, with more fields where its version has more. Version 4 (that is how MQTT 3.1.1 calls
 * itself) is here; version 5 is loaded when somebody asks for it.
 */
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import * as AnyClientPacket from "../../domain/packet/AnyClientPacket.ts"
import * as AnyServerPacket from "../../domain/packet/AnyServerPacket.ts"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type { Connack } from "../../domain/packet/Connack.ts"
import * as ConnectionRefused from "../../domain/packet/ConnectionRefused.ts"
import type { Connect } from "../../domain/packet/Connect.ts"
import * as Framer from "../../domain/packet/Framer.ts"
import type { Oversized } from "../../domain/packet/Oversized.ts"
import { InvalidPacket } from "../../domain/packet/PacketError.ts"
import type { Pingresp } from "../../domain/packet/Pingresp.ts"
import type { Puback } from "../../domain/packet/Puback.ts"
import type { Pubcomp } from "../../domain/packet/Pubcomp.ts"
import type { Pubrec } from "../../domain/packet/Pubrec.ts"
import type { Pubrel } from "../../domain/packet/Pubrel.ts"
import * as Violation from "../../domain/packet/Violation.ts"
import type { Pubcomp5, Pubrel5 } from "../../domain/packet/v5/Acknowledgement.ts"
import type { Auth } from "../../domain/packet/v5/Auth.ts"
import type { Connect5 } from "../../domain/packet/v5/Connect.ts"
import type { Disconnect5 } from "../../domain/packet/v5/Disconnect.ts"
import type * as PropertyTable from "../../domain/packet/v5/PropertyTable.ts"
import type { Publish5 } from "../../domain/packet/v5/Publish.ts"
import type { Subscribe5 } from "../../domain/packet/v5/Subscribe.ts"
import type * as Writer from "../../domain/packet/Writer.ts"
import type { Authenticated } from "./authenticating.ts"
import type { LinkError, PublishRefused, SubscriptionRefused } from "./errors.ts"

/** What the Client sends, in either version. */
export type Sent =
  | Exclude<
    AnyClientPacket.AnyClientPacket,
    { readonly _tag: "Connect" | "Publish" | "Pubrel" | "Pubcomp" | "Subscribe" | "Disconnect" }
  >
  | Connect
  | Connect5
  | Publish5
  | Pubrel5
  | Pubcomp5
  | Subscribe5
  | Disconnect5
  | Auth

/** The answer to a request: codes from 0x80 on refuse. An UNSUBACK of MQTT 3.1.1 has none. */
export interface Answer {
  readonly _tag: "Suback" | "Unsuback"
  readonly packetIdentifier: number
  readonly returnCodes?: ReadonlyArray<number>
  /** Makes the error of a Topic Filter that is refused, in its place; undefined: the Server has not said why. */
  readonly refused?: ((topicFilter: string, index: number) => SubscriptionRefused) | undefined
}

/** A PUBACK, PUBREC or PUBCOMP; `refused` makes the error of a message that the Server does not take. */
export type Acknowledged = (Puback | Pubrec | Pubcomp) & {
  readonly refused?: ((topic: string) => PublishRefused) | undefined
}

/** A CONNACK of either version. */
export interface Accepted extends Omit<Connack, "returnCode"> {
  readonly returnCode: number
  readonly properties?: PropertyTable.Properties<"CONNACK"> | undefined
}

/** What the Server sends, in either version; and the Auth that answers one of the Server, or the end of that. */
export type Got = Publish5 | Acknowledged | Pubrel | Answer | Pingresp | Accepted | Auth | Authenticated

/** What one chunk brought. `packets` came before the `failure`, if there is one. */
export interface Pushed {
  readonly framer: Framer.Framer
  readonly packets: ReadonlyArray<Got | Oversized>
  readonly failure: LinkError | undefined
}

/** What the Server has decided in its CONNACK. Undefined: as the Client wants it. */
export interface Agreed {
  /** Seconds. */
  readonly keepAlive: number | undefined
  /** Messages of QoS 1 and 2 that may be in flight. */
  readonly receiveMaximum: number | undefined
  readonly clientId: string | undefined
  /** Of messages that are published. */
  readonly maximumQos: QoS | undefined
}

export interface Dialect {
  readonly version: 4 | 5
  /** The first packet, and whether it asks for a new Session. */
  readonly connect: Sent
  readonly isCleanStart: boolean
  /** At the beginning of the stream. */
  readonly framer: Framer.Framer
  readonly push: (framer: Framer.Framer, chunk: Bytes) => Pushed
  /** Writes a packet after those that there are, or says why it must not be sent. */
  readonly append: (packet: Sent, writer: Writer.Writer) => InvalidPacket | undefined
  /** Messages of QoS 1 and 2 that the Server may send before they are acknowledged. */
  readonly receiveMaximum: number
  /** It has sent more. */
  readonly tooMany: (unacknowledged: number) => LinkError
  /** The Server accepts. */
  readonly accept: (connack: Accepted) => Agreed
  /** The AUTH with which the Client proves again who it is, or why it cannot. */
  readonly authenticate: (data: Bytes | undefined) => Sent | InvalidPacket
  /** The Server refuses. */
  readonly refused: (connack: Accepted) => ConnectionRefused.ConnectionRefused
  /** Tells the Server why the Client closes the connection; undefined: there is no packet for that. */
  readonly farewell: (error: LinkError) => Sent | undefined
}

/** What connections of the same Client need to know of those before. */
export interface Opening {
  readonly isFirst: boolean
  /** What the user wants, or what the Server has chosen. */
  readonly clientId: string
}

export type Open = (opening: Opening) => Dialect

/** There are 65,535 Packet Identifiers. */
export const maximumReceive = 65_535

const nothing: Agreed = { keepAlive: undefined, receiveMaximum: undefined, clientId: undefined, maximumQos: undefined }

/** What the user asks for needs MQTT 5. */
export const needsVersion5 = (packet: string, field: string): InvalidPacket =>
  new InvalidPacket({ packet, field, clause: "3", message: `${packet}: ${field} needs MQTT 5, and this is MQTT 3.1.1` })

/** What a packet asks for that MQTT 3.1.1 does not have. */
const later = (packet: Sent): InvalidPacket | undefined => {
  if (packet._tag === "Publish" && packet.properties !== undefined) return needsVersion5("PUBLISH", "properties")
  if (packet._tag !== "Subscribe") return undefined
  for (const { noLocal, retainAsPublished, retainHandling } of packet.subscriptions) {
    if (noLocal !== undefined) return needsVersion5("SUBSCRIBE", "noLocal")
    if (retainAsPublished !== undefined) return needsVersion5("SUBSCRIBE", "retainAsPublished")
    if (retainHandling !== undefined) return needsVersion5("SUBSCRIBE", "retainHandling")
  }
  return undefined
}

/** MQTT 3.1.1: all connections are alike. */
export const version4 = (connect: Connect, maximumPacketSize: number): Open => {
  const dialect: Dialect = {
    version: 4,
    connect,
    isCleanStart: connect.cleanSession,
    framer: Framer.make(maximumPacketSize),
    push: (framer, chunk) => Framer.push(framer, chunk, AnyServerPacket.decode),
    // A Client sends packets of its version only.
    append: (packet, writer) =>
      later(packet) ?? AnyClientPacket.append(packet as AnyClientPacket.AnyClientPacket, writer),
    receiveMaximum: maximumReceive,
    tooMany: Violation.identifierInUse,
    accept: () => nothing,
    authenticate: () => needsVersion5("AUTH", "reasonCode"),
    refused: ({ returnCode }) => ConnectionRefused.make(returnCode),
    farewell: () => undefined
  }
  return () => dialect
}
