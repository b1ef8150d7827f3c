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
  bad: "var(--bad)",
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

/** Margins that make drawings below each other share their axis. */
export const margins = (size: Size) => ({ marginLeft: size === "wide" ? 64 : 46, marginRight: 14 })

/** Days from 1 on, as the timeline counts them. */
export const dayAxis = (days: number, size: Size): ReadonlyArray<Plot.Markish> => {
  const most = size === "wide" ? 15 : 6
  const step = [1, 2, 5, 10, 30, 100, 365].find((each) => days / each <= most) ?? 365
  const ticks = days < 3 ? Array.from({ length: Math.floor(days * 4) + 1 }, (_, index) => index / 4) : Array.from({ length: Math.ceil(days / step) }, (_, index) => index * step)
  const label = (day: number) => days < 3 ? (day % 1) * 24 + " h" : String(Math.round(day) + 1)
  return [Plot.axisX(ticks, { tickFormat: label, tickSize: 4, label: days < 3 ? null : "day", labelArrow: "none", labelAnchor: "right" })]
}
