/**
 * The options of the command line, and what is wrong with them.
 */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Flag from "effect/cli/Flag"
import { type BatteryName, batteryNames } from "../../domain/energy/batteries.ts"
import { type BoardName, boardNames } from "../../domain/energy/boards.ts"
import { named } from "../../domain/energy/EnergyFile.ts"
import * as Story from "./Story.ts"

/** The program cannot go on. `message` says why and what to do; it is all that is shown, and the exit code is 1. */
export class Refusal extends Data.TaggedError("Refusal")<{ readonly message: string }> {
  override readonly [Runtime.errorReported] = false
}

const mostDays = 3_650

/** With a full outbox each takes 8 kB or so. */
const mostDevices = 100_000

const positive = (days: number): boolean => days > 0 && days <= mostDays

/** Options that mean nothing in the other mode have no default here, so that giving them can be refused. */
export const flags = {
  days: Flag.Finite("days").pipe(
    Flag.filter(positive, () => "a number above 0 and up to " + mostDays),
    Flag.withDescription("How many days to simulate (30)"),
    Flag.optional
  ),
  story: Flag.Literals("story", Story.names).pipe(
    Flag.withDescription("What happens in these days (month). " + Story.names.map((name) => name + ": " + Story.stories[name].about).join("; ")),
    Flag.optional
  ),
  seed: Flag.String("seed").pipe(
    Flag.withDescription("Fixes all chance: the same seed gives the same days (1)"),
    Flag.optional
  ),
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The device's file, JSON (by default a demo device)"),
    Flag.optional
  ),
  fleet: Flag.Int("fleet").pipe(
    Flag.filter((devices) => devices > 0 && devices <= mostDevices, () => "a whole number from 1 to " + mostDevices),
    Flag.withMetavar("DEVICES"),
    Flag.withDescription("So many devices like it, by policy: what the Server has to take, and when all are back (story outage, which lasts 12 hours here)"),
    Flag.optional
  ),
  messages: Flag.Boolean("messages").pipe(
    Flag.withDescription("Show each message that reaches the Server"),
    Flag.withDefault(false)
  ),
  verbose: Flag.Boolean("verbose").pipe(
    Flag.withDescription("Give every wake a line of its own"),
    Flag.withDefault(false)
  ),
  report: Flag.String("report").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Also write what happened as one HTML file with pictures"),
    Flag.optional
  ),
  compare: Flag.String("compare").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Another device's file: the same days with it, side by side"),
    Flag.optional
  ),
  board: Flag.Literals("board", boardNames).pipe(
    Flag.withDescription("What the battery feeds (esp32-firebeetle). " + named.boards.join("; ")),
    Flag.optional
  ),
  battery: Flag.Literals("battery", batteryNames).pipe(
    Flag.withDescription("The battery (18650). " + named.batteries.join("; ")),
    Flag.optional
  ),
  energy: Flag.String("energy").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Changes the energy model's figures: JSON with board, battery, channel, address, figures"),
    Flag.optional
  ),
  server: Flag.String("server").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("Do not simulate: run the device here, against the Server at mqtt://[user:password@]host[:port] or mqtts://..."),
    Flag.optional
  ),
  wakes: Flag.Int("wakes").pipe(
    Flag.filter((wakes) => wakes > 0, () => "a whole number above 0"),
    Flag.withDescription("With --server: end after so many wakes (1)"),
    Flag.optional
  ),
  state: Flag.String("state").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("With --server: where the device keeps its state (.dormouse)"),
    Flag.optional
  )
}

export interface Given {
  readonly days: Option.Option<number>
  readonly story: Option.Option<Story.Name>
  readonly seed: Option.Option<string>
  readonly config: Option.Option<string>
  readonly fleet: Option.Option<number>
  readonly messages: boolean
  readonly verbose: boolean
  readonly report: Option.Option<string>
  readonly compare: Option.Option<string>
  readonly board: Option.Option<BoardName>
  readonly battery: Option.Option<BatteryName>
  readonly energy: Option.Option<string>
  readonly server: Option.Option<string>
  readonly wakes: Option.Option<number>
  readonly state: Option.Option<string>
}

/** An option of one mode given in the other. */
export const misplaced = (given: Given): string | undefined => {
  const simulated = Option.isNone(given.server)
  const foreign: ReadonlyArray<"wakes" | "state" | "days" | "story" | "seed" | "fleet" | "report" | "compare" | "board" | "battery" | "energy"> = simulated
    ? ["wakes", "state"]
    : ["days", "story", "seed", "fleet", "report", "compare", "board", "battery", "energy"]
  const found = foreign.find((name) => given[name]._tag === "Some")
  const shown = given.messages ? "messages" : given.verbose ? "verbose" : undefined
  if (found === undefined && shown !== undefined && Option.isSome(given.fleet)) return "--" + shown + " cannot be used with --fleet: it shows one device"
  const drawn = given.report._tag === "Some" ? "report" : given.compare._tag === "Some" ? "compare" : undefined
  if (found === undefined && drawn !== undefined && Option.isSome(given.fleet)) return "--" + drawn + " cannot be used with --fleet: a report is of one device, or of two"
  const priced = (["board", "battery", "energy"] as const).find((name) => given[name]._tag === "Some")
  if (found === undefined && priced !== undefined && Option.isSome(given.fleet)) return "--" + priced + " cannot be used with --fleet: the energy of a fleet is not told"
  if (found === undefined) return undefined
  return simulated
    ? "--" + found + " needs --server: it is for a run against a real Server"
    : "--" + found + " cannot be used with --server: it is for simulated days"
}
