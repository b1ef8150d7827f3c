/**
 * A cluster whose nodes are killed under load: `npm run cluster` in short. Nodes of NATS and RabbitMQ come back in their own
 * time, up to minutes, so those two are left to the command.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { aedes } from "./aedes.ts"
import { run } from "./run.ts"

/** So many messages, and seconds from the first kill to the next. */
const short = [[aedes, 2_000, 3]] as const

for (const [kind, messages, killEvery] of short) {
  const missing = kind.missing.length === 0 ? "" : ` (not installed: ${kind.missing.join(", ")})`
  describe.skipIf(missing !== "")(`a client of a cluster of ${kind.name}${missing}`, () => {
    it("loses no acknowledged message when nodes are killed, and sends none again with the wrong DUP", async () => {
      const given = { messages, rate: 300, killEveryMillis: killEvery * 1_000, say: () => {} }
      const measured = Effect.flatMap(kind.make, (cluster) => Effect.promise(() => run({ ...given, cluster })))
      const found = await Effect.runPromise(Effect.scoped(measured))
      expect(found).toMatchObject({
        acknowledged: messages,
        lost: [],
        invented: [],
        failed: [],
        wrongDup: [],
        unhandled: []
      })
      expect(found.kills.length).toBeGreaterThan(0)
      expect(found.kills.some(({ publisherMillis }) => publisherMillis !== undefined)).toBe(true)
    }, 180_000)
  })
}
