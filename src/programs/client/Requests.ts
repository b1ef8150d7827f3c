/**
 * SUBSCRIBE and UNSUBSCRIBE in flight, and their answers.
 */
import type { InvalidPacket, ProtocolViolation } from "../../domain/packet/PacketError.ts"
import type { Subscribe } from "../../domain/packet/Subscribe.ts"
import type { Unsubscribe } from "../../domain/packet/Unsubscribe.ts"
import * as Violation from "../../domain/packet/Violation.ts"
import type { Answer, Answered, Exchange, Send } from "./ExchangeState.ts"
import * as InFlight from "./InFlight.ts"

/** Sends a SUBSCRIBE or UNSUBSCRIBE, made with the Packet Identifier that it gets. */
export const ask = (
  exchange: Exchange,
  make: (packetIdentifier: number) => Subscribe | Unsubscribe,
  send: Send,
  answered: Answered
): InvalidPacket | undefined => {
  const identifier = InFlight.nextIdentifier(exchange.inFlight)
  // A Server that has not answered 32,768 requests gets no more of them.
  if (identifier === undefined) return undefined
  const packet = make(identifier)
  const invalid = send(packet)
  if (invalid === undefined) {
    InFlight.add(exchange.inFlight, identifier, { _tag: "Request", packet, answered, order: 0 })
  }
  return invalid
}

/** A SUBACK or UNSUBACK; `unexpected`: nobody waits for it. */
export const answer = (exchange: Exchange, packet: Answer): "taken" | "unexpected" | ProtocolViolation => {
  const request = InFlight.get(exchange.inFlight, packet.packetIdentifier)
  if (request?._tag !== "Request" || (request.packet._tag === "Subscribe") !== (packet._tag === "Suback")) {
    return "unexpected"
  }
  const asked = request.packet
  const length = asked._tag === "Subscribe" ? asked.subscriptions.length : asked.topicFilters.length
  const codes = packet.returnCodes?.length ?? length
  if (codes !== length) {
    return packet._tag === "Suback" ? Violation.subackMismatch(codes, length)
      : Violation.unsubackMismatch(codes, length)
  }
  InFlight.remove(exchange.inFlight, packet.packetIdentifier)
  request.answered(packet)
  return "taken"
}
