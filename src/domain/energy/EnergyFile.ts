/**
 * A file that changes the energy model: another board or battery, how the network is joined, single figures.
 *
 *     { "board": "esp32-c3", "address": "fixed", "figures": { "sleep_current": 0.043, "scan_time": { "value": 250,
 *     "low": 200, "high": 400 } } }
 *
 * A bare number is certain. Every mistake is reported at once, with its key and the allowed values.
 */
import * as Result from "effect/Result"
import { batteries, batteryNames } from "./batteries.ts"
import { boardNames, boards } from "./boards.ts"
import { docs, exactly, type Figure, type Figures, fileKey, type Name, names } from "./Figures.ts"
import type { Choice } from "./Setup.ts"

type Table = { readonly [key: string]: unknown }

const isTable = (value: unknown): value is Table => typeof value === "object" && value !== null && !Array.isArray(value)

const show = (value: unknown): string =>
  isTable(value) ? "an object"
    : Array.isArray(value) ? "a list" : value === undefined ? "missing" : JSON.stringify(value)

const keys = new Map<string, Name>(names.map((name) => [fileKey(name), name]))

/** Figures that are divisors, so 0 is not allowed. */
const mustNotBeZero: ReadonlySet<Name> = new Set(["interpreterSpeed", "capacity", "usableShare", "voltage"])

const most = (name: Name): number => docs[name][0] === "share" || docs[name][0] === "share a month" ? 1 : 1_000_000

const isAllowed = (name: Name, value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value <= most(name) &&
  (mustNotBeZero.has(name) ? value > 0 : value >= 0)

const wanted = (name: Name): string =>
  "a number " + (mustNotBeZero.has(name) ? "above 0 and up to " : "from 0 to ") + most(name) + ": " + docs[name][1] +
  ", in " + docs[name][0]

type Report = (fault: string) => undefined

const readFigure = (field: string, name: Name, given: unknown, report: Report): Figure | undefined => {
  if (!isTable(given)) {
    return isAllowed(name, given) ? exactly(given, "the energy file")
      : report(field + " must be " + wanted(name) + ", but is " + show(given))
  }
  const { high = given["value"], low = given["value"], source = "the energy file", value, ...rest } = given
  for (const key of Object.keys(rest)) {
    report(field + "." + key + " is not known: a figure has value, low, high and source")
  }
  for (const [key, each] of [["value", value], ["low", low], ["high", high]] as const) {
    if (!isAllowed(name, each)) return report(field + "." + key + " must be " + wanted(name) + ", but is " + show(each))
  }
  if (typeof source !== "string") return report(field + ".source must be text, but is " + show(source))
  const figure = { value, low, high, source } as Figure
  return figure.low <= figure.value && figure.value <= figure.high ? figure
    : report(field + ".value must lie between its low and its high")
}

const readFigures = (given: unknown, report: Report): Partial<Figures> => {
  if (given === undefined) return {}
  if (!isTable(given)) return report("figures must be an object, but is " + show(given)) ?? {}
  const figures: { -readonly [K in Name]?: Figure } = {}
  for (const [key, value] of Object.entries(given)) {
    const name = keys.get(key)
    if (name === undefined) report("figures." + key + " is not known; the figures are " + [...keys.keys()].join(", "))
    else {
      const figure = readFigure("figures." + key, name, value, report)
      if (figure !== undefined) figures[name] = figure
    }
  }
  return figures
}

const oneOf = <A extends string>(
  field: string,
  given: unknown,
  allowed: ReadonlyArray<A>,
  fallback: A,
  report: Report
): A => {
  if (given === undefined) return fallback
  const found = allowed.find((each) => each === given)
  return found ?? report(field + " must be " + allowed.map((each) => JSON.stringify(each)).join(" or ") + ", but is " +
    show(given)) ??
    fallback
}

/** The choice that a parsed file makes. Fails with one line for each mistake. */
export const read = (input: unknown, choice: Choice): Result.Result<Choice, ReadonlyArray<string>> => {
  const faults: Array<string> = []
  const report: Report = (fault) => {
    faults.push(fault)
    return undefined
  }
  if (!isTable(input)) return Result.fail(["it must hold a JSON object, { ... }, but holds " + show(input)])
  const { address, battery, board, channel, figures, ...rest } = input
  for (const key of Object.keys(rest)) {
    report(key + " is not known; the keys are board, battery, channel, address and figures")
  }
  const read: Choice = {
    board: oneOf("board", board, boardNames, choice.board, report),
    battery: oneOf("battery", battery, batteryNames, choice.battery, report),
    joining: {
      channel: oneOf("channel", channel, ["scan", "remembered"], choice.joining.channel, report),
      address: oneOf("address", address, ["dhcp", "fixed"], choice.joining.address, report)
    },
    figures: { ...choice.figures, ...readFigures(figures, report) }
  }
  return faults.length > 0 ? Result.fail(faults) : Result.succeed(read)
}

/** Six significant digits are more than anybody measures. */
const rounded = (value: number): number => Number(value.toPrecision(6))

/** A file that `read` takes, with these figures. */
export const write = ({ battery, board, figures, joining }: Choice): string =>
  JSON.stringify(
    {
      board,
      battery,
      ...joining,
      figures: Object.fromEntries(
        names.filter((name) => figures[name] !== undefined).map((name) => {
          const { high, low, source, value } = figures[name] as Figure
          return [fileKey(name), { value: rounded(value), low: rounded(low), high: rounded(high), source }]
        })
      )
    },
    undefined,
    2
  ) + "\n"

/** The names that can be chosen, for a reader. */
export const named = {
  boards: boardNames.map((name) => name + ": " + boards[name].title),
  batteries: batteryNames.map((name) => name + ": " + batteries[name].title)
}
