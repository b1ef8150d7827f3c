/** QoS 2 against real Servers: exactly once, in both directions, wherever the connection is cut. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import type { Endpoint } from "../../../../src/ports/Socket.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import { type BrokerKind, kinds } from "../../../support/brokers.ts"
import { fork } from "../../../support/clientPair.ts"
import * as DelayedServer from "../../../support/delayedServer.ts"
import { run } from "../../../support/runClient.ts"

const atOnce = { ...Client.stayConnected, maxAttempts: 100, minInterval: 0.01, maxInterval: 0.01 }

/** Aedes speaks MQTT 3.1.1 only. */
const versionsOf = ({ name }: BrokerKind): ReadonlyArray<4 | 5> => name === "Aedes" ? [4] : [4, 5]

const payloads = ["one", "two", "three"]

/**
 * Aedes mixes up the Packet Identifiers of messages whose PUBRECs come together, and sends one again after its PUBREL. So
 * it gets one message at a time.
 */
const concurrencyOf = ({ name }: BrokerKind): number => name === "Aedes" ? 1 : payloads.length

interface Trip {
  readonly endpoint: Endpoint
  readonly version: 4 | 5
  readonly clientId: string
  readonly concurrency: number
  readonly onMade?: Effect.Effect<void>
  readonly onLost?: Effect.Effect<void>
}

/** Publishes the payloads, and gives what came back when all of it is done. */
const roundTrip = ({ clientId, concurrency, endpoint, onLost = Effect.void, onMade = Effect.void, version }: Trip) =>
  Effect.gen(function*() {
    const came: Array<string> = []
    const client = yield* Client.make({
      endpoint,
      version,
      clientId,
      cleanSession: false,
      reconnect: atOnce,
      subscriptions: [{
        topicFilter: clientId,
        qos: 2,
        handler: ({ payload, qos }) => void came.push(`${Bytes.toText(payload)} ${qos}`)
      }]
    })
    yield* onMade
    yield* fork(Stream.runForEach(client.status, ({ _tag }) => _tag === "Reconnecting" ? onLost : Effect.void))
    yield* Effect.forEach(payloads, (payload) => client.publish(clientId, payload, { qos: 2 }), {
      concurrency
    })
    // The last answers of the other direction, and what would come twice.
    yield* Effect.repeat(Effect.sleep(1), { until: () => came.length >= payloads.length })
    yield* Effect.ignore(client.ping)
    yield* client.disconnect
    return came
  })

for (const kind of kinds) {
  const note = kind.available ? "" : " (not installed)"
  describe.skipIf(!kind.available).each(versionsOf(kind))(`QoS 2 against ${kind.name}${note}, version %i`,
    (version) => {
      it("comes exactly once, whichever byte is the last of a connection", () =>
        run(Effect.gen(function*() {
          const { tcp } = yield* kind.make()
          const proxy = yield* DelayedServer.make(tcp)
          const trip = { endpoint: proxy.endpoint, version, concurrency: concurrencyOf(kind) }
          const counted = { made: [0, 0], done: [0, 0] }
          const bytes = Effect.all([proxy.clientBytes, proxy.serverBytes])
          const onMade = Effect.map(bytes, (made) => {
            counted.made = made
          })
          const healthy = yield* Effect.scoped(roundTrip({ ...trip, clientId: "h-000", onMade }))
          counted.done = yield* bytes
          const wanted = payloads.map((payload) => `${payload} 2`)
          expect(healthy).toEqual(wanted)
          const sides = ["cutAfterClientBytes", "cutAfterServerBytes"] as const
          let cuts = 0
          for (const [index, side] of sides.entries()) {
            const [from = 0, to = 0] = [counted.made[index], counted.done[index]]
            for (let at = from + 1; at < to; at += 2) {
              yield* proxy.change({ ...DelayedServer.healthy, [side]: at })
              const onLost = Effect.andThen(Effect.sync(() => cuts++), proxy.change(DelayedServer.healthy))
              const clientId = `${side[8]}-${String(at).padStart(3, "0")}`
              const came = yield* Effect.exit(Effect.scoped(roundTrip({ ...trip, clientId, onLost })))
              expect([side, at, Exit.isSuccess(came) ? came.value : came]).toEqual([side, at, wanted])
            }
          }
          expect(cuts).toBeGreaterThan(50)
        })))
    })
}
