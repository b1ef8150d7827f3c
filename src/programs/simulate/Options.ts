/**
 * The options of the command line.
 */
import * as Option from "effect/Option"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { batteryNames } from "../../domain/energy/batteries.ts"
import { named } from "../../domain/energy/EnergyFile.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import * as Shared from "../dormouse/SharedOptions.ts"
import * as Story from "./life/Story.ts"

const maxDays = 3_650

/** With a full outbox each takes 8 kB or so. */
const maxDevices = 100_000

/** Options that mean nothing in the other mode have no default here, so that giving them can be refused. */
export const flags = {
  days: Shared.days("How many days to simulate (30)", maxDays).pipe(Flag.optional),
  story: Flag.Literals("story", Story.names).pipe(
    Flag.withDescription(
      "What happens in these days (month). " +
        Story.names.map((name) => name + ": " + Story.stories[name].about).join("; ")
    ),
    Flag.optional
  ),
  outage: Shared.above("outage",
    "How long the Server is away, from the second day on (story outage): what is kept, delivered afterwards, and what it costs the battery",
    maxDays).pipe(Flag.withMetavar("DAYS"), Flag.optional),
  seed: Shared.seed("Seed of all random choices: the same seed gives the same days").pipe(Flag.optional),
  config: Shared.configOrDemo,
  fleet: Shared.whole("fleet",
    "Simulate this many devices like it, with each policy: the load of the Server, and when all are back (story outage, which lasts 12 hours here)",
    1, maxDevices).pipe(
      Flag.withMetavar("DEVICES"),
      Flag.optional
    ),
  messages: Shared.messages("Show each message that reaches the Server"),
  verbose: Shared.toggle("verbose", "Give every wake a line of its own"),
  report: Shared.report("Also write what happened as one HTML file with pictures"),
  compare: Shared.file("compare", "Another device's file: the same days with it, side by side").pipe(Flag.optional),
  board: Shared.board("The board (esp32-firebeetle). " + named.boards.join("; ")),
  battery: Flag.Literals("battery", batteryNames).pipe(
    Flag.withDescription("The battery (18650). " + named.batteries.join("; ")),
    Flag.optional
  ),
  charge: Shared.whole("charge",
    "How full the battery is at the beginning, in percent (100), for a device that measures it", 0, 100).pipe(
      Flag.withMetavar("PERCENT"),
      Flag.optional
    ),
  energy: Shared.file("energy",
    "Changes the energy model's figures: JSON with board, battery, channel, address, figures").pipe(Flag.optional),
  server: Shared.server("Do not simulate: run the device here, against the Server at " + Shared.serverForm),
  wakes: Shared.wakes("With --server: end after so many wakes (1)").pipe(Flag.optional),
  state: Shared.state("With --server").pipe(Flag.optional)
}

export type Given = Command.Command.Config.Infer<typeof flags>

/** When the Server is back, the device needs a try and a wake, and a reader a usual day: so many days behind the outage. */
const daysAfter = 2

/** How many days are lived: with an outage enough to see its end and what comes behind it. */
export const daysOf = ({ days, outage }: Pick<Given, "days" | "outage">): number =>
  Option.getOrElse(days, () =>
    Math.max(30, Math.ceil(Story.outageBegins + Option.getOrElse(outage, () => 0) + daysAfter)))

const misplacedOutage = (given: Given, lasts: number): string | undefined => {
  if (Option.isSome(given.fleet)) return "--outage cannot be used with --fleet: there the story outage lasts 12 hours"
  const story = Option.getOrElse(given.story, () => "outage")
  if (story !== "outage") return "--outage cannot be used with --story " + story + ": it is for --story outage"
  const ends = Story.outageBegins + lasts
  return daysOf(given) > ends ? undefined
    : `--days must be above ${ends}: the outage begins after the first day and lasts ${Format.dayCount(lasts)}`
}

/** An option of one mode given in the other. */
export const misplaced = (given: Given): string | undefined => {
  const simulated = Option.isNone(given.server)
  const foreign: ReadonlyArray<
    | "wakes"
    | "state"
    | "days"
    | "story"
    | "outage"
    | "seed"
    | "fleet"
    | "report"
    | "compare"
    | "board"
    | "battery"
    | "charge"
    | "energy"
  > = simulated
    ? ["wakes", "state"]
    : ["days", "story", "outage", "seed", "fleet", "report", "compare", "board", "battery", "charge", "energy"]
  const found = foreign.find((name) => given[name]._tag === "Some")
  const shown = given.messages ? "messages" : given.verbose ? "verbose" : undefined
  if (found === undefined && shown !== undefined && Option.isSome(given.fleet)) {
    return "--" + shown + " cannot be used with --fleet: it shows one device"
  }
  if (found === undefined && Option.isSome(given.outage)) {
    const amiss = misplacedOutage(given, given.outage.value)
    if (amiss !== undefined) return amiss
  }
  const drawn = given.report._tag === "Some" ? "report" : given.compare._tag === "Some" ? "compare" : undefined
  if (found === undefined && drawn !== undefined && Option.isSome(given.fleet)) {
    return "--" + drawn + " cannot be used with --fleet: a report is of one device, or of two"
  }
  const priced = (["board", "battery", "charge", "energy"] as const).find((name) => given[name]._tag === "Some")
  if (found === undefined && priced !== undefined && Option.isSome(given.fleet)) {
    return "--" + priced + " cannot be used with --fleet: the energy of a fleet is not calculated"
  }
  if (found === undefined) return undefined
  return simulated
    ? "--" + found + " needs --server: it is for a run against a real Server"
    : "--" + found + " cannot be used with --server: it is for simulated days"
}
