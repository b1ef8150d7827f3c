/**
 * Everything that a device needs on a board. It is not a Layer but services, each provided once, which the small
 * runtime keeps in plain cells. The same with effect's own runtime.
 */
import * as Effect from "effect/Effect"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { Events } from "../../ports/Events.ts"
import type { Journal } from "../../ports/Journal.ts"
import { Sensor } from "../../ports/Sensor.ts"
import { Sleep } from "../../ports/Sleep.ts"
import { Socket } from "../../ports/Socket.ts"
import { Storage } from "../../ports/Storage.ts"
import { TimeSource } from "../../ports/TimeSource.ts"
import { Wifi } from "../../ports/Wifi.ts"
import { events } from "./Events.ts"
import { platform } from "./platform/platform.ts"
import { sensor } from "./Sensor.ts"
import { giveUpAfter } from "./giveUp.ts"
import { fallAsleep, sleep } from "./Sleep.ts"
import { socket } from "./Socket.ts"
import { storage } from "./Storage.ts"
import { timeSource } from "./TimeSource.ts"
import { wifi } from "./Wifi.ts"

/** A board's bundle may come without it, and then asks for none. */
const source: typeof timeSource | undefined = timeSource

type Others = Events | Socket | Storage | Sleep | Sensor | Wifi

// The journal lies in an overlay (twins/journal): nothing asks for it here.
export const provide = <A, E>(program: Effect.Effect<A, E, Others | Journal | TimeSource>): Effect.Effect<A, E> =>
  ((source === undefined ? program : Effect.provideService(program, TimeSource, source)) as Effect.Effect<
    A,
    E,
    Others
  >).pipe(
    Effect.provideService(Events, events),
    Effect.provideService(Socket, socket),
    Effect.provideService(Storage, storage),
    Effect.provideService(Sleep, sleep),
    Effect.provideService(Sensor, sensor),
    Effect.provideService(Wifi, wifi)
  )

/** By its own name: what `globalThis.E` returns is made for that moment, and its listeners would be, too. */
declare const E: typeof platform.E

/** A board's bundle may come without it. */
const postponing: typeof giveUpAfter | undefined = giveUpAfter

/** How much later than the timer the watchdog comes, in seconds. */
const marginSeconds = 10

/**
 * Ends a wake that the program has not ended. It ran out of memory, which nothing can catch: the board sleeps at once.
 * It ran out of stack: a timer sends the board to sleep. A call of the platform hangs: the watchdog resets the board.
 * The last two come after twice `awake_timeout` and a minute, because an update may raise `awake_timeout` a little. A
 * device that is always on only has to come to rest that often.
 */
export const watch = (config: DeviceConfig): void => {
  const seconds = config.awakeTimeout * 2 + 60
  if (config.deepSleep) {
    const giveUp = () => fallAsleep(config.publishInterval * 1000)
    if (postponing === undefined) setTimeout(giveUp, seconds * 1000)
    else postponing(giveUp, seconds * 1000)
    E.on("errorFlag", (flags) => {
      if (flags.some((flag) => flag === "MEMORY")) giveUp()
    })
  }
  platform.E.enableWatchdog(seconds + marginSeconds, !config.deepSleep)
}
