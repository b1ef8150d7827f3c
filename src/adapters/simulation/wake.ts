/**
 * One wake of a device that is asleep, in a world made for it: a fleet uses it for a wake that is unusual. The device's
 * flash, the state of the world, and the rest of the story are given.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Bytes from "../../domain/bytes/Bytes.ts"
import type { JournalMemory } from "../../domain/state/JournalMemory.ts"
import type { WakeEvent } from "../../domain/wake/WakeEvent.ts"
import { restarting } from "../../ports/restarting.ts"
import type { Standstill } from "../../ports/Standstill.ts"
import { Events } from "../../ports/Events.ts"
import type { Journal } from "../../ports/Journal.ts"
import type { Sensor } from "../../ports/Sensor.ts"
import type { Sleep } from "../../ports/Sleep.ts"
import type { Socket } from "../../ports/Socket.ts"
import type { Storage } from "../../ports/Storage.ts"
import type { TimeSource } from "../../ports/TimeSource.ts"
import type { Wifi } from "../../ports/Wifi.ts"
import { layer } from "./layer.ts"
import * as VirtualTime from "./world/VirtualTime.ts"
import * as World from "./world/World.ts"

/** What can be changed in a world while it lasts. */
export interface Stage {
  readonly setServer: (condition: World.ServerCondition) => void
  readonly setWifi: (hasWifi: boolean) => void
  readonly simulateMessage: (topic: string, payload: string, options?: { readonly retain?: boolean }) => void
}

export interface Setting {
  /** When the device wakes. All times are milliseconds of the world. */
  readonly at: number
  readonly joinMillis: number
  readonly server: World.ServerCondition
  readonly hasWifi: boolean
  /** Topic -> what is retained there. */
  readonly retained: ReadonlyMap<string, string>
  /** The device's flash, which the wake changes. */
  readonly storage: Map<string, Bytes.Bytes>
  readonly journal: JournalMemory
  /** What the world does from then on, in the order of time. */
  readonly turns: ReadonlyArray<{ readonly at: number; readonly apply: (stage: Stage) => void }>
  readonly random: Random.Random
  /** Called with what the program emits. */
  readonly hear: (event: WakeEvent, at: number) => void
}

export interface Ending {
  readonly endsAt: number
  readonly sleepMillis: number
  readonly radioMillis: number
  readonly writes: number
  /** When the Server accepted a Network Connection. */
  readonly acceptedAt: ReadonlyArray<number>
}

const play = (world: World.World, turns: Setting["turns"]) => {
  const stage: Stage = {
    setServer: (condition) => World.setServer(world, condition),
    setWifi: (hasWifi) => World.setWifi(world, hasWifi),
    simulateMessage: (topic, payload, options) => World.simulateMessage(world, topic, payload, options)
  }
  return Effect.gen(function*() {
    for (const turn of turns) {
      yield* Effect.sleep(turn.at - world.now())
      turn.apply(stage)
    }
    return yield* Effect.never
  })
}

const furnish = (world: World.World, setting: Setting, acceptedAt: Array<number>): void => {
  for (const [name, bytes] of setting.storage) world.storage.set(name, bytes)
  for (const [topic, payload] of setting.retained) World.simulateMessage(world, topic, payload, { retain: true })
  world.journal = setting.journal
  world.serverCondition = setting.server
  world.hasWifi = setting.hasWifi
  world.joinMillis = setting.joinMillis
  const { accept } = world
  world.accept = (send, close) => {
    acceptedAt.push(world.now())
    return accept(send, close)
  }
}

/** Runs one wake of `program`. */
export const wake = (
  program: Effect.Effect<never, never, Events | Journal | Socket | Storage | Sleep | Sensor | TimeSource | Wifi>,
  setting: Setting
): Effect.Effect<Ending, Standstill> => {
  const life = Effect.gen(function*() {
    const world = yield* World.make
    const acceptedAt: Array<number> = []
    furnish(world, setting, acceptedAt)
    let ending: Ending | undefined
    const lived = restarting(program, {
      wokenBy: () => "timer",
      next: (_, sleepMillis) => {
        World.radioOff(world)
        ending = { endsAt: world.now(), sleepMillis, radioMillis: world.radioMillis, writes: world.writes, acceptedAt }
        return Effect.succeed(false)
      }
    }).pipe(Effect.provide(layer(world)),
      Effect.provideService(Events, { emit: (event) => setting.hear(event, world.now()) }))
    yield* Effect.raceFirst(play(world, setting.turns), lived)
    for (const [name, bytes] of world.storage) setting.storage.set(name, bytes)
    return ending as unknown as Ending
  })
  return VirtualTime.run(Effect.provideService(life, Random.Random, setting.random), setting.at)
}
