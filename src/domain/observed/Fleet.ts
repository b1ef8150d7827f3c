/** What devices have delivered, in the form that pictures need: sums of equal spans of time. */

/** Values of one quantity in one span. */
export interface ValueSpan {
  low: number
  high: number
  sum: number
  count: number
}

/** A quantity of a sensor; a span without a reading is undefined. */
export interface Series {
  readonly sensor: string
  readonly quantity: string
  /** Of a temperature: C or F; undefined: that of the quantity. */
  unit: string | undefined
  readonly spans: Array<ValueSpan | undefined>
}

/** Times in milliseconds. */
export interface Gap {
  readonly from: number
  readonly to: number
}

export interface Sensor {
  readonly name: string
  readonly readings: number
  /** Readings in each span. */
  readonly counts: ReadonlyArray<number>
  /** From one reading to the next, usually; undefined: there are too few. */
  readonly intervalMillis: number | undefined
  /** The longest ones, in the order of time. */
  readonly gaps: ReadonlyArray<Gap>
}

/** Connections of one span. */
export interface ConnectionSpan {
  /** Those that succeeded at the first try, and at a later one. */
  first: number
  later: number
  awakeSum: number
  awakeCount: number
  /** Messages that were not acknowledged, at most. */
  pending: number
}

export interface BatteryPoint {
  readonly at: number
  readonly percent: number | undefined
  readonly volts: number | undefined
}

/** What is known of one connection; what is not known is undefined. */
export interface Connection {
  readonly at: number
  readonly tries: number | undefined
  readonly awakeMillis: number | undefined
  readonly pending: number | undefined
  readonly percent: number | undefined
  readonly volts: number | undefined
  readonly lastError: string | undefined
}

export interface Device {
  readonly name: string
  readonly sensors: ReadonlyArray<Sensor>
  readonly series: ReadonlyArray<Series>
  readonly connections: ReadonlyArray<ConnectionSpan>
  readonly connectionCount: number
  readonly tries: number
  readonly battery: ReadonlyArray<BatteryPoint>
  readonly last: Connection | undefined
  /** When its last reading was taken, or its last connection was; milliseconds. */
  readonly lastSeen: number
}

export interface Fleet {
  /** Milliseconds: since 1970, or since the beginning of a simulation. */
  readonly from: number
  readonly to: number
  /** Whether these are moments of a calendar. */
  readonly isDated: boolean
  readonly devices: ReadonlyArray<Device>
}

/** Every picture has so many spans at most. */
export const spanCount = 240

export const spanMillis = ({ from, to }: Pick<Fleet, "from" | "to">): number => Math.max(1, (to - from) / spanCount)

/** The middle of a span, in days since the beginning. */
export const middleOf = (fleet: Fleet, index: number): number => (index + 0.5) * spanMillis(fleet) / 86_400_000
