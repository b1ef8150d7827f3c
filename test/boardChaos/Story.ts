/**
 * The story of a promise that a board broke: what was expected, what went wrong before, what the board printed, how to
 * live it again.
 */
import * as Format from "../../src/programs/dormouse/terminal/Format.ts"
import type { Planned } from "./Plan.ts"
import { describe } from "./Fault.ts"
import type { Wake } from "./ObservedState.ts"
import type { Broken } from "./Life.ts"
import type { Note } from "./Server.ts"

/** What a board or a Server said may hold anything. */
const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (one) => "\\x" + one.charCodeAt(0).toString(16).padStart(2, "0"))

/** As much of what went before is shown as leads to the end. */
const lastWakes = 4

const note = (one: Note): string => {
  if (one._tag === "Opened") return "opened"
  if (one._tag === "Closed") return "closed " + one.why
  const { packet } = one
  const what = packet._tag === "Publish"
    ? " " + packet.topic.slice(0, 60) + " dup " + Number(packet.dup) + " id " + packet.packetIdentifier + " " +
      Buffer.from(packet.payload.slice(0, 80)).toString()
    : "packetIdentifier" in packet ? " id " + packet.packetIdentifier
    : "returnCode" in packet ? " " + packet.returnCode + (packet.sessionPresent ? ", Session Present" : "") : ""
  return (one._tag === "Got" ? "<- " : "-> ") + packet._tag.toUpperCase() + what
}

const told = (wake: Wake): ReadonlyArray<string> => [
  "wake " + wake.number + " at " + Math.round(wake.clock / 1_000) + " s, " + wake.ended.end + ", " +
  Format.duration(wake.ended.awakeMillis) + " awake"
  + (wake.faults.length === 0 ? "" : "; " + wake.faults.map(describe).join("; ")),
  ...wake.ended.events.map((event) => "    " + JSON.stringify(event)),
  ...wake.ended.lines.slice(0, 40).map((line) => "  | " + printable(line.slice(0, 160))),
  ...wake.notes.slice(0, 60).map((one) => "  Server " + printable(note(one))),
  ...(wake.ended.report === undefined ? []
    : [
      "  stack " + wake.ended.report.stack.needed + " of " + wake.ended.report.stack.limit + ", variables " +
      wake.ended.report.jsvars.peak + " of " + wake.ended.report.jsvars.total
    ])
]

export const command = (
  seed: string,
  wakes: number,
  scene: string | undefined,
  only: ReadonlyArray<number> | undefined
): string =>
  "npm run chaos:board -- --seed " + seed + " --life " + wakes +
  (scene === undefined ? "" : " --configuration " + JSON.stringify(scene))
  + (only === undefined ? " --wakes 1" : " --only " + (only.length === 0 ? "none" : only.join(",")))

export interface Failed {
  readonly seed: string
  readonly life: number
  /** When it was asked for by name. */
  readonly scene: string | undefined
  readonly planned: ReadonlyArray<Planned>
  readonly only: ReadonlyArray<number> | undefined
  readonly broken: Broken
  readonly wakes: ReadonlyArray<Wake>
}

export const lines = ({ broken, life, only, planned, scene, seed, wakes }: Failed): ReadonlyArray<string> => [
  "Broken: " + broken.promise.promise,
  "Seed " + seed + ", the board \"" + broken.wake.scene.name + "\", wake " + broken.wake.number +
  (broken.wake.isHealed ? ", when everything worked again" : "") + ": "
  + broken.promise.name + ": " + printable(broken.reason),
  ...(only === undefined ? []
    : planned.filter(({ at }) => at <= broken.wake.number).map(({ at, fault }) =>
      "  in wake " + at + ": " + describe(fault)
    )),
  ...wakes.slice(-lastWakes).flatMap(told),
  "Flash: " + broken.image,
  "Replay it: " + command(seed, life, scene, only)
]
