/**
 * The figures of the energy model by name: what each means, and its unit.
 *
 * A figure always has a range and a source. Currents are at the board's supply, durations are in milliseconds, and the
 * work of the interpreter is in millions of instructions, as counted in an x86 build.
 */

/** The assumed value, the range in which it may be, and its source. */
export interface Figure {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly source: string
}

export type Unit = "mA" | "ms" | "M" | "M/s" | "mAh" | "V" | "share" | "share a month"

export const docs = {
  sleepCurrent: ["mA", "the whole board in deep sleep"],
  bootCurrent: ["mA", "from wake-up until the firmware starts"],
  processorCurrent: ["mA", "the processor works, radio off"],
  waitCurrent: ["mA", "the processor waits, radio off"],
  radioCurrent: ["mA", "the radio receives or listens"],
  idleCurrent: ["mA", "joined and idle: the radio sleeps between beacons"],
  transmitCurrent: ["mA", "while a frame is sent"],
  flashCurrent: ["mA", "what writing to flash adds"],
  bootTime: ["ms", "wake-up, boot loader, check of the firmware's image"],
  startTime: ["ms", "start of the firmware, until the first line of JavaScript"],
  radioStartTime: ["ms", "start and calibration of the radio"],
  scanTime: ["ms", "finding the network channel by channel"],
  knownChannelTime: ["ms", "finding the network on a channel that is known"],
  keyTime: ["ms", "deriving the WPA2 key from the password"],
  associationTime: ["ms", "authentication, association, handshake"],
  addressTime: ["ms", "getting an address by DHCP"],
  tlsTime: ["ms", "a TLS handshake with certificates"],
  packetTime: ["ms", "sending one frame"],
  flashTime: ["ms", "one write of a value to Storage"],
  interpreterSpeed: ["M/s", "instructions that the interpreter executes, as counted in an x86 build"],
  wakeWork: ["M", "a wake without a try: load, recall, measure, remember"],
  startWork: ["M", "the part of it that comes before the radio can start"],
  tryWork: ["M", "a further try in the same wake"],
  visitWork: ["M", "a try that delivers, from the connection on"],
  messageWork: ["M", "each further message"],
  sensorTime: ["ms", "one reading of a sensor"],
  sensorCurrent: ["mA", "the sensor while it measures"],
  sensorStandbyCurrent: ["mA", "all sensors between measurements"],
  capacity: ["mAh", "the battery's capacity"],
  usableShare: ["share", "the share of the battery that the board can use"],
  selfDischarge: ["share a month", "what the battery loses by itself"],
  voltage: ["V", "the battery's mean voltage"]
} as const satisfies Readonly<Record<string, readonly [Unit, string]>>

export type Name = keyof typeof docs

export const names = Object.keys(docs) as ReadonlyArray<Name>

export type Figures = Readonly<Record<Name, Figure>>

/** One number for each figure. */
export type Values = Readonly<Record<Name, number>>

export const figure = (value: number, low: number, high: number, source: string): Figure => ({
  value,
  low,
  high,
  source
})

/** A figure that is certain. */
export const exactly = (value: number, source: string): Figure => figure(value, value, value, source)

export const values = (figures: Figures): Values =>
  Object.fromEntries(names.map((name) => [name, figures[name].value])) as unknown as Values

/** The key of a figure in a file: `sleep_current`. */
export const fileKey = (name: Name): string => name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase())
