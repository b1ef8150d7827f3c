/** Readings of one sensor come for the first time in the order in which they were taken. */
import type { Checker } from "../Checker.ts"

export const order: Checker = {
  name: "order",
  promise: "readings of a sensor arrive in the order they were taken",
  begin: () => {
    const latest = new Map<string, number>()
    return (_, book) => {
      for (const { isAmbiguous, key, order, sensor } of book.arrived) {
        if (isAmbiguous) continue
        const last = latest.get(sensor) ?? -1
        if (order < last) return key + " arrived for the first time behind one that was taken later"
        latest.set(sensor, order)
      }
      return undefined
    }
  }
}
