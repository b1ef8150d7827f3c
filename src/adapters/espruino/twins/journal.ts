/** The twin of programs/device/journal.ts for a board. */
import type { Appender, Finder, Reader, Sheets } from "../../../domain/state/Journal.ts"
import * as Thinned from "../../../domain/state/Thinned.ts"
import type { Wake } from "../../../domain/wake/Wake.ts"
import { append, end, read } from "../Journal.ts"
import { openSheet, readSheet } from "../sheets.ts"

/** A board's bundle may come without them. */
const reading: typeof Thinned.reading | undefined = Thinned.reading
const appending: typeof Thinned.appending | undefined = Thinned.appending

export const sheets = (): Sheets => ({ read: readSheet, open: openSheet })

const readOf = ({ state }: Wake): Reader["read"] =>
  reading === undefined ? read : reading(read, { read: readSheet }, state.thinned)

export const reader = (_: unknown, wake: Wake): Reader => ({ read: readOf(wake) })
export const appender = (_: unknown, { state }: Wake): Appender => ({
  append: appending === undefined ? append : appending(append, state.thinned),
  end
})
export const finder = (_: unknown, wake: Wake): Finder => ({ read: readOf(wake), end })
