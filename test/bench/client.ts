/**
 * The Client beside MQTT.js 5 and libmosquitto: the same work at the same Servers, in turns. Run by `npm run bench --
 * client`.
 *
 * The Servers are Mosquitto, where it is installed, and a raw one that does next to nothing, so that it is never the
 * limit. Each client and each Server has a process of its own. Two turns, ours and theirs, give one ratio; the median
 * of all is printed, for time and for the client's own processor time, which counts the client whatever limits the
 * pair. A third turn has a bare socket write and read the same packets ready-made: where a client is as quick,
 * something else is the limit. A fourth is libmosquitto's.
 */
import * as Effect from "effect/Effect"
import { availableParallelism, loadavg } from "node:os"
import * as Mosquitto from "../support/mosquitto.ts"
import { measureMemory } from "./client/memory.ts"
import * as Musts from "./client/musts.ts"
import * as Processes from "./client/processes.ts"
import * as Publisher from "./client/publisher.ts"
import { answerRows, rows } from "./client/rows.ts"
import { heading, line } from "./client/table.ts"
import * as Turns from "./client/turns.ts"

const everything = [...rows, ...answerRows]

/** A Server that takes as long as MQTT.js for each message: what a client costs shows least there. */
const atAedes = async (options: Turns.Options, musts: Musts.Musts): Promise<void> => {
  const aedes = await Processes.server("aedesServer")
  const publisher = await Publisher.connect(aedes.port)
  try {
    await Turns.run(
      { server: "Aedes", portOf: () => aedes.port, rows: answerRows, flood: publisher.flood, musts },
      options
    )
  } finally {
    publisher.stop()
    await aedes.stop()
  }
}

/**
 * By default it would drop what a subscriber cannot take at once, and of QoS 2 in MQTT 3.1.1 what is more than 20 in
 * flight: then they would not all do the same work.
 */
const settings = ["max_queued_messages 0", "max_inflight_messages 0"]

const mosquittoRows = everything.filter(({ isOnlyForRaw = false, transport }) =>
  !isOnlyForRaw && (Mosquitto.hasWebSocket || !transport.webSocket)
)

const atMosquitto = (options: Turns.Options, musts: Musts.Musts) =>
  Effect.scoped(Effect.gen(function*() {
    const { tcp, ws } = yield* Mosquitto.make({}, settings)
    const publisher = yield* Effect.acquireRelease(
      Effect.promise(() => Publisher.connect(tcp.port)),
      (publisher) => Effect.sync(() => publisher.stop())
    )
    const stand: Turns.Stand = {
      server: "Mosquitto",
      portOf: ({ webSocket }) => (webSocket ? ws : tcp).port,
      rows: mosquittoRows,
      flood: publisher.flood,
      musts
    }
    yield* Effect.promise(() => Turns.run(stand, options))
  }))

export const run = async (options: Turns.Options): Promise<void> => {
  await Processes.buildAll()
  const raw = await Processes.server("rawServer")
  const musts = Musts.make()
  console.log(
    `The Client beside MQTT.js 5 and libmosquitto: theirs of ours, medians of ${options.turns} pairs (half of them lie between); above 1 ours takes less`
  )
  console.log(
    heading("Server", "work", "ours, in a second", "MQTT.js: time", "MQTT.js: processor time", "libmosquitto: time",
      "speed of ours and of MQTT.js, of a bare socket's")
  )
  try {
    const stand = { server: "raw", portOf: () => raw.port, rows: everything, flood: raw.flood, musts }
    await Turns.run(stand, options)
    if (Mosquitto.executable === undefined) console.log(line("Mosquitto", "is not installed", "", "", "", "", ""))
    else await Effect.runPromise(atMosquitto(options, musts))
    await atAedes(options, musts)
    await measureMemory(raw, options.only)
    for (const text of musts.lines()) console.log(text)
    const load = loadavg()[0] ?? 0
    if (load > 2 * availableParallelism()) {
      console.log(
        `\nOther work runs on this machine (load ${
          load.toFixed(0)
        }): whoever waits often waits longer, so trust the processor time.`
      )
    }
  } finally {
    await raw.stop()
  }
}
