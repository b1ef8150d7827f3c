/**
 * `npm run client:kills -- --kills 200`: kills a publishing program with a store again and again, against Mosquitto, and
 * counts which accepted messages were lost, and which of QoS 2 came twice.
 *
 *     --version 5      of MQTT; 4, the default, is MQTT 3.1.1
 *     --seed 1         when it is killed
 *
 * The exit code is 1 if anything accepted was lost, or anything of QoS 2 came twice.
 */
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Chance from "../fuzz/Chance.ts"
import * as directory from "../support/directory.ts"
import * as Mosquitto from "../support/mosquitto.ts"
import * as kills from "./kills.ts"
import { settings } from "./settings.ts"

const usage = "give --kills N, --version 4|5 or --seed N"

const read = () => {
  try {
    const { values } = parseArgs({
      options: {
        kills: { type: "string", default: "200" },
        version: { type: "string", default: "4" },
        seed: { type: "string", default: "1" }
      }
    })
    return values
  } catch (fault) {
    console.error((fault as Error).message + "; " + usage)
    return process.exit(1)
  }
}

const values = read()
const [count, version, seed] = [values.kills, values.version, values.seed].map(Number) as [number, number, number]
if (!(count >= 1) || (version !== 4 && version !== 5) || !Number.isInteger(seed)) {
  console.error(usage)
  process.exit(1)
}
if (Mosquitto.executable === undefined) {
  console.error("Mosquitto is not installed: apt install mosquitto")
  process.exit(1)
}

const chance = Chance.make(seed, 0)
const progress = Progress.make()

const sum = await Effect.runPromise(Effect.scoped(Effect.gen(function*() {
  const { tcp } = yield* Mosquitto.make({}, settings)
  const folder = yield* directory.temporary
  return yield* Effect.promise(() =>
    kills.run({
      port: tcp.port,
      version,
      folder,
      kills: count,
      random: () => chance.below(1_000_000) / 1_000_000,
      onKill: (kill) => progress.say(() => `${kill} of ${count} kills`)
    })
  )
})))
progress.clear()
console.log(
  `${count} kills in ${Math.round(sum.seconds)} s on Mosquitto with MQTT ${
    version === 5 ? "5" : "3.1.1"
  }, ${sum.atWork} of them at work: `
    + `${sum.accepted} messages accepted (${sum.acceptedExactlyOnce} with QoS 2), ${sum.lost} lost, ${sum.twiceExactlyOnce} with QoS 2 twice; `
    + `${sum.twiceAtLeastOnce} with QoS 1 came twice, and ${sum.untold} that the program was killed before it knew of`
)
process.exitCode = sum.lost + sum.twiceExactlyOnce === 0 ? 0 : 1
