import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Advice from "../../../src/domain/energy/Advice.ts"
import { batteries, batteryNames } from "../../../src/domain/energy/batteries.ts"
import { boardNames, boards, sensors } from "../../../src/domain/energy/boards.ts"
import * as EnergyFile from "../../../src/domain/energy/EnergyFile.ts"
import { docs, exactly, type Figure, fileKey, names, values } from "../../../src/domain/energy/Figures.ts"
import * as Model from "../../../src/domain/energy/Model.ts"
import * as Outlook from "../../../src/domain/energy/Outlook.ts"
import * as Setup from "../../../src/domain/energy/Setup.ts"
import * as Usage from "../../../src/domain/energy/Usage.ts"

const setup = Setup.make(Setup.usual, ["dht22"])

const usage = (served: Partial<Usage.Amounts>, failed: Partial<Usage.Amounts> = {}): Usage.Usage => ({
  served: { ...Usage.none(), ...served },
  failed: { ...Usage.none(), ...failed }
})

const amounts = fc.record(
  Object.fromEntries(Usage.drivers.map((driver) => [driver, fc.integer({ min: 0, max: 1_000_000 })])) as Record<
    Usage.Driver,
    fc.Arbitrary<number>
  >
)

const anyUsage = fc.record({ served: amounts, failed: amounts })

const sum = (map: ReadonlyMap<string, number>) => [...map.values()].reduce((total, value) => total + value, 0)

const day = 86_400_000

/** A wake every five minutes for a day. */
const healthy = usage({
  wakes: 288,
  radioWakes: 288,
  sensings: 288,
  joins: 288,
  active: 288 * 150,
  idle: 288 * 1_000,
  packets: 288 * 25,
  visits: 288,
  writes: 576,
  asleep: day - 288 * 2_000
})

const outlook = (days: Usage.Usage, priced = setup) => Outlook.of({ usage: days, millis: day, delivered: 288 }, priced)

describe("the figures", () => {
  const all: ReadonlyArray<readonly [string, Figure]> = [
    ...boardNames.flatMap((name) => Object.entries<Figure>(boards[name].figures)),
    ...batteryNames.flatMap((name) => Object.entries<Figure>(batteries[name].figures)),
    ...Object.values(sensors).flatMap((kind) => Object.entries<Figure>({ ...kind }))
  ]
  it.each(all)("%s lies within its range and says where it is from", (_, { high, low, source, value }) => {
    expect(low).toBeGreaterThanOrEqual(0)
    expect(value).toBeGreaterThanOrEqual(low)
    expect(value).toBeLessThanOrEqual(high)
    expect(source.length).toBeGreaterThan(3)
  })

  it("are complete for every board and battery, and each counts for something", () => {
    for (const board of boardNames) {
      for (const battery of batteryNames) {
        const { figures } = Setup.make({ ...Setup.usual, board, battery }, ["dht22"])
        expect(names.filter((name) => figures[name] === undefined)).toEqual([])
      }
    }
    const everything = usage(Object.fromEntries(Usage.drivers.map((driver) => [driver, 1_000])))
    const priced = (joining: Setup.Joining) => (v: Parameters<typeof Model.total>[1]) =>
      Model.total(everything, v, joining) * v.voltage / (v.capacity * v.usableShare) + v.selfDischarge
    const dead = names.filter((name) =>
      ([{ channel: "scan", address: "dhcp" }, { channel: "remembered", address: "dhcp" }] as const).every((joining) => {
        const v = values(setup.figures)
        return priced(joining)({ ...v, [name]: v[name] * 2 }) === priced(joining)(v)
      })
    )
    expect(dead).toEqual([])
  })
})

describe("the model", () => {
  it("loses no charge between its totals: causes, phases, and the whole", () => {
    fc.assert(fc.property(anyUsage, (used) => {
      const whole = Model.total(used, values(setup.figures), setup.joining)
      expect(sum(Model.byCause(used, setup))).toBeCloseTo(whole, -Math.log10(whole + 1) + 6)
      expect(sum(Model.byPhase(used, setup))).toBeCloseTo(whole, -Math.log10(whole + 1) + 6)
    }))
  })

  it("is proportional to what was used", () => {
    fc.assert(fc.property(anyUsage, (used) => {
      const v = values(setup.figures)
      const once = Model.total(used, v, setup.joining)
      expect(Model.total(Usage.map(used, (amount) => amount * 3), v, setup.joining) / 3).toBeCloseTo(once,
        -Math.log10(once + 1) + 6)
    }))
  })

  it("has nothing to be uncertain of when every figure is certain", () => {
    const certain = Object.fromEntries(
      names.map((name) => [name, exactly(setup.figures[name].value, "certain")])
    ) as typeof setup.figures
    const { high, low, value } = outlook(healthy, { ...setup, figures: certain }).lifeDays
    expect([low / value, high / value]).toEqual([1, 1])
  })

  it("puts the effects of two figures together as those of independent ones", () => {
    const certain = Object.fromEntries(
      names.map((name) => [name, exactly(setup.figures[name].value, "certain")])
    ) as typeof setup.figures
    const figures = {
      ...certain,
      capacity: { value: 3_000, low: 1_500, high: 6_000, source: "a test" },
      usableShare: { value: 0.4, low: 0.2, high: 0.8, source: "a test" }
    }
    const charge = Model.estimate(figures, (v) => v.capacity * v.usableShare)
    expect(charge.value).toBe(1_200)
    expect(charge.high / charge.value).toBeCloseTo(2 ** Math.SQRT2, 10)
    expect(charge.value / charge.low).toBeCloseTo(2 ** Math.SQRT2, 10)
  })

  it("says of a board that only sleeps what its sleep and its battery's own loss make", () => {
    const asleep = Outlook.of({ usage: usage({ asleep: day }), millis: day, delivered: 0 }, Setup.make(Setup.usual, []))
    expect(asleep.current.value).toBeCloseTo(0.01, 10)
    expect(asleep.joules).toBeUndefined()
    expect(asleep.causes.map(({ name, share }) => [name, share])).toEqual([["deep sleep", 1]])
    const loss = 3_000 * 0.02 / 730.5
    expect(asleep.lifeDays.value).toBeCloseTo(3_000 * 0.85 / (0.01 + loss) / 24, 6)
  })

  it("gives failed tries a cause of their own, whatever was done in them", () => {
    const { causes } = outlook(usage({ asleep: day }, { joins: 10, searching: 60_000, active: 500, packets: 50 }))
    expect(causes[0]?.name).toBe("failed tries")
    expect(causes.map(({ name }) => name)).not.toContain("radio")
  })
})

describe("what a change would buy", () => {
  const stretch = { usage: healthy, millis: day, delivered: 288 }
  const changes = (days = stretch, priced = setup, unanswered = 288 * 1_000, capacity = 20) =>
    Advice.changes(days, priced, { unanswered, capacity, isSeldom: false })
  const gain = (title: string, list = changes()) => list.find((change) => change.title === title)?.gain

  it("is what the same days would have cost with it", () => {
    const life = (priced: Setup.Setup, days = stretch) => Outlook.of(days, priced).lifeDays.value
    const fixed = { ...setup, joining: { channel: "scan", address: "fixed" } } as const
    expect(gain("a fixed address")).toBeCloseTo(life(fixed) / life(setup), 10)
    const silent = usage({ ...healthy.served, idle: 0 })
    expect(gain("no waiting for a configuration")).toBeCloseTo(life(setup, { ...stretch, usage: silent }) / life(setup),
      10)
  })

  it("is told only of changes that gain something, the best first", () => {
    const gains = changes().map((change) => change.gain)
    expect(gains.length).toBeGreaterThan(3)
    expect(gains).toEqual([...gains].sort((a, b) => b - a))
    expect(Math.min(...gains)).toBeGreaterThan(1.005)
    expect(gain("no TLS")).toBeUndefined()
    expect(gain("a board that sleeps at 10 µA")).toBeUndefined()
    expect(gain("a fixed address", changes(stretch, { ...setup, joining: { channel: "scan", address: "fixed" } })))
      .toBeUndefined()
  })

  it("is most, on a board that does not sleep well, another board", () => {
    const poor = Setup.make({ ...Setup.usual, board: "esp32-nodemcu" }, ["dht22"])
    expect(changes(stretch, poor)[0]?.title).toBe("a board that sleeps at 10 µA")
  })

  it("is, sent hourly, one connection in twelve: the other wakes measure, and write once", () => {
    const { served } = healthy
    const [connections, quiet] = [24, 264]
    const perWake = (["radioWakes", "joins", "active", "idle", "visits"] as const).map((driver) =>
      [driver, served[driver] * connections / 288] as const
    )
    const expected = usage({
      ...served,
      ...Object.fromEntries(perWake),
      quietWakes: quiet,
      quietSensings: quiet,
      messages: quiet,
      packets: served.packets / 12 + quiet / 4,
      writes: served.writes - quiet
    })
    const life = (days: typeof stretch) => Outlook.of(days, setup).lifeDays.value
    expect(gain("sent hourly")).toBeCloseTo(life({ ...stretch, usage: expected }) / life(stretch), 10)
  })

  it("is, sent hourly, less where the Outbox is full before, and nothing where an hour has one wake", () => {
    expect(gain("sent hourly", changes(stretch, setup, 0, 4))).toBeLessThan(gain("sent hourly") as number)
    expect(gain("sent hourly", changes(stretch, setup, 0, 1))).toBeUndefined()
    const rare = { usage: Usage.map(healthy, (amount) => amount / 12), millis: day, delivered: 24 }
    expect(gain("sent hourly", changes(rare))).toBeUndefined()
    expect(gain("sent hourly", changes({ usage: usage({ asleep: day }), millis: day, delivered: 0 }))).toBeUndefined()
  })

  it("does not make failed tries fewer by waking half as often", () => {
    const failing = { ...stretch, usage: usage({ asleep: day }, { searching: 600_000 }) }
    expect(gain("a wake half as often", changes(failing))).toBeUndefined()
  })
})

describe("the energy file", () => {
  it("changes board, battery, joining and figures, and leaves the rest", () => {
    const file = {
      board: "esp32-c3",
      address: "fixed",
      figures: { sleep_current: 0.043, scan_time: { value: 250, low: 200, high: 400, source: "my trace" } }
    }
    const choice = Result.getOrThrow(EnergyFile.read(file, Setup.usual))
    expect(choice).toEqual({
      board: "esp32-c3",
      battery: "18650",
      joining: { channel: "scan", address: "fixed" },
      figures: {
        sleepCurrent: exactly(0.043, "the energy file"),
        scanTime: { value: 250, low: 200, high: 400, source: "my trace" }
      }
    })
    expect(Setup.make(choice, []).figures.sleepCurrent.value).toBe(0.043)
    expect(Setup.make(choice, []).figures.bootCurrent).toBe(boards["esp32-c3"].figures.bootCurrent)
  })

  it("takes every figure by its key", () => {
    const figures = Object.fromEntries(
      names.map((name) => [fileKey(name), docs[name][0].startsWith("share") ? 0.5 : 7])
    )
    expect(Object.keys(Result.getOrThrow(EnergyFile.read({ figures }, Setup.usual)).figures)).toEqual([...names])
  })

  const rows: ReadonlyArray<readonly [what: string, input: unknown, faults: ReadonlyArray<string | RegExp>]> = [
    ["no object", [], ["it must hold a JSON object, { ... }, but holds a list"]],
    ["a key nobody knows", { bord: 1 }, [
      "bord is not known; the keys are board, battery, channel, address and figures"
    ]],
    ["another board", { board: "esp8266" }, [/^board must be "esp32-firebeetle" or .* but is "esp8266"$/]],
    ["another address", { address: null }, ["address must be \"dhcp\" or \"fixed\", but is null"]],
    ["figures that are none", { figures: 3 }, ["figures must be an object, but is 3"]],
    ["a figure nobody knows", { figures: { nap_current: 1 } }, [
      /^figures\.nap_current is not known; the figures are sleep_current, /
    ]],
    ["a number below 0", { figures: { sleep_current: -1 } }, [
      "figures.sleep_current must be a number from 0 to 1000000: the whole board in deep sleep, in mA, but is -1"
    ]],
    ["a divisor of 0", { figures: { interpreter_speed: 0 } }, [
      /^figures\.interpreter_speed must be a number above 0 /
    ]],
    ["a share above 1", { figures: { usable_share: 85 } }, [
      /^figures\.usable_share must be a number above 0 and up to 1: /
    ]],
    ["a range without a value", { figures: { key_time: { low: 1, high: 2 } } }, [
      /^figures\.key_time\.value must be .* but is missing$/
    ]],
    ["a value outside its range", { figures: { key_time: { value: 3, low: 1, high: 2 } } }, [
      "figures.key_time.value must lie between its low and its high"
    ]],
    ["a part nobody knows", { figures: { key_time: { value: 3, max: 4 } } }, [
      "figures.key_time.max is not known: a figure has value, low, high and source"
    ]],
    ["several faults at once", { board: 1, figures: { key_time: "x", tls_time: "y" } }, [/^board/, /^figures\.key_time/,
      /^figures\.tls_time/]]
  ]
  it.each(rows)("is refused with the key and the fix: %s", (_, input, faults) => {
    const read = EnergyFile.read(input, Setup.usual)
    expect(Result.isFailure(read) ? read.failure : []).toEqual(
      faults.map((fault) => typeof fault === "string" ? fault : expect.stringMatching(fault))
    )
  })
})
