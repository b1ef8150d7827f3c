/**
 * `npm run client:kills -- --kills 200`: kills a program again and again, against Mosquitto. One that publishes with a
 * store: which accepted messages were lost, and which of QoS 2 came twice. One that receives on a kept Session
 * (`--side receiver`): which messages its handler never was done with, and which of QoS 2 it got again after their PUBREC.
 *
 *     --version 5      of MQTT; 4, the default, is MQTT 3.1.1
 *     --store no       the receiver has only what the Server keeps
 *     --seed 1         when it is killed
 *
 * The exit code is 1 if anything was lost, or anything of QoS 2 came twice.
 */
import * as Effect from "effect/Effect"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Options from "../killing/options.ts"
import * as directory from "../support/directory.ts"
import * as Mosquitto from "../support/mosquitto.ts"
import * as kills from "./kills.ts"
import * as receiving from "./receiving.ts"
import { settings } from "./settings.ts"

const { kills: count, seed, side, store, version } = Options.read(
  { kills: 200, seed: 1 },
  { version: ["4", "5"], side: ["publisher", "receiver"], store: ["yes", "no"] }
)
if (side === "publisher" && store === "no") Options.refuse("the publisher has a store: that is what is tried")
if (Mosquitto.executable === undefined) Options.refuse("Mosquitto is not installed: apt install mosquitto")

const progress = Progress.make()

const begin = (seconds: number, atWork: number): string => {
  progress.clear()
  const spoken = version === "5" ? "MQTT 5" : "MQTT 3.1.1"
  return `${count} kills in ${Math.round(seconds)} s on Mosquitto with ${spoken}, ${atWork} of them at work: `
}

const publisher = async (options: kills.Options): Promise<boolean> => {
  const sum = await kills.run(options)
  console.log(
    begin(sum.seconds, sum.atWork)
      + `${sum.accepted} messages accepted (${sum.acceptedExactlyOnce} with QoS 2), ${sum.lost} lost, ${sum.twiceExactlyOnce} with QoS 2 twice; `
      + `${sum.twiceAtLeastOnce} with QoS 1 came twice, and ${sum.untold} that the program was killed before it knew of`
  )
  return sum.lost + sum.twiceExactlyOnce === 0
}

const receiver = async (options: kills.Options): Promise<boolean> => {
  const sum = await receiving.run({ ...options, hasStore: store === "yes" })
  console.log(
    begin(sum.seconds, sum.atWork)
      + `${sum.published} messages published (${sum.publishedExactlyOnce} with QoS 2), ${sum.lost} lost, ${sum.late} late, `
      + `${sum.twiceExactlyOnce} with QoS 2 again after their PUBREC; before it, when the program was killed, ${sum.againExactlyOnce} with QoS 2, `
      + `and ${sum.againAtLeastOnce} with QoS 1 again`
  )
  return sum.lost + sum.twiceExactlyOnce + sum.late === 0
}

const isKept = await Effect.runPromise(Effect.scoped(Effect.gen(function*() {
  const { tcp } = yield* Mosquitto.make({}, settings)
  const folder = yield* directory.temporary
  return yield* Effect.promise(() =>
    (side === "receiver" ? receiver : publisher)({
      port: tcp.port,
      version: version === "5" ? 5 : 4,
      folder,
      kills: count,
      random: Options.randomOf(seed),
      onKill: (kill) => progress.say(() => `${kill} of ${count} kills`)
    })
  )
})))
process.exitCode = isKept ? 0 : 1
