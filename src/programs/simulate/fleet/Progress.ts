/**
 * How a fleet comes on, on stderr: a line that moves for a person who waits, and one for each policy that is through.
 */
import * as Format from "../Format.ts"

/** Who waits no longer than this needs no progress. Milliseconds. */
const patienceMillis = 1_000

export const make = (days: number) => {
  let begun = Date.now()
  let used = process.cpuUsage()
  const say = (policy: string, wakes: number, rest: string) => {
    const { system, user } = process.cpuUsage(used)
    const cpuMillis = (user + system) / 1_000
    return policy + ": " + Format.amount(wakes) + " wakes in " + Format.duration(Date.now() - begun) + " (" + Format.duration(cpuMillis) + " of processor time: "
      + Format.amount(wakes / cpuMillis * 1_000) + " a second), " + Format.amount(process.memoryUsage().rss / 1e6) + " MB" + rest
  }
  const clear = () => process.stderr.isTTY ? "\r\u001b[2K" : ""
  return {
    onProgress: (policy: string, millis: number, wakes: number) => {
      if (!process.stderr.isTTY || Date.now() - begun < patienceMillis) return
      process.stderr.write(clear() + say(policy, wakes, "; day " + Math.min(Math.ceil(days), Math.floor(millis / 86_400_000) + 1) + " of " + Math.ceil(days)))
    },
    onPolicy: (policy: string, wakes: number, realWakes: number) => {
      process.stderr.write(clear() + say(policy, wakes, "; " + Format.plural(realWakes, "wake") + " in full") + "\n")
      begun = Date.now()
      used = process.cpuUsage()
    }
  }
}
