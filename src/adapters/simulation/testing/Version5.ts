/**
 * MQTT 5 for the simulated Server, beside MQTT 3.1.1: the CONNECT of a connection says which one it speaks.
 *
 * The Server thinks in packets of MQTT 3.1.1 with what MQTT 5 adds to them; here they become bytes.
 */
import * as Result from "effect/Result"
import * as FixedHeader from "../../../domain/packet/FixedHeader.ts"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import type { Connect5, Will } from "../../../domain/packet/v5/Connect.ts"
import * as Framer5 from "../../../domain/packet/v5/Framer.ts"
import * as Packet5 from "../../../domain/packet/v5/Packet.ts"
import * as Server from "../world/Server.ts"
import type { Received, Sent } from "../world/ServerState.ts"

/** What a CONNACK says in the place of the return codes of MQTT 3.1.1, by number. */
const reasonCodes = [0x00, 0x84, 0x85, 0x88, 0x86, 0x87] as const

const notAuthorized = 0x87

/** The message that it is once it is published. Its delay is not waited for. */
const willOf = (will: Will) => {
  const { willDelayInterval: _, ...properties } = will.properties ?? {}
  return { ...will, properties }
}

const connecting = ({ cleanStart, properties, will, ...connect }: Connect5): Received => ({
  ...connect,
  cleanSession: cleanStart,
  will: will === undefined ? undefined : willOf(will),
  sessionExpiryInterval: properties?.sessionExpiryInterval ?? 0,
  receiveMaximum: properties?.receiveMaximum
})

/** What a Server may get; undefined: it never may. */
const received = (packet: Packet5.Packet5): Received | undefined => {
  switch (packet._tag) {
    case "Connect":
      return connecting(packet)
    case "Connack":
    case "Suback":
    case "Unsuback":
      return undefined
    default:
      return packet
  }
}

const connack = (packet: Extract<Sent, { readonly _tag: "Connack" }>): Packet5.Packet5 => {
  const { assignedClientIdentifier, returnCode, sessionPresent } = packet
  const reasonCode = reasonCodes[returnCode] ?? notAuthorized
  const properties = reasonCode === 0 ? { assignedClientIdentifier } as const : {}
  return { _tag: "Connack", sessionPresent, reasonCode, properties }
}

/** `filters`: how many Topic Filters each UNSUBSCRIBE had, by its Packet Identifier. */
const sent = (packet: Sent, filters: Map<number, number>): Packet5.Packet5 => {
  switch (packet._tag) {
    case "Connack":
      return connack(packet)
    case "Suback": {
      const { packetIdentifier, returnCodes } = packet
      const reasonCodes = returnCodes.map((code) => code === 0x80 ? notAuthorized : code as 0 | 1 | 2)
      return { _tag: "Suback", packetIdentifier, reasonCodes }
    }
    case "Unsuback": {
      const { packetIdentifier } = packet
      const reasonCodes = Array.from({ length: filters.get(packetIdentifier) ?? 1 }, () => 0 as const)
      filters.delete(packetIdentifier)
      return { _tag: "Unsuback", packetIdentifier, reasonCodes }
    }
    case "Connect":
      throw new Error("a Server sends no CONNECT")
    default:
      return packet
  }
}

const encode = (packet: Packet5.Packet5): Bytes => Result.getOrThrow(Packet5.encode(packet))

const version5 = (): Server.Codec => {
  const filters = new Map<number, number>()
  return {
    push: (framer, bytes) => {
      const pushed = Framer5.push(framer, bytes)
      const packets: Array<Received> = []
      for (const packet of pushed.packets) {
        if (packet._tag === "Unsubscribe") filters.set(packet.packetIdentifier, packet.topicFilters.length)
        const taken = received(packet)
        // PINGRESP, too, is for clients alone: the Server closes on it.
        packets.push(taken ?? { _tag: "Pingresp" })
      }
      return { framer: pushed.framer, packets, failure: pushed.failure }
    },
    encode: (packet) => encode(sent(packet, filters)),
    farewell: (reasonCode) => encode({ _tag: "Disconnect", reasonCode })
  }
}

/** Where CONNECT has its protocol level, behind its name. */
const levelAt = 6

const isVersion5 = (bytes: Bytes): boolean => {
  const size = FixedHeader.packetSize(bytes, 0)
  const lengthBytes = bytes.findIndex((byte, index) => index > 0 && byte < 0x80)
  return size > 0 && bytes[lengthBytes + 1 + levelAt] === 5
}

/** For one connection. CONNECT arrives whole. */
export const codec = (): Server.Codec => {
  let chosen: Server.Codec | undefined
  const own = (): Server.Codec => chosen ?? Server.version4
  return {
    push: (framer, bytes) => {
      chosen ??= isVersion5(bytes) ? version5() : Server.version4
      return chosen.push(framer, bytes)
    },
    encode: (packet) => own().encode(packet),
    farewell: (reasonCode) => own().farewell(reasonCode)
  }
}
