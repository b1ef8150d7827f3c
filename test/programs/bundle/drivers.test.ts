/**
 * The drivers of a board's sensors in its script: alone, first and last. What Espruino's own modules take of the
 * interpreter's stack is tested on it (test/adapters/espruino/configurations.test.ts); here modules of a few lines
 * stand in for them.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { SensorError } from "../../../src/ports/Sensor.ts"
import * as Espruino from "../../support/espruino.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, run, tags } from "../device/support.ts"

const dht22 = { dht22: { id: "damp", pin: 4 } }
const bme280 = { bme280: { id: "attic", pin: 21 } }
const simulated = { simulated: { id: "air" } }

/** Tells how many functions of the board's program are under way. */
const depth = `Error.stackTraceLimit=100;print({_tag:"Depth",depth:new Error().stack.split("bootcde.js").length-1});`

const modules = (inRead = "", inData = "", inConnect = "") => ({
  DHT22:
    `exports.connect=function(pin){return{read:function(done){${depth}setTimeout(function(){${inRead}done({temp:21.4,rh:48.2})},1)}}}`,
  BME280:
    `exports.connect=function(){${depth}${inConnect}return{getData:function(){${depth}${inData}return{temp:25.1,humidity:56.2}}}}`
})

const bundles = new Map<string, ReturnType<typeof Espruino.device>>()

/** A board with these sensors; bundled once, for that takes most of the time here. */
const bundled = (sensors: object) => {
  const key = JSON.stringify(sensors)
  const known = bundles.get(key) ??
    Espruino.device(deviceConfig({ sensors, mqtt: { broker: VmBoard.serverName, reconnect: { max_attempts: 1 } } }))
  bundles.set(key, known)
  return known
}

const lived = (sensors: object, files: Readonly<Record<string, string>>) =>
  Effect.promise(async () => VmBoard.make({ ...await bundled(sensors), ...files }).wake())

const depths = (events: ReadonlyArray<object>) =>
  events.flatMap((event) => "depth" in event ? [event.depth as number] : [])

const unmeasured = (events: ReadonlyArray<object>) =>
  events.flatMap((event) =>
    "reason" in event && "sensor" in event
      ? [[event.sensor, (event as unknown as SensorError & { reason: string }).reason]] : []
  )

describe("the drivers of a board", () => {
  it.each([
    [["damp"], dht22],
    [["attic"], bme280],
    [["damp", "air", "attic"], { ...dht22, ...simulated, ...bme280 }],
    [["attic", "air", "damp"], { ...bme280, ...simulated, ...dht22 }]
  ])("%s are each measured, from a turn of the loop that has hardly begun",
    (ids, sensors) =>
      run(Effect.gen(function*() {
        const { events, uncaught } = yield* lived(sensors, modules())
        expect(uncaught).toEqual([])
        expect(events.flatMap((event) => event._tag === "Measured" ? [event.sensor] : [])).toEqual(ids)
        expect(tags(events).slice(-1)).toEqual(["Sleeping"])
        // A function that is called by the loop, the one that catches what a driver throws, the driver's own, and what
        // it calls.
        expect(Math.max(...depths(events), 0)).toBeLessThanOrEqual(4)
      })))

  it("take no value for what is no number, and a sensor that has none for one that did not measure", () =>
    run(Effect.gen(function*() {
      const half = {
        ...modules(),
        BME280: "exports.connect=function(){return{getData:function(){return{temp:NaN,humidity:56.2}}}}"
      }
      const none = {
        ...modules(),
        BME280: "exports.connect=function(){return{getData:function(){return{temp:NaN,humidity:Infinity}}}}"
      }
      const measured = (events: ReadonlyArray<object>) =>
        events.filter((event) => "_tag" in event && event._tag === "Measured")
      expect(measured((yield* lived(bme280, half)).events)).toEqual([{
        _tag: "Measured",
        sensor: "attic",
        humidity: 56.2
      }])
      const { events } = yield* lived(bme280, none)
      expect(unmeasured(events)).toEqual([["attic", "it measured no number; check its wiring"]])
    })))

  it("tell what goes wrong in a module, whichever turn it is, and the others go on", () =>
    run(Effect.gen(function*() {
      const failing = [
        [modules("", `throw new Error("no bus");`), [["attic", "no bus"]]],
        [modules("", "", `throw new Error("no chip");`), [["attic", "no chip"]]],
        [{ DHT22: modules().DHT22 }, [["attic",
          `Module "BME280" not found; put espruino.com/modules/ of that name into Storage`]]]
      ] as const
      for (const [files, told] of failing) {
        const { events, uncaught } = yield* lived({ ...bme280, ...simulated, ...dht22 }, files)
        expect([unmeasured(events), uncaught]).toEqual([told, []])
        expect(tags(events)).toContain("Measured")
        expect(tags(events).slice(-1)).toEqual(["Sleeping"])
      }
    })))
})
