/** What has arrived of a new configuration, field by field; what is done with it is in ConfigUpdate. */
import type { DeviceConfig, MqttConfig } from "./DeviceConfigFields.ts"

/** Where the document itself comes. */
export const documentTopic = (mqtt: MqttConfig): string =>
  mqtt.topicConfigVersion === "" ? mqtt.topicConfig : mqtt.topicConfigData

/** What the messages of an update hold (`Contents`). Each is undefined where nothing has come, or no JSON. */
export interface Contents {
  readonly announced: unknown
  readonly document: unknown
}

export interface ConfigUpdate {
  readonly mqtt: MqttConfig
  /** The version in use. */
  readonly version: number
  /** What an update is laid over. */
  readonly present: DeviceConfig | undefined
  /** What is on the version's topic; undefined until it arrives, always so in the one-topic form. */
  readonly announced: string | undefined
  /**
   * As it was sent, like `announced`: a character for each byte, for only their reader (`Json`) knows whether they are
   * text.
   */
  readonly document: string | undefined
  /** What they hold, where that was read ahead (`Contents`). */
  contents?: Contents
}
