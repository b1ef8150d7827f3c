/**
 * DISCONNECT is the last packet, whatever is in flight, so no Will is published.
 *
 * More runs: `LEAVING_RUNS=100 npx vitest run test/programs/client/brokers/ClientLeaving.test.ts`.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import type { Endpoint } from "../../../../src/ports/Socket.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import * as Aedes from "../../../support/aedes.ts"
import { fork, pair, roundTrip } from "../../../support/clientPair.ts"
import * as Mosquitto from "../../../support/mosquitto.ts"
import { run } from "../../../support/runClient.ts"

const runs = Number(process.env["LEAVING_RUNS"] ?? 3)

interface Load {
  readonly messages: number
  readonly bytes: number
}

const loads: ReadonlyArray<Load> = [{ messages: 64, bytes: 100_000 }, { messages: 20, bytes: 900_000 }]

/**
 * Publishes, leaves in the middle of it, and says what the Server has heard of it: the last message, and perhaps the
 * Will.
 */
const leave = (endpoint: Endpoint, { bytes, messages }: Load, number: number) =>
  Effect.gen(function*() {
    const heard: Array<string> = []
    const ended = yield* Deferred.make<void>()
    const observer = yield* Client.make({ endpoint, clientId: "observer" })
    yield* observer.subscribe("end/+", {}, ({ topic }) => {
      heard.push(topic)
      return Deferred.succeed(ended, undefined)
    })
    const will = { topic: "end/will", payload: "" }
    const client = yield* Client.make({ endpoint, clientId: "leaver", will, maximumInFlight: messages })
    const payload = new Uint8Array(bytes)
    for (let i = 1; i < messages; i++) yield* fork(Effect.ignore(client.publish("data", payload, { qos: 1 })))
    yield* fork(Effect.ignore(client.publish("end/last", "", { qos: 1 })))
    yield* Effect.sleep(1 + number % 7)
    yield* client.disconnect
    yield* Deferred.await(ended)
    // If there were a Will, it would come when the connection is closed, right after the last message.
    yield* Effect.sleep(100)
    yield* observer.ping
    return heard.join()
  })

const leaveAll = (endpoint: Endpoint, load: Load) =>
  Effect.gen(function*() {
    const heard: Array<string> = []
    for (let i = 0; i < runs; i++) heard.push(yield* Effect.scoped(leave(endpoint, load, i)))
    expect(heard).toEqual(Array.from({ length: runs }, () => "end/last"))
  })

describe.each(loads)("a Client that leaves with $messages messages of $bytes bytes in flight", (load) => {
  const timeout = 60_000 + runs * 5_000

  it("leaves no Will on Aedes", { timeout }, () => run(Effect.flatMap(Aedes.make(), ({ tcp }) => leaveAll(tcp, load))))

  it.skipIf(Mosquitto.executable === undefined)("leaves no Will on Mosquitto", { timeout },
    () => run(Effect.flatMap(Mosquitto.make({}, ["max_inflight_messages 1000"]), ({ tcp }) => leaveAll(tcp, load))))
})

/** What the Server publishes when a Client leaves with its Will. */
const leaveWithWill = (endpoint: Endpoint, version: 4 | 5) =>
  Effect.gen(function*() {
    const heard = yield* Deferred.make<string>()
    const observer = yield* Client.make({ endpoint, clientId: "observer" })
    yield* observer.subscribe("end/+", { qos: 1 }, ({ topic }) => Deferred.succeed(heard, topic))
    const will = { topic: "end/will", payload: "", qos: 1 } as const
    const client = yield* Client.make({ endpoint, clientId: "leaver", version, will })
    yield* client.publish("data", "last")
    yield* client.disconnectWithWill
    expect(yield* Deferred.await(heard)).toBe("end/will")
  })

describe("a Client that leaves with its Will has it published", () => {
  // Aedes has no MQTT 5.
  it("by Aedes", () => run(Effect.flatMap(Aedes.make(), ({ tcp }) => leaveWithWill(tcp, 4))))

  it.skipIf(Mosquitto.executable === undefined).each([4, 5] as const)("by Mosquitto, in MQTT %i",
    (version) => run(Effect.flatMap(Mosquitto.make(), ({ tcp }) => leaveWithWill(tcp, version))))
})

describe("a Client that leaves", () => {
  const large = new Uint8Array(8 * 1024 * 1024)

  const attacks: ReadonlyArray<readonly [what: string, bytes: (packetIdentifier: number) => ReadonlyArray<number>]> = [
    ["acknowledges what it was sent", (identifier) => [0x40, 2, identifier >> 8, identifier & 255]],
    ["acknowledges what it was not sent", () => [0x40, 2, 0xff, 0xff]],
    ["sends what is no packet", () => [0xf0, 0]],
    ["sends a second CONNACK", () => [0x20, 2, 0, 0]]
  ]
  it.each(attacks)("says DISCONNECT last, though the Server %s meanwhile", (_, bytes) =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair({ keepAlive: 0 })
      const first = yield* fork(Effect.exit(client.publish("a", "", { qos: 1 })))
      const { packetIdentifier } = yield* guest.expect("Publish")
      guest.socket.pause()
      yield* fork(Effect.ignore(client.publish("b", large, { qos: 1 })))
      // Until the writer is at work, and DISCONNECT has to wait for it.
      yield* Effect.sleep(20)
      const leaving = yield* fork(client.disconnect)
      yield* Fiber.join(first)
      yield* guest.sendBytes(Uint8Array.from(bytes(packetIdentifier as number)))
      yield* Effect.sleep(50)
      guest.socket.resume()
      yield* Fiber.join(leaving)
      expect((yield* guest.closed).map((packet) => packet._tag)).toEqual(["Publish", "Disconnect"])
    })))

  it("says DISCONNECT also when it does not know yet that it was accepted", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair({ will: { topic: "will", payload: "" } })
      yield* guest.cut
      const second = yield* server.accept
      yield* second.expect("Connect")
      yield* client.disconnect
      expect((yield* second.closed).map((packet) => packet._tag)).toEqual(["Disconnect"])
    })))

  it("asks for nothing any more, also when something has no answer yet", () =>
    run(Effect.gen(function*() {
      const { client, guest, server } = yield* pair()
      yield* fork(Effect.ignore(client.subscribe("a")))
      yield* guest.expect("Subscribe")
      yield* guest.cut
      const second = yield* server.accept
      yield* second.expect("Connect")
      yield* client.disconnect
      expect((yield* second.closed).map((packet) => packet._tag)).toEqual(["Disconnect"])
    })))

  it("gives a Server that reads slowly the time that it needs, as long as it reads", { timeout: 30_000 },
    () =>
      run(Effect.gen(function*() {
        const { client, guest } = yield* pair({ keepAlive: 0, replyTimeout: "150 millis" })
        guest.socket.pause()
        yield* fork(Effect.ignore(client.publish("b", large, { qos: 1 })))
        yield* Effect.sleep(20)
        const leaving = yield* fork(client.disconnect)
        const reading = yield* fork(Effect.forever(Effect.andThen(Effect.sync(() => {
          guest.socket.resume()
        }), Effect.andThen(
          Effect.sleep(5),
          Effect.andThen(Effect.sync(() => {
            guest.socket.pause()
          }), Effect.sleep(30))
        ))))
        const packets = yield* guest.closed
        expect(packets.map((packet) => packet._tag)).toEqual(["Publish", "Disconnect"])
        yield* Fiber.join(leaving)
        yield* Fiber.interrupt(reading)
      })))

  it("ends its readers with it", () =>
    run(Effect.gen(function*() {
      const { client, guest } = yield* pair()
      const reading = yield* fork(Effect.flip(client.readTopic("a", "1 hour")))
      const { packetIdentifier } = yield* guest.expect("Subscribe")
      yield* guest.send({ _tag: "Suback", packetIdentifier, returnCodes: [0] })
      yield* roundTrip(client, guest)
      yield* client.disconnect
      expect(yield* Fiber.join(reading)).toMatchObject({ _tag: "SocketError", reason: "Closed" })
    })))
})
