/**
 * One wake of a fleet's device, run by the device program itself, and described in the same form as a direct one.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../domain/state/DeviceState.ts"
import { effectiveConfig } from "../../../domain/config/effectiveConfig.ts"
import type * as Bytes from "../../../domain/bytes/Bytes.ts"
import type * as JournalMemory from "../../../domain/state/JournalMemory.ts"
import * as Snapshot from "../../../domain/state/Snapshot.ts"
import type { Standstill } from "../../../ports/Standstill.ts"
import { device as program, type DevicePorts } from "../../device/device.ts"
import { configName, snapshotName } from "../../device/files.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import type { Stage, Turn } from "../life/Story.ts"
import { type Conditions, timeOf } from "./Conditions.ts"
import { type Device, draw } from "./Device.ts"
import * as Lived from "./Lived.ts"
import * as LazyMessages from "./LazyMessages.ts"

/** What it needs of a simulated world: one wake in it. */
export type WakeIn = (program: Effect.Effect<never, never, DevicePorts>, setting: {
  readonly at: number
  readonly joinMillis: number
  readonly server: Conditions["server"]
  readonly hasWifi: boolean
  readonly retained: ReadonlyMap<string, string>
  readonly storage: Map<string, Bytes.Bytes>
  readonly journal: JournalMemory.JournalMemory
  readonly turns: ReadonlyArray<{ readonly at: number; readonly apply: (stage: Stage) => void }>
  readonly random: { readonly nextIntUnsafe: () => number; readonly nextDoubleUnsafe: () => number }
  readonly hear: (event: WakeEvent, at: number) => void
}) => Effect.Effect<{
  readonly endsAt: number
  readonly sleepMillis: number
  readonly radioMillis: number
  readonly writes: number
  readonly acceptedAt: ReadonlyArray<number>
}, Standstill>

/** What a fleet learns from a wake of the program, besides what there is to count. */
export interface Seen {
  /** How long it looked for an update, when it found none; undefined: it did not look, or found one. */
  readonly checkMillis: number | undefined
}

/** A device's random numbers as Effect's Random. */
export const randomOf = (device: Device) => ({
  nextDoubleUnsafe: () => draw(device),
  nextIntUnsafe: () => Math.floor(draw(device) * 4_294_967_296)
})

const flashOf = (device: Device): Map<string, Bytes.Bytes> => {
  const storage = new Map<string, Bytes.Bytes>()
  if (device.state !== undefined) storage.set(snapshotName, DeviceState.encode(LazyMessages.finish(device.state)))
  if (device.config !== device.baked) storage.set(configName, Snapshot.encode(device.config))
  return storage
}

/** The configuration that the next wake will use. */
const nextConfig = ({ baked }: Device, storage: Map<string, Bytes.Bytes>): DeviceConfig => {
  const update = storage.get(configName)
  return update === undefined ? baked
    : effectiveConfig(baked, Result.getOrThrow(Snapshot.decode(update)) as DeviceConfig)
}

const stateIn = (storage: Map<string, Bytes.Bytes>): DeviceState.DeviceState =>
  Result.getOrThrow(DeviceState.decode(Option.getOrThrow(Option.fromUndefinedOr(storage.get(snapshotName)))))

const journaledIn = ({ first, records }: JournalMemory.JournalMemory, from: number): number =>
  from === 0 ? 0 : first + records.length - from

/** Collects the program's events. */
const listen = (lived: Lived.Lived) => {
  let unchangedAt: number | undefined
  let hasUpdate = false
  const hear = (event: WakeEvent, at: number): void => {
    if (event._tag === "Measured") lived.readings++
    if (event._tag === "Trying") lived.triedAt.push(at)
    if (event._tag === "TryFailed") lived.failedTries++
    if (event._tag === "Delivered") lived.deliveredAt = at
    if (event._tag === "ConfigUnchanged") unchangedAt = at
    if (event._tag === "ConfigAccepted") hasUpdate = true
  }
  return { hear, hasUpdate: () => hasUpdate, unchangedAt: () => unchangedAt }
}

/** Runs `device`'s next wake and writes it to `lived`. `turns` are those that may still come. */
export const live = (
  wakeIn: WakeIn,
  device: Device,
  conditions: Conditions,
  turns: ReadonlyArray<Turn>,
  lived: Lived.Lived
): Effect.Effect<Seen, Standstill> =>
  Effect.gen(function*() {
    const { hasWifi, retained, server } = conditions
    const at = device.wakesAt
    const storage = flashOf(device)
    Lived.begin(lived, at, device.state, device.state ?? lived.after)
    const { hasUpdate, hear, unchangedAt } = listen(lived)
    const ended = yield* wakeIn(program(device.baked), {
      at,
      joinMillis: device.joinMillis,
      server,
      hasWifi,
      retained,
      storage,
      journal: device.journal,
      turns: turns.filter((turn) => timeOf(turn) > at).map((turn) => ({ at: timeOf(turn), apply: turn.apply })),
      random: randomOf(device),
      hear
    })
    lived.endsAt = ended.endsAt
    lived.sleepMillis = ended.sleepMillis
    lived.radioMillis = ended.radioMillis
    lived.writes = ended.writes
    lived.acceptedAt.push(...ended.acceptedAt)
    lived.after = { ...stateIn(storage), journaled: journaledIn(device.journal, stateIn(storage).journal) }
    device.state = lived.after
    device.wakesAt = lived.endsAt + lived.sleepMillis
    if (hasUpdate()) device.config = nextConfig(device, storage)
    const foundNoneAt = unchangedAt()
    // A change in the middle of it says nothing about other wakes.
    if (foundNoneAt === undefined || lived.deliveredAt === undefined || lived.endsAt >= conditions.until) {
      return {
        checkMillis: undefined
      }
    }
    return { checkMillis: foundNoneAt - lived.deliveredAt }
  })
