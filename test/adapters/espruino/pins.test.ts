/** A board on the interpreter whose sleep a pin ends. The pin is played. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as BoardLab from "../../support/boardLab.ts"
import * as Espruino from "../../support/espruino.ts"

/** The contact is open. A pin's sleep is told, and ends as any other does. */
const contact = {
  script: "function digitalRead(pin){return 1}\nfunction pinMode(){}\n"
    + "ESP32.deepSleepExt0=function(pin,level){print('EXT0 '+pin+' '+level);ESP32.deepSleep(5000000)}",
  modules: []
}

const door = {
  name: "a door",
  file: {
    wake_pin: 33,
    sensors: { contact: { id: "door", pin: 33 } },
    mqtt: { publish_status: true }
  }
}

const lab = (body: (lab: BoardLab.Lab) => Promise<void>) =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(BoardLab.make(door, {}, contact), (made) => Effect.promise(() => body(made))))
  )

describe.skipIf(Espruino.interpreter === "")("a pin of a board, on Espruino" + Espruino.hint, () => {
  it("ends its sleep when all is delivered, and its timer does while something is pending",
    () =>
      lab(async ({ messages, server, wake }) => {
        const exts = ({ lines }: BoardLab.Lived) => lines.filter((line) => line.includes("EXT0"))
        await server("away")
        const waiting = await wake()
        expect([waiting.deaths, exts(waiting)]).toEqual([[], []])
        expect(waiting.slept).toBeGreaterThan(60_000_000)
        await server("up")
        let last = await wake(7_200)
        expect(last.deaths).toEqual([])
        expect(exts(last)).toEqual([expect.stringContaining("EXT0 33 0")])
        expect(last.events.at(-1)).toMatchObject({ _tag: "Sleeping", onPin: 33, pending: 0 })
        last = await wake(0, 2)
        expect([last.deaths, exts(last).length]).toEqual([[], 1])
        const status = messages.findLast(([topic]) => topic.endsWith("/status"))?.[1] ?? "{}"
        expect(JSON.parse(status)).toMatchObject({ woken_by: "pin", next_connection: null, last_error: null })
        expect(messages.filter(([topic]) => topic.endsWith("door/data")).map(([, payload]) => payload)[0]).toContain(
          "\"open\":1"
        )
      }), 240_000)
})
