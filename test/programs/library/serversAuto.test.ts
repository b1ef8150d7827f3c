/** Several Servers of different versions, and who refuses: `version: "auto"` and a list of URLs. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import type { ClientEvent } from "../../../src/programs/library/library.ts"
import * as Aedes from "../../support/aedes.ts"
import { urlOf, withIn } from "../../support/libraryClient.ts"
import * as Mosquitto from "../../support/mosquitto.ts"
import * as ScriptedServer from "../../support/scriptedServer.ts"
import * as TcpServer from "../../support/tcpServer.ts"

const until = async (ready: () => boolean): Promise<void> => {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const isThere = Mosquitto.executable !== undefined

describe.skipIf(!isThere)("with version auto, a Server of MQTT 3.1.1 and one of MQTT 5", () => {
  const both = Effect.gen(function*() {
    const scope = yield* Scope.make()
    const port = yield* TcpServer.freePort
    const older = yield* Scope.provide(Aedes.make({ port }), scope)
    const newer = yield* Mosquitto.make()
    return { older, newer, killOlder: () => Effect.runPromise(Scope.close(scope, Exit.void)), port }
  })

  it("the client speaks to each the version that it has, and goes back to the first", () =>
    withIn(both, async ({ killOlder, newer, older, port }, open) => {
      const events: Array<ClientEvent> = []
      const client = await open([urlOf(older.tcp), urlOf(newer.tcp)], {
        version: "auto",
        servers: { returnAfter: 200 },
        reconnect: { minDelay: 10, maxDelay: 50 },
        onEvent: (event) => events.push(event)
      })
      const connected = () => events.filter(({ _tag }) => _tag === "Connected")
      const messages = await client.subscribe("a", { qos: 1 })
      // In MQTT 3.1.1, on the first, although it has closed a connection that asked for MQTT 5.
      await client.publish("a", "first", { qos: 1 })
      expect((await messages.next()).value).toMatchObject({ text: "first", properties: undefined })
      await expect(client.publish("a", "", { properties: { contentType: "t" } })).rejects.toMatchObject({
        _tag: "InvalidPacket"
      })

      await killOlder()
      await until(() => connected().length === 2)
      await client.publish("a", "second", { qos: 1, properties: { contentType: "t" } })
      expect((await messages.next()).value).toMatchObject({ text: "second", properties: { contentType: "t" } })

      const scope = Effect.runSync(Scope.make())
      const { aedes } = await Effect.runPromise(Scope.provide(Aedes.make({ port }), scope))
      const got: Array<string> = []
      aedes.on("publish", ({ payload, topic }) => void (topic === "a" && got.push(payload.toString())))
      await until(() => connected().length === 3)
      await client.publish("a", "third", { qos: 1 })
      expect((await messages.next()).value).toMatchObject({ text: "third", properties: undefined })
      // Aedes may acknowledge before it tells.
      await until(() => got.length > 0)
      expect(got).toEqual(["third"])
      await client.end()
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }))

  it("the client goes from MQTT 5 to MQTT 3.1.1", () =>
    withIn(both, async ({ newer, older }, open) => {
      const events: Array<ClientEvent> = []
      const client = await open([urlOf(newer.tcp), urlOf(older.tcp)], {
        version: "auto",
        clientId: "twin",
        onEvent: (event) => events.push(event)
      })
      const other = await open(urlOf(newer.tcp), { version: 5, clientId: "twin" })
      await other.end()
      // Within 10 s: so the next is the other Server's turn.
      await until(() => events.filter(({ _tag }) => _tag === "Connected").length === 2)
      expect(events.at(-1)).toMatchObject({ _tag: "Connected", properties: undefined })
      await client.publish("a", "b", { qos: 1 })
    }))
})

describe("a Server that refuses", () => {
  const refusing = Effect.gen(function*() {
    const { tcp } = yield* Aedes.make()
    const refuser = yield* ScriptedServer.make
    const refuse = Effect.gen(function*() {
      while (true) {
        const guest = yield* refuser.accept
        yield* guest.expect("Connect")
        // It leaves it to the Client to close.
        yield* guest.send({ _tag: "Connack", sessionPresent: false, returnCode: 3 })
      }
    })
    yield* Effect.forkScoped(refuse)
    return { refuser: refuser.endpoint, tcp }
  })

  it("gives the next its turn, also before the first connection", () =>
    withIn(refusing, async ({ refuser, tcp }, open) => {
      const events: Array<ClientEvent> = []
      const client = await open([urlOf(refuser), urlOf(tcp)], {
        waitForServer: true,
        reconnect: { minDelay: 10, maxDelay: 20 },
        onEvent: (event) => events.push(event)
      })
      await client.publish("a", "b", { qos: 1 })
      expect(events.map(({ _tag }) => _tag)).toEqual(["Reconnecting", "Connected"])
      expect(events[0]).toMatchObject({ reason: { _tag: "ConnectionRefused", returnCode: 3 } })
    }))
})
