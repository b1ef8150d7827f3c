/**
 * The figures of simulated devices are found again from what they report: devices whose interpreter, network, board or
 * battery is not what the energy model assumes, through the collector and its file.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import Database from "libsql"
import { readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Comparison from "../../../src/domain/compare/Comparison.ts"
import * as Observed from "../../../src/domain/compare/Observed.ts"
import { chance } from "../../../src/domain/compare/Statistics.ts"
import * as WakeTimes from "../../../src/domain/compare/WakeTimes.ts"
import { percentADay } from "../../../src/domain/compare/ChargeCorrection.ts"
import { type Name, names, values } from "../../../src/domain/energy/Figures.ts"
import * as Setup from "../../../src/domain/energy/Setup.ts"
import * as Statuses from "../../../src/programs/collect/stored/Statuses.ts"
import * as Stored from "../../../src/programs/collect/stored/Stored.ts"
import { dormouse } from "../../support/command.ts"
import * as directory from "../../support/directory.ts"
import { runs } from "../../support/runs.ts"
import * as True from "../../support/trueDevice.ts"

const inFolder = <A, E>(body: (folder: string) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(directory.temporary, body)))

const dayMillis = 86_400_000

/** What the comparison says of one device, with the model that knows nothing of it; and what is true. */
const compared = (folder: string, truth: True.Truth) =>
  Effect.gen(function*() {
    const file = path.join(folder, truth.device + ".db")
    yield* True.collect(file, [truth])
    const seen = Statuses.byDevice(yield* Stored.open("--readings", file)).get(truth.device) ?? []
    const predicted = yield* True.ordinary({ figures: {} })
    const observed = Observed.of(seen)
    const rate = yield* True.trueRate(truth)
    return { observed, rate, comparison: Comparison.compare(predicted, observed, "test"), predicted }
  })

const model = Setup.make(Setup.usual, ["dht22"]).figures

const widthOf = ({ high, low }: { readonly low: number; readonly high: number }): number => high / low

const isIn = ({ high, low }: { readonly low: number; readonly high: number }, value: number): boolean =>
  low <= value && value <= high

/** True figures that lie outside the ranges which the comparison states, also of those that it did not correct. */
const missed = ({ figures }: Setup.Setup, truth: True.Truth) =>
  (Object.entries(truth.figures) as ReadonlyArray<[Name, number]>).filter(([name, value]) =>
    !isIn(figures[name], value)
  ).map(([name, value]) => [truth.device, name, value, figures[name]])

const joinOf = (truth: True.Truth): number => {
  const v = values(True.setupOf(truth).figures)
  return WakeTimes.joinFigures(Setup.usual.joining, { hasTls: false }).reduce((sum, name) => sum + v[name], 0)
}

/** When its battery is empty, if it goes on as on ordinary days. */
const endOf = (truth: True.Truth, rate: number): number => True.begun + (truth.percent ?? 0) / rate * dayMillis

const known: ReadonlyArray<readonly [what: string, truth: True.Truth]> = [
  ["of a slow interpreter and a slow network", {
    device: "pond",
    figures: { interpreterSpeed: 45, scanTime: 1_300, keyTime: 600, addressTime: 1_600 },
    days: 20,
    percent: 96
  }],
  ["of a fast interpreter and a fast network", {
    device: "shed",
    figures: { interpreterSpeed: 120, scanTime: 300, keyTime: 250, addressTime: 300 },
    days: 30,
    percent: 60
  }],
  ["of a board whose LED is always on", { device: "roof", figures: { sleepCurrent: 4.7 }, days: 10, percent: 90 }],
  ["of a network slower than the model thinks possible", {
    device: "well",
    figures: { scanTime: 2_500, addressTime: 3_000 },
    days: 15,
    percent: 80
  }]
]

describe("the true figures are found again", () => {
  it.each(known.slice(0, runs(2, known.length)))("%s", (_, truth) =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const { comparison, predicted, rate } = yield* compared(folder, truth)
        expect(missed(comparison.setup, truth)).toEqual([])
        const { figures } = comparison.setup
        expect(widthOf(figures.interpreterSpeed)).toBeLessThan(widthOf(model.interpreterSpeed) / 2)
        expect(isIn(comparison.join ?? { low: 0, high: 0 }, joinOf(truth))).toBe(true)
        const { high = Infinity, low = 0 } = comparison.join ?? {}
        expect(high - low).toBeLessThan((comparison.model.join.high - comparison.model.join.low) / 3)
        // The battery, which the model alone got wrong.
        const [ending] = comparison.endings
        expect([ending?.by, isIn(ending?.at ?? { low: 0, high: 0 }, endOf(truth, rate))]).toEqual(["what it has lost",
          true])
        const corrected = percentADay(predicted.stretch, comparison.setup)(values(figures))
        expect(Math.abs(corrected / rate - 1)).toBeLessThan(0.1)
        expect(Math.abs(comparison.model.perDay.value / rate - 1)).toBeGreaterThan(0.1)
      })
    ))

  it("of devices that may be anything in the ranges of the model", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const next = chance()
        const count = runs(2, 20)
        let ends = 0
        for (let index = 0; index < count; index++) {
          // The sensor is as fast as the simulated one.
          const named = names.filter((name) => name !== "sensorTime")
          const figures = Object.fromEntries(named.map((name) => {
            const { high, low } = model[name]
            return [name, low + (high - low) * next()]
          }))
          const truth = { device: "d" + index, figures, days: 14, percent: 90 }
          const { comparison, rate } = yield* compared(folder, truth)
          expect(missed(comparison.setup, truth)).toEqual([])
          expect(isIn(comparison.join ?? { low: 0, high: 0 }, joinOf(truth))).toBe(true)
          const [ending] = comparison.endings
          if (ending !== undefined && isIn(ending.at, endOf(truth, rate))) ends++
        }
        expect(ends / count).toBeGreaterThanOrEqual(0.75)
      })
    ))
})

/** A folder with a device's file and what was collected. */
const command = (folder: string, truths: ReadonlyArray<True.Truth>, ...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    yield* True.collect(path.join(folder, "readings.db"), truths)
    writeFileSync(path.join(folder, "device.json"), JSON.stringify(True.fileOf("pond")))
    return yield* dormouse(["compare", "--config", "device.json", "--readings", "readings.db", ...args], {
      cwd: folder
    })
  })

const pond: True.Truth = { device: "pond", figures: { interpreterSpeed: 45, scanTime: 1_300 }, days: 5, percent: 96 }

describe("dormouse compare", () => {
  it("shows both sides, and writes the corrected figures, which the simulation then uses", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const { code, err, out } = yield* command(folder, [pond], "--write", "mine.json")
        expect([code, err]).toEqual([0, ""])
        expect(out).toMatch(/^── 4\d\d statuses of pond, 2026-11-01 to 2026-11-0[56]; FireBeetle ESP32/)
        expect(out).toMatch(/^before the radio +39 ms +19 to 77 ms +60 ms/m)
        expect(out).toMatch(/^interpreter_speed +70 -> 45 M\/s {2}\(\d+ to \d+\): instructions that/m)
        expect(out).toMatch(/^scan_time +600 -> /m)
        expect(out).toMatch(/^battery empty +2027-0\d-\d\d {2}2027-0\d-\d\d to 2027-0\d-\d\d, by what it has lost$/m)
        expect(out).toMatch(/^deviating +it does not deviate$/m)
        const written = JSON.parse(readFileSync(path.join(folder, "mine.json"), "utf8")) as {
          readonly figures: Readonly<Record<string, { readonly source: string }>>
        }
        expect(written.figures["scan_time"]?.source).toMatch(
          /^measured by dormouse compare: 4\d\d statuses of pond, 2026-11-01 to 2026-11-0[56]$/
        )
        const lifeIn = (text: string) =>
          /battery life +(\S+ \S+)|life when full +(\S+ \S+)/.exec(text)?.slice(1).join("")
        const simulated = yield* dormouse(["simulate", "--config", "device.json", "--story", "healthy", "--days", "4",
          "--energy", "mine.json"], { cwd: folder })
        expect([simulated.code, lifeIn(simulated.out)]).toEqual([0, lifeIn(out)])
        // Its own file again, and nobody else's.
        const again = ["compare", "--config", "device.json", "--readings", "readings.db", "--write"]
        expect((yield* dormouse([...again, "mine.json"], { cwd: folder })).code).toBe(0)
        const refused = yield* dormouse([...again, "device.json"], { cwd: folder })
        expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("would be lost")])
      })
    ))

  it("says which devices of a fleet deviate, and in what", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const like = (device: string, more: Partial<True.Truth> = {}): True.Truth => ({ ...pond, device, ...more })
        const slow = { ...pond.figures, scanTime: 9_000 }
        const drained = { ...pond.figures, sleepCurrent: 5 }
        const fleet = [like("pond"), like("shed"), like("roof"), like("well"), like("slow", { figures: slow }),
          like("drained", { figures: drained }), like("gone", { days: 3 })]
        const { code, out } = yield* command(folder, fleet)
        expect(code).toBe(0)
        expect(out).toMatch(/^empty first +2026-1\d-\d\d {2}drained, 2026-1\d-\d\d to 2026-1\d-\d\d; \d.* % a day$/m)
        const end = out.slice(out.indexOf("deviating")).replace(/\n {20,}/g, " ").trim().split("\n")
        expect(end.map((line) => line.replace(/; last error.*/, "").replace(/\d[\d,.]*/g, "N"))).toEqual([
          "deviating              N of N devices",
          "drained                battery a day N %, usually N %",
          "gone                   silent since N-N-NTN:NZ",
          "slow                   radio on N ms, usually N ms; battery a day N %, usually N %"
        ])
      })
    ))

  it("takes all devices together where that of the file has no status: their times, and the battery of the middle one", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const like = (device: string, percent: number): True.Truth => ({ ...pond, device, percent })
        yield* True.collect(path.join(folder, "readings.db"), [like("a", 95), like("b", 60), like("c", 30)])
        writeFileSync(path.join(folder, "device.json"), JSON.stringify(True.fileOf("other")))
        const { code, out } = yield* dormouse(["compare", "--config", "device.json", "--readings", "readings.db"], {
          cwd: folder
        })
        expect([code, out.split("\n")[0]]).toEqual([0, expect.stringContaining("statuses of 3 devices")])
        expect(out).toMatch(/^before the radio +39 ms +19 to 77 ms +60 ms/m)
        // Three levels in one line through all would be no line.
        const perDay = Number(/battery a day.* ([\d.]+) % {2}/.exec(out)?.[1])
        const rate = yield* True.trueRate(pond)
        expect(Math.abs(perDay / rate - 1)).toBeLessThan(0.3)
        expect(out).toMatch(/^empty first +202\d-\d\d-\d\d {2}c, /m)
      })
    ))

  const refused: ReadonlyArray<readonly [args: ReadonlyArray<string>, line: RegExp]> = [
    [["--readings", "none.db"], /^--readings none\.db does not exist: give a file of dormouse collect$/],
    [["--readings", "text.db"], /^--readings text\.db: it is no SQLite database: give a file of dormouse collect$/],
    [["--readings", "old.db"],
      /^--readings old\.db was made by an earlier version: start dormouse collect with it once/],
    [["--readings", "empty.db"], /^--readings empty\.db has no status of a device: set mqtt\.publish_status to true/],
    [["--readings", "empty.db", "--write", "mine.txt"], /^--write mine\.txt does not end in \.json/],
    [["--readings", "empty.db", "--write", "empty.db"], /^--write empty\.db is a file that this command reads/]
  ]
  it.each(refused)("refuses %j in one line", (args, line) =>
    inFolder((folder) =>
      Effect.gen(function*() {
        writeFileSync(path.join(folder, "device.json"), JSON.stringify(True.fileOf("pond")))
        writeFileSync(path.join(folder, "text.db"), "no database\n".repeat(200))
        yield* True.collect(path.join(folder, "empty.db"), [])
        const old = new Database(path.join(folder, "old.db"))
        old.exec(readFileSync(new URL("../../fixtures/collect/form1.sql", import.meta.url), "utf8"))
        old.close()
        const { code, err, out } = yield* dormouse(["compare", "--config", "device.json", ...args], { cwd: folder })
        expect([code, out, err.trimEnd().split("\n").length]).toEqual([1, "", 1])
        expect(err.trimEnd()).toMatch(line)
      })
    ))
})
