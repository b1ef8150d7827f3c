/** A text under a topic, as a device publishes it. */
import type { ApplicationMessage } from "./ApplicationMessage.ts"
import * as Bytes from "./packet/Bytes.ts"
import type { TopicName } from "./Topic.ts"

/** QoS 1, not retained. The topic's prefix was checked with the configuration, so the whole is a Topic Name. */
export const toMessage = (topic: string, text: string): ApplicationMessage<1> => ({
  topic: topic as TopicName,
  payload: Bytes.fromText(text),
  qos: 1,
  retain: false
})
