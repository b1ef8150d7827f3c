/**
 * What the energy model says, in words and lines of a terminal.
 */
import { docs, type Name } from "../../../domain/energy/Figures.ts"
import type { Effect, Estimate } from "../../../domain/energy/Model.ts"
import type { Share } from "../../../domain/energy/Outlook.ts"
import type { SimulationResult } from "./SimulationResult.ts"
import * as Format from "../../dormouse/terminal/Format.ts"
import * as Ordinary from "./Ordinary.ts"

/** Two significant digits, three from 100 on: 0.062, 3.4, 41, 127; thousands are separated. */
export const significant = (value: number): string => {
  if (value === 0) return "0"
  if (value >= 1_000) return Format.amount(Number(value.toPrecision(3)))
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)))
}

export const current = (milliamps: number): string =>
  milliamps < 0.1 ? significant(milliamps * 1_000) + " µA" : significant(milliamps) + " mA"

const daysAMonth = 30.44

/** `37 days`, `8.2 months`, `3.1 years`. */
export const lifetime = (days: number): string => {
  if (days < 1) return significant(days * 24) + " hours"
  if (days < 60) return significant(days) + " days"
  return days < 720 ? significant(days / daysAMonth) + " months" : significant(days / 365.25) + " years"
}

export const energy = (joules: number): string =>
  joules < 0.1 ? significant(joules * 1_000) + " mJ" : significant(joules) + " J"

export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? "below 1 %" : Math.round(share * 100) + " %"

/** `0.4 to 0.9 mA`. */
export const range = ({ high, low }: Estimate, show: (value: number) => string): string => {
  const [from, to] = [show(low), show(high)]
  const unit = to.slice(to.indexOf(" "))
  return (from.endsWith(unit) ? from.slice(0, from.length - unit.length) : from) + " to " + to
}

/** `+41 %`, `3.2 times`. */
export const gain = (factor: number): string =>
  factor < 3 ? "+" + significant(Math.round((factor - 1) * 1_000) / 10) + " %" : significant(factor) + " times"

export const meaning = (name: Name): string => docs[name][1]

/** The share of the life at each end of a figure's range. */
const swing = ({ high, low }: Effect): string =>
  [low, high].sort((a, b) => a - b).map((factor) => significant(factor * 100)).join(" to ") + " %"

const shares = (list: ReadonlyArray<Share>): string =>
  list.map(({ name, share }) => name + " " + percent(share)).join(", ")

const maxPhases = 5
const maxChanges = 5
const maxUncertain = 3

export const title = ({ setup }: SimulationResult): string => "energy: " + setup.board + "; " + setup.battery

/** The amounts below each other, as the totals have them. */
export const lines = (lived: SimulationResult, noun: string, layout: Format.Layout): ReadonlyArray<string> => {
  const { changes, outlook, setup } = lived
  const { joules } = outlook
  const story = Ordinary.inTheseDays(lived)
  const rows: Array<readonly [what: string, number: string, more: string]> = [
    ["battery life", lifetime(outlook.lifeDays.value), range(outlook.lifeDays, lifetime) +
      ", on ordinary days of this configuration: the Server is there, and no update comes"],
    ...(story === undefined ? []
      : [["in these days", lifetime(story.lifeDays), "if all were like them: " + story.why] as const]),
    ["average current", current(outlook.current.value),
      range(outlook.current, current) + ", on ordinary days, like everything below"],
    ["energy", joules === undefined ? "-" : energy(joules.value), joules === undefined ? "no " + noun + " was delivered"
      : "a " + noun + " delivered, everything included; " + range(joules, energy)],
    ["spent on", "", shares(outlook.causes)],
    ["most of it", "", shares(outlook.phases.slice(0, maxPhases))]
  ]
  changes.slice(0, maxChanges).forEach((change, index) => {
    rows.push([index === 0 ? "would gain" : "", gain(change.gain), change.title + ": " + change.how])
  })
  outlook.uncertain.slice(0, maxUncertain).forEach((effect, index) => {
    rows.push([index === 0 ? "least certain" : "", "", meaning(effect.name) + ": " + swing(effect) + " of that life"])
  })
  rows.push(["joined by", "", (setup.joining.channel === "scan" ? "a scan" : "a remembered channel") + ", " +
    (setup.joining.address === "dhcp" ? "DHCP" : "a fixed address")])
  return Format.figures(rows, layout)
}
