/**
 * The report of a story in a real browser: its numbers are those of the simulation, and it can be read, wide and on a
 * phone, in light and dark, with and without seeing it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { parseHTML } from "linkedom"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { simulated as adapters } from "../../../src/adapters/simulation/driven.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Setup from "../../../src/domain/energy/Setup.ts"
import { render } from "../../../src/programs/report/report.ts"
import * as SimulationResult from "../../../src/programs/simulate/life/SimulationResult.ts"
import * as Comparison from "../../../src/programs/simulate/life/Comparison.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as FlashLife from "../../../src/programs/simulate/life/FlashLife.ts"
import * as Energy from "../../../src/programs/simulate/life/Energy.ts"
import * as Ordinary from "../../../src/programs/simulate/life/Ordinary.ts"
import * as Simulation from "../../../src/programs/simulate/life/Simulation.ts"
import { stories } from "../../../src/programs/simulate/life/Story.ts"
import * as Chromium from "../../support/chromium.ts"
import { program } from "../../support/program.ts"
import { isWhole } from "../../support/runs.ts"

const days = 3
const seed = "11"

/** Its name would be a danger if it were taken for HTML. */
const other = {
  ...demo,
  device_name: "<img src=x onerror=\"document.title='broken into'\"> & \"attic\"",
  update_interval: 900,
  sensors: { bme280: { id: "attic", pin: 21 } },
  mqtt: { ...demo.mqtt, ssl: true, publish_values: true, reconnect: { jitter: 0.5 } }
}

const lives = new Map<string, Promise<Simulation.Life>>()

/** Lived once: several tests look at the same days, and most want a device's ordinary days. */
const lifeOf = (
  config: DeviceConfig.DeviceConfig,
  days: number,
  of: keyof typeof stories
): Promise<Simulation.Life> => {
  const key = JSON.stringify([config, days, of])
  const life = lives.get(key) ??
    Effect.runPromise(Simulation.live(adapters, { config, days, seed, story: stories[of], onEntry: () => {} }))
  lives.set(key, life)
  return life
}

const live = (name: string, document: object, story: keyof typeof stories = "month", length = days) => {
  const { config } = Result.getOrThrow(DeviceConfig.check(document))
  const lived = (days: number, of: keyof typeof stories) => Effect.promise(() => lifeOf(config, days, of))
  return Effect.runPromise(Effect.gen(function*() {
    const life = yield* lived(length, story)
    const ordinary = Ordinary.isOrdinary(story, length, config) ? life
      : yield* lived(Ordinary.daysOf(config), "healthy")
    return SimulationResult.make(name, config, length, life, ordinary, Setup.usual)
  }))
}

const directory = fs.mkdtempSync(path.join(tmpdir(), "dormouse-report-"))
const [otherFile, reportFile] = [path.join(directory, "other.json"), path.join(directory, "report.html")]
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }))

const simulate = (args: ReadonlyArray<string>) =>
  new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, [program("simulate"), ...args], { stdio: ["ignore", "pipe", "pipe"] })
    let out = ""
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.stderr.on("data", (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.on("close", (code) => code === 0 ? resolve(out) : reject(new Error(out)))
  })

let cases: readonly [SimulationResult.SimulationResult, SimulationResult.SimulationResult]
let out = ""

beforeAll(async () => {
  fs.writeFileSync(otherFile, JSON.stringify(other))
  const args = ["--days", String(days), "--seed", seed, "--report", reportFile, "--compare", otherFile]
  const made = await Promise.all([live("the demo device", demo), live("other.json", other), simulate(args)])
  cases = [made[0], made[1]]
  out = made[2]
}, 240_000)

/** What no report should hold, with what is around it. */
const odd = (html: string): ReadonlyArray<string> =>
  html.match(/.{0,40}(?:NaN|Infinity|undefined|\[object).{0,20}/g) ?? []

describe("the report", () => {
  it("of two devices says what their days would mean, and of what looks the same no change", () => {
    const [first] = cases
    const rows = Comparison.rows(first, {
      ...first,
      lived: { ...first.lived, lifeDays: { ...first.lived.lifeDays, value: first.lived.lifeDays.value / 2 } },
      life: { ...first.life, totals: { ...first.life.totals, longestWait: first.life.totals.longestWait - 1 } }
    })
    expect(rows.find(({ what }) => what === "in such days")?.change).toBe("-50 %")
    expect(rows.find(({ what }) => what === "longest wait for the next")?.change).toBe("")
    expect(rows.filter(({ change }) => change !== "").length).toBe(1)
  })

  it("is one file that loads nothing, and is the same for the same days", () => {
    const html = fs.readFileSync(reportFile, "utf8")
    // Compared as a truth, or a difference would be shown at its full length.
    expect(html === render(cases, { story: "month", seed })).toBe(true)
    expect(out).toContain(reportFile + ": the report, " + Math.round(html.length / 1_024) + " kB")
    expect(html.length).toBeLessThan(800_000)
    expect(odd(html)).toEqual([])
    const { document } = parseHTML(html)
    expect(
      document.querySelectorAll("script, link, img, iframe, image, use, object, [src], [href], [onerror], [onload]")
        .length
    ).toBe(0)
    expect(html.match(/@import|url\(/g)).toBeNull()
  })

  it("of days without any fault, of a device without a sensor, and of one that is always on, has nothing strange in it", async () => {
    const documents = [demo, { ...demo, sensors: {} }, { ...demo, deep_sleep: false }, {
      ...demo,
      mqtt: { enabled: false }
    }]
    for (const document of documents) {
      const lived = await live("one", document, "healthy", 0.1)
      const html = render([lived], { story: "healthy", seed })
      expect(odd(html)).toEqual([])
      expect(html.includes("In these days no try had to wait.")).toBe(true)
    }
  })

  it("of a Server that never came says that nothing was delivered", async () => {
    const lived = await live("one", demo, "outage", 1)
    const html = render([lived], { story: "outage", seed })
    expect(lived.lived.joules).toBeUndefined()
    expect(html.includes("1 outage, 1 day together.")).toBe(true)
    expect(html.includes("energy a reading")).toBe(false)
  })
})

type Part = NonNullable<ReturnType<ReturnType<typeof parseHTML>["document"]["querySelector"]>>

/** Pixels of an axis as a function of its values, by its ticks. */
const scaleOf = (svg: Part): (value: number) => number => {
  const ticks = [...svg.querySelectorAll("[aria-label=\"x-axis tick label\"] text")].map((each) =>
    [Number(each.textContent), Number(/translate\(([-\d.]+)/.exec(each.getAttribute("transform") ?? "")?.[1])] as const
  )
  const [[v0, x0], [v1, x1]] = [ticks[0], ticks[ticks.length - 1]] as [
    readonly [number, number],
    readonly [number, number]
  ]
  return (value) => x0 + (value - v0) * (x1 - x0) / (v1 - v0)
}

describe("the picture, its text and its numbers agree", () => {
  const of = async (document: object, story: keyof typeof stories, length: number) => {
    const lived = await live("one", document, story, length)
    return { lived, document: parseHTML(render([lived], { story, seed })).document }
  }

  const lengths = [["healthy", 3], ["outage", 3], ["update", 3], ["month", 0.1], ["month", 7]] as const

  it.each(isWhole ? lengths : lengths.slice(0, -1))(
    "about the battery, in story %s of %d days",
    async (story, length) => {
      const { document, lived } = await of(demo, story, length)
      const { value } = lived.outlook.lifeDays
      const words = Energy.lifetime(value)
      const figure = document.querySelector("#battery") as Part
      expect(figure.querySelector("figcaption")?.textContent?.replaceAll("\u00a0", " ")).toContain(
        "Empty after " + words + " of ordinary days"
      )
      expect(document.querySelector("#life")?.textContent).toBe(words)
      expect(Number(document.querySelector("#life")?.getAttribute("value"))).toBe(value)
      expect(figure.nextElementSibling?.querySelector("tbody td")?.textContent).toBe(words)
      const svg = figure.querySelector(".wide svg") as Part
      const unitDays = svg.textContent?.includes("years") ? 365.25 : svg.textContent?.includes("months") ? 30.44 : 1
      const x = scaleOf(svg)(value / unitDays)
      const dot = svg.querySelector("[aria-label=\"dot\"] circle") as Part
      expect(Number(dot.getAttribute("cx"))).toBeCloseTo(x, 0)
      expect(dot.textContent).toContain("empty after " + words)
      // The dashed line is ordinary days: from full to empty, where the label stands.
      const dashed = [...svg.querySelectorAll("[aria-label=\"line\"][stroke-dasharray] path")][0]?.getAttribute("d") ??
        ""
      const ends = /^M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)$/.exec(dashed)?.slice(1).map(Number) as Array<number>
      expect(ends[2]).toBeCloseTo(x, 0)
      expect(ends[3]).toBeCloseTo(Number(dot.getAttribute("cy")), 1)
      expect([...svg.querySelectorAll("[aria-label=\"text\"] text")].map((each) => each.textContent)).toEqual([words])
    }
  )

  const spans = [
    ["month", 7, "7 days", "an outage of 16 h 48 min, a Wi-Fi gap of 1 h 7 min"],
    ["month", 0.1, "2 h 24 min", "an outage of 14 min 24 s"],
    ["month", 30, "30 days", "a 3-day outage"]
  ] as const

  it.each(isWhole ? spans : spans.slice(0, -1))(
    "about how long it was and how long the outage was: story %s of %d days",
    async (story, length, said, outage) => {
      const { document } = await of({ ...demo, update_interval: 900 }, story, length)
      expect(document.querySelector("h1")?.textContent).toBe("Living room: " + said)
      expect(document.querySelector(".about")?.textContent).toContain(outage)
      expect(document.querySelector("#timeline figcaption")?.textContent).toContain("in " + said)
    }
  )

  it("about counts: the axes have whole numbers, every bar says its own, and the bars' sum is the text's", async () => {
    const { document, lived } = await of(demo, "outage", 0.5)
    const svgs = [...document.querySelectorAll("#timeline .wide svg")]
    for (const svg of svgs.slice(1)) {
      const ticks = [...svg.querySelectorAll("[aria-label=\"y-axis tick label\"] text")].map((each) =>
        each.textContent ?? ""
      )
      expect(ticks.length).toBeGreaterThan(0)
      for (const tick of ticks) expect(tick).toMatch(/^\d+$/)
    }
    const titles = [...(svgs[1] as Part).querySelectorAll("rect title")].map((each) => each.textContent ?? "")
    const sum = (end: string) =>
      titles.filter((each) => each.includes(end)).reduce((all, each) => all + Number(/: (\d+) wake/.exec(each)?.[1]), 0)
    expect(sum("that tried") + sum("that waited")).toBe(lived.life.totals.wakes)
    const [tile] = [...document.querySelectorAll(".tiles .bad")]
    expect(tile?.textContent).toContain("delivered")
  })
})

describe.skipIf(Chromium.executable === undefined)("the report in Chromium" + Chromium.hint, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await Chromium.launch()
  })
  afterAll(() => browser?.close())

  const open = async (width: number, colorScheme: "light" | "dark" = "light"): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    await page.goto("file://" + reportFile)
    return page
  }

  it("shows the simulation's numbers", async () => {
    const page = await open(1_000)
    const shown = await page.$$eval("data",
      (all) => Object.fromEntries(all.map((each) => [each.id, [Number(each.getAttribute("value")), each.textContent]])))
    const expected = cases.flatMap(({ days, delivered, life, outlook }, index) => {
      const end = index === 0 ? "" : "-2"
      const { written } = life.ending
      return [
        ["life" + end, [outlook.lifeDays.value, Energy.lifetime(outlook.lifeDays.value)]],
        ["current" + end, [outlook.current.value, Energy.current(outlook.current.value)]],
        ["joules" + end, [outlook.joules?.value, Energy.energy(outlook.joules?.value ?? 0)]],
        ["delivered" + end, [delivered, delivered.toLocaleString("en")]],
        ["flash" + end, [FlashLife.years(written, days), FlashLife.words(written, days)[0]]]
      ] as const
    })
    expect(shown).toEqual(Object.fromEntries(expected))
    const rows = await page.$$eval("#compare tbody tr",
      (all) => all.map((row) => [...row.children].map((cell) => cell.textContent)))
    expect(rows).toEqual(
      Comparison.rows(...cases).map(({ change, first, second, what }) => [what, first, second, change])
    )
    await page.close()
  })

  it("draws what happened: a dot for each wait, bars for each cause and day, a bar for each phase, as long as they must be", async () => {
    const page = await open(1_000)
    for (const [index, { life: { chronicle }, lived }] of cases.entries()) {
      const end = index === 0 ? "" : "-2"
      expect(await page.locator(`#waits${end} .wide [aria-label="dot"] circle`).count()).toBe(chronicle.waits.length)
      expect(chronicle.waits.length).toBeGreaterThan(1)
      // A tick stands at a whole try, and says which.
      const labels = await page.locator(`#waits${end} .wide [aria-label="x-axis tick label"] text`).allTextContents()
      expect(labels.every((label) => /^\d+$/.test(label))).toBe(true)
      expect(await page.locator(`#waits${end} .wide [aria-label="x-axis tick"] path`).count()).toBe(labels.length)
      // The charge of all days and causes is the whole: heights of bars in pixels are in the ratio of the causes'
      // shares.
      const heights = await page.$$eval(`#charge${end} .wide [aria-label="rect"] rect`, (all) => {
        const sums: Record<string, number> = {}
        for (const each of all) {
          sums[each.getAttribute("fill") ?? ""] = (sums[each.getAttribute("fill") ?? ""] ?? 0) +
            Number(each.getAttribute("height"))
        }
        return sums
      })
      const whole = Object.values(heights).reduce((sum, height) => sum + height, 0)
      const variables: Readonly<Record<string, string>> = {
        radio: "radio",
        "failed tries": "failed",
        processor: "processor",
        sensor: "sensor",
        "deep sleep": "sleep"
      }
      for (const { name, share } of lived.causes) {
        expect((heights[`var(--${variables[name]})`] ?? 0) / whole, name).toBeCloseTo(share, 2)
      }
    }
    // Bars of phases, against the longest.
    const lengths = await page.$$eval("#phases .wide [aria-label=\"link\"] path", (all) =>
      all.map((each) => {
        const [, x1 = 0, x2 = 0] = (/^M([\d.]+),[\d.]+L([\d.]+),/.exec(each.getAttribute("d") ?? "") ?? []).map(Number)
        return x2 - x1
      }))
    const charges = cases.flatMap(({ ordinaryDays, outlook }) =>
      outlook.phases.map(({ millicoulombs }) => millicoulombs / ordinaryDays)
    )
    expect(lengths.length).toBe(charges.length)
    charges.forEach((charge, index) =>
      expect(lengths[index] as number / Math.max(...lengths)).toBeCloseTo(charge / Math.max(...charges), 2)
    )
    await page.close()
  })

  it("takes no name for HTML, says nothing in the console, and loads nothing", async () => {
    const page = await browser.newPage({ viewport: { width: 800, height: 900 } })
    const trouble: Array<string> = []
    page.on("console", (message) => trouble.push(message.text()))
    page.on("pageerror", (error) => trouble.push(error.message))
    page.on("request", (request) => {
      if (!request.url().startsWith("file://" + reportFile)) trouble.push(request.url())
    })
    await page.goto("file://" + reportFile)
    expect(await page.title()).toBe("Living room: 3 days, story month")
    expect(await page.locator("img").count()).toBe(0)
    expect(await page.getByText("<img src=x").count()).toBeGreaterThan(0)
    expect(trouble).toEqual([])
    await page.close()
  })

  it.each([320, 390, 700, 1_400])("fits into a window of %i pixels, its pictures at a size that can be read",
    async (width) => {
      const page = await open(width)
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width)
      const scales = await page.$$eval("figure svg",
        (all) =>
          all.filter((each) => each.getClientRects().length > 0).map((each) =>
            each.getBoundingClientRect().width / Number(each.getAttribute("width"))
          ))
      // The timeline lies over itself: the world and four counts. Waits and days are drawn for each; battery and phases
      // for both.
      // Of each what was measured, twice, its gaps, its connections, and how long they took.
      expect(scales.length).toBe(5 + 2 * (1 + 1) + 2 + 2 * 5)
      // A letter of 13 pixels is still one of 9.
      expect(Math.min(...scales)).toBeGreaterThan(0.7)
      expect(Math.max(...scales)).toBeLessThanOrEqual(1)
      await page.close()
    })

  it("names every picture for those who do not see it, and has its numbers in a table", async () => {
    const page = await open(1_000)
    const pictures = page.getByRole("img")
    const names = await pictures.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label") ?? ""))
    expect(names.length).toBe(7 + 2 * 3)
    for (const name of names) expect(name.length).toBeGreaterThan(60)
    expect(await page.locator("figure + details table").count()).toBe(7 + 2 * 3)
    expect(await page.locator("html").getAttribute("lang")).toBe("en")
    const levels = await page.$$eval("h1, h2, h3", (all) => all.map((each) => Number(each.tagName.slice(1))))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level) => level === 1).length).toBe(1)
    await page.close()
  })

  it.each([375, 1_280])("shows every column of every table at %i pixels", async (width) => {
    const page = await open(width)
    await page.$$eval("details", (all) =>
      all.forEach((each) => {
        each.open = true
      }))
    expect(
      await page.$$eval(".scroll",
        (all) =>
          all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent?.slice(0, 60)))
    ).toEqual([])
    await page.close()
  })

  it("gives each meaning a colour of its own", async () => {
    const page = await open(1_000)
    const names = ["away", "failed", "bad", "good", "first", "second"]
    const values = await page.evaluate(
      `[${
        names.map((name) => `getComputedStyle(document.documentElement).getPropertyValue("--${name}").trim()`).join()
      }]`
    ) as ReadonlyArray<string>
    expect(new Set(values).size).toBe(names.length)
    await page.close()
  })

  it.each(["light", "dark"] as const)("has enough contrast in %s", async (scheme) => {
    const page = await open(1_000, scheme)
    const names = ["paper", "card", "ink", "quiet", "good", "first", "second", "bad", "away", "radio", "failed",
      "processor", "sensor", "sleep"]
    const colours: Record<string, ReadonlyArray<number>> = {}
    await page.addStyleTag({ content: names.map((name) => `#probe-${name} { color: var(--${name}) }`).join("") })
    for (const name of names) {
      const colour: string = await page.evaluate(
        `document.body.appendChild(Object.assign(document.createElement("i"), { id: "probe-${name}" })), getComputedStyle(document.getElementById("probe-${name}")).color`
      )
      colours[name] = (colour.match(/\d+/g) ?? []).map(Number)
    }
    const luminance = (rgb: ReadonlyArray<number>) =>
      rgb.map((value) => value / 255).map((value) =>
        value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
      )
        .reduce((sum, value, index) => sum + value * ([0.2126, 0.7152, 0.0722][index] as number), 0)
    const contrast = (one: string, two: string) => {
      const [a, b] = [luminance(colours[one] ?? []), luminance(colours[two] ?? [])]
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    }
    // WCAG 2.2: 4.5 for text (1.4.3), 3 for what a picture is made of (1.4.11).
    for (const text of ["ink", "quiet", "good"]) {
      for (const ground of ["paper", "card"]) {
        expect(contrast(text, ground), text + " on " + ground).toBeGreaterThan(4.5)
      }
    }
    for (const mark of ["first", "second", "bad", "away", "radio", "failed", "sensor", "sleep"]) {
      expect(contrast(mark, "paper"), mark).toBeGreaterThan(3)
    }
    expect(luminance(colours["paper"] ?? []) > 0.5).toBe(scheme === "light")
    await page.close()
  })
})
