/**
 * Commands, as far as a wake that gets none needs them: how they are asked for, and how they wait. What is done about
 * one is in `obey`. A board whose configuration has no topic for them does without both.
 *
 * They come with QoS 1 on the kept Session, so the Server has them while the device sleeps. None is acknowledged
 * before what it does is stored.
 */
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import type { Limits } from "../config/limits.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import type { TopicFilter } from "../packet/Topic.ts"
import type { DeviceState } from "../state/DeviceState.ts"
import { patch } from "../state/patch.ts"
import { isCareful, type Wake } from "./Wake.ts"

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
export const isStaying = ({ stay }: Wake, now: number): boolean =>
  stay !== undefined && now >= stay.from && now < stay.until

/** The clock was set ahead by `millis`: a device stays awake no shorter for it. */
export const move = (wake: Wake, millis: number): void => {
  const { stay } = wake
  if (stay) wake.stay = { from: stay.from + millis, until: stay.until + millis, isRetained: stay.isRetained }
}
