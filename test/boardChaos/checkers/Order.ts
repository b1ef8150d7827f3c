/**
 * Readings of one sensor arrive for the first time in the order in which they were taken. One that the board reported
 * as a suspect goes after the others.
 */
import type { Checker } from "../Checker.ts"
import { events } from "../ObservedState.ts"

export const order: Checker = {
  name: "order",
  promise: "readings of a sensor arrive in the order they were taken",
  begin: () => {
    const latest = new Map<string, number>()
    /** Sensor -> the wake in which one of its messages was last suspected. */
    const suspected = new Map<string, number>()
    return (wake, book) => {
      for (const { reason } of events(wake, "MessageSuspected")) {
        for (const { id } of wake.before.config.sensors) if (reason.includes(id + "/")) suspected.set(id, wake.number)
      }
      for (const { isAmbiguous, key, order, sensor, wake: taken } of book.arrived) {
        if (isAmbiguous || taken <= (suspected.get(sensor) ?? 0)) continue
        const last = latest.get(sensor) ?? -1
        if (order < last) return key + " arrived for the first time after one that was taken later"
        latest.set(sensor, order)
      }
      return undefined
    }
  }
}
