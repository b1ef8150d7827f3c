/**
 * What the pictures have in common: the axis of days, and names for colours.
 */
import * as Plot from "@observablehq/plot"
import type { Cause } from "../../domain/energy/Model.ts"
import type { Size } from "./Svg.ts"

export const dayMillis = 86_400_000

/** The page's variables. */
export const colours = {
  first: "var(--first)",
  second: "var(--second)",
  good: "var(--good)",
  /** Something was lost. */
  bad: "var(--bad)",
  /** A try failed. */
  failed: "var(--failed)",
  /** The Server or the network is not there. */
  away: "var(--away)",
  quiet: "var(--quiet)",
  faint: "var(--faint)",
  ink: "var(--ink)"
} as const

export const causeColours: Readonly<Record<Cause, string>> = {
  radio: "var(--radio)",
  "failed tries": "var(--failed)",
  processor: "var(--processor)",
  sensor: "var(--sensor)",
  "deep sleep": "var(--sleep)"
}

export const ofCase = (index: number): string => index === 0 ? colours.first : colours.second

/** Ticks of an axis of counts, up to `most`: whole numbers, three or so. */
export const wholeTicks = (most: number): ReadonlyArray<number> => {
  const step =
    [1, 2, 5].flatMap((digit) => Array.from({ length: 9 }, (_, power) => digit * 10 ** power)).sort((a, b) => a - b)
      .find((each) => most / each <= 3) ?? most
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step)
}

/** Margins that make drawings below each other share their axis. */
export const margins = (size: Size) => ({ marginLeft: size === "wide" ? 64 : 46, marginRight: 14 })

/** Days from 1 on, as the timeline counts them. */
export const dayAxis = (days: number, size: Size): ReadonlyArray<Plot.Markish> => {
  const most = size === "wide" ? 15 : 6
  const step = [1, 2, 5, 10, 30, 100, 365].find((each) => days / each <= most) ?? 365
  // For less than three days hours say more.
  const part = days < 0.2 ? 1 / 48 : days < 1 ? 1 / 12 : 1 / 4
  const ticks = days < 3
    ? Array.from({ length: Math.floor(days / part + 1e-9) + 1 }, (_, index) => index * part)
    : Array.from({ length: Math.ceil(days / step) }, (_, index) => index * step)
  const label = (day: number) => days < 3 ? Math.round((day % 1) * 240) / 10 + " h" : String(Math.round(day) + 1)
  return [
    Plot.axisX(ticks, {
      tickFormat: label,
      tickSize: 4,
      label: days < 3 ? null : "day",
      labelArrow: "none",
      labelAnchor: "right"
    })
  ]
}
