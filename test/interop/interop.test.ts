/** What docs/interoperability.md says of Mosquitto and of Aedes is so: `npm run interop` for these two. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { brokers } from "./Broker.ts"
import * as Table from "./Table.ts"

for (const broker of brokers.filter(({ name }) => name === "Mosquitto" || name === "Aedes")) {
  const missing = broker.missing.length === 0 ? "" : ` (not installed: ${broker.missing.join(", ")})`
  describe.skipIf(missing !== "")(`the tables of interoperability, at ${broker.name}${missing}`, () => {
    it("say what works, and what is lacking", async () => {
      const tried = Effect.flatMap(broker.make, (places) =>
        Effect.promise(() => Table.tryOut(broker, places, () => {})))
      const cells = await Effect.runPromise(Effect.scoped(tried))
      expect(cells).toEqual(Table.keptCells().filter((cell) => cell.broker === broker.name))
    }, 120_000)
  })
}
