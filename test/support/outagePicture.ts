/**
 * The picture of a month that the documentation shows: the report's own drawings of `dormouse simulate`, as one SVG
 * that can be read in light and dark. Print it with `npx tsx test/support/outagePicture.ts`.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { pathToFileURL } from "node:url"
import { simulated as adapters } from "../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import * as Setup from "../../src/domain/energy/Setup.ts"
import { timeline } from "../../src/programs/report/Timeline.ts"
import { style } from "../../src/programs/report/style.ts"
import { widths } from "../../src/programs/report/Svg.ts"
import type { Standstill } from "../../src/ports/Standstill.ts"
import * as SimulationResult from "../../src/programs/simulate/life/SimulationResult.ts"
import { demo } from "../../src/programs/dormouse/demo.ts"
import * as Simulation from "../../src/programs/simulate/life/Simulation.ts"
import { stories } from "../../src/programs/simulate/life/Story.ts"

const days = 30

const keys: ReadonlyArray<readonly [colour: string, words: string]> = [
  ["--away", "away"],
  ["--failed", "failed (dots)"],
  ["--first", "wakes that tried"],
  ["--quiet", "wakes that waited, radio off"],
  ["--good", "delivered"],
  ["--second", "pending"],
  ["--bad", "dropped"]
]

/** The report's variables, which are the first rules of its style. */
const variables = style.slice(0, style.indexOf("* {"))

const heightOf = (svg: string): number => Number(/ height="(\d+)"/.exec(svg)?.[1])

const [margin, keyHeight] = [16, 34]

const key = (): string => {
  let x = margin
  return keys.map(([colour, words]) => {
    const at = x
    x += words.length * 6.4 + 34
    return `<rect x="${at}" y="${margin}" width="10" height="10" rx="2" fill="var(${colour})"/><text x="${
      at + 15
    }" y="${margin + 9}" fill="var(--ink)">${words}</text>`
  }).join("")
}

const compose = (drawings: ReadonlyArray<string>, title: string): string => {
  let y = margin + keyHeight
  const placed = drawings.map((svg) => {
    const at = y
    y += heightOf(svg)
    // A picture in a text has no pointer over it.
    return svg.replace(/<title>[^<]*<\/title>/g, "").replace("<svg ", `<svg x="${margin / 2}" y="${at}" `).replace(
      " aria-hidden=\"true\"",
      ""
    )
  })
  const [width, height] = [widths.wide + margin, y + margin / 2]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${title}</title>`,
    `<style>${variables}.plot { color: var(--ink) } .plot text { white-space: pre } .plot [aria-label="y-grid"] { stroke-opacity: .12 }</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="var(--paper)"/>`,
    key(),
    ...placed,
    "</svg>"
  ].join("\n") + "\n"
}

/** The month of the demo device with seed 1. */
export const outagePicture: Effect.Effect<string, Standstill> = Effect.gen(function*() {
  const { config } = Result.getOrThrow(DeviceConfig.check(demo))
  const life = yield* Simulation.live(adapters, { config, days, seed: "1", story: stories.month, onEntry: () => {} })
  const lived = SimulationResult.make("", config, days, life, life, Setup.usual)
  const picture = timeline(lived, "timeline", "What happened", Simulation.nounOf(config))
  return compose(picture.draw?.("wide") ?? [], picture.text)
})

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(await Effect.runPromise(outagePicture))
}
