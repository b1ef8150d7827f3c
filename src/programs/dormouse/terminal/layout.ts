/** How wide and how coloured this process may write. */
import * as Effect from "effect/Effect"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Format from "./Format.ts"

/** Lines longer than this are hard to read, however wide the window is. */
const maxColumns = 110

export const layout: Effect.Effect<Omit<Format.Layout, "stampWidth">> = Effect.map(
  TerminalCapabilities.TerminalCapabilities,
  ({ canColor }) => ({
    width: process.stdout.isTTY ? Math.min(process.stdout.columns || maxColumns, maxColumns) : maxColumns,
    paint: canColor ? Format.coloured : Format.plain
  })
)
