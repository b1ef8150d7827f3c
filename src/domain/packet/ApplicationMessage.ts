/**
 * What an application hands to MQTT for delivery (MQTT 3.1.1, section 1.2: Application Message).
 */
import type { Bytes } from "../bytes/Bytes.ts"
import type { TopicName } from "./Topic.ts"

/** Quality of Service: at most once, at least once, exactly once (4.3). A device uses the first two. */
export type QoS = 0 | 1 | 2

/** One message. `retain`: the Server is to keep it for later subscribers, or had kept it (3.3.1.3). */
export interface ApplicationMessage<Q extends QoS = QoS> {
  readonly topic: TopicName
  readonly payload: Bytes
  readonly qos: Q
  readonly retain: boolean
}
