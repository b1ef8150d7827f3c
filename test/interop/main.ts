/**
 * `npm run interop`: tries the Client and the device at real brokers, each version of MQTT, transport and feature, and
 * prints what works. Brokers that are not installed are left out.
 *
 *     --only mosquitto   only brokers whose name contains this
 *     --docs             keeps what was found, and writes the tables of docs/interoperability.md
 *
 * The exit code is 1 if something fails that a broker is not said to lack.
 */
import * as Effect from "effect/Effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import { brokers } from "./Broker.ts"
import * as Table from "./Table.ts"

const read = () => {
  try {
    return parseArgs({ options: { only: { type: "string", default: "" }, docs: { type: "boolean", default: false } } })
  } catch (fault) {
    console.error((fault as Error).message + "; give --only TEXT or --docs")
    return process.exit(1)
  }
}

const { values } = read()
const progress = Progress.make()
const cells: Array<Table.Cell> = []
for (const broker of brokers.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()))) {
  if (broker.missing.length > 0) {
    console.log(`${broker.name} is left out: ${broker.missing.join(", ")} not installed`)
    continue
  }
  const tried = Effect.flatMap(broker.make, (places) =>
    Effect.promise(() => Table.tryOut(broker, places, (what) => progress.say(() => what))))
  const found = await Effect.runPromise(Effect.scoped(tried))
  progress.clear()
  cells.push(...found)
  const works = found.filter(({ result }) => result === "yes").length
  console.log(`${broker.name}: ${works} of ${found.length} work`)
}
const faults = Table.faults(cells)
for (const fault of faults) console.log(fault)
if (values.docs) {
  const kept = existsSync(Table.cellsFile) ? Table.keptCells() : []
  const all = Table.merged(cells, kept, brokers.map(({ name }) => name))
  writeFileSync(Table.cellsFile, `[\n${all.map((cell) => JSON.stringify(cell)).join(",\n")}\n]\n`)
  writeFileSync(Table.docsFile, Table.withTables(readFileSync(Table.docsFile, "utf8"), all))
}
process.exitCode = faults.length === 0 ? 0 : 1
