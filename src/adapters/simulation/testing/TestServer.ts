/**
 * The simulated Server as a test sees it: what has arrived, what others publish, whom it refuses.
 */
import * as Result from "effect/Result"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import * as Topic from "../../../domain/packet/Topic.ts"
import type { Properties } from "../../../domain/packet/v5/PropertyTable.ts"
import * as Server from "../world/Server.ts"
import type { Accept } from "./TestNetwork.ts"
import * as Version5 from "./Version5.ts"

/** A message that the Server has kept for later subscribers. */
export interface RetainedMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** The payload as UTF-8. */
  readonly text: string
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  /** With MQTT 5. */
  readonly properties?: Properties<"PUBLISH"> | undefined
  /** When it came, in milliseconds of simulated time. */
  readonly at: number
}

/** A message that a client has published. */
export interface TestMessage extends RetainedMessage {
  readonly dup: boolean
  /** Who has published it. */
  readonly clientId: string
}

/** What a message is published with. `properties` reach clients of MQTT 5. */
export interface TestPublishOptions {
  readonly qos?: 0 | 1 | 2 | undefined
  readonly retain?: boolean | undefined
  readonly properties?: TestProperties | undefined
}

/** What a message says besides its payload; a text in `correlationData` is sent as UTF-8. */
export interface TestProperties
  extends Omit<Properties<"PUBLISH">, "topicAlias" | "subscriptionIdentifiers" | "responseTopic" | "correlationData">
{
  readonly responseTopic?: string | undefined
  readonly correlationData?: Uint8Array | string | undefined
}

/** As a packet has them. */
const propertiesOf = (properties: TestProperties | undefined): Properties<"PUBLISH"> | undefined => {
  const { correlationData } = properties ?? {}
  const sent = typeof correlationData !== "string" ? properties
    : { ...properties, correlationData: Bytes.fromText(correlationData) }
  return sent as Properties<"PUBLISH"> | undefined
}

/**
 * A Server of MQTT 3.1.1 and of MQTT 5, as each client asks for, with QoS 0, 1 and 2, Sessions, retained messages, Wills
 * and Shared Subscriptions.
 */
export interface TestServer {
  /** All that has arrived, in order; repetitions included with QoS 1, while those of QoS 2 are known and left out. */
  readonly messages: ReadonlyArray<TestMessage>
  /** Publishes as another client. Throws InvalidTopic, and InvalidOption for an option that there is not. */
  readonly publish: (topic: string, payload: string | Uint8Array, options?: TestPublishOptions) => void
  /** The retained message of a topic. */
  readonly retained: (topic: string) => RetainedMessage | undefined
  /** Client Identifiers that are connected. */
  readonly clients: () => ReadonlyArray<string>
  /** Topic Filters that this client is subscribed to. */
  readonly subscriptions: (clientId: string) => ReadonlyArray<string>
  /**
   * From the next CONNECT on each gets this return code, 1 to 5, or the Reason Code of MQTT 5 with its meaning; 0: they
   * are accepted again. Connections that there are stay.
   */
  readonly refuse: (returnCode: 0 | 1 | 2 | 3 | 4 | 5) => void
  /**
   * Nobody may subscribe to this Topic Filter, as it is written: others that match some of its topics are granted. From
   * the next SUBSCRIBE on.
   */
  readonly forbid: (topicFilter: string) => void
  /**
   * Closes the connection on each PUBLISH whose Topic Name `isForbidden`, as Servers of MQTT 3.1.1 do that forbid it; none
   * by default. It replaces the function of the last call.
   */
  readonly closeOn: (isForbidden: (topic: string) => boolean) => void
  /** Loses all Sessions and retained messages, as a Server that is started anew. Drop the connections as well. */
  readonly forget: () => void
}

/** What puts this Server into a network. */
export const accept = (server: Server.Server): Accept => (send, close) => {
  const link = Server.accept(send, close, Version5.codec())
  return {
    receive: (bytes, at) => Server.receive(server, link, bytes, at),
    closed: (at) => {
      if (link.open) Server.closed(server, link, at)
    }
  }
}

/** `now`: simulated time in milliseconds. */
export const make = (server: Server.Server, now: () => number): TestServer => {
  const messages: Array<TestMessage> = []
  server.onArrival = ({ at, clientId, dup, payload, properties, qos, retain, topic }) => {
    messages.push({ topic, payload, text: Bytes.toText(payload), qos, retain, dup, properties, clientId, at })
  }
  return {
    messages,
    publish: (topic, payload, { properties, qos = 0, retain = false } = {}) => {
      const name = Result.getOrThrow(Topic.name(topic))
      const bytes = typeof payload === "string" ? Bytes.fromText(payload) : payload.slice()
      Server.publish(server, { topic: name, payload: bytes, qos, retain, properties: propertiesOf(properties) }, now())
    },
    retained: (topic) => {
      const kept = server.retained.get(topic)
      return kept === undefined ? undefined : { ...kept, text: Bytes.toText(kept.payload) }
    },
    clients: () => [...server.sessions].flatMap(([clientId, { link }]) => link === undefined ? [] : [clientId]),
    subscriptions: (clientId) => [...server.sessions.get(clientId)?.subscriptions.keys() ?? []],
    refuse: (returnCode) => {
      server.refuseWith = returnCode
    },
    forbid: (topicFilter) => {
      server.forbidden.add(topicFilter)
    },
    closeOn: (isForbidden) => {
      server.closesOn = ({ topic }) => isForbidden(topic)
    },
    forget: () => {
      server.sessions.clear()
      server.retained.clear()
    }
  }
}
