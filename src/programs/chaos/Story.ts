/**
 * What `dormouse chaos` says: sums of many lives, and the story of one that broke a promise.
 */
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import type { WakeEvent } from "../../domain/wake/WakeEvent.ts"
import * as DeviceWords from "../dormouse/terminal/deviceWords.ts"
import * as EventLine from "../dormouse/terminal/EventLine.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import type { Broken, Fault } from "./Life.ts"
import { type Failure, type Sum, yearMillis } from "./Run.ts"

/** An event of the device that told it. */
export interface Told {
  readonly at: number
  readonly event: WakeEvent
}

export const years = (millis: number): string => (Math.round(millis / yearMillis * 10) / 10).toLocaleString("en")

const row = (label: string, text: string, layout: Format.Layout): ReadonlyArray<string> =>
  Format.lines({ stamp: label, label: "", text, tone: "plain" }, layout)

/** The sums of all lives. */
export const sums = (sum: Sum, promises: number, layout: Format.Layout): ReadonlyArray<string> => {
  const { counts } = sum
  const { amount, plural } = Format
  const faults = [...counts.faults].sort((a, b) => b[1] - a[1])
  const struck = faults.reduce((all, [, count]) => all + count, 0)
  const wide = { ...layout, stampWidth: 10 }
  return [
    ["lived", years(counts.millis) + " years in " + plural(sum.lives, "life") + ", to seed " + sum.seed + "; " +
      plural(counts.wakes, "wake") + ", " + amount(counts.tries) + " tries"],
    ["readings",
      amount(counts.readings) + " taken; " + plural(counts.arrived, "message") + " with readings reached the Server, " +
      amount(counts.duplicates) + " of them once more"],
    ["lost", amount(counts.dropped) +
      " messages dropped from a full Outbox, as told; with the power before they were in flash " +
      amount(counts.lost.power)
      + ", with a flash that failed " + amount(counts.lost.unsaved) + ", as told, with one that was damaged " +
      amount(counts.lost.damaged) + ", as told"],
    ["faults", amount(struck) + ", with " + plural(counts.powerCuts, "power cut") + ": " +
      faults.map(([kind, count]) => kind + " " + amount(count)).join(", ")],
    ["promises", promises + " kept in every life"]
  ].flatMap(([label, text]) => row(label as string, text as string, wide))
}

/** How to live it again. */
export const command = <F extends Fault>(failure: Failure<F>, faults: ReadonlyArray<F>): string => {
  const kept = new Set(faults)
  const only = failure.plan.flatMap((fault, index) => kept.has(fault) ? [index] : [])
  return "npx dormouse chaos --seed " + failure.seed + " --wakes " + failure.scene.wakes + " --only " +
    (only.length === 0 ? "none" : only.join(","))
}

const device = ({ deepSleep, mqtt, publishInterval, sensors }: DeviceConfig): string =>
  "a device with " + Format.plural(sensors.length, "sensor") + " that " +
  DeviceWords.rhythm({ deepSleep, mqtt, publishInterval }) + ", room for " +
  Format.plural(mqtt.outbox.capacity, "message") +
  " (" + mqtt.outbox.whenFull + "), "
  + (mqtt.reconnect.enabled ? Format.plural(mqtt.reconnect.maxAttempts, "try") + " without a wait"
    : "no reconnect policy")

/** The story of a promise that was broken: what, the faults that are enough, the last that the device told. */
export const broken = <F extends Fault>(
  failure: Failure<F>,
  shrunk: { readonly faults: ReadonlyArray<F>; readonly broken: Broken },
  told: ReadonlyArray<Told>,
  describe: (fault: F) => string,
  layout: Format.Layout
): ReadonlyArray<string> => {
  const { at, promise, reason, wake } = shrunk.broken
  const { config } = failure.scene
  const stamps = Format.dayStamps(at / 86_400_000 + 1)
  const whole = { ...layout, stampWidth: stamps.at(at).length }
  const line = (when: number, label: string, text: string, tone: Format.Tone = "plain") =>
    Format.lines({ stamp: stamps.at(when), label, text, tone }, whole)
  const faults = shrunk.faults.filter((fault) => fault.at <= at)
  return [
    layout.paint("bad", "Broken: " + promise.promise),
    "Seed " + failure.seed + ": " + device(config) + ".",
    "",
    Format.rule("what must go wrong: " + faults.length + " of " + Format.plural(failure.plan.length, "fault"), layout),
    ...faults.flatMap((fault) => line(fault.at, "from here on", describe(fault))),
    Format.rule("what the device told last", layout),
    ...told.flatMap((one) => {
      const { label, text, tone } = EventLine.row(one.at, one.event, config)
      return line(one.at, label, text, tone)
    }),
    ...line(at, "broken", "in wake " + wake + ": " + promise.name + ": " + reason, "bad"),
    "",
    "Live it again: " + command(failure, faults)
  ]
}
