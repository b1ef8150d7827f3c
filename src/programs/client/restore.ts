/**
 * What a store gives a Client that begins: the messages that an earlier program has left, in their order.
 */
import * as MutableList from "effect/MutableList"
import * as DeliveryLog from "../../domain/delivery/DeliveryLog.ts"
import type * as Receipts from "../../domain/delivery/Receipts.ts"
import * as Expiry from "./Expiry.ts"
import { type Exchange, type Publication, sizeOf } from "./ExchangeState.ts"
import * as InFlight from "./InFlight.ts"

const publicationOf = (
  { awaited, isAbandoned, losses, message, number, packetIdentifier, strikes }: DeliveryLog.Pending,
  resume: Publication["resume"]
): Publication => {
  const isSent = packetIdentifier !== undefined
  return {
    _tag: "Publication",
    message,
    number,
    resume,
    state: isAbandoned ? "abandoned" : isSent ? "in flight" : "in line",
    awaited,
    released: 0,
    // It was noted before it was sent.
    dup: isSent,
    order: 0,
    write: 0,
    losses,
    strikes
  }
}

/** `resumeOf` makes what learns how a message ended: its publisher has gone with its program. */
export const restore = (
  exchange: Exchange,
  receipts: Receipts.Receipts,
  state: DeliveryLog.State,
  resumeOf: (message: DeliveryLog.Message) => Publication["resume"]
): void => {
  for (const packetIdentifier of state.taken) {
    receipts.known.set(packetIdentifier, { packetIdentifier, isTaken: true, isDoubtful: true, waiting: [] })
  }
  const released = DeliveryLog.released(state)
  exchange.released = released.length
  for (const pending of DeliveryLog.inFlight(state)) {
    const publication = publicationOf(pending, resumeOf(pending.message))
    publication.released = released.indexOf(pending)
    InFlight.place(exchange.inFlight, pending.packetIdentifier as number, publication)
    exchange.publications++
    if (pending.awaited !== "PUBACK") exchange.exactlyOnce++
    exchange.bytes += sizeOf(pending.message)
  }
  for (const pending of state.pending.values()) {
    if (pending.packetIdentifier !== undefined) continue
    Expiry.awaitExpiry(exchange, pending.message)
    MutableList.append(exchange.line, publicationOf(pending, resumeOf(pending.message)))
    exchange.inLine++
    exchange.bytes += sizeOf(pending.message)
  }
}
