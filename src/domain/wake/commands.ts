/**
 * Commands, as far as a wake that gets none needs them: how they are asked for, and how they wait. What is done about
 * one is in `obey`. A board whose configuration has no topic for them does without both.
 *
 * They come with QoS 1 on the kept Session, so the Server has them while the device sleeps. None is acknowledged
 * before what it does is stored.
 */
import * as Bytes from "../bytes/Bytes.ts"
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import type { Limits } from "../config/limits.ts"
import { maxBytes } from "../message/Command.ts"
import type { Oversized } from "../packet/Oversized.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import type { Publish } from "../packet/Publish.ts"
import type { TopicFilter } from "../packet/Topic.ts"
import type { DeviceState } from "../state/DeviceState.ts"
import { patch } from "../state/patch.ts"
import type { Attempt } from "./Attempt.ts"
import { hasRoom } from "./commandRoom.ts"
import { isCareful, type Wake } from "./Wake.ts"

/** A command as it came. */
export interface Given {
  /** One character for each byte; at most one more than a command may have. */
  readonly text: string
  readonly retain: boolean
  /** Whether it is retained is not known: it is too large to be kept. */
  readonly isTooLarge?: boolean
  readonly dup: boolean
  readonly packetIdentifier: number | undefined
}

/** How long a device stays awake that would sleep. */
export interface Stay {
  /** Milliseconds of the device's clock. */
  readonly until: number
  /** By a retained command: it ends when that is cleared. */
  readonly isRetained: boolean
}

/** Whether a message to this topic is a command. */
export const isCommand = ({ mqtt }: DeviceConfig, topic: string | undefined): boolean =>
  mqtt.topicCommand !== "" && topic === mqtt.topicCommand

/**
 * The topics to subscribe to, with that of the commands: the first, so that what is retained there comes before a
 * configuration, at which a wake stops waiting. A wake that is careful asks for none.
 */
export const withCommands = (wake: Wake, topics: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { deepSleep, mqtt } = wake.config
  return mqtt.topicCommand === "" || deepSleep && isCareful(wake) ? topics : [mqtt.topicCommand].concat(topics)
}

/** SUBSCRIBE to these topics. */
export const subscribe = (
  { mqtt }: DeviceConfig,
  packetIdentifier: number,
  topics: ReadonlyArray<TopicFilter>
): Outgoing.Outgoing =>
  topics[0] as string === mqtt.topicCommand ? Outgoing.subscribeFirst(packetIdentifier, topics)
    : Outgoing.subscribe(packetIdentifier, topics)

/** The configuration was not asked for on this connection, but commands were. */
export const isAlone = ({ filters, wake }: Attempt): boolean => filters === 1 && wake.config.mqtt.topicCommand !== ""

const acknowledge = (attempt: Attempt, packetIdentifier: number | undefined): void => {
  if (packetIdentifier !== undefined) {
    attempt.replies = Outgoing.join(attempt.replies, Outgoing.puback(packetIdentifier))
  }
}

/** The retained command is no more. */
const cleared = (wake: Wake): void => {
  if (wake.stay?.isRetained) wake.stay = undefined
}

/**
 * Takes a command, which then waits until it is done. One that cannot wait is left: it is not acknowledged, so the
 * Server sends it again on the next connection, and so is all behind it, because their order counts. What is retained
 * comes again anyway.
 */
const wait = (attempt: Attempt, given: Given): void => {
  const { wake } = attempt
  const waiting = attempt.commands ??= []
  attempt.leavesCommands ||= isCareful(wake) || !hasRoom(waiting.length)
  if (!attempt.leavesCommands) waiting.push(given)
  else if (given.retain) acknowledge(attempt, given.packetIdentifier)
}

/** A command has arrived. */
export const received = (attempt: Attempt, { dup, packetIdentifier, payload, retain }: Publish): undefined => {
  // A retained one that comes again may have been cleared since: if not, it is there a second time.
  const isStale = retain && dup
  if (Bytes.length(payload) === 0) cleared(attempt.wake)
  if (isStale || Bytes.length(payload) === 0) return void acknowledge(attempt, packetIdentifier)
  wait(attempt, { text: Bytes.toBinary(Bytes.slice(payload, 0, maxBytes + 1)), retain, dup, packetIdentifier })
}

/**
 * The same for one that this device cannot even read: its length stands for it. Whether it is retained is not known, so one of
 * each length is answered, as with what is retained.
 */
export const tooLarge = (attempt: Attempt, { packetIdentifier, size }: Oversized): void => {
  let text = size + " bytes"
  while (text.length <= maxBytes) text += " "
  wait(attempt, { text, retain: false, isTooLarge: true, dup: false, packetIdentifier })
}

/** A reading without what it is compared with. */
const unlimited = <A extends Limits>(quantity: A): A => ({
  ...quantity,
  change: undefined,
  above: undefined,
  below: undefined
})

/** Every sensor's turn has come, and what it gives is published whatever it is: a command asks for it. */
export const asked = (config: DeviceConfig): DeviceConfig => ({
  ...config,
  sensors: config.sensors.map((sensor) => ({
    ...sensor,
    interval: 0,
    temperature: unlimited(sensor.temperature),
    humidity: unlimited(sensor.humidity),
    quantities: sensor.quantities?.map(unlimited)
  }))
})

/** What a command has set is in use: the interval. */
export const pace = (wake: Wake): void => {
  const config = wake.configured ?? wake.config
  const [interval] = wake.state.commands ?? [0]
  const isSet = interval > 0 && config.mqtt.topicCommand !== ""
  wake.configured = config
  wake.config = isSet ? { ...config, publishInterval: interval } : config
}

/** The configuration without what a command has set: an update is merged into this one. */
export const configured = (wake: Wake): DeviceConfig => wake.configured ?? wake.config

/** Whether a status was asked for. */
export const isReportDue = ({ commands }: DeviceState): boolean => commands !== undefined && commands[2] === 1

/** The status was sent once more, at the end of a connection. */
export const withoutReport = (wake: Wake): void => {
  const { commands } = wake.state
  if (commands !== undefined && commands[2] === 1) {
    wake.state = patch(wake.state, { commands: [commands[0], commands[1], 0, commands[3]] })
  }
}

/** Whether a device that would sleep stays awake at `now`, in milliseconds. */
export const isStaying = ({ stay }: Wake, now: number): boolean => stay !== undefined && now < stay.until

/** The clock was set ahead by `millis`: a device stays awake no shorter for it. */
export const move = (wake: Wake, millis: number): void => {
  if (wake.stay !== undefined) wake.stay = { until: wake.stay.until + millis, isRetained: wake.stay.isRetained }
}
