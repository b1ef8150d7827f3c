/** With MQTT 5: the likely cause of what a Server says with a Reason Code, and of what it leaves open. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { Disconnect5 } from "../../../src/domain/packet/v5/Disconnect.ts"
import type { ClientEvent, MqttClient } from "../../../src/programs/library/library.ts"
import { urlOf, withIn } from "../../support/libraryClient.ts"
import * as ScriptedServer5 from "../../support/scriptedServer5.ts"

type Guest = ScriptedServer5.Guest
type ReasonCode = NonNullable<Disconnect5["reasonCode"]>

/** The reasons of the first connections' ends. Each is accepted, then `serve` answers it and returns a Reason Code. */
const ends = async (
  count: number,
  serve: (guest: Guest) => Effect.Effect<ReasonCode>,
  use: (client: MqttClient) => void = () => {}
): Promise<ReadonlyArray<unknown>> => {
  const reasons: Array<unknown> = []
  const stop = new AbortController()
  await withIn(ScriptedServer5.make, async ({ endpoint, welcome }, open) => {
    const visit = Effect.gen(function*() {
      const guest = yield* welcome()
      const reasonCode = yield* serve(guest)
      yield* guest.send({ _tag: "Disconnect", reasonCode })
    })
    const serving = Effect.runPromise(Effect.forever(visit), { signal: stop.signal }).catch(() => {})
    const client = await open(urlOf(endpoint), {
      version: 5,
      clientId: "twin",
      reconnect: { minDelay: 5, maxDelay: 10 },
      onEvent: (event: ClientEvent) => {
        if (event._tag === "Reconnecting") reasons.push(event.reason)
      }
    })
    use(client)
    await expect.poll(() => reasons.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count)
    await client.end({ timeout: 0 })
    stop.abort()
    await serving
  })
  return reasons.slice(0, count)
}

const code = (reasonCode: ReasonCode) => () => Effect.succeed(reasonCode)

describe("the likely cause of a connection that a Server of MQTT 5 has ended", () => {
  it("is known at the first time when the Reason Code says it", async () => {
    expect(await ends(1, code(0x8e))).toEqual([expect.objectContaining({
      _tag: "ServerDisconnected",
      reasonCode: 0x8e,
      likelyCause: "SameClientIdentifier",
      message: expect.stringContaining("Session taken over")
    })])
  })

  it("names what had no answer, beside the Reason Code that does not say which packet it means", async () => {
    const refuse = (guest: Guest) => Effect.as(guest.expect("Publish"), 0x87 as const)
    const publish = (client: MqttClient) => {
      client.publish("secret", "x", { qos: 1 }).catch(() => {})
    }
    const [first, second] = await ends(2, refuse, publish)
    expect(first).toMatchObject({ reasonCode: 0x87, likelyCause: "Forbidden" })
    expect(first).toMatchObject({ message: expect.not.stringContaining("secret") })
    expect(second).toMatchObject({
      _tag: "ServerDisconnected",
      reasonCode: 0x87,
      likelyCause: "Forbidden",
      message: expect.stringMatching(/Not authorized.*without an answer to PUBLISH to secret \(1 bytes\)/)
    })
  })

  it("is guessed when the Reason Code says nothing", async () => {
    const [first, second] = await ends(2, code(0x80))
    expect(first).toMatchObject({ reasonCode: 0x80, likelyCause: undefined })
    expect(second).toMatchObject({
      reasonCode: 0x80,
      likelyCause: "SameClientIdentifier",
      message: expect.stringContaining("Client Identifier twin")
    })
  })

  it("is not guessed against what the Reason Code says", async () => {
    for (const reason of await ends(3, code(0x8b))) {
      expect(reason).toMatchObject({ reasonCode: 0x8b, likelyCause: undefined })
    }
  })
})
