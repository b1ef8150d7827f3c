/**
 * The progress of a long command: on a terminal one line of stderr that changes, in a log a line from time to time.
 *
 * All commands use it. On a terminal nothing is shown in the first moment, so that a quick command shows nothing. A
 * line is made only when it is shown, so that reporting at every step costs nothing.
 */

/** Where it is shown, and by which clock (milliseconds). */
export interface Output {
  readonly now: () => number
  readonly isTerminal: boolean
  readonly write: (text: string) => void
}

export interface Progress {
  /** Shows the progress, if it is time to. */
  readonly say: (text: () => string) => void
  /** Shows a line that stays, at once. The next one is on another line, and the clock starts again. */
  readonly end: (text: string) => void
  /** Removes the changing line, so that other things can be written. */
  readonly clear: () => void
  /** Milliseconds since the clock began. */
  readonly elapsed: () => number
}

/**
 * Milliseconds: what a person does not call waiting, from one change of the line to the next, and from one line of a
 * log to the next.
 */
const momentMillis = 1_000
const terminalMillis = 200
const logMillis = 15_000

/** Takes away what is on the line. */
const erase = "\r\u001b[2K"

export const stderr: Output = {
  now: () => Date.now(),
  isTerminal: process.stderr.isTTY === true,
  write: (text) => void process.stderr.write(text)
}

export const make = ({ isTerminal, now, write }: Output = stderr): Progress => {
  let begun = now()
  let shown = begun
  let isOpen = false
  const isTime = (time: number): boolean =>
    isTerminal ? time - begun >= momentMillis && (!isOpen || time - shown >= terminalMillis) : time - shown >= logMillis
  const clear = (): void => {
    if (isOpen) write(erase)
    isOpen = false
  }
  return {
    say: (text) => {
      const time = now()
      if (!isTime(time)) return
      shown = time
      isOpen = isTerminal
      write(isTerminal ? erase + text() : text() + "\n")
    },
    end: (text) => {
      write((isOpen ? erase : "") + text + "\n")
      isOpen = false
      begun = shown = now()
    },
    clear,
    elapsed: () => now() - begun
  }
}

/** Shows it from time to time while `work` goes on, for steps that take long. */
export const during = async <A>(progress: Progress, text: () => string, work: () => Promise<A>): Promise<A> => {
  const timer = setInterval(() => progress.say(text), terminalMillis)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    progress.clear()
  }
}
