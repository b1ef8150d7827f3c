/**
 * The options that several commands have, each declared once: its name, what it takes, and what is wrong with it. A
 * command says what it does with the value, and whether it can be left out.
 */
import * as Flag from "effect/cli/Flag"
import { boardNames } from "../../domain/energy/boards.ts"

/** A path of a file. */
export const file = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("FILE"), Flag.withDescription(description))

/** Off unless it is given. */
export const toggle = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))

/** A whole number from `min` to `max`. */
export const whole = (name: string, description: string, min: number, max = Infinity) => {
  const wanted = max !== Infinity ? "from " + min + " to " + max : min === 1 ? "above 0" : "of at least " + min
  return Flag.Int(name).pipe(
    Flag.filter((value) => value >= min && value <= max, () => "a whole number " + wanted),
    Flag.withDescription(description)
  )
}

export const credentials = (description: string) => file("credentials", description).pipe(Flag.optional)

/** A MAC address, with or without colons: as 12 hexadecimal digits. */
export const mac = (description: string) =>
  Flag.String("mac").pipe(
    Flag.map((text) => text.toLowerCase().replace(/[:-]/g, "")),
    Flag.filter((digits) => /^[0-9a-f]{12}$/.test(digits), () => "12 hexadecimal digits, such as a0b1c2d3e4f5"),
    Flag.withMetavar("MAC"),
    Flag.withDescription(description)
  )

/** A number above 0, up to `max`. */
export const above = (name: string, description: string, max: number) =>
  Flag.Finite(name).pipe(
    Flag.filter((value) => value > 0 && value <= max, () => "a number above 0 and up to " + max),
    Flag.withDescription(description)
  )

const deviceFile = "The device's file, JSON"

export const config = (description = deviceFile) => file("config", description)

export const configOrDemo = config(deviceFile + " (by default a demo device)").pipe(Flag.optional)

export const serverForm = "mqtt://[user:password@]host[:port] or mqtts://..."

export const server = (description: string) =>
  Flag.String("server").pipe(Flag.withMetavar("URL"), Flag.withDescription(description), Flag.optional)

export const otherServer = server("The Server, in place of the file's: " + serverForm)

/** Where a device on this machine keeps its state, unless `--state` names another directory. */
export const usualState = ".dormouse"

/** `when` says when it counts. */
export const state = (when = "") =>
  Flag.String("state").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription((when === "" ? "W" : when + ": w") + "here the device keeps its state (" + usualState + ")")
  )

export const wakes = (description: string, max?: number) => whole("wakes", description, 1, max)

export const messages = (description: string) => toggle("messages", description)

export const board = (description: string) =>
  Flag.Literals("board", boardNames).pipe(Flag.withDescription(description), Flag.optional)

export const out = (description: string, usual: string) =>
  file("out", description + " (" + usual + ")").pipe(Flag.withDefault(usual))

export const report = (description: string) => file("report", description).pipe(Flag.optional)

/** The id of a device. */
export const device = (description: string) =>
  Flag.String("device").pipe(Flag.withMetavar("ID"), Flag.withDescription(description))

export const force = (description: string) => toggle("force", description)

/** A number or a text. */
export const seed = (description: string) =>
  Flag.String("seed").pipe(
    Flag.filter((text) => text !== "", () => "a number or a text"),
    Flag.withDescription(description + " (1)")
  )

/** How many seeds to count on, from the first. */
export const seeds = (description: string) => whole("seeds", description, 1)

export const days = (description: string, max: number) => above("days", description, max)

/** Up to a day. */
export const seconds = (name: string, description: string) => above(name, description, 86_400)

/** Some things of a numbered list; `which` says what they are. */
export const only = (which: string) =>
  Flag.String("only").pipe(Flag.withMetavar("NUMBERS"), Flag.withDescription(which), Flag.optional)

/** Those of a list that `--only` names by their numbers, or none of them; a text: what is wrong with it. */
export const chosen = <A>(text: string, list: ReadonlyArray<A>): ReadonlyArray<A> | string => {
  const given = text.trim()
  const numbers = given === "none" ? [] : given.split(",").map((one) => one.trim())
  const wrong = numbers.find((one) => !/^\d{1,9}$/.test(one) || Number(one) >= list.length)
  if (wrong !== undefined) {
    const wanted = list.length === 0 ? "none, for the plan of this seed has no faults"
      : "numbers from 0 to " + (list.length - 1) + " with commas between them, or none"
    return "--only must be " + wanted + ", but has " + JSON.stringify(wrong)
  }
  const wanted = new Set(numbers.map(Number))
  return list.filter((_, index) => wanted.has(index))
}
