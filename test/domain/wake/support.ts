/**
 * What the tables of a wake's decisions are written with: what is remembered, in few words; what the Server sends; and
 * what a device writes, as words. Everything is a value: no port and no Effect takes part.
 */
import * as Result from "effect/Result"
import type * as Backoff from "../../../src/domain/delivery/Backoff.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import type * as Outgoing from "../../../src/domain/packet/Outgoing.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Answers from "../../../src/domain/wake/Answers.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import type { Wake } from "../../../src/domain/wake/Wake.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"

/** A Packet Identifier, the Outbox entry that it stands for, and whether that may have been sent before. */
export type Flight = readonly [packetIdentifier: number, entry: number, dup?: "dup"]

/**
 * The state at the beginning of a row. What it does not say is as on a device with nothing pending that has just been
 * reached.
 */
export interface Given {
  readonly file?: Readonly<Record<string, unknown>> | undefined
  readonly mqtt?: Readonly<Record<string, unknown>>
  readonly policy?: Readonly<Record<string, unknown>>
  /** The topics of what is pending, below the prefix: `a b` are the entries 1 and 2. */
  readonly pending?: string
  readonly inFlight?: ReadonlyArray<Flight>
  readonly attemptCount?: number
  /** Milliseconds. */
  readonly lastAttemptTime?: number
  readonly state?: Partial<DeviceState.DeviceState>
  readonly wake?: Partial<Pick<Wake, "held" | "isReplaced" | "isUnsaved" | "stored" | "update">>
}

/** A device with a sensor `s`, an interval of 300 s, and a policy of 3 tries and then 3,600, 7,200 ... 21,600 s. */
export const configOf = ({ file, mqtt, policy }: Given = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(DeviceConfig.check({
    device_id: "d",
    version: 5,
    update_interval: 300,
    sensors: { simulated: { id: "s" } },
    ...file,
    mqtt: {
      enabled: true,
      broker: "broker",
      topic_data_prefix: "p",
      topic_config: "config",
      ...mqtt,
      reconnect: policy ?? {}
    }
  })).config

export const twoTopics = { topic_config_version: "config/version", topic_config_data: "config/data" }

export const reconnectOf = ({ attemptCount = 0, lastAttemptTime = 0 }: Given): Backoff.State => ({
  attemptCount,
  lastAttemptTime,
  draw: 0
})

export const stateOf = (given: Given = {}): DeviceState.DeviceState => {
  const topics = given.pending === undefined || given.pending === "" ? [] : given.pending.split(" ")
  const inFlight = (given.inFlight ?? []).map(
    ([packetIdentifier, entry, dup]) => ({ packetIdentifier, entry, dup: dup === "dup" })
  )
  return {
    ...DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 }),
    outbox: {
      entries: topics.map((topic, i) => ({ id: i + 1, topic, payload: topic + (i + 1) })),
      lastId: topics.length,
      dropped: 0
    },
    session: { inFlight, lastIdentifier: Math.max(0, ...inFlight.map(({ packetIdentifier }) => packetIdentifier)) },
    reconnect: reconnectOf(given),
    ...given.state
  }
}

/** A wake that writes down what it emits. */
export interface TestWake extends Wake {
  readonly events: Array<WakeEvent>
}

export const wakeOf = (given: Given = {}): TestWake => {
  const events: Array<WakeEvent> = []
  return {
    config: configOf(given),
    update: undefined,
    state: stateOf(given),
    stored: Bytes.fromText("stored"),
    held: [],
    emit: (event) => void events.push(event),
    events,
    ...given.wake
  }
}

/** The fields of the state that are others than before. */
export const patchOf = (
  before: DeviceState.DeviceState,
  after: DeviceState.DeviceState
): Partial<DeviceState.DeviceState> => {
  const fields = Object.entries(after).filter(([name, value]) =>
    JSON.stringify(value) !== JSON.stringify(before[name as keyof DeviceState.DeviceState])
  )
  return Object.fromEntries(fields)
}

export const pendingIn = ({ outbox }: DeviceState.DeviceState): ReadonlyArray<number> =>
  outbox.entries.map(({ id }) => id)

export const inFlightIn = ({ session }: DeviceState.DeviceState): ReadonlyArray<Flight> =>
  session.inFlight.map(
    ({ dup, entry, packetIdentifier }) => dup ? [packetIdentifier, entry, "dup"] : [packetIdentifier, entry]
  )

const bytesOf = (packet: Packet.Packet): Bytes.Bytes => Result.getOrThrow(Packet.encode(packet))

export const connack = (returnCode: 0 | 1 | 2 | 3 | 4 | 5 = 0, sessionPresent = false): Bytes.Bytes =>
  bytesOf({ _tag: "Connack", returnCode, sessionPresent })

export const puback = (packetIdentifier: number): Bytes.Bytes => bytesOf({ _tag: "Puback", packetIdentifier })

export const suback = (packetIdentifier: number, ...returnCodes: ReadonlyArray<0 | 1 | 2 | 0x80>): Bytes.Bytes =>
  bytesOf({ _tag: "Suback", packetIdentifier, returnCodes })

export const unsuback = (packetIdentifier: number): Bytes.Bytes => bytesOf({ _tag: "Unsuback", packetIdentifier })

export const pingresp = (): Bytes.Bytes => bytesOf({ _tag: "Pingresp" })

/** From the Server. With a Packet Identifier it has QoS 1. */
export const message = (topic: string, text: string, packetIdentifier?: number, retain = true): Bytes.Bytes =>
  bytesOf({
    _tag: "Publish",
    topic: topic as TopicName,
    payload: Bytes.fromText(text),
    qos: packetIdentifier === undefined ? 0 : 1,
    retain,
    dup: false,
    packetIdentifier
  })

const say = (packet: Packet.Packet): string => {
  if (packet._tag === "Publish") {
    const { dup, packetIdentifier, payload, topic } = packet
    return `PUBLISH ${packetIdentifier} ${topic} ${Bytes.toText(payload)}${dup ? " DUP" : ""}`
  }
  if (packet._tag === "Subscribe") {
    const { packetIdentifier, subscriptions } = packet
    return `SUBSCRIBE ${packetIdentifier} ${subscriptions.map(({ topicFilter }) => topicFilter).join(" ")}`
  }
  if (packet._tag === "Puback") return `PUBACK ${packet.packetIdentifier}`
  return packet._tag.toUpperCase()
}

/** What a device is about to write, packet by packet: `PUBLISH 1 p/a a1 DUP`. */
export const written = (outgoing: Outgoing.Outgoing): ReadonlyArray<string> => {
  const { failure, packets } = Framer.push(Framer.make(1 << 20), outgoing.bytes, Packet.decode)
  if (failure !== undefined) throw failure
  return packets.map((packet) => packet._tag === "Oversized" ? "OVERSIZED" : say(packet))
}

/** An attempt that has written what it may at once. */
export const opened = (wake: Wake): Attempt.Attempt => {
  const attempt = Attempt.make(wake)
  Attempt.open(attempt)
  return attempt
}

/** Takes each of the chunks in. */
export const takeAll = (attempt: Attempt.Attempt, ...chunks: ReadonlyArray<Bytes.Bytes>): void => {
  for (const chunk of chunks) Answers.take(attempt, chunk)
}
