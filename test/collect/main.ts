/**
 * `npm run collect:kills -- --kills 200`: kills a collector again and again while readings come, and counts what was
 * lost and what was stored twice. On Mosquitto where it is installed, otherwise on Aedes (`--broker aedes`).
 *
 *     --devices 100    devices, each with a connection of its own
 *     --rate 1000      readings a second, of all together
 *     --seed 1         when it is killed
 *
 * The exit code is 1 if anything was lost, stored twice, made up, or stored in part.
 */
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Options from "../killing/options.ts"
import * as directory from "../support/directory.ts"
import { brokers } from "./brokers.ts"
import * as kills from "./kills.ts"

const usual = brokers.mosquitto.isThere ? ["mosquitto", "aedes"] : ["aedes", "mosquitto"]
const { broker: name, devices, kills: count, rate, seed } = Options.read(
  { kills: 200, devices: 100, rate: 1_000, seed: 1 },
  { broker: usual }
)
const progress = Progress.make()
const program = fileURLToPath(new URL("../../dist/dormouse.js", import.meta.url))

const broker = brokers[name as keyof typeof brokers]
if (!broker.isThere) Options.refuse(name + " is not installed: give --broker aedes")

const measured = Effect.gen(function*() {
  const { tcp } = yield* broker.make
  const folder = yield* directory.temporary
  return yield* Effect.promise(() =>
    kills.run({
      port: tcp.port,
      program: [program],
      file: path.join(folder, "readings.db"),
      kills: count,
      devices,
      rate,
      prefix: "kills",
      random: Options.randomOf(seed),
      onKill: (kill) => progress.say(() => `${kill} of ${count} kills`)
    })
  )
})

// As it is installed: a start from its sources would take most of the time.
execFileSync(process.execPath, [fileURLToPath(new URL("../../bin/build.js", import.meta.url))])
const { atWork, incomplete, lost, published, rows, seconds, twice, unknown } = await Effect.runPromise(
  Effect.scoped(measured)
)
progress.clear()
console.log(
  `${count} kills in ${Math.round(seconds)} s on ${name}, ${atWork} of them at work: ${published} readings published, `
    + `by ${devices} devices, ${rows} rows, ${lost} lost, ${twice} twice, ${unknown} that nobody published, `
    + `${incomplete} without all of their quantities`
)
process.exitCode = lost + twice + unknown + incomplete === 0 ? 0 : 1
