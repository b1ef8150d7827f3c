/** The report of a collector: pictures, texts and numbers of what is in its file. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { parseHTML } from "linkedom"
import { readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import type { Entry } from "../../../src/programs/collect/sinks/Entry.ts"
import * as Sqlite from "../../../src/programs/collect/sinks/Sqlite.ts"
import * as Chromium from "../../support/chromium.ts"
import { dormouse } from "../../support/command.ts"
import * as directory from "../../support/directory.ts"
import { entry, row, status, statusRow } from "./messages.ts"

const minute = 60_000
const begun = row().arrived

/** Its name would be a danger if it were taken for HTML. */
const strange = "<img src=x onerror=alert(1)>"

/** A reading of the sensor, `minutes` after the first. */
const readingAt = (sensor: string, minutes: number, more = {}): Entry => {
  const at = begun + minutes * minute
  return entry({
    sensor,
    topic: `garden/${sensor}/data`,
    time: at,
    arrived: at,
    uptime: 60 * minutes,
    payload: sensor + minutes,
    temperature: 10 + minutes / 1_000,
    ...more
  })
}

const statusAt = (device: string, minutes: number, more = {}): Entry => {
  const at = begun + minutes * minute
  return status({
    ...statusRow(),
    device,
    time: at,
    arrived: at,
    uptime: 60 * minutes,
    payload: device + minutes,
    batteryVolts: undefined,
    batteryPercent: undefined,
    ...more
  })
}

const days = 4
const moments = Array.from({ length: days * 24 * 4 + 1 }, (_, index) => index * 15)

const isOut = (minutes: number): boolean => minutes > 1_000 && minutes < 2_000

const entries: ReadonlyArray<Entry> = [
  ...moments.filter((at) => !isOut(at)).flatMap((at) => [
    readingAt("pond", at, { humidity: 50, quantities: [["pressure", 1_000 + at / 1_000]] }),
    statusAt("pond", at, { tries: at % 300 === 0 ? 2 : 1, awakeMillis: 3_000, batteryPercent: 90 - at / 200 })
  ]),
  ...moments.map((at) => readingAt(strange, at)),
  ...moments.filter((at) => at < 2_500).map((at) => statusAt("shed", at, { batteryVolts: 3.9, lastError: "refused" })),
  ...moments.filter((at) => at < 2_500).map((at) => readingAt("shed", at))
]

const inFolder = <A, E>(body: (folder: string) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(directory.temporary, body)))

const drawn = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const file = path.join(folder, "readings.db")
    yield* Effect.scoped(Effect.flatMap(Sqlite.open(file, "c"), ({ commit }) => commit(entries)))
    const ran = yield* dormouse(["collect", "--out", "readings.db", "--report", "report.html", ...args], {
      cwd: folder
    })
    expect([ran.code, ran.err]).toEqual([0, ""])
    return { out: ran.out, html: readFileSync(path.join(folder, "report.html"), "utf8") }
  })

const plain = (text: string | null | undefined): string => (text ?? "").replaceAll("\u00a0", " ")

describe("the report of a collector", () => {
  it("says of the fleet and of each device what is in the file", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const { html, out } = yield* drawn(folder)
        expect(out).toMatch(/^report\.html: the report of 3 devices, \d+ kB; open it in a browser$/m)
        const { document } = parseHTML(html)
        const caption = (id: string) => plain(document.querySelector(`#${id} figcaption`)?.textContent)
        const cells = (id: string) =>
          [...document.querySelectorAll(`#${id} + details tbody tr`)].map((tr) =>
            [...tr.querySelectorAll("th, td")].map((cell) => plain(cell.textContent))
          )
        expect(document.querySelector("h1")?.textContent).toBe("3 devices: 4 days")
        expect([...document.querySelectorAll("section > h2")].map((each) => each.textContent)).toEqual(["The fleet",
          strange, "pond", "shed"])
        const count = entries.filter(({ _tag }) => _tag === "Reading").length
        expect(caption("fleet")).toBe(`3 devices, ${count} readings. Silent at the end: shed.`)
        expect(cells("fleet").map((row) => [row[0], row[2], row[3], row[5], row[7]])).toEqual([
          [strange, "0", "", "", ""],
          ["pond", "1", "17 h", "61 %", ""],
          ["shed", "1", "2 days 7 h", "", "refused"]
        ])
        expect(caption("values-1")).toMatch(
          /^Temperature, °C: 10 to 15\.76; Humidity, %: 50 to 50; Pressure, hPa: 1000 to 1005\.76\./
        )
        expect(cells("values-1").map((row) => row[0])).toEqual(["Temperature, °C", "Humidity, %", "Pressure, hPa"])
        expect(caption("gaps-1")).toMatch(/^pond: \d+ readings, one in 15 min, 1 gap of 17 h\./)
        expect(caption("level-1")).toMatch(
          /^The last that the device has said is 61\.2 %, at 3 Dec 22:00\. It loses 7\.2 % a day, and is empty on 2026-12-12, somewhere from/
        )
        expect(caption("level-2")).toContain("3.9 V")
        const connected = moments.filter((at) => !isOut(at))
        const later = connected.filter((at) => at % 300 === 0).length
        expect(caption("connections-1")).toContain(
          `${connected.length} connections, ${connected.length - later} at the first try and ${later} at a later one`
        )
        expect(caption("connections-0")).toBe(
          "The device has not said how it connects: that needs mqtt.publish_status."
        )
      })
    ))

  it("has pictures that agree with it", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const { document } = parseHTML((yield* drawn(folder)).html)
        const titles = (id: string) =>
          [...document.querySelectorAll(`#${id} .wide svg title`)].map((each) => each.textContent ?? "")
        expect(titles("gaps-1")).toEqual([
          expect.stringMatching(/^pond: readings for 16 h 30 min, from 29 Nov 22:00$/),
          "pond: no reading for 17 h, from 30 Nov 14:30",
          expect.stringMatching(/^pond: readings for 2 days 15 h, from 1 Dec 07:30$/)
        ])
        expect(titles("fleet").filter((title) => title.includes("no reading"))).toEqual([
          "pond: no reading for 17 h, from 30 Nov 14:30",
          "shed: no reading for 2 days 7 h, from 1 Dec 15:30"
        ])
        const counted = titles("connections-1").filter((title) => title.includes("first try")).map((title) =>
          Number(/: (\d+) at/.exec(title)?.[1])
        )
        const first = Number(
          /, (\d+) at the first/.exec(document.querySelector("#connections-1 figcaption")?.textContent ?? "")?.[1]
        )
        expect(counted.reduce((sum, each) => sum + each, 0)).toBe(first)
        // The line of what was measured is broken where readings are missing.
        const line = document.querySelector("#values-1 .wide svg [aria-label=\"line\"] path")?.getAttribute("d") ?? ""
        expect(line.split("M").length - 1).toBe(2)
        expect(titles("values-1")).toContainEqual(expect.stringMatching(/^\d+ Nov \d\d:\d\d: no reading$/))
      })
    ))

  it("is one file that loads nothing, whatever the names of the devices", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const { html } = yield* drawn(folder)
        expect(html.match(/.{0,40}(?:NaN|Infinity|undefined|\[object).{0,20}/g) ?? []).toEqual([])
        const { document } = parseHTML(html)
        expect(
          document.querySelectorAll("script, link, img, iframe, image, use, object, [src], [href], [onerror]").length
        ).toBe(0)
        expect(html.match(/@import|url\(/g)).toBeNull()
      })
    ))

  it("is of one device, where one is named", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const { html } = yield* drawn(folder, "--device", "pond")
        const { document } = parseHTML(html)
        expect(document.querySelector("h1")?.textContent).toBe("pond: 4 days")
        expect(document.querySelector("#fleet")).toBeNull()
      })
    ))

  const refused: ReadonlyArray<readonly [args: ReadonlyArray<string>, line: RegExp]> = [
    [["--report", "r.html"], /^--report draws what is in a file: give it with --out readings\.db$/],
    [["--report", "r.html", "--out", "none.db"], /^--out none\.db does not exist/],
    [["--report", "r.html", "--out", "empty.db"], /^--out empty\.db has nothing yet: there is nothing to draw$/],
    [["--report", "r.html", "--out", "empty.db", "--broker", "mqtt://h"], /^--broker cannot be used with --report/],
    [["--report", "empty.db", "--out", "empty.db"], /^--report empty\.db is a file that this command reads/],
    [["--report", "mine.html", "--out", "empty.db"], /^--report mine\.html exists already and is not a report/],
    [["--device", "pond", "--broker", "mqtt://h", "--out", "empty.db"], /^--device is for --report/],
    [["--out", "empty.db"], /^say where devices publish: --broker mqtt:\/\/localhost$/]
  ]
  it.each(refused)("refuses %j in one line", (args, line) =>
    inFolder((folder) =>
      Effect.gen(function*() {
        yield* Effect.scoped(Sqlite.open(path.join(folder, "empty.db"), "c"))
        writeFileSync(path.join(folder, "mine.html"), "<p>mine</p>")
        const { code, err, out } = yield* dormouse(["collect", ...args], { cwd: folder })
        expect([code, out, err.trimEnd().split("\n").length]).toEqual([1, "", 1])
        expect(err.trimEnd()).toMatch(line)
      })
    ))

  it.skipIf(Chromium.executable === undefined)("fits into any window" + Chromium.hint,
    () =>
      inFolder((folder) =>
        Effect.gen(function*() {
          yield* drawn(folder)
          const browser = yield* Effect.acquireRelease(Effect.promise(Chromium.launch),
            (launched) => Effect.promise(() => launched.close()))
          for (const width of [320, 375, 700, 1_280]) {
            const page = yield* Effect.promise(() => browser.newPage({ viewport: { width, height: 900 } }))
            yield* Effect.promise(() => page.goto("file://" + path.join(folder, "report.html")))
            const wide = yield* Effect.promise(() => page.evaluate<number>("document.documentElement.scrollWidth"))
            expect([width, wide <= width]).toEqual([width, true])
          }
        })
      ))
})
