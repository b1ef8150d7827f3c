/**
 * What the energy of a life is calculated for: a board, a battery, the sensors, and how the board joins its network.
 */
import { batteries, type BatteryName } from "./batteries.ts"
import { type BoardName, boards, type SensorFigures, sensors } from "./boards.ts"
import { exactly, type Figure, type Figures } from "./Figures.ts"

/** How a network is joined: what the firmware remembers costs no time at the next wake. */
export interface Joining {
  readonly channel: "scan" | "remembered"
  readonly address: "dhcp" | "fixed"
}

export interface Setup {
  readonly board: string
  readonly battery: string
  readonly joining: Joining
  readonly figures: Figures
}

export interface Choice {
  readonly board: BoardName
  readonly battery: BatteryName
  readonly joining: Joining
  /** Figures that replace those of the named board and battery. */
  readonly figures: Partial<Figures>
}

/** Espruino's Wi-Fi accepts no channel, and its DHCP client cannot be turned off. */
export const usual: Choice = {
  board: "esp32-firebeetle",
  battery: "18650",
  joining: { channel: "scan", address: "dhcp" },
  figures: {}
}

const nothing = exactly(0, "no sensor")

const combined = (parts: ReadonlyArray<Figure>, share: number): Figure => {
  const sum = (pick: (figure: Figure) => number) => parts.reduce((total, part) => total + pick(part), 0) * share
  const source = [...new Set(parts.map((part) => part.source))].join("; ")
  return { value: sum(({ value }) => value), low: sum(({ low }) => low), high: sum(({ high }) => high), source }
}

const figuresOf = (type: string): SensorFigures => (sensors[type] ?? sensors["bme280"]) as SensorFigures

/** Sensors of these types together. An unknown type counts as a BME280. */
const sensing = (
  types: ReadonlyArray<string>
): Pick<Figures, "sensorTime" | "sensorCurrent" | "sensorStandbyCurrent"> => {
  const kinds = types.map(figuresOf)
  if (kinds.length === 0) return { sensorTime: nothing, sensorCurrent: nothing, sensorStandbyCurrent: nothing }
  return {
    sensorTime: combined(kinds.map(({ time }) => time), 1 / kinds.length),
    sensorCurrent: combined(kinds.map(({ current }) => current), 1 / kinds.length),
    sensorStandbyCurrent: combined(kinds.map(({ standby }) => standby), 1)
  }
}

/** `sensorTypes` of a device's configuration. */
export const make = (choice: Choice, sensorTypes: ReadonlyArray<string>): Setup => ({
  board: boards[choice.board].title,
  battery: batteries[choice.battery].title,
  joining: choice.joining,
  figures: {
    ...boards[choice.board].figures,
    ...batteries[choice.battery].figures,
    ...sensing(sensorTypes),
    ...choice.figures
  }
})
