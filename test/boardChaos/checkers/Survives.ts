/**
 * No input makes the program die: of memory, of the stack, of an exception that nobody caught. Every wake of a board
 * that sleeps ends in deep sleep or with the power.
 */
import type { Checker } from "../Checker.ts"
import { events } from "../ObservedState.ts"

/** What the interpreter prints when a program dies, or an object is not as its program needs it. */
const death =
  /OUT OF MEMORY|Too much recursion|recursion|Uncaught|Execution Interrupted|New interpreter error|Storage is corrupt|ERROR: (?!Connect failed)/i

/** How the program reports that it reached its own time limit. */
const late = "the wake took longer"

export const survives: Checker = {
  name: "survives",
  promise: "no input makes a board die of memory or of its stack",
  begin: () => (wake) => {
    const { end, how, lines } = wake.ended
    const dead = lines.find((line) => death.test(line))
    if (dead !== undefined) return dead.slice(0, 200)
    const failed = events(wake, "Failed").find(({ reason }) => !reason.startsWith(late))
    if (failed !== undefined) return "the program failed: " + failed.reason.slice(0, 200)
    if (end === "died") return how
    return end === "slept" || end === "cut" || !wake.before.config.deepSleep ? undefined : "the wake did not end"
  }
}
