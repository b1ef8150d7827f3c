/**
 * What happened to one device, or to two in the same days, as one HTML file that needs nothing else.
 */
import { docs, type Figure, type Name, names } from "../../domain/energy/Figures.ts"
import type { Device, Fleet } from "../../domain/observed/Fleet.ts"
import * as Model from "../../domain/energy/Model.ts"
import type { SimulationResult } from "../simulate/life/SimulationResult.ts"
import * as Comparison from "../simulate/life/Comparison.ts"
import * as Energy from "../simulate/life/Energy.ts"
import * as FlashLife from "../simulate/life/FlashLife.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import * as Ordinary from "../simulate/life/Ordinary.ts"
import * as Simulation from "../simulate/life/Simulation.ts"
import * as Story from "../simulate/life/Story.ts"
import { battery as emptying } from "./Battery.ts"
import { charge, dearest, phases } from "./Charge.ts"
import { data, figure, type Html, html, type Key, nothing, page, table } from "./Page.ts"
import { overlay } from "./Overlay.ts"
import { causeColours, colours, ofCase } from "./pictures.ts"
import { timeline } from "./Timeline.ts"
import { level, linked, readings } from "./observedSections.ts"
import { waits } from "./Waits.ts"

export interface About {
  readonly story: Story.Name
  readonly seed: string
  /** How long the story's outage lasts, if it ends. */
  readonly outageDays?: number | undefined
}

/** Ends of anchors: none, or one for each of two. */
const suffix = (index: number): string => index === 0 ? "" : "-2"

const tile = (name: string, value: Html, more: Html | string, isBad = false): Html =>
  html`<div${
    isBad ? html` class="bad"` : nothing
  }><dt>${name}</dt><dd class="value">${value}</dd><dd class="range">${more}</dd></div>`

/** The life of ordinary days, and beside it that of the story's. */
const lifeTile = (lived: SimulationResult, end: string): Html => {
  const { lifeDays } = lived.outlook
  const story = Ordinary.inTheseDays(lived)
  const range = Energy.range(lifeDays, Energy.lifetime) + ", on ordinary days"
  return tile("battery life", data("life" + end, lifeDays.value, Energy.lifetime(lifeDays.value)),
    story === undefined ? range : range + "; " + Energy.lifetime(story.lifeDays) + " if all days were like these")
}

const tiles = (lived: SimulationResult, noun: string, index: number): Html => {
  const { delivered, life: { totals }, outlook } = lived
  const { current, joules } = outlook
  const end = suffix(index)
  const flashYears = FlashLife.years(lived.life.ending.written, lived.days)
  const [flashNumber, flashWords] = FlashLife.words(lived.life.ending.written, lived.days)
  const left = totals.unchanged === 0 ? nothing : html`; ${Format.amount(totals.unchanged)} had changed too little`
  const lost = totals.dropped === 0 ? nothing : html`; <b class="worse">${Format.amount(totals.dropped)} dropped</b>`
  return html`<dl class="tiles">
${lifeTile(lived, end)}
${
    tile("average current", data("current" + end, current.value, Energy.current(current.value)),
      Energy.range(current, Energy.current))
  }
${
    joules === undefined || delivered === 0 ? nothing
      : tile("energy a " + noun, data("joules" + end, joules.value, Energy.energy(joules.value)),
        Energy.range(joules, Energy.energy))
  }
${
    tile("delivered", data("delivered" + end, delivered, Format.amount(delivered)),
      html`${(noun === "reading" ? "of " : "from ") + Format.plural(totals.readings, "reading")}${left}${lost}`,
      totals.readings > 0 && delivered === 0)
  }
${tile("flash lasts", data("flash" + end, flashYears, flashNumber), flashWords)}
</dl>`
}

const about = (lived: SimulationResult, { seed, story }: About): string =>
  Simulation.title(lived.config, lived.days, story, seed)[0] ?? ""

const heading = (lived: SimulationResult, cases: ReadonlyArray<SimulationResult>): Html =>
  cases.length > 1 ? html`<h3>${lived.name}</h3>` : nothing

/** Something for each case, under its name when there are two. */
const forEach = (
  cases: ReadonlyArray<SimulationResult>,
  show: (lived: SimulationResult, index: number) => Html
): ReadonlyArray<Html> =>
  cases.map((lived, index) =>
    cases.length > 1
      ? html`<div class="case${index === 0 ? "" : " second"}">${heading(lived, cases)}${show(lived, index)}</div>`
      : show(lived, index)
  )

const awayKey: Key = { colour: colours.away, words: "Server or network away" }

const timelineKey: ReadonlyArray<Key> = [
  awayKey,
  { colour: colours.failed, words: "failed tries (dots)" },
  { colour: colours.first, words: "wakes that tried" },
  { colour: colours.quiet, words: "wakes that waited, radio off", opacity: 0.45 },
  { colour: colours.good, words: "messages delivered" },
  { colour: colours.second, words: "messages pending" },
  { colour: colours.bad, words: "messages dropped" }
]

const causeKey: ReadonlyArray<Key> = Model.causes.map((cause) => ({ colour: causeColours[cause], words: cause }))

const caseKey = (cases: ReadonlyArray<SimulationResult>): ReadonlyArray<Key> =>
  cases.length > 1 ? cases.map(({ name }, index) => ({ colour: ofCase(index), words: name })) : []

const sideBySide = ([first, second]: ReadonlyArray<SimulationResult>): Html =>
  first === undefined || second === undefined ? nothing :
    html`<section id="compare"><h2>Side by side</h2>${
      table([["", first.name, second.name, "change"],
        ...Comparison.rows(first, second).map((row) => [row.what, row.first, row.second, row.change])])
    }</section>`

const gains = ({ changes }: SimulationResult): Html => {
  if (changes.length === 0) return html`<p>None of the changes that the model knows would gain much.</p>`
  const most = Math.max(...changes.map(({ gain }) => gain)) - 1
  return html`<ul class="gains">${
    changes.map(({ gain, how, title }) =>
      html`<li><b class="better">${Energy.gain(gain)}</b>&ensp;${title}<div class="bar" style="width: ${
        (100 * (gain - 1) / most).toFixed(1)
      }%"></div><span class="note">${how}</span></li>`
    )
  }</ul>`
}

/** An amount of a figure, and its range; empty: it is certain. */
const assumed = (name: Name, { high, low, value }: Figure): readonly [amount: string, range: string] => {
  const unit = docs[name][0]
  const isShare = unit === "share" || unit === "share a month"
  const show = (amount: number) => Energy.significant(isShare ? amount * 100 : amount)
  const words = isShare ? " %" + unit.slice("share".length) : " " + unit
  return [show(value) + words, low === high ? "" : show(low) + " to " + show(high) + words]
}

const uncertain = ({ outlook, setup }: SimulationResult): Html =>
  table([
    ["what is least certain", "assumed", "range", "the life could be"],
    ...outlook.uncertain.slice(0, 8).map(({ high, low, name }) => {
      const [worst, best] = [low, high].sort((a, b) => a - b) as [number, number]
      const life = outlook.lifeDays.value
      return [Energy.meaning(name), ...assumed(name, setup.figures[name]),
        Energy.range({ value: life, low: life * worst, high: life * best }, Energy.lifetime)]
    })
  ], "stack")

const allFigures = ({ setup }: SimulationResult): Html =>
  table([["figure", "assumed", "range", "source"],
    ...names.map((name) => [Energy.meaning(name), ...assumed(name, setup.figures[name]), setup.figures[name].source])],
    "stack")

/** As `collect --report` shows it. */
const observedOf = (
  fleet: Fleet,
  end: string,
  show: (fleet: Fleet, device: Device, end: string) => Html
): Html => {
  const [device] = fleet.devices
  return device === undefined ? html`<p>Nothing has reached the Server.</p>` : show(fleet, device, end)
}

const sections = (cases: ReadonlyArray<SimulationResult>): ReadonlyArray<Html> => {
  const most = Math.max(...cases.map(dearest))
  const noun = (lived: SimulationResult) => Simulation.nounOf(lived.config)
  return [
    html`<section><h2>The battery</h2>${figure(emptying(cases, "battery", "The battery"), caseKey(cases))}</section>`,
    html`<section><h2>What it is spent on</h2>${
      figure(phases(cases, "phases", "What it is spent on"), caseKey(cases))
    }</section>`,
    html`<section><h2>What happened</h2>${
      cases.length > 1
        ? figure(overlay(cases, "timeline", "What happened", noun), [awayKey, ...caseKey(cases)])
        : forEach(cases, (lived) => figure(timeline(lived, "timeline", "What happened", noun(lived)), timelineKey))
    }</section>`,
    html`<section><h2>What was measured</h2>${
      forEach(cases, ({ life: { observed } }, index) => observedOf(observed, suffix(index), readings))
    }</section>`,
    html`<section><h2>The connections</h2>${
      forEach(cases, ({ life: { observed } }, index) => observedOf(observed, suffix(index), linked))
    }</section>`,
    ...cases.some(({ life: { observed } }) => observed.devices.some(({ battery }) => battery.length > 0))
      ? [
        html`<section><h2>What the device said of its battery</h2>${
          forEach(cases, ({ life: { observed } }, index) =>
            observedOf(observed, suffix(index), (...of) =>
              level(...of) ?? html`<p>Nothing.</p>`))
        }</section>`
      ] : [],
    html`<section><h2>The waits and the policy</h2>${
      forEach(cases, (lived, index) => figure(waits(lived, "waits" + suffix(index), "The waits and the policy")))
    }</section>`,
    html`<section><h2>What a day costs</h2>${
      forEach(cases, (lived, index) =>
        figure(charge(lived, "charge" + suffix(index), "What a day costs", most), causeKey))
    }</section>`,
    html`<section id="gains"><h2>What a change would gain</h2><p>Battery life with the change, compared with the life above, on ordinary days.</p>${
      forEach(cases, gains)
    }</section>`,
    html`<section id="sure"><h2>How sure this is</h2><p>No board was measured for this. The figures are from data sheets and from what others have published, each with the range in which it may be; the work of the interpreter is counted in instructions, and how fast a board executes them is an estimate. A figure of your own board, in a file for <code>--energy</code>, makes the range smaller: these would most.</p>${
      forEach(cases, uncertain)
    }
<details><summary>All figures and their sources</summary>${forEach(cases, allFigures)}</details></section>`
  ]
}

/** The report of one case, or of two that lived through the same days. */
export const render = (cases: ReadonlyArray<SimulationResult>, { outageDays, seed, story }: About): string => {
  const [first] = cases
  if (first === undefined) return ""
  const days = Format.dayCount(first.days)
  const title = first.config.deviceName + ": " + days + ", story " + story
  const { board, battery, joining } = first.setup
  return page(title, [
    html`<header><h1>${first.config.deviceName}: ${days}</h1>
<p class="about">Story <b>${story}</b>, seed ${seed}: ${
      Story.about(story, first.days, outageDays)
    }. Board: ${board}. Battery: ${battery}. The network is joined by ${
      joining.channel === "scan" ? "a scan" : "a remembered channel"
    } and ${joining.address === "dhcp" ? "DHCP" : "a fixed address"}.</p></header>`,
    ...forEach(cases,
      (lived, index) =>
        html`<p class="about">${about(lived, { seed, story })}.</p>${
          tiles(lived, Simulation.nounOf(lived.config), index)
        }`),
    sideBySide(cases),
    ...sections(cases),
    html`<footer><p class="note">Simulated by Dormouse. The same seed gives the same days.</p></footer>`
  ])
}
