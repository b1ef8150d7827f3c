/**
 * The Servers for collectors that are killed, which must keep what comes meanwhile.
 *
 * Mosquitto drops it beyond a thousand messages without a setting. Aedes begins each connection with a random Packet
 * Identifier, which may be that of a message that it sends again (against MQTT-2.3.1-4): one PUBACK then removes the other
 * message, too. So here each connection goes on where the one before it has ended.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Broker } from "../support/broker.ts"
import * as Aedes from "../support/aedes.ts"
import * as Mosquitto from "../support/mosquitto.ts"

const aedes: Effect.Effect<Broker, never, Scope.Scope> = Effect.map(Aedes.make(), (broker) => {
  const last = new Map<string, { readonly _nextId: number }>()
  broker.aedes.on("client", (client) => {
    const state = client as unknown as { _nextId: number }
    state._nextId = last.get(client.id)?._nextId ?? state._nextId
    last.set(client.id, state)
  })
  return broker
})

export const brokers = {
  aedes: { isThere: true, make: aedes },
  mosquitto: { isThere: Mosquitto.executable !== undefined, make: Mosquitto.make({}, ["max_queued_messages 0"]) }
} as const
