/** What a machine that is no board can measure: a command, a script, and made-up values. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { layer } from "../../../src/adapters/node/Sensor.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { answering } from "../../../src/programs/device/answering.ts"
import { Sensor } from "../../../src/ports/Sensor.ts"

const read = (sensors: object) => {
  const sensor = Result.getOrThrow(DeviceConfig.check({ sensors })).config.sensors[0] as DeviceConfig.SensorConfig
  return Effect.runPromise(Effect.result(
    Effect.gen(function*() {
      return yield* (yield* Sensor).read(sensor)
    }).pipe(Effect.provide(layer))
  ))
}

const node = (code: string) => `${JSON.stringify(process.execPath)} -e ${JSON.stringify(code)}`

const command = (text: string, keys: object = { quantities: { load: {} } }) => ({ command: { command: text, ...keys } })
const script = (text: string, keys: object = { quantities: { level: {} } }) => ({ script: { script: text, ...keys } })

/** As the device waits for it. */
const answered = (sensors: object) => {
  const sensor = Result.getOrThrow(DeviceConfig.check({ sensors })).config.sensors[0] as DeviceConfig.SensorConfig
  return Effect.runPromise(Effect.gen(function*() {
    const { read } = yield* Sensor
    return (yield* Effect.flip(answering(read(sensor), sensor))).message
  }).pipe(Effect.provide(layer)))
}

const values = async (sensors: object) => Result.getOrThrow(await read(sensors))
const reason = async (sensors: object) => Result.getOrThrow(Result.flip(await read(sensors))).message

const volts = (battery: object) => {
  const { config } = Result.getOrThrow(DeviceConfig.check({ battery }))
  return Effect.runPromise(Effect.result(
    Effect.gen(function*() {
      return yield* (yield* Sensor).volts(config.battery as DeviceConfig.BatteryConfig)
    }).pipe(Effect.provide(layer))
  ))
}

describe("the battery of this machine", () => {
  it("is measured by a command that prints its volts", async () => {
    expect(await volts({ command: node("console.log(3.9)") })).toEqual(Result.succeed(3.9))
    expect(await volts({ command: node("console.log(JSON.stringify({volts:4.1}))") })).toEqual(Result.succeed(4.1))
    expect(await volts({ command: node("console.log(JSON.stringify({voltage:12}))") })).toEqual(Result.succeed(12))
  })

  it("is reported where it cannot be measured", async () => {
    const why = async (battery: object) => Result.getOrThrow(Result.flip(await volts(battery)))
    expect(await why({ pin: 35 })).toMatchObject({
      sensor: "battery",
      message: "this machine has no pins: give battery.command, which prints its volts"
    })
    expect(await why({ command: node("console.log(JSON.stringify({percent:1}))") })).toMatchObject({
      message: "its command must print volts: a number, or JSON with volts or voltage"
    })
    expect(await why({ command: node("process.exit(1)") })).toMatchObject({
      message: expect.stringContaining("its command failed")
    })
  })
})

describe("a sensor of this machine", () => {
  it("is a command whose last line is a number or JSON", async () => {
    expect(await values(command(node("console.log(1.5)")))).toEqual({ load: 1.5 })
    expect(await values(command(node("console.log('warming up');console.log(JSON.stringify({a:1,b:'x',c:null}))"))))
      .toEqual({ a: 1 })
    expect(await values(command(node("console.log(21)"), { temperature: {} }))).toEqual({ temperature: 21 })
  })

  it("says what is wrong with a command", async () => {
    expect(await reason(command(node("console.log('warm')")))).toBe(
      "its command must print a number or JSON, but printed \"warm\""
    )
    expect(await reason(command(node("console.log('[]')")))).toBe("it gave no number and no object with numbers")
    expect(await reason(command(node("process.stderr.write('no bus\\n');process.exit(3)"))))
      .toBe("its command failed: no bus")
  })

  it("is a script that calls done, at once or later", async () => {
    expect(await values(script("done(pin + 1)", { pin: 4, quantities: { level: {} } }))).toEqual({ level: 5 })
    expect(await values(script("setTimeout(() => done({ level: 2, note: '' }), 5)"))).toEqual({ level: 2 })
    expect(await values(script("done(require('node:os').cpus().length > 0 ? 1 : 0)"))).toEqual({ level: 1 })
    expect(await reason(script("throw new Error('no bus')"))).toBe("its script failed: Error: no bus")
    expect(await reason(script("import fs from 'node:fs'"))).toMatch(/^its script failed: .*; use require\(\.\.\.\)$/)
    expect(await reason(script("const one = await 1"))).toMatch(/; use \.then\(done\), or an async function$/)
    expect(await reason(script("done()"))).toBe("it gave no number and no object with numbers")
  })

  it("is a script that fails later, which does not end the program", async () => {
    // The test runner's own listeners would count it as a fault of the test.
    const listeners = process.listeners("uncaughtException")
    process.removeAllListeners("uncaughtException")
    try {
      expect(await reason(script("setTimeout(() => { throw new Error('late') }, 1)"))).toBe(
        "its script failed: Error: late"
      )
      expect(process.listenerCount("uncaughtException")).toBe(0)
      expect(await values(script("setTimeout(done, 1, 3)"))).toEqual({ level: 3 })
      expect(process.listenerCount("uncaughtException")).toBe(0)
    } finally {
      for (const listener of listeners) process.on("uncaughtException", listener)
    }
  })

  it("is a command or a script that does not answer, which is told without a word about wiring", async () => {
    const never = node("setTimeout(() => {}, 60000)")
    const said = await Promise.all([answered(command(never)), answered(script(""))])
    expect(said).toEqual(["its command failed: it did not answer within 5 s", "it did not answer within 5 s"])
  }, 20_000)

  it("is made up for all that the file names", async () => {
    const found = await values({ simulated: { quantities: { co2: {}, mine: {} } } })
    expect(Object.keys(found)).toEqual(["temperature", "humidity", "co2", "mine"])
  })

  it("is none that only a board has", async () => {
    expect(await reason({ dht22: { pin: 4 } })).toBe("this machine cannot read a dht22: only a board can")
  })
})
