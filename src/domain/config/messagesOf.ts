/** How many messages a reading of this sensor is. */
import type { SensorConfig } from "./DeviceConfig.ts"
import { hasLists } from "./hasLists.ts"

/** The reading, and with `publish_values` its values: two if nothing else is said. */
export const messagesOf = (publishValues: boolean, { quantities }: Pick<SensorConfig, "quantities">): number =>
  publishValues ? hasLists && quantities !== undefined ? 1 + quantities.length : 3 : 1
