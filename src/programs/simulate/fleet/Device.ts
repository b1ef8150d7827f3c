/**
 * One device of a fleet between two wakes, and its own random numbers.
 *
 * Devices share nothing but the Server, which accepts them all, so the life of one does not depend on the order in
 * which the others are simulated. Each therefore draws from its own sequence. The generator is small on purpose: two
 * words for each device, which can be restored for a wake that must be run again. (Random.withSeed has 512.)
 */
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import { crc32 } from "../../../domain/bytes/Crc32.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as JournalMemory from "../../../domain/state/JournalMemory.ts"
import type { DeviceState } from "../../../domain/state/DeviceState.ts"

export interface Device {
  readonly baked: DeviceConfig
  /** The configuration in use: an update that was taken, or `baked`. */
  config: DeviceConfig
  /** Undefined before the first wake. */
  state: DeviceState | undefined
  /** What lies behind the state's Outbox. */
  journal: JournalMemory.JournalMemory
  /** When it wakes next, in milliseconds since the beginning. */
  wakesAt: number
  /** How long it takes to join its Wi-Fi: always the same, because the device does not move. */
  readonly joinMillis: number
  chance: number
  readonly chanceStep: number
  /** The last recovery of the Server after which it has delivered; -1: none. */
  backAfter: number
}

/** From the nearest device to the farthest: milliseconds to find, join and get an address. */
export const joinMillis = { least: 800, most: 2_000 } as const

/** The next number of `device`'s own sequence, 0 up to 1 (exclusive): a counter, scrambled as MurmurHash3 ends. */
export const draw = (device: Device): number => {
  device.chance = (device.chance + device.chanceStep) | 0
  let bits = device.chance
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return ((bits ^ (bits >>> 16)) >>> 0) / 4_294_967_296
}

/** Number `index` of the fleet: `config` with a client id of its own. All wake for the first time at the beginning. */
export const make = (config: DeviceConfig, seed: string, index: number): Device => {
  const hash = (what: string) => crc32(Bytes.fromText(seed + "/" + what + "/" + index))
  const own = { ...config, mqtt: { ...config.mqtt, clientId: config.mqtt.clientId + "-" + index } }
  const device: Device = {
    baked: own,
    config: own,
    state: undefined,
    journal: JournalMemory.make(),
    wakesAt: 0,
    joinMillis: joinMillis.least + Math.floor(hash("join") / 4_294_967_296 * (joinMillis.most - joinMillis.least)),
    chance: hash("chance") | 0,
    chanceStep: hash("step") | 1,
    backAfter: -1
  }
  return device
}
