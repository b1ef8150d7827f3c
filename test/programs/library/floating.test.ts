/**
 * A program that calls at random and awaits nothing, while its connections break: no rejection is unhandled, and every
 * client ends in time.
 *
 * More rounds: `FLOATING_ROUNDS=200 npx vitest run test/programs/library/floating.test.ts`.
 */
import * as Effect from "effect/Effect"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, it } from "vitest"
import { connect, type MqttClient } from "../../../src/programs/library/library.ts"
import * as Aedes from "../../support/aedes.ts"
import * as DelayedServer from "../../support/delayedServer.ts"
import { urlOf, withIn } from "../../support/libraryClient.ts"

const rounds = Number(process.env["FLOATING_ROUNDS"] ?? 4)

/** The same numbers from 0 to 1 in every run. */
const chance = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

type Call = (client: MqttClient, topic: string, signal: AbortSignal | undefined) => Promise<unknown>

const calls: ReadonlyArray<Call> = [
  (client, topic, signal) => client.publish(topic, "x", { qos: 1, signal }),
  (client, topic) => client.publish(topic, topic, { qos: 0 }),
  (client, topic) => client.publish(topic + "/#", "x"),
  (client, topic, signal) => client.subscribe(topic, () => sleep(1), { qos: 1, signal }),
  (client, topic) => client.subscribe(topic, () => Promise.reject(new Error("no")), { qos: 1 }),
  (client, topic, signal) => client.subscribe(topic, { qos: 1, buffer: 1, signal }),
  (client, topic) => client.subscribe(topic).then((messages) => messages.return(), () => {}),
  (client, topic, signal) => client.unsubscribe(topic, { signal }),
  (client, topic, signal) => client.readTopic(topic, { timeout: 5, signal })
]

/** The first connection may break, too. */
const connectPatiently = (...args: Parameters<typeof connect>): Promise<MqttClient> =>
  connect(...args).catch(() => connectPatiently(...args))

const live = async (url: string, random: () => number): Promise<number> => {
  const reconnect = { minDelay: 5, maxDelay: 20 }
  const client = await connectPatiently(url, { replyTimeout: 300, reconnect, onEvent: () => {} })
  const signal = AbortSignal.timeout(100)
  for (let i = 0; i < 200; i++) {
    const call = calls[Math.floor(random() * calls.length)] as Call
    void call(client, "t/" + Math.floor(random() * 5), random() < 0.3 ? signal : undefined)
    if (i % 10 === 0) await sleep(2)
  }
  const began = performance.now()
  await client.end({ timeout: 200 })
  return performance.now() - began
}

it("leaves no rejection unhandled, and ends in time", () =>
  withIn(Effect.flatMap(Aedes.make(), ({ tcp }) => DelayedServer.make(tcp)), async (proxy) => {
    const unhandled: Array<unknown> = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on("unhandledRejection", note)
    const breaking = setInterval(() => void Effect.runPromise(proxy.cut), 30)
    try {
      for (let seed = 1; seed <= rounds; seed++) {
        expect(await live(urlOf(proxy.endpoint), chance(seed))).toBeLessThan(5_000)
      }
      // A rejection counts as unhandled some turns after it.
      await sleep(50)
      expect(unhandled).toEqual([])
    } finally {
      clearInterval(breaking)
      process.off("unhandledRejection", note)
    }
  }))
