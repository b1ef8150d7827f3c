/** Whether an Outbox is large enough for `thin_older`. */
import type { DeviceConfig } from "./DeviceConfig.ts"
import { messagesOfWake } from "./messagesOf.ts"

/** Of each topic there must be two in the older half, behind what the snapshot holds. */
const messagesPerTopic = 5

/** The least capacity with which the older half always has every second message of each topic to give. */
export const leastCapacity = (config: Pick<DeviceConfig, "sensors" | "mqtt">): number =>
  messagesPerTopic * messagesOfWake(config)

/**
 * False: where a topic has only one message in the older half, whole topics may give way there. `fixed` places are taken
 * by messages that cannot give way.
 */
export const isThinnable = (config: Pick<DeviceConfig, "sensors" | "mqtt">, fixed = 0): boolean =>
  config.mqtt.outbox.capacity - fixed >= leastCapacity(config)
