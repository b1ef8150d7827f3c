/**
 * How the Server's packets change an attempt. Packets that a usual wake does not get have functions of their own.
 */
import * as ConfigUpdate from "../config/ConfigUpdate.ts"
import * as ConnectionRefused from "../packet/ConnectionRefused.ts"
import * as DeviceState from "../state/DeviceState.ts"
import type * as Bytes from "../bytes/Bytes.ts"
import type { Connack } from "../packet/Connack.ts"
import * as Incoming from "../packet/Incoming.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import type { Oversized } from "../packet/Oversized.ts"
import type { Puback } from "../packet/Puback.ts"
import type { Publish } from "../packet/Publish.ts"
import type { ServerPacket } from "../packet/ServerPacket.ts"
import type { Suback } from "../packet/Suback.ts"
import * as Session from "../delivery/Session.ts"
import * as Violation from "../packet/Violation.ts"
import type { Attempt, AttemptError } from "./Attempt.ts"
import { isCommand } from "./commands.ts"
import { isKeptBack, received, tooLarge } from "./incomingCommands.ts"

/** A board's bundle may come without them. */
const isTold: typeof isCommand | undefined = isCommand
const telling: typeof received | undefined = received
const keeping: typeof isKeptBack | undefined = isKeptBack

/** The Server refuses the subscription: SUBACK 0x80 (3.9.3). */
export const subscriptionRefused = (attempt: Attempt): void =>
  attempt.wake.emit({
    _tag: "ConfigUnchanged",
    reason: "the Server refused the subscription (SUBACK 0x80); check what this client may read"
  })

const published = (attempt: Attempt, packet: Publish): undefined => {
  const { packetIdentifier } = packet
  // A command is acknowledged when it is done.
  if (isTold !== undefined && isTold(attempt.wake.config, packet.topic)) return telling?.(attempt, packet)
  if (packetIdentifier !== undefined && (keeping === undefined || !keeping(attempt))) {
    attempt.replies = Outgoing.join(attempt.replies, Outgoing.puback(packetIdentifier))
  }
  attempt.update = ConfigUpdate.receive(attempt.update, packet)
}

const acknowledged = (attempt: Attempt, packet: Puback | Suback): AttemptError | undefined => {
  const { wake } = attempt
  const returnCodes = packet._tag === "Suback" ? packet.returnCodes : undefined
  const found = Session.acknowledge(wake.state.session, returnCodes ? "SUBACK" : "PUBACK", packet.packetIdentifier)
  // Nor does a message that was not sent on this connection.
  if (!found || found.entry > 0 && attempt.sent.indexOf(found.entry) < 0) {
    if (wake.inPlace && !returnCodes) wake.inPlace.acknowledged.push(packet.packetIdentifier)
    else attempt.unexpected ??= packet
    return undefined
  }
  wake.state = DeviceState.delivered(wake.state, found)
  if (!returnCodes) {
    attempt.delivered++
    attempt.sent = attempt.sent.filter((id) => id !== found.entry)
    return undefined
  }
  attempt.subscription = returnCodes.indexOf(0x80) >= 0 ? "refused" : "granted"
  return returnCodes.length === attempt.filters ? undefined
    : Violation.subackMismatch(returnCodes.length, attempt.filters)
}

const connected = (attempt: Attempt, packet: Connack): AttemptError | undefined => {
  attempt.accepted = packet.returnCode === 0
  attempt.isSessionPresent = packet.sessionPresent
  return attempt.accepted ? undefined : ConnectionRefused.make(packet.returnCode)
}

/**
 * Takes a packet that a usual wake does not get: one that must not come, or not now, and a message that is too large.
 * Returns what is wrong with it, if that ends the connection.
 */
const unusual = (attempt: Attempt, packet: ServerPacket | Oversized): AttemptError | undefined => {
  if (!attempt.accepted || packet._tag !== "Oversized") return Violation.unexpectedPacket(packet._tag, attempt.accepted)
  const { maximum, packetIdentifier, size, topic } = packet
  if (isTold !== undefined && isTold(attempt.wake.config, topic)) return void tooLarge(attempt, packet)
  if (packetIdentifier !== undefined) {
    attempt.replies = Outgoing.join(attempt.replies, Outgoing.puback(packetIdentifier))
  }
  // It is skipped; everything else that is subscribed to is the configuration.
  attempt.tooLarge = "it has " + size + " bytes; this device takes at most " + maximum
  return undefined
}

/**
 * What a packet changes, or what is wrong with it. The function is found by the packet's name, because comparing one by
 * one costs a board too much.
 */
const receivers = {
  "Puback": acknowledged,
  "Publish": published,
  "Suback": acknowledged,
  "Connack": connected
}

type Receiver = (attempt: Attempt, packet: ServerPacket | Oversized | AttemptError) => AttemptError | undefined

/** Takes what has arrived. Each acknowledgement counts at once, whatever follows it. */
export const take = (attempt: Attempt, chunk: Bytes.Bytes): void => {
  Incoming.add(attempt.packets, chunk)
  for (const { packets } = attempt; !attempt.broken && !Incoming.isEmpty(packets);) {
    const packet = Incoming.next(packets)
    if (packet === undefined) return
    const { _tag: tag } = packet
    // CONNACK comes once, and before everything else.
    const receive = attempt.accepted === (tag === "Connack") ? undefined
      : (receivers as { readonly [name: string]: unknown })[tag]
    // What else may come: a fault of the stream itself, a packet that must not come, or not now.
    attempt.broken = receive ? (receive as Receiver)(attempt, packet)
      : "message" in packet ? packet
      : unusual(attempt, packet)
  }
}
