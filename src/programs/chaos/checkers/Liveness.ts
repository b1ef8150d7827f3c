/**
 * The second act: once nothing goes wrong any more, everything pending is delivered within a stated time.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import { longestSendInterval } from "../../../domain/config/sendInterval.ts"
import { maxWakes } from "../../../domain/wake/Probation.ts"
import type { Checker } from "../life/Checker.ts"

/** The longest that the power may still be away. */
const outageMillis = 10_000_000

/**
 * Milliseconds from the last fault until nothing is pending: the wait that the policy may have begun, the wake that may
 * have missed its end, and one more; and where it need not send at each wake, until it does. An update that cuts the device off may have been taken last: it has all its wakes
 * before it is rolled back.
 */
export const boundMillis = (config: DeviceConfig): number => {
  const { awakeTimeout, mqtt, publishInterval } = config
  return ((1 + maxWakes) * Math.max(mqtt.reconnect.maxInterval, publishInterval) + 2 * publishInterval +
        3 * awakeTimeout +
        longestSendInterval(config)) *
      1_000 + outageMillis
}

export const liveness: Checker = {
  name: "liveness",
  promise: "when everything works again, all pending messages are delivered within a limit",
  begin: () => {
    let isDelivered = false
    return (seen, facts) => {
      if (!facts.isHealed) return undefined
      if ((seen._tag === "Stored" || seen._tag === "Slept") && facts.kept?.pending.length === 0) isDelivered = true
      if (seen._tag !== "Ended" || isDelivered) return undefined
      return facts.ledger.pending.size + " messages still pending"
    }
  }
}
