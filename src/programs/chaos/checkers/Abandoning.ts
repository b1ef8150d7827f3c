/**
 * A message is abandoned only if connections have ended on it again and again: as often as the device says, and on the
 * last three of them the Server acknowledged others. If a Server takes no message at all, no single message is to
 * blame.
 */
import * as Quarantine from "../../../domain/wake/Quarantine.ts"
import type { Checker } from "../life/Checker.ts"

/** Connections that ended on a message, and those of them on which another was acknowledged. */
interface Ended {
  all: number
  good: number
}

export const abandoning: Checker = {
  name: "abandoning",
  promise: "a message is abandoned only when the Server takes others and ends connections on this one",
  begin: () => {
    const ended = new Map<string, Ended>()
    let sent = 0
    return (seen, { line, packets }) => {
      if (seen._tag === "Opened") sent = 0
      if (seen._tag === "Sent") sent += (packets ?? []).filter(({ _tag }) => _tag === "Publish").length
      if (seen._tag !== "Emitted" || line === undefined) return undefined
      const { _tag } = seen.event
      if (_tag !== "MessageSuspected" && _tag !== "MessageAbandoned") return undefined
      const [first] = line.unacknowledged.values()
      if (first === undefined) return _tag + " was reported although nothing was unacknowledged"
      const known = ended.get(first) ?? { all: 0, good: 0 }
      known.all++
      if (line.unacknowledged.size < sent) known.good++
      ended.set(first, known)
      const isDue = known.all >= Quarantine.maxFailures && known.good >= Quarantine.maxFailures - Quarantine.lastFrom
      return _tag === "MessageSuspected" || isDue ? undefined
        : first + " was abandoned after " + known.all + " connections, the Server took others on " + known.good
    }
  }
}
