/** The Wifi port on a machine that has its own network: nothing to turn on, join or turn off. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Wifi } from "../../ports/Wifi.ts"

export const layer: Layer.Layer<Wifi> = Layer.succeed(Wifi, {
  start: () => {},
  joined: Effect.void,
  stop: () => {}
})
