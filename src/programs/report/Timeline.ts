/**
 * The days: the state of the world, what the wakes did, what was pending.
 */
import * as Plot from "@observablehq/plot"
import type { SimulationResult } from "../simulate/life/SimulationResult.ts"
import { type Chronicle, type Span, tried } from "../simulate/life/Chronicle.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { type Bar, bars, tooltipOf } from "./Bars.ts"
import { colours, dayAxis, dayMillis, margins, wholeTicks } from "./pictures.ts"
import { draw, type Picture, type Size } from "./Svg.ts"

/** The state of the Server and the network. */
export const world = (chronicle: Chronicle, days: number, size: Size): string => {
  const all = bars(chronicle)
  // A word needs room: about seven pixels a letter.
  const roomy = all.filter(({ from, state, to }) =>
    (to - from) / days * (size === "wide" ? 780 : 290) > state.length * 7.5
  )
  return draw({
    ...margins(size),
    height: 62,
    marginTop: 4,
    marginBottom: 4,
    x: { domain: [0, days], axis: null },
    y: { domain: ["Server", "Wi-Fi"], label: null, tickSize: 0, padding: 0.16 },
    marks: [
      Plot.barX(all, {
        x1: "from",
        x2: "to",
        y: "lane",
        fill: (bar: Bar) => bar.isAway ? colours.away : colours.faint,
        insetLeft: 0.25,
        insetRight: 0.25,
        rx: 2,
        title: tooltipOf
      }),
      Plot.text(roomy, {
        x: (bar: Bar) => (bar.from + bar.to) / 2,
        y: "lane",
        text: "state",
        fill: (bar: Bar) => bar.isAway ? "var(--paper)" : colours.quiet
      })
    ]
  }, size)
}

const at = (span: Span): number => span.from / dayMillis
const until = (span: Span): number => span.to / dayMillis
const middle = (span: Span): number => (at(span) + until(span)) / 2

/** A gap between two bars, where they are wide enough for one. Pixels. */
const gap = (spans: ReadonlyArray<Span>, size: Size): number =>
  (size === "wide" ? 780 : 290) / spans.length > 4 ? 0.5 : 0

/** `in 3 h`: what one bar stands for. */
const inSpan = ([first]: ReadonlyArray<Span>): string =>
  first === undefined ? "" : " in " + Format.duration(first.to - first.from)

/** The tooltip of a span. */
const titled = (words: (span: Span) => string) => (span: Span): string =>
  "day " + Format.significantDay(at(span)) + inSpan([span]) + ": " + words(span)

const wakes = (spans: ReadonlyArray<Span>, days: number, size: Size): string => {
  const failed = spans.filter((span) => span.failed > 0)
  const most = Math.max(1, ...spans.map((span) => span.wakes))
  const insetRight = gap(spans, size)
  return draw({
    ...margins(size),
    height: 150,
    marginTop: 26,
    marginBottom: 6,
    x: { domain: [0, days], axis: null },
    y: {
      domain: [0, most * 1.18],
      label: "wakes" + inSpan(spans),
      labelArrow: "none",
      ticks: wholeTicks(most),
      tickFormat: "d",
      tickSize: 4,
      nice: false
    },
    marks: [
      Plot.rectY(spans, {
        x1: at,
        x2: until,
        y1: 0,
        y2: tried,
        fill: colours.first,
        insetRight,
        title: titled((span) => Format.plural(tried(span), "wake") + " that tried")
      }),
      Plot.rectY(spans, {
        x1: at,
        x2: until,
        y1: tried,
        y2: "wakes",
        fill: colours.quiet,
        fillOpacity: 0.45,
        insetRight,
        title: titled((span) => Format.plural(span.waiting + span.silent, "wake") + " that waited or only measured")
      }),
      Plot.dot(failed, {
        x: middle,
        y: most * 1.1,
        r: (span: Span) => 2 + Math.min(3, Math.sqrt(span.failed)),
        fill: colours.failed,
        title: titled((span) => Format.plural(span.failed, "failed try"))
      }),
      Plot.ruleY([0], { stroke: colours.quiet })
    ],
    r: { type: "identity" }
  }, size)
}

const deliveries = (spans: ReadonlyArray<Span>, days: number, size: Size): string => {
  const most = Math.max(1, ...spans.map((span) => span.delivered))
  return draw({
    ...margins(size),
    height: 112,
    marginTop: 26,
    marginBottom: 6,
    x: { domain: [0, days], axis: null },
    y: {
      domain: [0, most * 1.1],
      label: "delivered",
      labelArrow: "none",
      ticks: wholeTicks(most),
      tickFormat: "d",
      tickSize: 4
    },
    marks: [
      Plot.rectY(spans, {
        x1: at,
        x2: until,
        y1: 0,
        y2: "delivered",
        fill: colours.good,
        insetRight: gap(spans, size),
        title: titled((span) => Format.amount(span.delivered) + " delivered")
      }),
      Plot.ruleY([0], { stroke: colours.quiet })
    ]
  }, size)
}

const pending = (spans: ReadonlyArray<Span>, days: number, capacity: number, size: Size): string => {
  const dropping = spans.filter((span) => span.dropped > 0)
  const most = Math.max(1, ...spans.map((span) => span.pending))
  return draw({
    ...margins(size),
    height: 130,
    marginTop: 26,
    marginBottom: 38,
    x: { domain: [0, days] },
    y: {
      domain: [0, most * 1.15],
      label: "pending",
      labelArrow: "none",
      ticks: wholeTicks(most),
      tickSize: 4,
      tickFormat: "d"
    },
    marks: [
      Plot.areaY(spans, { x: until, y: "pending", curve: "step-before", fill: colours.second, fillOpacity: 0.35 }),
      Plot.rectY(spans, {
        x1: at,
        x2: until,
        y1: 0,
        y2: "pending",
        fillOpacity: 0,
        title: titled((span) => Format.amount(span.pending) + " pending at its end")
      }),
      Plot.lineY(spans, { x: until, y: "pending", curve: "step-before", stroke: colours.second, strokeWidth: 1.5 }),
      Plot.rect(dropping, {
        x1: at,
        x2: until,
        y1: most * 1.06,
        y2: most * 1.12,
        fill: colours.bad,
        title: titled((span) => Format.amount(span.dropped) + " dropped")
      }),
      ...(most >= capacity ? [Plot.ruleY([capacity], { stroke: colours.quiet, strokeDasharray: "3 3" })] : []),
      Plot.ruleY([0], { stroke: colours.quiet }),
      ...dayAxis(days, size)
    ]
  }, size)
}

/** What happened, in words. */
export const text = ({ config, days, life: { chronicle, totals } }: SimulationResult, noun: string): string => {
  const away = bars(chronicle).filter(({ isAway }) => isAway)
  const length = away.reduce((sum, { from, to }) => sum + to - from, 0) * dayMillis
  const outages = away.length === 0
    ? "The Server and the network were there all the time."
    : Format.plural(away.length, "outage") + ", " + Format.duration(length) + " together."
  const waited = chronicle.spans.reduce((sum, { waiting }) => sum + waiting, 0)
  const lost = totals.dropped === 0 ? "none was dropped"
    : Format.plural(totals.dropped, noun) + " dropped because at most " + config.mqtt.outbox.capacity + " are kept"
  return outages + " Of " + Format.plural(totals.wakes, "wake") + " in " + Format.dayCount(days) + ", " +
    Format.amount(waited)
    + " waited with the radio off because the policy did not let them try; " +
    Format.plural(totals.failedTries, "try") + " failed. " + lost.charAt(0).toUpperCase() + lost.slice(1) + "."
}

export const timeline = (lived: SimulationResult, id: string, title: string, noun: string): Picture => {
  const { config, days, life: { chronicle } } = lived
  const stamps = Format.dayStamps(days)
  return {
    id,
    title,
    text: text(lived, noun),
    draw: (size) => [
      world(chronicle, days, size),
      wakes(chronicle.spans, days, size),
      deliveries(chronicle.spans, days, size),
      pending(chronicle.spans, days, config.mqtt.outbox.capacity, size)
    ],
    table: [["when", "what"], ...chronicle.turns.map((turn) => [stamps.at(turn.at), turn.title])]
  }
}
