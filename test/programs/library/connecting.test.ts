/** The first connection: how long `connect` tries, and what it does with one that is lost at once. */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import type { Client } from "../../../src/programs/client/Client.ts"
import * as Events from "../../../src/programs/library/Events.ts"
import { type ClientEvent, SocketError } from "../../../src/programs/library/library.ts"
import * as MqttClient from "../../../src/programs/library/MqttClient.ts"
import * as Aedes from "../../support/aedes.ts"
import { scripted, urlOf, withIn } from "../../support/libraryClient.ts"
import * as TcpServer from "../../support/tcpServer.ts"

const reconnect = { minDelay: 5, maxDelay: 20 }

it("waits for a Server that is not there yet", () =>
  withIn(TcpServer.freePort, async (port, open) => {
    const seen: Array<ClientEvent> = []
    let failed = () => {}
    const hasFailed = new Promise<void>((resolve) => failed = resolve)
    const onEvent = (event: ClientEvent) => {
      if (seen.push(event) === 3) failed()
    }
    const url = `mqtt://127.0.0.1:${port}`
    const connecting = open(url, { waitForServer: true, reconnect, onEvent })
    await hasFailed
    await withIn(Aedes.make({ port }), async () => {
      const client = await connecting
      expect(client.isConnected).toBe(true)
      await client.end()
    })
    expect(seen.slice(0, 3)).toEqual(Array.from({ length: 3 }, () =>
      expect.objectContaining({ _tag: "Reconnecting", reason: expect.objectContaining({ reason: "Refused" }) })))
    const delays = seen.flatMap((event) =>
      event._tag === "Reconnecting" ? [event.delayMillis] : []
    )
    expect(Math.max(...delays)).toBeLessThanOrEqual(20)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(3)
    expect(seen.slice(-2).map(({ _tag }) => _tag)).toEqual(["Connected", "Disconnected"])
  }))

it("stops waiting when it is told to, also between two tries", () =>
  withIn(TcpServer.freePort, async (port, open) => {
    const controller = new AbortController()
    const connecting = open(`mqtt://127.0.0.1:${port}`, {
      waitForServer: true,
      signal: controller.signal,
      onEvent: () => controller.abort("enough")
    })
    await expect(connecting).rejects.toBe("enough")
  }))

it("waits for a Server that says that it is not ready, and not for one that refuses", () =>
  withIn(scripted, async (server, open) => {
    const connecting = open(server.url, { waitForServer: true, reconnect, onEvent: () => {} })
    for (const returnCode of [3, 5] as const) {
      const guest = await server.accept()
      await guest.expect("Connect")
      await guest.send({ _tag: "Connack", sessionPresent: false, returnCode })
    }
    await expect(connecting).rejects.toMatchObject({ _tag: "ConnectionRefused", returnCode: 5 })
  }))

it("rejects a mistake at once", () =>
  withIn(Effect.void, async (_, open) => {
    await expect(open("localhost", { waitForServer: true })).rejects.toMatchObject({ _tag: "InvalidServerUrl" })
    await expect(open("mqtt://localhost", { waitForServer: true, keepAlive: -1 })).rejects.toMatchObject({
      _tag: "InvalidPacket"
    })
  }))

it("a client whose connection is lost before anybody has it ends, and tells so", async () => {
  const reason = new SocketError({ reason: "Closed", message: "gone" })
  const lost = { status: Stream.make({ _tag: "Disconnected", reason }), notices: Stream.never }
  const seen: Array<ClientEvent> = []
  const events = Events.make((event) => seen.push(event), () => {})
  const scope = Effect.runSync(Scope.make())
  const client = MqttClient.make(lost as unknown as Client, scope, events, "c")
  const all: Array<ClientEvent> = []
  for await (const event of client.events()) all.push(event)
  expect([seen, all]).toEqual([[{ _tag: "Disconnected", reason }], [{ _tag: "Disconnected", reason }]])
  await client.end()
  expect(scope.state._tag).toBe("Closed")
})

it("a Server's URL may be a URL", () =>
  withIn(Aedes.make(), async ({ tcp }, open) => {
    const client = await open(new URL(urlOf(tcp)))
    await client.publish("a", "b", { qos: 1 })
  }))
