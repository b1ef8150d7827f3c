/**
 * Progress: on a terminal a line that changes, in a pipe a line at each quarter.
 */
import type { Progress } from "./upload.ts"
import * as Effect from "effect/Effect"

export interface Output {
  readonly isTerminal: boolean
  readonly write: (text: string) => void
}

export interface Bar extends Progress {
  /** A line of its own, also after an unfinished one. */
  readonly line: (text: string) => Effect.Effect<void>
  /** Ends an unfinished line. */
  readonly end: Effect.Effect<void>
}

export const make = ({ isTerminal, write }: Output): Bar => {
  let isOpen = false
  let quarter = 0

  const line = (text: string) =>
    Effect.sync(() => {
      write((isOpen ? "\n" : "") + text + "\n")
      isOpen = false
    })

  const wrote = (name: string, written: number, total: number) =>
    Effect.sync(() => {
      const text = `writing ${name}: ${written} of ${total} bytes, ${Math.floor(written * 100 / total)} %`
      const isDone = written === total
      if (isTerminal) {
        write("\r" + text + (isDone ? "\n" : ""))
        isOpen = !isDone
      } else {
        const reached = Math.floor(written * 4 / total)
        if (reached > quarter || isDone) write(text + "\n")
        quarter = isDone ? 0 : reached
      }
    })

  const end = Effect.sync(() => {
    if (isOpen) write("\n")
    isOpen = false
  })

  return { line, end, step: line, wrote }
}
