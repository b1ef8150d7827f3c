/**
 * MQTT 5 on one connection: properties, Reason Codes, Topic Aliases, and what the Server has decided in its CONNACK.
 *
 * Loaded only by who asks for it: a Client of MQTT 3.1.1 has none of this.
 */
import * as Result from "effect/Result"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import type { TopicName } from "../../domain/packet/Topic.ts"
import type { Puback5, Pubrec5 } from "../../domain/packet/v5/Acknowledgement.ts"
import type { Connect5 } from "../../domain/packet/v5/Connect.ts"
import * as Fault from "../../domain/packet/v5/Fault.ts"
import * as Framer from "../../domain/packet/v5/Framer.ts"
import * as Packet from "../../domain/packet/v5/Packet.ts"
import type { Publish5 } from "../../domain/packet/v5/Publish.ts"
import * as ReasonCode from "../../domain/packet/v5/ReasonCode.ts"
import type { Subscribe5 } from "../../domain/packet/v5/Subscribe.ts"
import * as Writer from "../../domain/packet/Writer.ts"
import * as Aliases from "./Aliases.ts"
import * as Authenticating from "./authenticating.ts"
import * as Dialect from "./Dialect.ts"
import { likelyCauseOf } from "./diagnose.ts"
import { type LinkError, PublishRefused, ServerDisconnected, SubscriptionRefused } from "./errors.ts"
import { bytesOf, type ClientOptions, propertiesOf, toBytes } from "./options.ts"
import * as ServerLimits from "./ServerLimits.ts"
import { maximumPacketSizeOf, sessionExpiryOf } from "./settings.ts"

/** Aliases that the Server may use, if the user says nothing. */
const topicAliasMaximum = 64

const connectPacket = (options: ClientOptions, { clientId, isFirst }: Dialect.Opening): Connect5 => {
  const { authentication, password, receiveMaximum, userProperties, username, will } = options
  const sessionExpiryInterval = sessionExpiryOf(options)
  return {
    _tag: "Connect",
    clientId,
    // Later the Session is this Client's own.
    cleanStart: isFirst ? options.cleanSession ?? true : sessionExpiryInterval === 0,
    keepAlive: options.keepAlive ?? 60,
    username,
    password: bytesOf(password),
    will: will === undefined ? undefined : {
      // Checked where the packet is encoded.
      topic: will.topic as TopicName,
      payload: toBytes(will.payload),
      qos: will.qos ?? 0,
      retain: will.retain ?? false,
      properties: propertiesOf<"Will">(will.properties)
    },
    properties: {
      sessionExpiryInterval: sessionExpiryInterval === 0 ? undefined : sessionExpiryInterval,
      receiveMaximum,
      maximumPacketSize: maximumPacketSizeOf(options),
      topicAliasMaximum: options.topicAliasMaximum ?? topicAliasMaximum,
      authenticationMethod: authentication?.method,
      authenticationData: bytesOf(authentication?.data),
      userProperties
    }
  }
}

/** What the Server says, and in its own words if it has any. */
const reasonOf = (owner: ReasonCode.Owner, code: number, reasonString: string | undefined): string => {
  const described = ReasonCode.describe(owner, code)
  return reasonString === undefined || reasonString === "" ? described : `${described}; it says: ${reasonString}`
}

const refused = ({ properties = {}, returnCode }: Dialect.Accepted): ConnectionRefused => {
  const { reasonString, serverReference } = properties
  const server = serverReference === undefined ? "" : ` (${serverReference})`
  const message = "the Server refused the connection: " + reasonOf("CONNACK", returnCode, reasonString) + server
  return new ConnectionRefused({ returnCode, message, serverReference })
}

const unsupportedProtocolVersion = 0x84

/** A Server that speaks MQTT 3.1.1 only answers in its own form, which is not a CONNACK of MQTT 5. */
const isOlderRefusal = (chunk: Bytes): boolean =>
  chunk.length === 4 && chunk[0] === 0x20 && chunk[1] === 2 && chunk[2] === 0 && chunk[3] === 1

const disconnected = (reasonCode: number, reasonString?: string, serverReference?: string): ServerDisconnected => {
  const server = serverReference === undefined ? "" : ` (${serverReference})`
  const message = "the Server has closed the connection: " + reasonOf("DISCONNECT", reasonCode, reasonString) + server
  return new ServerDisconnected({ reasonCode, serverReference, message, likelyCause: likelyCauseOf(reasonCode) })
}

const acknowledged = (
  { _tag, packetIdentifier, properties, reasonCode = 0 }: Puback5 | Pubrec5
): Dialect.Acknowledged => {
  const refused = (topic: string): PublishRefused => {
    const why = reasonOf(_tag === "Puback" ? "PUBACK" : "PUBREC", reasonCode, properties?.reasonString)
    return new PublishRefused({ topic, reasonCode, message: `the Server does not take a message to ${topic}: ${why}` })
  }
  return { _tag, packetIdentifier, refused: ReasonCode.isFailure(reasonCode) ? refused : undefined }
}

const subscriptionRefused =
  (reasonCodes: ReadonlyArray<number>, reasonString?: string) => (topicFilter: string, index: number) => {
    const reasonCode = reasonCodes[index] ?? 0x80
    const message = `the Server refused the subscription to ${topicFilter}: ` +
      reasonOf("SUBACK", reasonCode, reasonString)
    return new SubscriptionRefused({ topicFilter, reasonCode, message })
  }

/** What the Client makes of a packet, or why the connection ends on it. */
const take = (
  packet: Packet.Packet5,
  aliases: Aliases.Incoming,
  authenticating: Authenticating.Progress,
  isAccepted: boolean
): Dialect.Got | LinkError => {
  switch (packet._tag) {
    case "Publish":
      return Aliases.resolve(aliases, packet)
    case "Puback":
    case "Pubrec":
      return acknowledged(packet)
    case "Pubrel":
    case "Pubcomp":
      return packet
    case "Suback":
    case "Unsuback": {
      const { _tag, packetIdentifier, properties, reasonCodes } = packet
      return {
        _tag,
        packetIdentifier,
        returnCodes: reasonCodes,
        refused: subscriptionRefused(reasonCodes, properties?.reasonString)
      }
    }
    case "Connack":
      return Authenticating.connackFault(authenticating, packet) ?? {
        _tag: "Connack",
        sessionPresent: packet.sessionPresent,
        returnCode: packet.reasonCode,
        properties: packet.properties
      }
    case "Pingresp":
      return packet
    case "Disconnect":
      return disconnected(packet.reasonCode ?? 0, packet.properties?.reasonString, packet.properties?.serverReference)
    case "Auth":
      return Authenticating.answer(authenticating, isAccepted, packet)
    default:
      return Fault.unexpected(packet._tag.toUpperCase(), "2.1.2", "is not for a Client")
  }
}

const farewell = (error: LinkError): Dialect.Sent | undefined => {
  const reasonCode = error._tag === "PacketTooLarge" ? 0x95
    : error._tag === "MalformedPacket" || error._tag === "ProtocolViolation" ? error.reasonCode ?? 0x82
    : undefined
  if (reasonCode === undefined) return undefined
  return { _tag: "Disconnect", reasonCode: ReasonCode.isFor("DISCONNECT", reasonCode) ? reasonCode : 0x82 }
}

const agreed = (
  { assignedClientIdentifier, maximumQos, receiveMaximum, serverKeepAlive }: ServerLimits.ServerLimits
) => ({
  maximumQos,
  keepAlive: serverKeepAlive,
  receiveMaximum,
  clientId: assignedClientIdentifier
})

/** Takes back a packet that is too large for the Server. */
const sized = (
  limits: ServerLimits.ServerLimits,
  packet: Dialect.Sent,
  writer: Writer.Writer,
  before: number
): InvalidPacket | undefined => {
  const fault = ServerLimits.sizeFault(limits, packet, Writer.size(writer) - before)
  if (fault === undefined) return undefined
  writer.error = fault
  return Writer.takeBack(writer, before)
}

/** Without the identifier that this Server does not know. */
const anonymous = (packet: Subscribe5): Subscribe5 => ({
  ...packet,
  properties: { ...packet.properties, subscriptionIdentifier: undefined }
})

const dialectOf = (options: ClientOptions, opening: Dialect.Opening): Dialect.Dialect => {
  const connect = connectPacket(options, opening)
  const incoming = Aliases.incoming(connect.properties?.topicAliasMaximum ?? 0)
  const outgoing = Aliases.outgoing()
  let limits: ServerLimits.ServerLimits = {}
  let isAccepted = false
  const authenticating = Authenticating.begin(options.authentication)
  const push = (framer: Dialect.Pushed["framer"], chunk: Bytes): Dialect.Pushed => {
    if (!isAccepted && framer.received === 0 && isOlderRefusal(chunk)) {
      const failure = refused({ _tag: "Connack", sessionPresent: false, returnCode: unsupportedProtocolVersion })
      return { framer, packets: [], failure }
    }
    const pushed = Framer.push(framer, chunk)
    const packets: Array<Dialect.Got> = []
    for (const packet of pushed.packets) {
      const taken = take(packet, incoming, authenticating, isAccepted)
      if (taken instanceof Error) return { framer: pushed.framer, packets, failure: taken }
      packets.push(taken)
    }
    return { framer: pushed.framer, packets, failure: pushed.failure }
  }
  const append = (packet: Dialect.Sent, writer: Writer.Writer): InvalidPacket | undefined => {
    const fault = ServerLimits.fault(limits, packet)
    if (fault !== undefined) return fault
    const before = Writer.size(writer)
    const sending = packet._tag === "Publish" ? Aliases.shorten(outgoing, packet)
      : packet._tag === "Subscribe" && limits.subscriptionIdentifiersAvailable === false ? anonymous(packet)
      : packet
    const invalid = Packet.append(sending as Packet.Packet5, writer) ?? sized(limits, packet, writer, before)
    if (invalid === undefined && packet._tag === "Publish") {
      Aliases.sent(outgoing, packet.topic, (sending as Publish5).properties?.topicAlias)
    }
    return invalid
  }
  const { receiveMaximum = Dialect.maximumReceive } = options
  return {
    version: 5,
    connect,
    isCleanStart: connect.cleanStart,
    framer: Framer.make(maximumPacketSizeOf(options)),
    push,
    append,
    receiveMaximum,
    tooMany: (unacknowledged) =>
      Fault.unexpected("PUBLISH", "MQTT-3.3.4-9", `is too many: ${unacknowledged} are not acknowledged`, 0x93),
    accept: ({ properties = {} }) => {
      isAccepted = true
      authenticating.isRunning = false
      limits = properties
      outgoing.maximum = properties.topicAliasMaximum ?? 0
      return agreed(properties)
    },
    authenticate: (data) => Authenticating.again(authenticating, data),
    refused,
    farewell
  }
}

/** MQTT 5 with these options. Fails for what CONNECT must not contain. */
export const version5 = (options: ClientOptions): Result.Result<Dialect.Open, InvalidPacket> => {
  const first = connectPacket(options, { isFirst: true, clientId: options.clientId })
  return Result.map(Packet.encode(first), () => (opening) => dialectOf(options, opening))
}
