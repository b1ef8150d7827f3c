/** Takes readings and connections, one after the other, and keeps what the pictures need: no more for years than for days. */
import { median } from "../compare/Statistics.ts"
import {
  type BatteryPoint,
  type Connection,
  type ConnectionSpan,
  type Device,
  type Fleet,
  type Gap,
  type Sensor,
  type Series,
  spanCount,
  spanMillis
} from "./Fleet.ts"

export interface Taken {
  readonly sensor: string
  readonly at: number
  readonly values: ReadonlyArray<readonly [quantity: string, value: number]>
  readonly unit: string | undefined
}

/** A pause that is so many times the usual one is a gap. */
const gapFactor = 2.5

const maxGaps = 500
const maxSteps = 5_000
const maxBattery = 20_000

interface SensorState {
  readings: number
  last: number | undefined
  readonly counts: Array<number>
  readonly steps: Array<number>
  gaps: Array<Gap>
}

interface DeviceState {
  readonly sensors: Map<string, SensorState>
  readonly series: Map<string, Series>
  readonly connections: Array<ConnectionSpan>
  readonly battery: Array<BatteryPoint>
  connectionCount: number
  tries: number
  last: Connection | undefined
  lastSeen: number
}

const noConnections = (): ConnectionSpan => ({ first: 0, later: 0, awakeSum: 0, awakeCount: 0, pending: 0 })

const begin = (): DeviceState => ({
  sensors: new Map(),
  series: new Map(),
  connections: Array.from({ length: spanCount }, noConnections),
  battery: [],
  connectionCount: 0,
  tries: 0,
  last: undefined,
  lastSeen: -Infinity
})

const beginSensor = (): SensorState => ({
  readings: 0,
  last: undefined,
  counts: Array.from({ length: spanCount }, () => 0),
  steps: [],
  gaps: []
})

const length = ({ from, to }: Gap): number => to - from

/** Only the longest ones are kept, so the shortest of them may go. */
const addPause = (state: SensorState, pause: Gap): void => {
  if (state.steps.length < maxSteps) state.steps.push(length(pause))
  state.gaps.push(pause)
  if (state.gaps.length > 2 * maxGaps) {
    state.gaps = state.gaps.sort((one, other) => length(other) - length(one)).slice(0, maxGaps)
  }
}

const addValue = (series: Series, span: number, value: number): void => {
  const found = series.spans[span]
  if (found === undefined) series.spans[span] = { low: value, high: value, sum: value, count: 1 }
  else {
    found.low = Math.min(found.low, value)
    found.high = Math.max(found.high, value)
    found.sum += value
    found.count++
  }
}

/** A sensor's gaps: its long pauses, and the time from its last reading to the end, if that is one. */
const sensorOf = (name: string, { counts, gaps, last, readings, steps }: SensorState, to: number): Sensor => {
  const intervalMillis = steps.length < 2 ? undefined : median(steps)
  const atEnd = last === undefined ? [] : [{ from: last, to }]
  const long = intervalMillis === undefined ? [] :
    [...gaps, ...atEnd].filter((gap) => length(gap) > gapFactor * intervalMillis).sort((one, other) =>
      length(other) - length(one)
    ).slice(0, maxGaps).sort((one, other) => one.from - other.from)
  return { name, readings, counts, intervalMillis, gaps: long }
}

const deviceOf = (name: string, state: DeviceState, to: number): Device => ({
  name,
  sensors: [...state.sensors].map(([sensor, found]) => sensorOf(sensor, found, to)),
  series: [...state.series.values()],
  connections: state.connections,
  connectionCount: state.connectionCount,
  tries: state.tries,
  battery: state.battery,
  last: state.last,
  lastSeen: state.lastSeen
})

export interface Observing {
  /** The readings of a sensor come in the order of their time. */
  readonly reading: (device: string, taken: Taken) => void
  /** And so do the connections of a device. */
  readonly connection: (device: string, connection: Connection) => void
  readonly end: () => Fleet
}

export const make = (time: Pick<Fleet, "from" | "to" | "isDated">): Observing => {
  const devices = new Map<string, DeviceState>()
  const stateOf = <A>(map: Map<string, A>, name: string, make: () => A): A => {
    const found = map.get(name) ?? make()
    map.set(name, found)
    return found
  }
  const spanOf = (at: number): number =>
    Math.max(0, Math.min(spanCount - 1, Math.floor((at - time.from) / spanMillis(time))))

  const reading = (name: string, { at, sensor, unit, values }: Taken): void => {
    const device = stateOf(devices, name, begin)
    const state = stateOf(device.sensors, sensor, beginSensor)
    const span = spanOf(at)
    state.readings++
    state.counts[span] = (state.counts[span] ?? 0) + 1
    if (state.last !== undefined && at > state.last) addPause(state, { from: state.last, to: at })
    state.last = Math.max(state.last ?? at, at)
    device.lastSeen = Math.max(device.lastSeen, at)
    for (const [quantity, value] of values) {
      const spans = () => Array.from({ length: spanCount }, () => undefined)
      const series = stateOf(device.series, sensor + "\0" + quantity,
        (): Series => ({ sensor, quantity, unit, spans: spans() }))
      if (quantity === "temperature") series.unit = unit ?? series.unit
      addValue(series, span, value)
    }
  }

  const connection = (name: string, found: Connection): void => {
    const device = stateOf(devices, name, begin)
    const span = device.connections[spanOf(found.at)] ?? noConnections()
    if ((found.tries ?? 1) <= 1) span.first++
    else span.later++
    if (found.awakeMillis !== undefined) {
      span.awakeSum += found.awakeMillis
      span.awakeCount++
    }
    span.pending = Math.max(span.pending, found.pending ?? 0)
    device.connectionCount++
    device.tries += found.tries ?? 1
    device.last = found
    device.lastSeen = Math.max(device.lastSeen, found.at)
    if ((found.percent !== undefined || found.volts !== undefined) && device.battery.length < maxBattery) {
      device.battery.push({ at: found.at, percent: found.percent, volts: found.volts })
    }
  }

  return {
    reading,
    connection,
    end: () => ({ ...time, devices: [...devices].map(([name, state]) => deviceOf(name, state, time.to)) })
  }
}
