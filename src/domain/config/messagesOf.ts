/** How many messages readings are. */
import type { DeviceConfig, SensorConfig } from "./DeviceConfig.ts"
import { hasLists } from "./hasLists.ts"

/** The reading, and with `publish_values` its values: two if nothing else is said. */
export const messagesOf = (publishValues: boolean, { quantities }: Pick<SensorConfig, "quantities">): number =>
  publishValues ? hasLists && quantities !== undefined ? 1 + quantities.length : 3 : 1

/** Those of a wake in which every sensor is read. */
export const messagesOfWake = ({ mqtt, sensors }: Pick<DeviceConfig, "sensors" | "mqtt">): number =>
  sensors.reduce((sum, sensor) => sum + messagesOf(mqtt.publishValues, sensor), 0)
