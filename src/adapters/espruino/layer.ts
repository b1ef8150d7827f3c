/**
 * Everything a device needs on a board. No Layer: services, each provided once, which the device-sized runtime
 * keeps in plain cells. The same with effect's own runtime.
 */
import * as Effect from "effect/Effect"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { Events } from "../../ports/Events.ts"
import type { Journal } from "../../ports/Journal.ts"
import { Sensor } from "../../ports/Sensor.ts"
import { Sleep } from "../../ports/Sleep.ts"
import { Socket } from "../../ports/Socket.ts"
import { Storage } from "../../ports/Storage.ts"
import { Wifi } from "../../ports/Wifi.ts"
import { events } from "./Events.ts"
import { platform } from "./platform/platform.ts"
import { sensor } from "./Sensor.ts"
import { fallAsleep, sleep } from "./Sleep.ts"
import { socket } from "./Socket.ts"
import { storage } from "./Storage.ts"
import { wifi } from "./Wifi.ts"

export const provide = <A, E>(
  program: Effect.Effect<A, E, Events | Journal | Socket | Storage | Sleep | Sensor | Wifi>
): Effect.Effect<A, E> =>
  // The journal lies in an overlay (twins/journal): nothing asks for it here.
  (program as Effect.Effect<A, E, Events | Socket | Storage | Sleep | Sensor | Wifi>).pipe(
    Effect.provideService(Events, events),
    Effect.provideService(Socket, socket),
    Effect.provideService(Storage, storage),
    Effect.provideService(Sleep, sleep),
    Effect.provideService(Sensor, sensor),
    Effect.provideService(Wifi, wifi)
  )

/** By its own name: what `globalThis.E` gives is made for that moment, and so would be its listeners. */
declare const E: typeof platform.E

/** How much later the watchdog comes than the timer, in seconds. */
const marginSeconds = 10

/**
 * Ends a wake that the program has not ended: it has died of memory, which nothing can catch, and the board sleeps at
 * once; it has died of the stack, and a timer sends the board to sleep; or a call of the platform hangs, and the
 * watchdog resets the board. The last two come after twice `awake_timeout` and a minute, for an update may raise that a
 * little. A device that is always on only has to come to rest so often.
 */
export const watch = (config: DeviceConfig): void => {
  const seconds = config.awakeTimeout * 2 + 60
  if (config.deepSleep) {
    const giveUp = () => fallAsleep(config.publishInterval * 1000)
    setTimeout(giveUp, seconds * 1000)
    E.on("errorFlag", (flags) => {
      if (flags.some((flag) => flag === "MEMORY")) giveUp()
    })
  }
  platform.E.enableWatchdog(seconds + marginSeconds, !config.deepSleep)
}
