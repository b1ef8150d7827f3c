/** What has arrived of a new configuration, field by field; ConfigUpdate says what is done with it. */
import type { DeviceConfig, MqttConfig } from "./DeviceConfigFields.ts"

/** The topic of the document. */
export const documentTopic = (mqtt: MqttConfig): string =>
  mqtt.topicConfigVersion === "" ? mqtt.topicConfig : mqtt.topicConfigData

/** The content of an update's messages (`Contents`). A field is undefined if nothing has come, or if it is not JSON. */
export interface Contents {
  readonly announced: unknown
  readonly document: unknown
}

export interface ConfigUpdate {
  readonly mqtt: MqttConfig
  /** The version in use. */
  readonly version: number
  /** The configuration into which an update is merged. */
  readonly present: DeviceConfig | undefined
  /** What is on the version's topic; undefined until it arrives, always so in the one-topic form. */
  readonly announced: string | undefined
  /**
   * As it was sent, like `announced`: one character for each byte, because only the reader (`Json`) knows whether the
   * bytes are text.
   */
  readonly document: string | undefined
  /** The content, if it was read ahead (`Contents`). */
  contents?: Contents
}
