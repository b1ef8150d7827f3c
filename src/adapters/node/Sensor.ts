/**
 * The Sensor port for machines that are no boards. It reads a `command`, which prints a number or JSON, and a `script`
 * of the owner, so that a Raspberry Pi measures for real; a simulated sensor measures made-up weather. Any other one does
 * not answer.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { exec } from "node:child_process"
import { createRequire } from "node:module"
import type { SensorConfig } from "../../domain/config/DeviceConfig.ts"
import * as MadeUp from "../../domain/message/MadeUp.ts"
import type { Measurement } from "../../domain/message/Measurement.ts"
import * as Weather from "../../domain/message/Weather.ts"
import { Sensor, SensorError } from "../../ports/Sensor.ts"

/** A sensor that takes longer than this is broken. Less than the device's 5 s, whose words are about wiring. */
const deadlineMillis = 4_900

const failing = ({ id }: Pick<SensorConfig, "id">, message: string) => new SensorError({ sensor: id, message })

/** The numbers in what a sensor gave: one for its only quantity, or an object with their names. */
const numbersOf = (sensor: SensorConfig, got: unknown): Effect.Effect<Measurement, SensorError> => {
  const [first = { key: "temperature" }] = sensor.quantities ?? []
  const values: object = typeof got === "number" ? { [first.key]: got }
    : typeof got === "object" && got !== null ? got : {}
  const found = Object.fromEntries(
    Object.entries(values).filter(([, value]) => typeof value === "number" && Number.isFinite(value))
  )
  return Object.keys(found).length > 0 ? Effect.succeed(found)
    : Effect.fail(failing(sensor, "it gave no number and no object with numbers"))
}

const late = "it did not answer within 5 s"

/** What the program prints. Its last line counts, so that it may say other things before. */
const commandOutput = (sensor: Pick<SensorConfig, "id" | "command">) =>
  Effect.callback<unknown, SensorError>((resume) => {
    const child = exec(sensor.command ?? "", { timeout: deadlineMillis, windowsHide: true },
      (fault, stdout, stderr) => {
        if (fault !== null) {
          const reason = fault.killed === true ? late : (stderr.trim().split("\n").at(-1) ?? "") || fault.message
          resume(Effect.fail(failing(sensor, "its command failed: " + reason.slice(0, 200))))
          return
        }
        const line = stdout.trim().split("\n").at(-1) ?? ""
        try {
          resume(Effect.succeed(JSON.parse(line)))
        } catch {
          resume(
            Effect.fail(
              failing(sensor,
                "its command must print a number or JSON, but printed " + JSON.stringify(line.slice(0, 60)))
            )
          )
        }
      })
    return Effect.sync(() => void child.kill())
  })

/** What is allowed in place of what a script cannot hold. */
const scriptHint = (said: string): string =>
  /import statement|Unexpected token 'export'/.test(said) ? "; use require(...)"
    : said.startsWith("SyntaxError: await") ? "; use .then(done), or an async function" : ""

const scriptFailing = (sensor: SensorConfig, thrown: unknown) =>
  failing(sensor, "its script failed: " + String(thrown).slice(0, 200) + scriptHint(String(thrown)))

/**
 * Runs the owner's JavaScript, which calls `done`, as on a board. While it works, what is thrown in its timers, or in a
 * promise that nobody waits for, is a fault of it: it would end the device, and hide which sensor it was.
 */
const scriptOutput = (sensor: SensorConfig) =>
  Effect.callback<unknown, SensorError>((resume) => {
    const onThrown = (thrown: unknown) => end(Effect.fail(scriptFailing(sensor, thrown)))
    const end = (outcome: Effect.Effect<unknown, SensorError>) => {
      process.off("uncaughtException", onThrown)
      resume(outcome)
    }
    process.on("uncaughtException", onThrown)
    try {
      // It is the owner's own program, from the device's own file.
      const run = new Function("pin", "done", "require", sensor.script ?? "") as (
        pin: number,
        done: (got: unknown) => void,
        require: unknown
      ) => void
      run(sensor.pin, (got) => end(Effect.succeed(got)), createRequire(import.meta.url))
    } catch (thrown) {
      onThrown(thrown)
    }
    return Effect.sync(() => void process.off("uncaughtException", onThrown))
  }).pipe(Effect.timeoutOrElse({ duration: deadlineMillis, orElse: () => Effect.fail(failing(sensor, late)) }))

const madeUp = (sensor: SensorConfig) =>
  Effect.zipWith(Clock.currentTimeMillis, Random.next, (now, chance) =>
    MadeUp.complete(sensor, Weather.at(now, chance), now, chance))

/** As the events name it. */
const battery = { id: "battery" }

/** The voltage in what a command gave: a number, or an object with `volts` or `voltage`. */
const voltsIn = (got: unknown): Effect.Effect<number, SensorError> => {
  const named = typeof got === "object" && got !== null ?
    got as { readonly volts?: unknown; readonly voltage?: unknown }
    : { volts: got }
  const volts = named.volts ?? named.voltage
  return typeof volts === "number" && Number.isFinite(volts) ? Effect.succeed(volts)
    : Effect.fail(failing(battery, "its command must print volts: a number, or JSON with volts or voltage"))
}

export const layer: Layer.Layer<Sensor> = Layer.succeed(Sensor, {
  read: (sensor) => {
    switch (sensor.type) {
      case "simulated":
        return madeUp(sensor)
      case "command":
        return Effect.flatMap(commandOutput(sensor), (got) => numbersOf(sensor, got))
      case "script":
        return Effect.flatMap(scriptOutput(sensor), (got) => numbersOf(sensor, got))
      default:
        return Effect.fail(failing(sensor, "this machine cannot read a " + sensor.type + ": only a board can"))
    }
  },
  volts: ({ command }) =>
    command === undefined
      ? Effect.fail(failing(battery, "this machine has no pins: give battery.command, which prints its volts"))
      : Effect.flatMap(commandOutput({ ...battery, command }), voltsIn)
})
