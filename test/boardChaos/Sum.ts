/** The sums of many lives, and how they are printed. */
import * as Format from "../../src/programs/dormouse/terminal/Format.ts"
import type { Broken } from "./Life.ts"
import { events, type Wake } from "./ObservedState.ts"

interface Size {
  wakes: number
  stack: number
  variables: number
}

export interface Sum {
  lives: number
  wakes: number
  tries: number
  readings: number
  delivered: number
  dropped: number
  updates: { accepted: number; refused: number; rolledBack: number }
  readonly faults: Map<string, number>
  readonly ends: Map<string, number>
  readonly sizes: Map<string, Size>
  readonly broken: Map<string, number>
}

export const make = (): Sum => ({
  lives: 0,
  wakes: 0,
  tries: 0,
  readings: 0,
  delivered: 0,
  dropped: 0,
  updates: { accepted: 0, refused: 0, rolledBack: 0 },
  faults: new Map(),
  ends: new Map(),
  sizes: new Map(),
  broken: new Map()
})

const count = (all: Map<string, number>, name: string): void => void all.set(name, (all.get(name) ?? 0) + 1)

export const add = (sum: Sum, wake: Wake): void => {
  const { report } = wake.ended
  sum.wakes++
  sum.tries += events(wake, "Trying").length
  sum.readings += events(wake, "Measured").length
  for (const event of events(wake, "Delivered")) sum.delivered += event.count
  for (const event of events(wake, "Dropped")) sum.dropped += event.count
  sum.updates.accepted += events(wake, "ConfigAccepted").length
  sum.updates.refused += events(wake, "ConfigRefused").length
  sum.updates.rolledBack += events(wake, "ConfigRolledBack").length
  for (const { kind } of wake.faults) count(sum.faults, kind)
  count(sum.ends, wake.ended.end)
  if (report === undefined) return
  const size = sum.sizes.get(wake.scene.name) ?? { wakes: 0, stack: 0, variables: 0 }
  size.wakes++
  size.stack = Math.max(size.stack, report.stack.needed)
  size.variables = Math.max(size.variables, report.jsvars.peak)
  sum.sizes.set(wake.scene.name, size)
}

export const end = (sum: Sum, broken: Broken | undefined): void => {
  sum.lives++
  if (broken !== undefined) count(sum.broken, broken.promise.name)
}

const list = (all: ReadonlyMap<string, number>): string =>
  [...all].sort((a, b) => b[1] - a[1]).map(([name, times]) => name + " " + Format.amount(times)).join(", ") || "none"

const row = (label: string, text: string): string => label.padEnd(12) + text

export const lines = (sum: Sum, promises: number): ReadonlyArray<string> => {
  const { amount, plural } = Format
  const { accepted, refused, rolledBack } = sum.updates
  return [
    row("lived", sum.lives + " lives, " + plural(sum.wakes, "wake") + ", " + amount(sum.tries) + " tries; ended: " +
      list(sum.ends)),
    row("readings",
      amount(sum.readings) + " taken, " + amount(sum.delivered) + " messages acknowledged, " + amount(sum.dropped) +
        " dropped, as told"),
    row("updates",
      amount(accepted) + " accepted, " + amount(refused) + " refused, " + amount(rolledBack) + " rolled back"),
    row("faults", list(sum.faults)),
    row("promises", promises + ", broken in " + [...sum.broken.values()].reduce((all, one) => all + one, 0) + " lives" +
      (sum.broken.size > 0 ? ": " + list(sum.broken) : "")),
    "",
    "configuration".padEnd(28) + "wakes".padStart(7) + "deepest stack".padStart(15) + "most variables".padStart(16),
    ...[...sum.sizes].map(([name, size]) =>
      name.padEnd(28) + amount(size.wakes).padStart(7) + amount(size.stack).padStart(15) +
      amount(size.variables).padStart(16)
    )
  ]
}
