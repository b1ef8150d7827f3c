/** A board whose flash has no room for another file: Espruino's Storage must not compact, which moves the program. */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as Wear from "../../boardChaos/Wear.ts"
import * as Espruino from "../../support/espruino.ts"
import { broker, document, events, flashed, retain, run } from "./wakes.ts"

describe.skipIf(Espruino.interpreter === "")("flash that is full, on Espruino" + Espruino.hint, () => {
  it("keeps no update, which is reported, and goes on; the program stays where it is",
    () =>
      run(Effect.gen(function*() {
        const { aedes, messages, tcp } = yield* broker()
        const image = yield* flashed(tcp.port)
        Wear.fill(image, 12_000)
        const { length: program } = Espruino.readFlash(image)[".bootcde"] as string
        const whole = readFileSync(image).subarray(0, 32 + program)
        yield* retain(aedes, JSON.stringify({ ...document(tcp.port, 2), update_interval: 120 }))
        for (let wake = 1; wake <= 2; wake++) {
          const lived = yield* Effect.promise(() => Espruino.boot(image))
          expect(lived.lines.join("\n")).not.toMatch(/Compacting|Uncaught/)
          const told = events(lived)
          expect(told).toContainEqual({ _tag: "Delivered", count: 1, pending: 0 })
          expect(told.find(({ _tag }) => _tag === "NotSaved")).toMatchObject({
            reason: expect.stringMatching(/no room in flash; flash the board again/)
          })
          expect(messages.filter(([topic]) => topic.endsWith("/data"))).toHaveLength(wake)
          expect(readFileSync(image).subarray(0, 32 + program)).toEqual(whole)
        }
      })), 240_000)
})
