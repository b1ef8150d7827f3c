/**
 * The state of an Exchange, and how much room there is in it.
 */
import type * as Effect from "effect/Effect"
import type * as MutableList from "effect/MutableList"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type * as DeliveryLog from "../../domain/delivery/DeliveryLog.ts"
import type * as Handshake from "../../domain/delivery/Handshake.ts"
import * as Outbox from "../../domain/delivery/Outbox.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import type { Subscribe } from "../../domain/packet/Subscribe.ts"
import type { Unsubscribe } from "../../domain/packet/Unsubscribe.ts"
import type * as Dialect from "./Dialect.ts"
import type { PublishError } from "./errors.ts"
import type * as InFlight from "./InFlight.ts"

/** Sends nothing and says why when MQTT forbids the packet. */
export type Send = (packet: Dialect.Sent) => InvalidPacket | undefined

export type Message = DeliveryLog.Message

/** A message whose publisher waits. */
export interface Publication extends InFlight.Entry {
  readonly _tag: "Publication"
  readonly message: Message
  /** Its name in the store; 0: there is none. */
  readonly number: number
  readonly resume: (result: Effect.Effect<void, PublishError>) => void
  /** Abandoned: its publisher knows, and the Server is to forget its Packet Identifier. */
  state: "in line" | "in flight" | "cancelled" | "abandoned"
  awaited: Handshake.Awaited
  /** Its place among those that wait for PUBCOMP: the order of their PUBRECs (MQTT-4.6.0-4). */
  released: number
  /** It may have reached the network: the next time it is sent, it must carry DUP 1 (MQTT-3.3.1-1). */
  dup: boolean
  /** The write on this connection that it is part of; 0: it was not sent on it. */
  write: number
  /** Connections that the Server has closed on it. */
  losses: number
  /** How many of them when it was sent alone. */
  strikes: number
}

export type Answer = Dialect.Answer

/** `undefined`: the connection was lost before the answer came. */
export type Answered = (answer: Answer | undefined) => void

/** Writes of a connection, counted from 1: the one that packets are now appended to, and the last that has begun. */
export interface Writes {
  readonly filling: number
  readonly begun: number
}

export interface Request extends InFlight.Entry {
  readonly _tag: "Request"
  readonly packet: Subscribe | Unsubscribe
  readonly answered: Answered
}

/** What is noted of an Exchange in a store. */
export interface Notes {
  /** The name of the next message. */
  readonly nextNumber: () => number
  readonly note: (event: DeliveryLog.Event) => void
}

export interface Exchange {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** No message in the queue expires before. */
  nextExpiry: number
  /** Undefined: there is no store. */
  readonly notes: Notes | undefined
  /** Of the user, or less if the Server wants less. */
  maximumInFlight: number
  /** Of these, messages with QoS 2: see `accept`. */
  maximumExactlyOnce: number
  /** 2, or less if the Server takes less and the user wants such messages lowered. */
  maximumQos: QoS
  /** Messages in the queue and in flight together, and their bytes. */
  readonly capacity: number
  readonly capacityBytes: number
  bytes: number
  /** Who wants to know when there are none. */
  readonly emptied: Set<() => void>
  readonly inFlight: InFlight.InFlight<Publication | Request>
  /** How many of those in flight are messages, and how many messages have QoS 2. */
  publications: number
  exactlyOnce: number
  readonly line: MutableList.MutableList<Publication>
  /** How many messages have had their PUBREC so far. */
  released: number
  /** How many in the queue are not cancelled. */
  inLine: number
  /** Of the connection, once there was one. */
  writes: Writes
  /** Messages on which connections were lost are sent one at a time, until all are acknowledged or one is found. */
  isProbing: boolean
  /** Some that are in flight were not sent on this connection: the Server takes fewer at a time than the one before. */
  isHeldBack: boolean
}

/** The memory that keeping a message takes, besides its bytes. */
const overheadBytes = 400

export const sizeOf = ({ payload, topic }: Message): number => payload.length + topic.length + overheadBytes

/** A message has come to its end. Nobody whom this tells may do more at once than note it. */
export const freeBytes = (exchange: Exchange, message: Message): void => {
  exchange.bytes -= sizeOf(message)
  if (exchange.bytes > 0 || exchange.emptied.size === 0) return
  const { emptied } = exchange
  const waiting = Array.from(emptied)
  emptied.clear()
  for (const tell of waiting) tell()
}

/** Why there is no room for one more. */
export const full = (exchange: Exchange, message: Message): Outbox.OutboxFull | undefined => {
  const { bytes, capacity, capacityBytes } = exchange
  const count = exchange.inLine + exchange.publications
  if (count >= capacity) {
    return new Outbox.OutboxFull({
      capacity,
      unit: "messages",
      message: `${capacity} messages already wait for the Server (outboxCapacity)`
    })
  }
  if (count === 0 || bytes + sizeOf(message) <= capacityBytes) return undefined
  const text =
    `${count} messages already wait for the Server, and with this one have more than ${capacityBytes} bytes (outboxBytes)`
  return new Outbox.OutboxFull({ capacity: capacityBytes, unit: "bytes", message: text })
}
