/** How the Client writes: batches, not packets. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import * as NodeSocket from "../../../../src/adapters/node/Socket.ts"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import type { TopicName } from "../../../../src/domain/packet/Topic.ts"
import { Socket } from "../../../../src/ports/Socket.ts"
import type * as Client from "../../../../src/programs/client/Client.ts"
import { fork, pair, roundTrip } from "../../../support/clientPair.ts"
import { run } from "../../../support/runClient.ts"

/** Real sockets, and the length of every write. */
const counting = (writes: Array<number>) =>
  Layer.effect(
    Socket,
    Effect.map(Socket, (socket) => ({
      connect: (endpoint) =>
        Effect.map(socket.connect(endpoint), (connection) => ({
          ...connection,
          write: (bytes) => {
            writes.push(bytes.length)
            return connection.write(bytes)
          }
        }))
    }))
  ).pipe(Layer.provide(NodeSocket.layer))

/** Runs a story with a Client that has just connected; `writes` are those since then. */
const story = <A, E>(
  options: Partial<Client.ClientOptions>,
  tell: (it: Effect.Success<ReturnType<typeof pair>> & { readonly writes: Array<number> }) => Effect.Effect<A, E>
) => {
  const writes: Array<number> = []
  const all = Effect.gen(function*() {
    const it = yield* pair(options)
    writes.length = 0
    return yield* tell({ ...it, writes })
  })
  return run(Effect.provide(all, counting(writes)))
}

const expectPublishes = (guest: Effect.Success<ReturnType<typeof pair>>["guest"], count: number) =>
  Effect.replicateEffect(Effect.map(guest.expect("Publish"), ({ packetIdentifier }) => packetIdentifier as number),
    count)

describe("Client, writing", () => {
  it("sends what many fibers publish at the same time in one write", () =>
    story({}, ({ client, guest, writes }) =>
      Effect.gen(function*() {
        for (let i = 0; i < 50; i++) yield* fork(client.publish("t", "" + i, { qos: 1 }))
        yield* expectPublishes(guest, 50)
        expect(writes).toHaveLength(1)
      })))

  it("sends what many acknowledgements make room for in one write", () =>
    story({ maximumInFlight: 30 }, ({ client, guest, writes }) =>
      Effect.gen(function*() {
        for (let i = 0; i < 60; i++) yield* fork(client.publish("t", "" + i, { qos: 1 }))
        const first = yield* expectPublishes(guest, 30)
        yield* guest.send(...first.map((packetIdentifier) => ({ _tag: "Puback", packetIdentifier }) as const))
        yield* expectPublishes(guest, 30)
        expect(writes).toHaveLength(2)
      })))

  it("acknowledges in one write what came in one read", () =>
    story({}, ({ client, guest, writes }) =>
      Effect.gen(function*() {
        const subscribing = yield* fork(client.subscribe("t", { qos: 1 }, () => {}))
        const { packetIdentifier } = yield* guest.expect("Subscribe")
        yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [1] })
        yield* Fiber.join(subscribing)
        writes.length = 0
        const message = {
          _tag: "Publish",
          topic: "t" as TopicName,
          payload: Bytes.empty,
          qos: 1,
          retain: false,
          dup: false
        } as const
        yield* guest.send(...Array.from({ length: 100 }, (_, i) => ({ ...message, packetIdentifier: i + 1 })))
        for (let i = 1; i <= 100; i++) expect((yield* guest.expect("Puback")).packetIdentifier).toBe(i)
        expect(writes).toEqual([400])
      })))

  it("collects messages of QoS 0 that are published one after the other, and waits for the network when they are many", () =>
    story({}, ({ client, guest, writes }) =>
      Effect.gen(function*() {
        for (let i = 0; i < 8_000; i++) yield* client.publish("t", "x".repeat(94))
        yield* expectPublishes(guest, 8_000)
        yield* roundTrip(client, guest)
        const all = writes.reduce((sum, size) => sum + size, 0)
        expect(all).toBe(8_000 * 99 + 2)
        expect(writes.length).toBeLessThan(20)
        expect(Math.max(...writes)).toBeLessThan(64_000)
      })))

  it("writes nothing of a packet that MQTT forbids, and everything before and after it", () =>
    story({ outboxBytes: 1e9 }, ({ client, guest, writes }) =>
      Effect.gen(function*() {
        const before = yield* fork(client.publish("t", "before", { qos: 1 }))
        // 256 MB, said but not made: no such length can be written.
        const endless = new Proxy(Bytes.empty, {
          get: (target, key) => key === "length" ? 268_435_456 : Reflect.get(target, key)
        })
        expect(yield* Effect.flip(client.publish("t", endless, { qos: 1 }))).toMatchObject({
          _tag: "InvalidPacket",
          field: "payload"
        })
        const behind = yield* fork(client.publish("t", "behind", { qos: 1 }))
        for (const text of ["before", "behind"]) {
          const packet = yield* guest.expect("Publish")
          expect(Bytes.toText(packet.payload)).toBe(text)
          yield* guest.send({ _tag: "Puback", packetIdentifier: packet.packetIdentifier as number })
        }
        yield* Fiber.joinAll([before, behind])
        expect(writes).toHaveLength(1)
      })))
})
