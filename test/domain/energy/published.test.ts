/**
 * The model against what others have measured and published. Each row says what was measured, and what the model makes
 * of the same circumstances: nothing is fitted but what the publication itself tells of its board.
 *
 * - glenn20: a PPK2 in the 5 V line of an ESP32 module that draws 15 mA asleep; MicroPython that boots in 70 ms. Some
 *   of the model's figures are from its parts, so it shows that the parts make the whole.
 * - von Eicken: average current at three intervals, open and WPA2. Its parts are among the model's sources as well.
 * - Owens: batteries run down by an ESP32-C3 that posts over HTTPS every minute, every six minutes, and every hour.
 *   Nothing in the model is from there.
 */
import { describe, expect, it } from "vitest"
import { boards } from "../../../src/domain/energy/boards.ts"
import { exactly, type Figures, figure } from "../../../src/domain/energy/Figures.ts"
import * as Model from "../../../src/domain/energy/Model.ts"
import * as Outlook from "../../../src/domain/energy/Outlook.ts"
import * as Setup from "../../../src/domain/energy/Setup.ts"
import * as Usage from "../../../src/domain/energy/Usage.ts"

const usage = (amounts: Partial<Usage.Amounts>): Usage.Usage => ({
  served: { ...Usage.none(), ...amounts },
  failed: Usage.none()
})

const setup = (board: keyof typeof boards, joining: Setup.Joining, figures: Partial<Figures> = {}): Setup.Setup =>
  Setup.make({ ...Setup.usual, board, joining, figures }, [])

const shown = ({ high, low, value }: Model.Estimate) =>
  value.toPrecision(3) + " (" + low.toPrecision(3) + " to " + high.toPrecision(3) + ")"

const holds = (estimate: Model.Estimate, measured: number, what: string) => {
  const words = what + ": measured " + measured + ", modelled " + shown(estimate)
  expect(estimate.low, words).toBeLessThanOrEqual(measured)
  expect(estimate.high, words).toBeGreaterThanOrEqual(measured)
  // A range so wide that nothing could miss it would show nothing.
  expect(estimate.high / estimate.low, words).toBeLessThan(6)
}

/** No interpreter, and no pause before the program: for programs that are not Dormouse on Espruino. */
const native = (bootMillis: number, startMillis: number): Partial<Figures> => ({
  bootTime: exactly(bootMillis, "published"),
  startTime: exactly(startMillis, "published"),
  startWork: exactly(0, "no interpreter"),
  wakeWork: exactly(0, "no interpreter"),
  visitWork: exactly(0, "no interpreter")
})

describe("glenn20/upy-esp32-experiments, charge from wake-up to sleep at the 5 V line", () => {
  const own = 15
  const withBoard = (figures: Figures, name: keyof Figures) => ({
    ...figures[name],
    value: figures[name].value + own,
    low: figures[name].low + own,
    high: figures[name].high + own
  })
  const module = (joining: Setup.Joining) => {
    const bare = setup("esp32-firebeetle", joining, native(70, 0))
    const currents =
      (["bootCurrent", "processorCurrent", "waitCurrent", "radioCurrent", "idleCurrent", "transmitCurrent"] as const)
        .map((name) => [name, withBoard(bare.figures, name)])
    return { ...bare, figures: { ...bare.figures, ...Object.fromEntries(currents) } as Figures }
  }
  const boot = { wakes: 1 }
  const join = { ...boot, radioWakes: 1, joins: 1, packets: 9 }
  const rows: ReadonlyArray<
    readonly [what: string, millicoulombs: number, used: Partial<Usage.Amounts>, joining: Setup.Joining]
  > = [
    ["boot only (70 ms)", 3.32, boot, { channel: "scan", address: "fixed" }],
    ["join, static address (734 ms)", 100.2, join, { channel: "scan", address: "fixed" }],
    ["join, DHCP (1,626 ms)", 204.3, join, { channel: "scan", address: "dhcp" }],
    ["join, static address, MQTT publish (774 ms)", 108.6, { ...join, active: 40, packets: 9 + 12 }, {
      channel: "scan",
      address: "fixed"
    }]
  ]
  it.each(rows)("%s", (what, measured, used, joining) => {
    const priced = module(joining)
    holds(Model.estimate(priced.figures, (v) => Model.total(usage(used), v, joining)), measured, what + ", mC")
  })
})

describe("blog.voneicken.com/2018/lp-wifi-esp32-2, average current of ESP32 and Arduino, everything given to Wi-Fi", () => {
  const joining = { channel: "remembered", address: "fixed" } as const
  const rows: ReadonlyArray<readonly [what: string, seconds: number, milliamps: number, key: number]> = [
    ["open, every minute", 60, 0.64, 0],
    ["open, every 10 minutes", 600, 0.07, 0],
    ["WPA2, every minute", 60, 2.04, 700],
    ["WPA2, every 10 minutes", 600, 0.21, 700],
    ["WPA2, every hour", 3_600, 0.04, 700]
  ]
  it.each(rows)("%s", (what, seconds, measured, key) => {
    const priced = setup("esp32-firebeetle", joining, {
      ...native(270, 17),
      ...(key === 0 ? { keyTime: exactly(0, "an open network") } : { keyTime: figure(key, 600, 750, "published") })
    })
    const stretch = {
      usage: usage({ wakes: 1, radioWakes: 1, joins: 1, active: 40, packets: 15, asleep: seconds * 1_000 }),
      millis: seconds * 1_000,
      delivered: 1
    }
    holds(Outlook.of(stretch, priced).current, measured, what + ", mA")
  })
})

describe("github.com/jcalvinowens/tempsensor, days that AAA alkaline cells last at room temperature", () => {
  // Four cells feed 3.3 V through a switching regulator while the radio is on; asleep through a linear one (90 µA for
  // itself).
  const joining = { channel: "scan", address: "dhcp" } as const
  const cells = {
    capacity: figure(1_150, 1_000, 1_250, "Energizer EN92, graphs for small loads"),
    usableShare: figure(0.85, 0.75, 0.95, "down to 1.1 V a cell for the switching regulator's 4.5 V"),
    selfDischarge: figure(0.003, 0.002, 0.005, "alkaline"),
    voltage: figure(5.2, 4.8, 5.6, "four cells over their discharge"),
    sleepCurrent: figure(0.1, 0.085, 0.13, "ESP32-C3 and the linear regulator's data sheet"),
    // From the repository: LWIP_DHCP_RESTORE_LAST_IP, so that DHCP only confirms; one self-signed RSA certificate.
    addressTime: figure(500, 40, 900, "half of DHCP's exchange"),
    tlsTime: figure(900, 600, 1_200, "no chain of certificates, none of the client's")
  }
  const gain = 3.3 / (5.2 * 0.9)
  const priced = setup("esp32-c3", joining, {
    ...native(250, 30),
    ...cells,
    bootTime: boards["esp32-c3"].figures.bootTime
  })
  const switched = (["radioCurrent", "idleCurrent", "transmitCurrent"] as const).map((name) => {
    const { high, low, source, value } = priced.figures[name]
    return [name, { value: value * gain, low: low * gain, high: high * gain, source }]
  })
  const board = { ...priced, figures: { ...priced.figures, ...Object.fromEntries(switched) } as Figures }
  const rows: ReadonlyArray<readonly [what: string, minutes: number, days: number]> = [
    ["measured and posted every minute: 17 to 18 days", 1, 17.5],
    ["measured every minute, posted every six: 68 to 70 days", 6, 69],
    ["measured every minute, posted every hour: 140 to 157 days", 60, 148]
  ]
  it.each(rows)("%s", (what, minutes, measured) => {
    const millis = minutes * 60_000
    const stretch = {
      usage: usage({
        wakes: minutes,
        radioWakes: 1,
        joins: 1,
        handshakes: 1,
        active: 150,
        packets: 30,
        writes: minutes,
        asleep: millis
      }),
      millis,
      delivered: 1
    }
    holds(Outlook.of(stretch, board).lifeDays, measured, what + ", days")
  })
})
