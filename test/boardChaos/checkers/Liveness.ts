/**
 * The second act: once everything works again, everything pending is delivered at the next try that the policy allows, and
 * one wake more. An update that cuts the board off has its wakes first.
 */
import { maxWakes } from "../../../src/domain/wake/Probation.ts"
import type { Checker } from "../Checker.ts"
import { events, pending, type Wake } from "../ObservedState.ts"
import { forbidden } from "../Scene.ts"

/** Its owner has given it a prefix that the Server closes on, with nothing pending that would have shown it. */
export const isCutOff = ({ after }: Wake): boolean => after.config.mqtt.topicDataPrefix.startsWith(forbidden)

export const liveness: Checker = {
  name: "liveness",
  promise: "when everything works again, all pending messages are delivered at the next allowed try and one more wake",
  begin: () => {
    let tried = 0
    let allowed = 2
    return (wake) => {
      if (!wake.isHealed || !wake.before.config.deepSleep || isCutOff(wake)) return undefined
      const isOnProbation = (wake.before.state?.probation.version ?? 0) > 0
      if (tried === 0 && isOnProbation) allowed += maxWakes
      // What is measured in a wake that need not send, for its battery is low, waits.
      if (events(wake, "Trying").length === 0) return undefined
      tried++
      const left = pending(wake.after)
      return left > 0 && tried > allowed ? left + " messages still pending after " + tried + " wakes that tried"
        : undefined
    }
  }
}
