/**
 * `npm run measure`: what a board's program costs, on Espruino's own interpreter built for Linux.
 *
 *     wake                       one wake, beside Espruino's MQTT.js (nothing given: this)
 *     configurations             each of many configurations, at its first wake and at its worst
 *     sensors                    each driver of a sensor, alone and beside a second one
 *         --only TEXT            those whose name holds the text
 *         --docs                 keeps the figures, and writes the table of docs/esp32.md or of docs/sensors.md
 */
import { parseArgs } from "node:util"
import * as configurations from "./board/configurations.ts"
import { missing, type Requirement } from "./board/requirements.ts"
import * as sensors from "./board/sensors.ts"
import * as wake from "./board/wake.ts"

const needs: Readonly<Record<string, ReadonlyArray<Requirement>>> = {
  wake: ["interpreter", "booting", "mosquitto"],
  configurations: ["interpreter", "booting", "measuring", "modules"],
  sensors: ["interpreter", "booting", "measuring", "modules"]
}

/** Without these a measurement has gaps. */
const wants: Readonly<Record<string, ReadonlyArray<Requirement>>> = { wake: ["measuring", "valgrind"] }

const fail = (message: string): never => {
  console.error(message)
  return process.exit(1)
}

const given = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { only: { type: "string", default: "" }, docs: { type: "boolean", default: false } }
    })
  } catch (fault) {
    return fail((fault as Error).message + "; known are wake, configurations, sensors, --only TEXT, --docs")
  }
}

const { positionals, values } = given()
const [name = "wake", ...others] = positionals
const needed = needs[name] ?? fail(`there is no measurement "${name}": say wake, configurations or sensors`)
if (others.length > 0) fail("one measurement at a time: wake, configurations or sensors")
const lacking = await missing(needed)
if (lacking.length > 0) fail(lacking.join("\n"))
for (const gap of await missing(wants[name] ?? [])) console.log("not measured (-): " + gap)
if (name === "wake") await wake.run()
else {
  const { run } = name === "sensors" ? sensors : configurations
  if (!(await run({ only: values.only, isKept: values.docs }))) process.exit(1)
}
