/**
 * The Wifi port of a simulated world: joining takes some time, and the world counts how long the radio is on.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Network } from "../../domain/config/DeviceConfig.ts"
import { Wifi, WifiError } from "../../ports/Wifi.ts"
import * as Inject from "./world/Inject.ts"
import * as World from "./world/World.ts"

export const layer = (world: World.World): Layer.Layer<Wifi> =>
  Layer.sync(Wifi, () => {
    let networks: ReadonlyArray<Network> = []
    /** Since when it has been trying to join; undefined: it gave up and must be asked again. */
    let joiningSince: number | undefined
    const on = (): number => {
      world.radioOnSince ??= world.now()
      return joiningSince ??= world.now()
    }
    const joined = Inject.powered(world, (): Effect.Effect<void, WifiError> => {
      const since = on()
      if (world.hasWifi) return Effect.sleep(Math.max(0, since + world.joinMillis - world.now()))
      const timeouts = networks.reduce((sum, network) => sum + network.timeout * 1000, 0)
      const names = networks.map((network) => network.ssid).join(", ")
      const message = "no Wi-Fi: could not join " + (names === "" ? "any network" : names)
      return Effect.sleep(Math.max(0, since + timeouts - world.now())).pipe(
        Effect.andThen(Effect.suspend(() => {
          joiningSince = undefined
          return Effect.fail(new WifiError({ message }))
        }))
      )
    })
    return {
      start: (given) =>
        Inject.poweredNow(world, () => {
          if (!Inject.holds(world)) throw Inject.powerOff(world)
          networks = given
          joiningSince = undefined
          on()
        }),
      joined,
      stop: () => World.radioOff(world)
    }
  })
