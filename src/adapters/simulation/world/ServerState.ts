/**
 * What a simulated Server knows of its clients and their connections.
 */
import type * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { Connack } from "../../../domain/packet/Connack.ts"
import type { Connect } from "../../../domain/packet/Connect.ts"
import type * as Framer from "../../../domain/packet/Framer.ts"
import type * as Packet from "../../../domain/packet/Packet.ts"
import type { Publish } from "../../../domain/packet/Publish.ts"
import type { Auth } from "../../../domain/packet/v5/Auth.ts"
import type { Disconnect5 } from "../../../domain/packet/v5/Disconnect.ts"
import type { Properties } from "../../../domain/packet/v5/PropertyTable.ts"
import type { Publish5 } from "../../../domain/packet/v5/Publish.ts"
import type { Subscribe5, Subscription5 } from "../../../domain/packet/v5/Subscribe.ts"
import type * as Session from "../../../domain/delivery/Session.ts"
import type * as Topic from "../../../domain/packet/Topic.ts"

export interface Message {
  readonly topic: Topic.TopicName
  readonly payload: Bytes.Bytes
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  /** Of MQTT 5. */
  readonly properties?: Properties<"PUBLISH"> | undefined
}

/** A PUBLISH as it reached the Server. `at` in milliseconds of the world's time. */
export interface Arrival extends Message {
  readonly clientId: string
  readonly dup: boolean
  readonly packetIdentifier: number | undefined
  readonly at: number
}

/** A message that waits for a client, or is retained, since `at`. */
export interface Kept extends Message {
  readonly at: number
}

/** What MQTT 5 says of a subscription besides its QoS. */
export interface Details extends Pick<Subscription5, "noLocal" | "retainAsPublished"> {
  readonly identifier?: number | undefined
}

/** What the Server remembers of a client: its subscriptions, and the messages that it has not acknowledged. */
export interface ClientSession {
  readonly subscriptions: Map<string, 0 | 1 | 2>
  /** By Topic Filter; only those that are not as in MQTT 3.1.1. */
  readonly details: Map<string, Details>
  readonly pending: Map<number, Kept>
  acknowledgement: Session.Session
  nextPending: number
  /** Those of them that have had their PUBREC. */
  readonly released: Set<number>
  /** Packet Identifiers of the client's messages with QoS 2 whose PUBREL has not come. */
  readonly unreleased: Set<number>
  link: Link | undefined
  /** When it ends, unless its client comes back before; milliseconds. */
  endsAt: number
}

/** CONNECT in the words of MQTT 3.1.1: `cleanSession` begins a new Session, and ends it unless MQTT 5 says otherwise. */
export interface Connecting extends Connect {
  /** Seconds. */
  readonly sessionExpiryInterval?: number | undefined
  /** Messages that may be in flight to this client. */
  readonly receiveMaximum?: number | undefined
}

/** What the Server takes: packets of MQTT 3.1.1, with what MQTT 5 adds. */
export type Received =
  | Exclude<Packet.Packet, { readonly _tag: "Connect" | "Publish" | "Subscribe" | "Disconnect" }>
  | Connecting
  | Publish5
  | Subscribe5
  | Disconnect5
  | Auth

/** What it sends. */
export type Sent =
  | Exclude<Packet.Packet, Connack | Publish>
  | Publish5
  | (Connack & { readonly assignedClientIdentifier?: string | undefined })

/** A version of MQTT. */
export interface Codec {
  readonly push: (framer: Framer.Framer, bytes: Bytes.Bytes) => Framer.Pushed<Received>
  readonly encode: (packet: Sent) => Bytes.Bytes
  /** Says why the Server closes; MQTT 3.1.1 cannot. */
  readonly farewell: (reasonCode: Disconnect5["reasonCode"]) => Bytes.Bytes | undefined
}

/** One Network Connection, seen from the Server. */
export interface Link {
  readonly send: (bytes: Bytes.Bytes, at: number) => void
  readonly close: (at: number) => void
  readonly codec: Codec
  open: boolean
  framer: Framer.Framer
  clientId: string | undefined
  connect: Connecting | undefined
}

export interface Server {
  readonly retained: Map<string, Kept>
  readonly sessions: Map<string, ClientSession>
  /** How many messages each Shared Subscription has had. */
  readonly turns: Map<string, number>
  /** Undefined: everybody may connect. */
  credentials: { readonly username: string; readonly password: string } | undefined
  /** Return code for every CONNECT, 0 to accept. */
  refuseWith: 0 | 1 | 2 | 3 | 4 | 5
  /** Topic Filters that nobody may subscribe to: SUBACK 0x80. */
  readonly forbidden: Set<string>
  /** Whether it closes the connection on this PUBLISH, as Servers do that forbid it. */
  closesOn: (packet: Publish) => boolean
  /** It closes the connection on a packet that comes before it has sent CONNACK. */
  closesEarly: boolean
  /** Called with every PUBLISH that arrives. */
  onArrival: (arrival: Arrival) => void
}
