/**
 * How a configuration update over MQTT becomes the next configuration: an accepted one is stored and used from the next wake.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import type { Storage } from "../../ports/Storage.ts"
import { type Call, type CallError, deliver, publish, receive, receiveWithin } from "./call.ts"
import { known, look } from "./known.ts"
import { refusedSubscription } from "./refusedSubscription.ts"
import * as Settlement from "./Settlement.ts"
import { tell } from "./WakeEvent.ts"

/** Nothing more is to be waited for: the configuration is there, or will not come on this connection. */
const isThere = ({ broken, subscription, tooLarge, update }: Call["visit"]): boolean =>
  broken !== undefined || tooLarge !== undefined || subscription !== "waiting" && (subscription === "refused" || !ConfigUpdate.isWaiting(update))

/** Waits for the configuration: the SUBACK first, then up to `config_wait_time` for what is retained. */
const arrived = (call: Call): Effect.Effect<void, CallError, Storage> =>
  Effect.gen(function*() {
    const { memory, visit } = call
    let until: number | undefined
    while (!isThere(visit)) {
      // Whoever is not answered sends no more, once enough is in flight; and what need not be waited for goes with DISCONNECT.
      yield* publish(call)
      if (visit.subscription === "waiting") yield* receive(call)
      else {
        const now = yield* Clock.currentTimeMillis
        until ??= now + memory.config.mqtt.configWaitTime * 1000
        if (until <= now) return
        if (!(yield* receiveWithin(call, until - now))) return
      }
    }
  })

/** Acts on what has arrived. True: an update was stored. */
export const settle = (call: Call): Effect.Effect<boolean, CallError, Storage> =>
  Effect.gen(function*() {
    const { memory, visit } = call
    const { tooLarge, update } = visit
    let reason: string | undefined
    if (tooLarge === undefined) {
      reason = ConfigUpdate.isShort(update) ? "no configuration within " + memory.config.mqtt.configWaitTime + " s" : known(memory, update)
      if (reason === undefined) reason = yield* look(memory, update)
    }
    if (reason !== undefined) {
      yield* tell({ _tag: "ConfigUnchanged", reason })
      return false
    }
    const { isOwed, isStored } = yield* Settlement.settle(memory, update, tooLarge)
    if (!isOwed) return false
    yield* deliver(call)
    visit.told = visit.delivered
    return isStored
  })

/** Takes a newer configuration, if there is one. Only called when the data is out. */
export const take = (call: Call): Effect.Effect<unknown, CallError, Storage> =>
  Effect.gen(function*() {
    const { visit } = call
    if (visit.subscription === "none") return
    if (!isThere(visit)) yield* arrived(call)
    if (visit.broken !== undefined) return yield* Effect.fail(visit.broken)
    return visit.subscription === "refused" ? yield* tell(refusedSubscription()) : yield* settle(call)
  })
