/** The Client of MQTT 5 and a Server that sends anything: packets, spoilt ones, noise. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import * as Client from "../../src/programs/client/Client.ts"
import * as Input from "../fuzz/Input.ts"
import * as Chance from "../fuzz/Chance.ts"
import { fork } from "../support/clientPair.ts"
import { run } from "../support/runClient.ts"
import { runs } from "../support/runs.ts"
import * as Server5 from "../support/scriptedServer5.ts"

const reconnect = { ...Client.stayConnected, minInterval: 0.001, maxInterval: 0.001, maxAttempts: 1_000_000, jitter: 0 }

/** Why a connection may end on what a Server sends. */
const reasons = new Set(["SocketError", "MalformedPacket", "ProtocolViolation", "PacketTooLarge", "ServerDisconnected"])

it("whatever the Server sends, the Client closes for a reason that it names, connects again, and works", () =>
  run(Effect.gen(function*() {
    const { client, guest, server } = yield* Server5.pair({ reconnect, maximumPacketSize: 1_000, replyTimeout: 300 })
    const seen = new Set<string>()
    const other: Array<Client.Status> = []
    yield* fork(Stream.runForEach(client.status, (status) =>
      Effect.sync(() => {
        if (status._tag === "Reconnecting" && reasons.has(status.reason._tag)) seen.add(status.reason._tag)
        else if (status._tag !== "Connected") other.push(status)
      })))
    yield* fork(Stream.runDrain(client.messages))
    let present = guest
    for (let number = 0; number < runs(150, 600); number++) {
      const { stream } = Input.make(Chance.hash("client5"), number)
      yield* present.sendBytes(stream)
      // If the Client waits for the rest of a packet, there is none.
      yield* Effect.sync(() => present.socket.end())
      present = yield* server.welcome()
    }
    expect(other).toEqual([])
    expect([...seen].sort()).toEqual([...reasons].sort())
    const got = yield* Deferred.make<string>()
    const subscribing = yield* fork(
      client.subscribe("a", { qos: 1 }, ({ topic }) => void Deferred.doneUnsafe(got, Effect.succeed(topic)))
    )
    const { packetIdentifier } = yield* present.expect("Subscribe")
    yield* present.send({ _tag: "Suback", packetIdentifier, reasonCodes: [1] })
    yield* Fiber.join(subscribing)
    yield* present.send({
      _tag: "Publish",
      topic: "a" as never,
      payload: new Uint8Array(),
      qos: 1,
      retain: false,
      dup: false,
      packetIdentifier: 1
    })
    expect(yield* present.expect("Puback")).toMatchObject({ packetIdentifier: 1 })
    expect(yield* Deferred.await(got)).toBe("a")
  })))
