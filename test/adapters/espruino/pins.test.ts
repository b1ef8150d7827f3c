/** A board on the interpreter whose sleep a pin ends, and one that counts pulses. Pins are played. */
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

/** Three pulses in each time between two readings. */
const pulses = {
  script: "function pinMode(){}\nfunction setWatch(pulse,pin,options){"
    + "print('WATCH '+pin+' '+options.edge);setInterval(pulse,20000)}",
  modules: []
}

const gauge = {
  name: "a rain gauge",
  file: {
    deep_sleep: false,
    update_interval: 60,
    sensors: { pulse: { id: "rain", pin: 27, quantities: { rain: { scale: 0.5, decimals: 1 } } } },
    mqtt: { topic_command: "cmd" }
  }
}

const lab = <A>(
  configuration: Parameters<typeof BoardLab.make>[0],
  played: BoardLab.Played,
  body: (lab: BoardLab.Lab) => Promise<A>
) =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(BoardLab.make(configuration, {}, played), (made) => Effect.promise(() => body(made))))
  )

describe.skipIf(Espruino.interpreter === "")("the pins of a board, on Espruino" + Espruino.hint, () => {
  it("end its sleep when all is delivered, and its timer does while something is pending",
    () =>
      lab(door, contact, async ({ messages, server, wake }) => {
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

  it("count pulses from one reading to the next, of a device that is always on",
    () =>
      lab(gauge, pulses, async ({ messages, restart, server, stay }) => {
        await server("up")
        let readings = 0
        const { deaths, lines } = await stay(60, ({ _tag }) => {
          if (_tag === "Measured" && ++readings === 4) restart()
        })
        expect(deaths).toEqual([])
        expect(lines.filter((line) => line.includes("WATCH"))).toEqual([expect.stringContaining("WATCH 27 falling")])
        const rain = messages.flatMap(([, payload]) => /"rain":([\d.]+)/.exec(payload)?.[1] ?? []).map(Number)
        expect(rain[0]).toBe(0)
        const steps = rain.slice(1).map((value, index) => value - (rain[index] ?? 0))
        expect(steps.length).toBeGreaterThanOrEqual(3)
        // Three pulses of 0.5 between two readings; one may fall on the other side of a reading.
        for (const step of steps) expect(Math.abs(step - 1.5)).toBeLessThanOrEqual(0.5)
      }), 240_000)
})
