/**
 * How a fleet comes on, for whoever waits: a line that moves on a terminal, a line now and then elsewhere, and one for each
 * policy that is through.
 */
import * as Format from "../Format.ts"

/** What is asked of the process. Milliseconds, and megabytes resident. */
export interface Machine {
  readonly now: () => number
  readonly processorMillis: () => number
  readonly megabytes: () => number
  readonly isTerminal: boolean
  readonly write: (text: string) => void
}

/** A terminal is left alone for the first second; a log is told every half minute. Milliseconds. */
const patienceMillis = { terminal: 1_000, log: 30_000 } as const

const erase = "\r\u001b[2K"

export const progress = (machine: Machine, days: number) => {
  const { isTerminal, megabytes, now, processorMillis, write } = machine
  let begun = now()
  let begunProcessor = processorMillis()
  let told = begun
  const speed = (policy: string, wakes: number): string => {
    const processor = Math.max(1, processorMillis() - begunProcessor)
    return policy + ": " + Format.plural(wakes, "wake") + " in " + Format.duration(now() - begun) + " (" + Format.duration(processor) + " of processor time: "
      + Format.amount(wakes / processor * 1_000) + " a second), " + Format.amount(megabytes()) + " MB"
  }
  const say = (text: string) => write(isTerminal ? erase + text : text + "\n")
  return {
    onProgress: (policy: string, millis: number, wakes: number): void => {
      const time = now()
      if (isTerminal ? time - begun < patienceMillis.terminal : time - told < patienceMillis.log) return
      told = time
      say(speed(policy, wakes) + "; day " + Math.min(Math.ceil(days), Math.floor(millis / 86_400_000) + 1) + " of " + Math.ceil(days))
    },
    onPolicy: (policy: string, wakes: number, realWakes: number): void => {
      say(speed(policy, wakes) + "; " + Format.plural(realWakes, "wake") + " in full" + (isTerminal ? "\n" : ""))
      begun = told = now()
      begunProcessor = processorMillis()
    }
  }
}
