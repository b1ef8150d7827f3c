/**
 * What a simulated Server knows of its clients and their connections.
 */
import type * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { Connect } from "../../../domain/packet/Connect.ts"
import type * as Framer from "../../../domain/packet/Framer.ts"
import type * as Session from "../../../domain/delivery/Session.ts"
import type * as Topic from "../../../domain/packet/Topic.ts"

export interface Message {
  readonly topic: Topic.TopicName
  readonly payload: Bytes.Bytes
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
}

/** A PUBLISH as it reached the Server. `at` in milliseconds of the world's time. */
export interface Arrival extends Message {
  readonly clientId: string
  readonly dup: boolean
  readonly packetIdentifier: number | undefined
  readonly at: number
}

/** What the Server remembers of a client: its subscriptions, and the QoS 1 messages that it has not acknowledged. */
export interface ClientSession {
  readonly subscriptions: Map<string, 0 | 1 | 2>
  readonly pending: Map<number, Message>
  acknowledgement: Session.Session
  nextPending: number
  link: Link | undefined
}

/** One Network Connection, seen from the Server. */
export interface Link {
  readonly send: (bytes: Bytes.Bytes, at: number) => void
  readonly close: (at: number) => void
  open: boolean
  framer: Framer.Framer
  clientId: string | undefined
  connect: Connect | undefined
}
