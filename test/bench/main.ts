/**
 * `npm run bench`: all benchmarks; `npm run bench -- codec`, `-- client`, `-- fleet`, `-- collect` or `-- install`: one of
 * them.
 *
 *     --turns 21       more pairs, steadier medians; by default 5 of the Client's, which has many lines, and 11 otherwise
 *     --only "QoS 0"   of the Client's, only the lines that say so: "raw, publish", "WebSocket", "MQTT 5"
 *     --profile        of the Client's, also the functions that took most of the time
 */
import { parseArgs } from "node:util"
import * as client from "./client.ts"
import * as codec from "./codec.ts"
import * as collect from "./collect.ts"
import * as fleet from "./fleet.ts"
import * as install from "./install.ts"

const names = ["codec", "client", "fleet", "collect", "install"]

const read = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      turns: { type: "string" },
      only: { type: "string", default: "" },
      profile: { type: "boolean", default: false }
    }
  })

const given = () => {
  try {
    return read()
  } catch (fault) {
    console.error(
      (fault as Error).message + "; known are codec, client, fleet, collect, install, --turns N, --only TEXT, --profile"
    )
    return process.exit(1)
  }
}

const { positionals, values } = given()
const unknown = positionals.find((name) => !names.includes(name))
const turns = Number(values.turns ?? 11)
if (unknown !== undefined || !(turns >= 1)) {
  console.error(
    unknown === undefined ? "--turns must be a number of at least 1"
      : `there is no benchmark "${unknown}": say codec, client, fleet, collect, install, or nothing for all`
  )
  process.exit(1)
}
const isWanted = (name: string) => positionals.length === 0 || positionals.includes(name)
if (isWanted("codec")) codec.run()
if (isWanted("client")) {
  await client.run({ turns: values.turns === undefined ? 5 : turns, only: values.only, isProfiled: values.profile })
}
if (isWanted("fleet")) await fleet.run({ turns })
if (isWanted("collect")) await collect.run({ turns })
if (isWanted("install")) await install.run()
