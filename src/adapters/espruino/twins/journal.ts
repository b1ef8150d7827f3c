/** The twin of programs/device/journal.ts for a board. */
import type { Appender, Finder, Reader } from "../../../domain/state/Journal.ts"
import { append, end, read } from "../Journal.ts"

export const reader = (): Reader => ({ read })
export const appender = (): Appender => ({ append, end })
export const finder = (): Finder => ({ read, end })
