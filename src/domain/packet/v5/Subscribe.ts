/**
 * SUBSCRIBE, asks for the messages of one or more Topic Filters (MQTT 5, section 3.8).
 *
 *     byte 1   | 1000 | 0010 |
 *     byte 2.. | Remaining Length  |
 *     then     | Packet Identifier |
 *              | properties        |
 *     once or  | Topic Filter (UTF-8) |
 *     more     | 00 | Retain Handling (2 bits) | Retain As Published | No Local | Maximum QoS (2 bits) |
 */
import * as FixedHeader from "../FixedHeader.ts"
import * as Reader from "../Reader.ts"
import type * as Subscribe from "../Subscribe.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"
import * as Fields from "./Fields.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"

/** The retained messages that the Server sends: 0 all, 1 only if the subscription is new, 2 none (3.8.3.1). */
export type RetainHandling = 0 | 1 | 2

/** One Topic Filter of a SUBSCRIBE and its Subscription Options (3.8.3.1). What is left out is false, or 0. */
export interface Subscription5 extends Subscribe.Subscription {
  /** The Server does not send messages that this Client itself has published. Not with a Shared Subscription. */
  readonly noLocal?: boolean | undefined
  /** Messages keep the RETAIN flag that they were published with. */
  readonly retainAsPublished?: boolean | undefined
  readonly retainHandling?: RetainHandling | undefined
}

/** Asks for the messages of Topic Filters (MQTT 5, 3.8). */
export interface Subscribe5 extends Subscribe.Subscribe {
  /** At least one (MQTT-3.8.3-2). */
  readonly subscriptions: ReadonlyArray<Subscription5>
  readonly properties?: PropertyTable.Properties<"SUBSCRIBE"> | undefined
}

const noLocalFlag = 0x04
const retainAsPublishedFlag = 0x08
const retainHandlingShift = 4
const reservedFlags = 0xc0

const writeOne = (subscription: Subscription5, writer: Writer.Writer): void => {
  const { noLocal = false, qos, retainAsPublished = false, retainHandling = 0, topicFilter } = subscription
  Fields.writeFilter(writer, topicFilter, "topicFilter")
  if (qos !== 0 && qos !== 1 && qos !== 2) Fault.invalid(writer, "qos", "3.8.3.1", `is ${qos}; it must be 0, 1 or 2`)
  if (retainHandling !== 0 && retainHandling !== 1 && retainHandling !== 2) {
    Fault.invalid(writer, "retainHandling", "3.8.3.1", `is ${retainHandling}; it must be 0, 1 or 2`)
  }
  if (noLocal && Fields.isShared(topicFilter)) {
    Fault.invalid(writer, "noLocal", "MQTT-3.8.3-4", "is set for a Shared Subscription")
  }
  Writer.u8(
    writer,
    qos | (noLocal ? noLocalFlag : 0) | (retainAsPublished ? retainAsPublishedFlag : 0) |
      retainHandling << retainHandlingShift
  )
}

/**
 * Writes a SUBSCRIBE. Kept as the fault of `writer`: a Packet Identifier that is not 1 to 65,535 (MQTT-2.2.1-3), no
 * subscription (MQTT-3.8.3-2), a Topic Filter that is not valid (4.7, 4.8.2), a QoS or Retain Handling that is not 0, 1
 * or 2 (3.8.3.1), No Local with a Shared Subscription (MQTT-3.8.3-4), a property that is not valid.
 */
export const encode = (packet: Subscribe5, writer: Writer.Writer): void => {
  Writer.begin(writer, "SUBSCRIBE")
  Writer.packetIdentifier(writer, packet.packetIdentifier)
  Properties.write(writer, "SUBSCRIBE", packet.properties)
  if (packet.subscriptions.length === 0) {
    Fault.invalid(writer, "subscriptions", "MQTT-3.8.3-2", "is empty; give at least one")
  }
  for (const subscription of packet.subscriptions) writeOne(subscription, writer)
  Writer.end(writer, FixedHeader.subscribe)
}

const readOne = (reader: Reader.Reader): Subscription5 => {
  const topicFilter = Fields.readFilter(reader)
  const options = Reader.u8(reader)
  const qos = options & 3
  const noLocal = (options & noLocalFlag) !== 0
  const retainHandling = options >> retainHandlingShift & 3
  if ((options & reservedFlags) !== 0) Fault.malformed(reader, "MQTT-3.8.3-5", "has reserved Subscription Options set")
  if (qos === 3) Fault.violation(reader, "3.8.3.1", "has Maximum QoS 3")
  if (retainHandling === 3) Fault.violation(reader, "3.8.3.1", "has Retain Handling 3")
  if (noLocal && Fields.isShared(topicFilter)) {
    Fault.violation(reader, "MQTT-3.8.3-4", "has No Local set for a Shared Subscription")
  }
  return {
    topicFilter,
    qos: qos as 0 | 1 | 2,
    noLocal,
    retainAsPublished: (options & retainAsPublishedFlag) !== 0,
    retainHandling: retainHandling as RetainHandling
  }
}

/**
 * Reads the body of a SUBSCRIBE, as a Server would. The first fault is kept in `reader`: what `encode` refuses, and
 * reserved Subscription Options (MQTT-3.8.3-5).
 */
export const decode = (reader: Reader.Reader): Subscribe5 => {
  const packetIdentifier = Reader.packetIdentifier(reader)
  const properties = Properties.read(reader, "SUBSCRIBE")
  const subscriptions: Array<Subscription5> = []
  if (!Reader.more(reader)) Fault.violation(reader, "MQTT-3.8.3-2", "has no Topic Filter")
  while (Reader.more(reader)) subscriptions.push(readOne(reader))
  return { _tag: "Subscribe", packetIdentifier, subscriptions, properties }
}
