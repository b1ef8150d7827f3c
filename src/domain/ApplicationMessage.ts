/**
 * What an application hands to MQTT for delivery (MQTT 3.1.1, section 1.2: Application Message).
 */
import type { Bytes } from "./packet/Bytes.ts"
import type { TopicName } from "./Topic.ts"

/** Quality of Service that Dormouse sends and asks for: at most once, at least once. */
export type QoS = 0 | 1

export interface ApplicationMessage {
  readonly topic: TopicName
  readonly payload: Bytes
  readonly qos: QoS
  readonly retain: boolean
}
