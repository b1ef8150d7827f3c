/**
 * The progress of a fleet: how many wakes there were and how fast, and a line for each policy that is complete.
 */
import * as Format from "../../dormouse/terminal/Format.ts"
import * as Progress from "../../dormouse/terminal/Progress.ts"

/** What it needs of the process. Milliseconds, and megabytes of resident memory. */
export interface Machine extends Progress.Output {
  readonly processorMillis: () => number
  readonly megabytes: () => number
}

export const progress = (machine: Machine, days: number) => {
  const { megabytes, processorMillis } = machine
  const shown = Progress.make(machine)
  let begunProcessor = processorMillis()
  const speed = (policy: string, wakes: number): string => {
    const processor = Math.max(1, processorMillis() - begunProcessor)
    return policy + ": " + Format.plural(wakes, "wake") + " in " + Format.duration(shown.elapsed()) + " (" +
      Format.duration(processor) + " of processor time: "
      + Format.amount(wakes / processor * 1_000) + " a second), " + Format.amount(megabytes()) + " MB"
  }
  return {
    onProgress: (policy: string, millis: number, wakes: number): void =>
      shown.say(() =>
        speed(policy, wakes) + "; day " + Math.min(Math.ceil(days), Math.floor(millis / 86_400_000) + 1) + " of " +
        Math.ceil(days)
      ),
    onPolicy: (policy: string, wakes: number, realWakes: number): void => {
      shown.end(speed(policy, wakes) + "; " + Format.plural(realWakes, "wake") + " in full")
      begunProcessor = processorMillis()
    }
  }
}
