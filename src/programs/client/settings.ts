/**
 * What a Client works with: its options with every default, and how it begins a connection in the version of MQTT that
 * is wanted.
 */
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import type { ReconnectPolicy } from "../../domain/config/DeviceConfig.ts"
import * as ClientPacket from "../../domain/packet/ClientPacket.ts"
import type { Connect } from "../../domain/packet/Connect.ts"
import { InvalidPacket } from "../../domain/packet/PacketError.ts"
import type { TopicName } from "../../domain/packet/Topic.ts"
import type { Endpoint } from "../../ports/Socket.ts"
import * as Dialect from "./Dialect.ts"
import { bytesOf, type ClientOptions, stayConnected, type SubscriptionOptions, toBytes } from "./options.ts"

export interface Settings {
  readonly endpoint: Endpoint
  /** For messages; host:port by default. */
  readonly server: string
  /** Begins a connection: the version of MQTT, and its CONNECT. */
  readonly open: Dialect.Open
  /** What to use if the Server does not speak that version; undefined: nothing else. */
  readonly fallback: Dialect.Open | undefined
  readonly clientId: string
  readonly cleanSession: boolean
  readonly subscriptions: ReadonlyArray<SubscriptionOptions>
  /** Seconds. */
  readonly keepAlive: number
  readonly reconnect: ReconnectPolicy | undefined
  readonly maximumInFlight: number
  /** Of these, messages with QoS 2, where the Server does not say how many it takes. */
  readonly maximumExactlyOnce: number
  readonly lowerQos: boolean
  readonly outboxCapacity: number
  readonly outboxBytes: number
  readonly receiveBuffer: number
  readonly receiveBufferBytes: number
  readonly unclaimedMillis: number
  readonly connectMillis: number
  readonly replyMillis: number
}

const connectPacket = (options: ClientOptions, keepAlive: number): Connect => {
  const { clientId, password, username, will } = options
  return {
    _tag: "Connect",
    clientId,
    cleanSession: options.cleanSession ?? true,
    keepAlive,
    username,
    password: bytesOf(password),
    will: will === undefined ? undefined : {
      // Checked where the packet is encoded.
      topic: will.topic as TopicName,
      payload: toBytes(will.payload),
      qos: will.qos ?? 0,
      retain: will.retain ?? false
    }
  }
}

/** In bytes, fixed header included. */
export const maximumPacketSizeOf = ({ maximumPacketSize = 1024 * 1024 }: ClientOptions): number => maximumPacketSize

/** MQTT 5: for ever. */
const forEver = 0xffff_ffff

/** In seconds; 0: the Session ends with its connection. */
export const sessionExpiryOf = ({ cleanSession = true, sessionExpiryInterval, version = 4 }: ClientOptions): number =>
  version === 4 ? (cleanSession ? 0 : forEver) : sessionExpiryInterval ?? (cleanSession ? 0 : forEver)

/** Options that MQTT 3.1.1 cannot say. */
const laterOptions = ["sessionExpiryInterval", "receiveMaximum", "topicAliasMaximum", "userProperties",
  "authentication", "lowerQos"] as const

const needsVersion5 = (options: ClientOptions): InvalidPacket | undefined => {
  const field = options.will?.properties === undefined ? laterOptions.find((name) => options[name] !== undefined)
    : "will.properties"
  if (field === undefined) return undefined
  return new InvalidPacket({
    packet: "CONNECT",
    field,
    clause: "3.1",
    message: `CONNECT: ${field} needs MQTT 5 (version: 5)`
  })
}

const version4 = (options: ClientOptions): Result.Result<Dialect.Open, InvalidPacket> => {
  const connect = connectPacket(options, options.keepAlive ?? 60)
  return Result.map(ClientPacket.encode(connect), () => Dialect.version4(connect, maximumPacketSizeOf(options)))
}

type Later = (options: ClientOptions) => Result.Result<Dialect.Open, InvalidPacket>

/** How to begin connections; `later` is MQTT 5, if it is wanted. */
const openings = (
  options: ClientOptions,
  later: Later | undefined
): Result.Result<Pick<Settings, "open" | "fallback">, InvalidPacket> => {
  const isOlder = later === undefined || options.version === undefined || options.version === 4
  const fault = isOlder ? needsVersion5(options) : undefined
  if (fault !== undefined) return Result.fail(fault)
  const open = isOlder ? version4(options) : later(options)
  const fallback = options.version === "auto" ? Result.getOrUndefined(version4(options)) : undefined
  return Result.map(open, (open) => ({ open, fallback }))
}

/** What a store keeps is of use only while the Server keeps its half. */
const storeFault = (options: ClientOptions): InvalidPacket | undefined => {
  const { cleanSession = true, clientId, store } = options
  if (store === undefined) return undefined
  const field = clientId === "" ? "clientId"
    : cleanSession || sessionExpiryOf(options) === 0 ? "cleanSession" : undefined
  if (field === undefined) return undefined
  const message =
    "CONNECT: a store needs a clientId and cleanSession: false (and no sessionExpiryInterval of 0), so that the "
    + "Server knows what the store knows"
  return new InvalidPacket({ packet: "CONNECT", field, clause: "MQTT-3.1.2-4", message })
}

/**
 * Fills in the defaults. Fails for what CONNECT must not contain: a Will topic with a `#`, and in MQTT 3.1.1 a password
 * without a user name. `later` is the module of MQTT 5, if it is wanted.
 */
export const settings = (options: ClientOptions, later?: Later): Result.Result<Settings, InvalidPacket> => {
  const { endpoint, reconnect = stayConnected } = options
  const fault = storeFault(options)
  if (fault !== undefined) return Result.fail(fault)
  return Result.map(openings(options, later), (opening) => ({
    ...opening,
    endpoint,
    server: options.server ?? endpoint.host + ":" + endpoint.port,
    clientId: options.clientId,
    cleanSession: sessionExpiryOf(options) === 0,
    subscriptions: options.subscriptions ?? [],
    keepAlive: options.keepAlive ?? 60,
    reconnect: reconnect === false || !reconnect.enabled ? undefined : reconnect,
    maximumInFlight: Math.min(Math.max(options.maximumInFlight ?? 64, 1), 32_767),
    maximumExactlyOnce: 16,
    lowerQos: options.lowerQos ?? false,
    outboxCapacity: options.outboxCapacity ?? 10_000,
    outboxBytes: options.outboxBytes ?? 64 * 1024 * 1024,
    receiveBuffer: Math.max(options.receiveBuffer ?? 1_000, 1),
    receiveBufferBytes: Math.max(options.receiveBufferBytes ?? 32 * 1024 * 1024, 1),
    unclaimedMillis: Duration.toMillis(options.unclaimedTimeout ?? "1 minute"),
    connectMillis: Duration.toMillis(options.connectTimeout ?? "10 seconds"),
    replyMillis: Duration.toMillis(options.replyTimeout ?? "10 seconds")
  }))
}
