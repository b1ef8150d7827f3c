/** Each driver that is not on I2C, several sensors on one wire, and what an owner writes in the file. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { rowOf } from "../../../src/domain/config/drivers.ts"
import * as BoardLab from "../../support/boardLab.ts"
import * as Espruino from "../../support/espruino.ts"
import * as PlayedBuses from "../../support/playedBuses.ts"
import { names } from "../../support/sensorTrial.ts"
import { measured, minute, testEach, wake } from "./driverSuite.ts"

it("has a bus for every driver of the table", () => {
  expect(names.filter((name) => PlayedBuses.played[name] === undefined)).toEqual([])
})

describe.skipIf(Espruino.interpreter === "")("a driver on Espruino" + Espruino.hint, () => {
  testEach(names.filter((name) => rowOf(name)?.bus !== "i2c"))

  it.skipIf(PlayedBuses.lackOf("ds18b20") !== undefined)(
    "tells several DS18B20 on one wire apart, by number and by code",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const { lab, lived } = yield* wake({
          roof: { driver: "ds18b20", pin: 4, device: "1" },
          cellar: { driver: "ds18b20", pin: 4, device: PlayedBuses.codes[0], temperature: { offset: 1 } }
        }, PlayedBuses.onOneWire, ["DS18B20"])
        expect(lived.deaths).toEqual([])
        expect(
          lab.messages.map((
            [topic, payload]
          ) => [topic.split("/").at(-2), (JSON.parse(payload) as { readonly temperature: number }).temperature])
        )
          .toEqual([["roof", -10.13], ["cellar", 22.38]])
      }))),
    2 * minute
  )

  it("reads any module, and a script, by what the file says; makes up what a simulated one is asked for",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const { lab, lived } = yield* wake({
          scale: {
            driver: "module",
            module: "Scale",
            bus: "i2c",
            pin: 21,
            connect: "module.connect(bus, pin)",
            read: "sensor.readGrams(got => done({ weight: got.state / 1000, id: got.temp }))",
            wait: 0.01,
            quantities: { weight: {}, id: {} }
          },
          bed: {
            driver: "script",
            pin: 34,
            script:
              "const read = () => 100 * analogRead(pin)\nconst [, middle] = [read(), read(), read()].sort((a, b) => a - b)\n" +
              "setTimeout(() => done({ moisture: middle }), 5)",
            quantities: { moisture: { change: 1 } }
          },
          broken: { driver: "script", script: "throw new Error('no bus')", quantities: { level: {} } },
          simulated: { quantities: { pressure: {}, open: {} } }
        }, PlayedBuses.i2cOf({ "07": "04d2" }) +
          "var playedLevel=[0.9,0.2,0.4];function analogRead(){return playedLevel.pop()}", [], {}, {
          Scale:
            "exports.connect=function(i2c,pin){return{readGrams:function(f){i2c.writeTo(8,7);var d=i2c.readFrom(8,2);setTimeout(f,1,{state:d[0]*256+d[1],temp:pin})}}}"
        })
        expect(lived.deaths).toEqual([])
        const found = Object.fromEntries(
          lab.messages.map(([topic, payload]) => [topic.split("/").at(-2), JSON.parse(payload)])
        )
        expect(found).toMatchObject({ scale: { weight: 1.23, id: 21 }, bed: { moisture: 40 } })
        expect(measured(lived.events).map((event) => event["reason"])).toEqual([undefined, undefined, "no bus",
          undefined])
        const { pressure, temperature } = found["simulated"] as { readonly [key: string]: number }
        expect(pressure).toBeGreaterThan(990)
        expect(pressure).toBeLessThan(1_030)
        expect(temperature).toBeGreaterThan(10)
        expect(lived.report?.stack.needed).toBeLessThanOrEqual(14_700)
      }))), 2 * minute)

  it("counts pulses between its readings, as long as it is on",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const file = {
          deep_sleep: false,
          update_interval: 20,
          sensors: { meter: { driver: "pulse", pin: 27, quantities: { energy: { scale: 0.5 } } } },
          mqtt: { topic_command: "/homecontrol/greenhouse/command" }
        }
        // A pulse each five seconds.
        const script = "function pinMode(){}function setWatch(f){setInterval(f,5000)}"
        const lab = yield* BoardLab.make({ name: "pulses", file }, {}, { script, modules: [] })
        yield* Effect.promise(() => lab.server("up"))
        let readings = 0
        const { deaths } = yield* Effect.promise(() =>
          lab.stay(25, ({ _tag }) => void (_tag === "Measured" && ++readings === 3 && lab.restart()))
        )
        expect(deaths).toEqual([])
        const found = lab.messages.flatMap(([topic, payload]) =>
          topic.endsWith("/data") ? [JSON.parse(payload) as { readonly energy: number; readonly uptime: number }] : []
        )
        expect(found.at(-1)?.energy).toBeGreaterThan(2)
        expect(found.filter(({ energy, uptime }) => Math.abs(2 * energy - uptime / 5) > 1.5)).toEqual([])
      }))), 2 * minute)

  it("takes an update of what it may change, and refuses another driver or other quantities with its reason",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const analog = { pin: 34, quantities: { moisture: { offset: 1 } } }
        const { lab } = yield* wake({ analog }, "function analogRead(p){return p/100}", [])
        const after = function*(version: number, sensors: object) {
          yield* Effect.promise(() => lab.retain({ version, sensors }))
          const { deaths, events } = yield* Effect.promise(() => lab.wake())
          expect(deaths).toEqual([])
          return events.flatMap((event) =>
            event._tag === "ConfigAccepted" ? ["accepted"] : event._tag === "ConfigRefused" ? [event.reason] : []
          )
        }
        expect(yield* after(2, { analog: { pin: 35, quantities: { moisture: { scale: 2, change: 3 } } } })).toEqual([
          expect.stringMatching(/^change, above and below must not be given on this board/)
        ])
        expect(yield* after(3, { analog: { pin: 35, quantities: { light: {} } } })).toEqual([
          expect.stringMatching(/^sensors.analog must be driven, connected and calibrated as it was on this board/)
        ])
        expect(yield* after(4, { soil: { driver: "analog", pin: 35 } })).toEqual([
          expect.stringMatching(/^sensors.soil must be driven/)
        ])
        expect(yield* after(5, { analog: { pin: 35, quantities: { moisture: { scale: 2 } } } })).toEqual(["accepted"])
        yield* Effect.promise(() => lab.wake())
        expect(JSON.parse(lab.messages.filter(([topic]) => topic.endsWith("/data")).at(-1)?.[1] ?? "")).toMatchObject({
          moisture: 70
        })
      }))), 2 * minute)
})
