/**
 * The life of a fleet: many devices, one Server, one story. Each wake calls the device's decisions directly if this is
 * known to give the same, and the device program otherwise.
 *
 * Time goes on in spans of an hour, or less if the story changes something. In each span one device after the other is
 * simulated: so the processor's caches have one device at a time, and no queue of wakes is needed. The same options
 * give the same sums.
 */
import * as Effect from "effect/Effect"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../domain/state/DeviceState.ts"
import type { Standstill } from "../../../ports/Standstill.ts"
import type { Turn } from "../life/Story.ts"
import * as Conditions from "./Conditions.ts"
import * as Device from "./Device.ts"
import * as Ledger from "./Ledger.ts"
import * as Lived from "./Lived.ts"
import * as DirectWake from "./DirectWake.ts"
import type { Physics } from "./Living.ts"
import * as RealWake from "./RealWake.ts"

/** What the fleet needs of a simulated world. */
export interface World extends Omit<Physics, "checkMillis"> {
  readonly wakeIn: RealWake.WakeIn
}

export interface Options {
  readonly config: DeviceConfig
  readonly devices: number
  readonly days: number
  readonly seed: string
  readonly turns: ReadonlyArray<Turn>
  /** False: the program runs every wake, some hundred times slower. */
  readonly direct?: boolean
  /** Called with the progress: milliseconds of simulated time, and wakes. Called between two spans. */
  readonly onProgress?: (millis: number, wakes: number) => void
  /** Called with each wake; `lived` is only valid until it returns. */
  readonly onWake?: (device: Device.Device, index: number, lived: Lived.Lived) => void
}

const spanMillis = 3_600_000

/** How the program has looked for updates, under the present conditions. */
interface Check {
  readonly version: number
  readonly refusedUpdate: number
  readonly millis: number
}

const find = (
  checks: ReadonlyArray<Check>,
  config: DeviceConfig,
  state: DeviceState.DeviceState
): number | undefined => {
  for (const check of checks) {
    if (check.version === config.version && check.refusedUpdate === state.refusedUpdate) return check.millis
  }
  return undefined
}

/** Spans of the whole life, each under one condition, in their order. */
const spansOf = (conditions: ReadonlyArray<Conditions.Conditions>, end: number) =>
  conditions.flatMap((condition) => {
    const spans: Array<{ readonly condition: Conditions.Conditions; readonly until: number }> = []
    for (let from = condition.from; from < Math.min(end, condition.until);) {
      from = Math.min(end, condition.until, (Math.floor(from / spanMillis) + 1) * spanMillis)
      spans.push({ condition, until: from })
    }
    return spans
  })

/** Simulates `days` days of the whole fleet. The last wakes are whole ones. */
export const live = (world: World, options: Options): Effect.Effect<Ledger.Sums, Standstill> =>
  Effect.gen(function*() {
    const { config, days, onProgress, onWake, direct = true, seed, turns } = options
    const devices = Array.from({ length: options.devices }, (_, index) => Device.make(config, seed, index))
    const conditions = Conditions.of(turns)
    const ledger = Ledger.make(devices.length, Conditions.recoveries(conditions), config.publishInterval * 1_000)
    const lived = Lived.make(DeviceState.initial(0, config.mqtt.reconnectStart))
    let checks: Array<Check> = []
    let retained: Conditions.Conditions["retained"] | undefined
    const physics: Physics = { ...world, checkMillis: (own, state) => find(checks, own, state) }
    const count = (device: Device.Device, index: number): void => {
      ledger.add(device, lived)
      onWake?.(device, index, lived)
    }
    /** Runs wakes directly until `until`. False: the program has to run the next one. */
    const advance = (
      device: Device.Device,
      index: number,
      condition: Conditions.Conditions,
      until: number
    ): boolean => {
      while (device.wakesAt < until) {
        if (!direct || !DirectWake.live(device, condition, physics, lived)) return false
        count(device, index)
      }
      return true
    }
    const real = (device: Device.Device, index: number, condition: Conditions.Conditions) =>
      Effect.gen(function*() {
        const { refusedUpdate = 0 } = device.state ?? {}
        const { version } = device.config
        const { checkMillis } = yield* RealWake.live(world.wakeIn, device, condition, turns, lived)
        if (
          checkMillis !== undefined &&
          find(checks, { ...config, version }, { ...lived.after, refusedUpdate }) === undefined
        ) {
          checks.push({ version, refusedUpdate, millis: checkMillis })
        }
        ledger.sums.realWakes++
        count(device, index)
      })
    for (const { condition, until } of spansOf(conditions, days * 86_400_000)) {
      if (condition.retained !== retained) checks = []
      retained = condition.retained
      for (const [index, device] of devices.entries()) {
        while (!advance(device, index, condition, until)) yield* real(device, index, condition)
      }
      ledger.close(until)
      onProgress?.(until, ledger.sums.wakes)
      yield* Effect.yieldNow
    }
    ledger.close(Infinity)
    return ledger.sums
  })
