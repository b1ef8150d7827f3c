/**
 * Boards by name: figures from data sheets and from published measurements, each with its range.
 *
 * No board was available. If sources differ, the range includes them all. Espruino's own settings are from its sources
 * (the ESP-IDF 4 builds): 160 MHz (240 on the S3), the image is checked at each wake, and nothing about a network is
 * kept.
 */
import type { DriverRow, Range } from "../config/DriverRow.ts"
import { drivers } from "../config/drivers.ts"
import type { BoardName } from "../config/boardPins.ts"
import { type Figure, type Figures, figure, type Name } from "./Figures.ts"

export type { BoardName } from "../config/boardPins.ts"

export type BoardFigures = Omit<
  Figures,
  "sensorTime" | "sensorCurrent" | "sensorStandbyCurrent" | "capacity" | "usableShare" | "selfDischarge" | "voltage"
>

export interface Board {
  readonly title: string
  readonly figures: BoardFigures
}

/** PPK2 traces of MicroPython 1.19 with ESP-IDF 4.4, at 5 V through USB. */
const glenn20 = "github.com/glenn20/upy-esp32-experiments"
/** Oscilloscope traces of Arduino with ESP-IDF 3.2, on a LiPo. */
const voneicken = "blog.voneicken.com/2018/lp-wifi-esp32-2"
const sheet = (chip: string) => chip + " data sheet, current consumption"
const idf = (chip: string) => "ESP-IDF guide, low-power mode in Wi-Fi scenarios, " + chip
const counted = "counted by callgrind in Espruino 2v29 for Linux, 32 bit"

/** What is the same on all boards. */
const common = {
  transmitCurrent: figure(350, 180, 550,
    sheet("ESP32") + ": 180 to 240 mA at half the duty; peaks of 550 mA in " + glenn20),
  flashCurrent: figure(20, 15, 30, "W25Q32 data sheet, program and erase"),
  startTime: figure(280, 230, 400, "Espruino's main.c waits 200 ms; the rest is an estimate"),
  radioStartTime: figure(60, 30, 120,
    "40 ms in " + glenn20 + "; 17 ms, without the radio's calibration, in " + voneicken),
  scanTime: figure(600, 120, 1_560,
    "120 ms a channel until it is found: " + voneicken + " (channel 6: 593 ms more than known); 585 ms in " + glenn20),
  knownChannelTime: figure(120, 20, 150, "121 ms in " + voneicken),
  keyTime: figure(300, 0, 750,
    "700 ms in " + voneicken + " (ESP-IDF 3.2); newer versions are faster; cannot be separated from the scan in " +
      glenn20),
  associationTime: figure(40, 20, 120, "21 ms, open network, in " + voneicken),
  addressTime: figure(900, 40, 1_800,
    "892 ms in " + glenn20 + "; 35 ms in " + voneicken + "; 1.3 to 1.8 s in arduino-esp32 issue 11139"),
  tlsTime: figure(1_200, 600, 3_100,
    "1.2 s in micropython-esp32 issue 131; 3.1 s in esp-idf issue 10523; 2.5 s with a client's certificate in 8852"),
  packetTime: figure(1.2, 0.3, 2.5, "0.6 ms for 1 byte, 2.5 ms for 255 at 1 Mbit/s in " + glenn20),
  flashTime: figure(8, 1, 60, "W25Q32 data sheet: 0.7 ms a page, 45 ms an erase"),
  wakeWork: figure(8.9, 7, 12, counted),
  startWork: figure(5, 4, 6.5, counted),
  tryWork: figure(6, 4, 8, counted),
  visitWork: figure(8.9, 7, 12, counted + ", without what is done while the network is joined"),
  messageWork: figure(1.5, 1, 2, counted)
} satisfies Partial<Readonly<Record<Name, Figure>>>

/**
 * How fast the interpreter is: a published loop of a million turns took 458 s on an Espruino Pico (Cortex-M4, 84 MHz),
 * and one turn is 34,700 instructions of the x86 build: 0.9 for each cycle. An LX6 has 0.6 times the CoreMark of that
 * core at the same clock, an LX7 and the C3 have about as much. Code that runs from serial flash through a cache may be
 * half as fast.
 */
const speed = (value: number, low: number, high: number, clock: string) =>
  figure(value, low, high, "from an Espruino Pico's published 458 s for a loop counted here, by CoreMark, at " + clock +
    "; half when code is read from flash")

const esp32 = {
  ...common,
  bootCurrent: figure(45, 30, 65, "32 mA net of the board's 15 mA in " + glenn20 + "; 50 mA in " + voneicken),
  processorCurrent: figure(44, 30, 57,
    sheet("ESP32") + ": 27 to 44 mA at 160 MHz; boards measured 42 to 57 mA (lucidar.me, github.com/grillbaer)"),
  waitCurrent: figure(30, 20, 50,
    sheet("ESP32") + ": 20 to 31 mA at 80 MHz; 27 mA between beacons in the " + idf("ESP32")),
  radioCurrent: figure(125, 95, 150,
    sheet("ESP32") + ": 95 to 100 mA with an idle processor; 120 mA in " + voneicken + "; 135 mA net in " + glenn20),
  idleCurrent: figure(45, 28, 60, idf("ESP32") + ": 31 mA at 160 MHz; 53 mA net in " + glenn20),
  bootTime: figure(300, 200, 450, "270 ms in " + voneicken + "; 217 ms for the check of the image alone in " + glenn20),
  interpreterSpeed: speed(70, 35, 145, "160 MHz")
}

const esp32c3 = {
  ...common,
  bootCurrent: figure(25, 15, 40, "an estimate: as on the ESP32, by the ratio of the processors' currents"),
  processorCurrent: figure(26, 20, 32,
    sheet("ESP32-C3") + ": 23 to 28 mA at 160 MHz; 26.8 mA measured by robdobson.com"),
  waitCurrent: figure(20, 13, 26, sheet("ESP32-C3") + ": 16 to 21 mA, idle at 160 MHz"),
  radioCurrent: figure(95, 84, 125, sheet("ESP32-C3") + ": 84 mA receiving, and the processor's share"),
  idleCurrent: figure(21, 17, 30, idf("ESP32-C3") + ": 21.5 mA at 160 MHz"),
  transmitCurrent: figure(300, 200, 335, sheet("ESP32-C3") + ": 276 to 335 mA peak"),
  bootTime: figure(250, 120, 400, "an estimate: the image is checked as on the ESP32, from flash at 80 MHz"),
  interpreterSpeed: speed(90, 45, 145, "160 MHz")
}

const esp32s3 = {
  ...common,
  bootCurrent: figure(60, 35, 70, "60 mA (15.9 mC in 264 ms) in " + glenn20),
  processorCurrent: figure(50, 33, 70, sheet("ESP32-S3") + ": 33 to 66 mA at 240 MHz"),
  waitCurrent: figure(33, 28, 48, sheet("ESP32-S3") + ": 33 mA, idle at 240 MHz; 31.7 mA measured by lucidar.me"),
  radioCurrent: figure(115, 88, 150, sheet("ESP32-S3") + ": 88 mA receiving, and the processor's share"),
  idleCurrent: figure(40, 35, 55, idf("ESP32-S3") + ": 40.1 mA"),
  transmitCurrent: figure(310, 200, 340, sheet("ESP32-S3") + ": 283 to 340 mA peak"),
  bootTime: figure(265, 150, 400, "264 ms in " + glenn20),
  interpreterSpeed: speed(130, 65, 220, "240 MHz")
}

export const boards = {
  "esp32-firebeetle": {
    title: "FireBeetle ESP32 (DFR0478)",
    figures: { ...esp32, sleepCurrent: figure(0.01, 0.008, 0.02, "10 µA measured by lucidar.me") }
  },
  "esp32-lolin32": {
    title: "WEMOS LOLIN32",
    figures: {
      ...esp32,
      sleepCurrent: figure(0.13, 0.05, 0.15,
        "130 µA at 3.7 V measured in github.com/grillbaer/esp32-power-consumption-test")
    }
  },
  "esp32-nodemcu": {
    title: "NodeMCU ESP-32S, and other boards with a USB bridge and a power LED",
    figures: {
      ...esp32,
      sleepCurrent: figure(4.7, 2, 9.4,
        "4.7 mA, and 9.4 mA on a board with a display, in github.com/grillbaer/esp32-power-consumption-test")
    }
  },
  "esp32-c3": {
    title: "ESP32-C3 module on a board made for batteries",
    figures: {
      ...esp32c3,
      sleepCurrent: figure(0.007, 0.005, 0.02, sheet("ESP32-C3") + ": 5 µA; 7 µA measured by blog.sarine.nl")
    }
  },
  "esp32-s3": {
    title: "ESP32-S3-DevKitM-1 at its 3.3 V pin, power LED cut off",
    figures: { ...esp32s3, sleepCurrent: figure(0.008, 0.007, 0.03, "8 µA measured by lucidar.me") }
  }
} as const satisfies Readonly<Record<BoardName, Board>>

export const boardNames = Object.keys(boards) as ReadonlyArray<BoardName> as readonly [
  BoardName,
  ...ReadonlyArray<BoardName>
]

/** One kind of sensor. Milliseconds and milliamperes. */
export interface SensorFigures {
  readonly time: Figure
  readonly current: Figure
  readonly standby: Figure
}

const figureOf = ([value, low, high, source]: Range): Figure => figure(value, low, high, source)

export const sensors: Readonly<Record<string, SensorFigures>> = Object.fromEntries(
  Object.entries(drivers).map(([name, { current, standby, time }]: readonly [string, DriverRow]) => [name, {
    time: figureOf(time),
    current: figureOf(current),
    standby: figureOf(standby)
  }])
)
