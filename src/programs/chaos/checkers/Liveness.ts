/**
 * The second act: once nothing goes wrong any more, everything owed is delivered within the stated bound.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import { maxWakes } from "../../../domain/wake/Probation.ts"
import type { Checker } from "../life/Checker.ts"

/** The longest that the power may still be away. */
const outageMillis = 10_000_000

/**
 * Milliseconds from the last fault until nothing is owed: the wait that the policy may have begun, the wake that may
 * have missed its end, and one more; and where it need not send at each wake, until it does. An update that cuts the device off may have been taken last: it has its wakes
 * before it is rolled back.
 */
export const boundMillis = ({ awakeTimeout, mqtt, publishInterval }: DeviceConfig): number =>
  ((1 + maxWakes) * Math.max(mqtt.reconnect.maxInterval, publishInterval) + 2 * publishInterval + 3 * awakeTimeout +
      mqtt.sendInterval) *
    1_000 + outageMillis

export const liveness: Checker = {
  name: "liveness",
  promise: "when everything works again, everything owed is delivered within a bound",
  begin: () => {
    let isDelivered = false
    return (seen, facts) => {
      if (!facts.isHealed) return undefined
      if ((seen._tag === "Stored" || seen._tag === "Slept") && facts.kept?.owed.length === 0) isDelivered = true
      if (seen._tag !== "Ended" || isDelivered) return undefined
      return facts.ledger.owed.size + " messages still owed"
    }
  }
}
