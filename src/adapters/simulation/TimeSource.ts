/**
 * The TimeSource port in a simulated world: a server that knows the world's time, and answers like one on the network,
 * byte for byte, as far as its faults let it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Sntp from "../../domain/time/Sntp.ts"
import { TimeError, type TimeServer, TimeSource } from "../../ports/TimeSource.ts"
import * as Inject from "./world/Inject.ts"
import * as Link from "./world/Link.ts"
import * as TimeServerWorld from "./world/TimeServer.ts"
import type { World } from "./world/World.ts"

const deviceNow = (world: World): number => world.now() + world.clockOffsetMillis

const ask = (world: World, { host, port }: TimeServer): Effect.Effect<number, TimeError> =>
  Effect.gen(function*() {
    const { nextDoubleUnsafe } = yield* Random.Random
    const nonce = Sntp.nonce(() => nextDoubleUnsafe())
    const sentAt = deviceNow(world)
    yield* Effect.sleep(Link.latency(world))
    const answer = TimeServerWorld.answer(world, Sntp.request(nonce))
    if (answer === undefined || !world.hasWifi) return yield* Effect.never
    yield* Effect.sleep(Link.latency(world))
    return yield* Inject.powered(world, () =>
      Result.match(Sntp.offset(answer, nonce, sentAt, deviceNow(world)), {
        onSuccess: (millis) => Effect.succeed(millis),
        onFailure: (what) =>
          Effect.fail(new TimeError({ reason: "BadAnswer", message: host + ":" + port + ": " + what }))
      }))
  })

export const layer = (world: World): Layer.Layer<TimeSource> =>
  Layer.succeed(TimeSource, {
    ask: (server) => Inject.powered(world, () => ask(world, server)),
    adjust: (millis) =>
      Inject.poweredNow(world, () => {
        world.clockOffsetMillis += millis
      })
  })
