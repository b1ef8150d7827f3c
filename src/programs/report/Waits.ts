/**
 * The waits between failed tries, compared with what the policy asks for.
 */
import * as Plot from "@observablehq/plot"
import * as Backoff from "../../domain/delivery/Backoff.ts"
import type { SimulationResult } from "../simulate/life/SimulationResult.ts"
import type { Wait } from "../simulate/life/Chronicle.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { colours, margins } from "./pictures.ts"
import { draw, type Picture, type Size } from "./Svg.ts"

const hourMillis = 3_600_000

interface Step {
  readonly attempt: number
  readonly least: number
  readonly most: number
}

const steps = (
  { config: { mqtt: { reconnect } } }: SimulationResult,
  waits: ReadonlyArray<Wait>
): ReadonlyArray<Step> => {
  const last = Math.max(...waits.map(({ attempt }) => attempt))
  return Array.from({ length: last - reconnect.maxAttempts + 1 }, (_, index) => {
    const attempt = reconnect.maxAttempts + index
    const most = Backoff.waitMillis(reconnect, attempt) / hourMillis
    return { attempt, least: most * (1 - reconnect.jitter), most }
  })
}

/** Ticks only at tries, as many as there is room for. */
const wholeNumbers = (policy: ReadonlyArray<Step>, size: Size): ReadonlyArray<number> => {
  const each = Math.ceil(policy.length / (size === "wide" ? 14 : 7))
  return policy.flatMap(({ attempt }, index) => index % each === 0 ? [attempt] : [])
}

const wait = (lived: SimulationResult, waits: ReadonlyArray<Wait>, size: Size): string => {
  const policy = steps(lived, waits)
  const edge = (step: Step) => step.attempt - 0.5
  const closing = policy[policy.length - 1] as Step
  const outline = [...policy, { ...closing, attempt: closing.attempt + 1 }]
  const longest = Math.max(...waits.map(({ millis }) => millis / hourMillis), closing.most)
  return draw({
    ...margins(size),
    height: size === "wide" ? 260 : 230,
    marginTop: 26,
    marginBottom: 40,
    x: {
      domain: [edge(policy[0] as Step), closing.attempt + 0.5],
      label: "failed tries in a row",
      labelArrow: "none",
      labelAnchor: "right",
      ticks: wholeNumbers(policy, size),
      tickFormat: "d",
      tickSize: 4
    },
    y: {
      domain: [0, longest * 1.1],
      label: "hours until the next",
      labelArrow: "none",
      ticks: 6,
      tickSize: 4,
      grid: true
    },
    marks: [
      ...(lived.config.mqtt.reconnect.jitter > 0
        ? [
          Plot.areaY(outline, {
            x: edge,
            y1: "least",
            y2: "most",
            curve: "step-after",
            fill: colours.first,
            fillOpacity: 0.15
          })
        ]
        : []),
      Plot.lineY(outline, { x: edge, y: "most", curve: "step-after", stroke: colours.first, strokeWidth: 2 }),
      Plot.dot(waits, {
        x: "attempt",
        y: (each: Wait) => each.millis / hourMillis,
        r: size === "wide" ? 4 : 3,
        fill: colours.failed,
        fillOpacity: 0.6,
        title: (each: Wait) =>
          `after ${each.attempt} tries: ${Format.duration(each.millis)}; the policy asks for ${
            Format.duration(each.most)
          }`
      }),
      Plot.ruleY([0], { stroke: colours.quiet })
    ]
  }, size)
}

export const waits = (lived: SimulationResult, id: string, title: string): Picture => {
  const { config: { mqtt: { reconnect } }, life: { chronicle } } = lived
  // An update may have changed how many tries there are in a row.
  const all = chronicle.waits.filter(({ attempt }) => attempt >= reconnect.maxAttempts)
  const rule = "The policy: " + Format.plural(reconnect.maxAttempts, "try") +
    (reconnect.tryInterval ? " " + Format.duration(reconnect.tryInterval * 1_000) + " apart" : " at once") +
    ", then waits from "
    + Format.duration(reconnect.minInterval * 1_000) + " up to " + Format.duration(reconnect.maxInterval * 1_000) +
    (reconnect.jitter > 0
      ? ", each made shorter by a random share of up to " + Math.round(reconnect.jitter * 100) + " %" : "") +
    "."
  if (!reconnect.enabled || all.length === 0) {
    return {
      id,
      title,
      text: reconnect.enabled ? rule + " In these days no try had to wait."
        : "The policy is off: every wake tries once.",
      draw: undefined,
      table: []
    }
  }
  const early = all.filter(({ least, millis }) => millis < least).length
  const late = Math.max(...all.map(({ millis, most }) => millis - most))
  const stamps = Format.dayStamps(lived.days)
  return {
    id,
    title,
    text: rule + " " + Format.plural(all.length, "wait") + " (dots) and the policy (line): " +
      (early > 0 ? Format.amount(early) + " shorter than it allows" : "none was shorter than it allows")
      + ", and the latest try came " + (late <= 0 ? "on time" : Format.duration(late) + " after its time") + ".",
    draw: (size) => [wait(lived, all, size)],
    table: [["failed try", "begun", "next try after", "the policy's wait"], ...all.slice(0, 200).map((
      { at, attempt, millis, most }
    ) => [String(attempt), stamps.at(at), Format.duration(millis), Format.duration(most)])]
  }
}
