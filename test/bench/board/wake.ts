/**
 * What one wake costs on a board: the device's bundle on Espruino's own interpreter, built for Linux with a board's
 * formats, beside Espruino's MQTT.js module, on the same Mosquitto in the same run. `npm run measure -- wake`.
 *
 * ESPRUINO names the interpreter, which tells of its variables and its stack when ESPRUINO_MEASURE is set; of one that
 * does not, a stock build, the program's own `process.memory()` tells what is loaded, and the rest is left open.
 * Machine instructions are counted by valgrind and given net of a program that only goes to sleep. MQTT_JS names the
 * file of Espruino's module (espruino.com/modules/MQTT.js), which is made small as espruino.com does.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { copyFileSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { minify } from "terser"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Bound from "../../support/bound.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as mosquitto from "../../support/mosquitto.ts"
import * as TcpServer from "../../support/tcpServer.ts"

const peer = process.env["MQTT_JS"] ?? ""

const topic = "/homecontrol/greenhouse/config"

const checked = (port: number, mqtt: object = {}) =>
  Result.getOrThrow(
    DeviceConfig.check(Espruino.document(port, { topic_config: topic, config_wait_time: 0.2, ...mqtt }))
  )
    .config

/** The same work with Espruino's module, as its page shows it; it keeps nothing and measures nothing. */
const peerProgram = (port: number) => `
var mqtt=require("MQTT").create("127.0.0.1",{client_id:"peer",keep_alive:60,port:${port}});
var left=2;
function end(){if(!--left)mqtt.disconnect()}
mqtt.on("connected",function(){
mqtt.subscribe("/homecontrol/greenhouse/config");
mqtt.publish("/homecontrol/greenhouse/data/air/data",JSON.stringify({temperature:21.4,humidity:48.2,uptime:3600,unit:"C"}),{qos:1});
});
mqtt.on("puback",end);
mqtt.on("publish",function(p){JSON.parse(p.message);end()});
mqtt.on("disconnected",function(){ESP32.deepSleep(1000)});
require("Wifi").connect("home",{password:"secret"},function(){mqtt.connect()});
`

interface Cost {
  /** NaN: valgrind is not there. */
  readonly instructions: number
  readonly boot: Espruino.Boot
  /** What the program says of itself when its boot code has run, on an interpreter that does not. */
  readonly memory: { readonly usage: number; readonly total: number } | undefined
}

const instructions = (image: string, environment: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve) => {
    const parameters = ["--tool=callgrind", "--trace-children=yes",
      "--callgrind-out-file=" + (process.env["CALLGRIND_OUT"] ?? "/dev/null"), Espruino.interpreter]
    const child = Bound.start("valgrind", { env: { ...process.env, ESPRUINO_FLASH: image, ...environment } },
      parameters)
    child.stdout.resume()
    let err = ""
    child.stderr.on("data", (data: Buffer) => {
      err += data.toString()
    })
    child.on("error", () => resolve(NaN))
    child.on("close", () => {
      // A script that starts the interpreter is counted with it.
      resolve(Number(/Collected : (\d+)/.exec(err)?.[1] ?? NaN))
    })
  })

/** The flash image of the same program that tells its memory as well. It lives the same wakes. */
const telling = (image: string): string => image + ".telling"

const tellMemory = `(function(m){print("memory "+m.usage+" of "+m.total)})(process.memory())`

const memoryOf = ({ lines }: Espruino.Boot): Cost["memory"] => {
  const found = /^memory (\d+) of (\d+)$/m.exec(lines.join("\n"))
  return found === null ? undefined : { usage: Number(found[1]), total: Number(found[2]) }
}

/** All measurements begin with the same flash. */
const cost = (image: string, environment: Readonly<Record<string, string>> = {}): Effect.Effect<Cost> =>
  Effect.gen(function*() {
    const copy = image + ".copy"
    copyFileSync(image, copy)
    const measured = { ESPRUINO_MEASURE: "1", ...environment }
    const boot = yield* Effect.promise(() => Espruino.boot(image, measured))
    const memory = boot.report === undefined ? memoryOf(yield* Effect.promise(() =>
      Espruino.boot(telling(image), measured)
    )) : undefined
    return { instructions: yield* Effect.promise(() => instructions(copy, environment)), boot, memory }
  })

/** A flash image with these scripts as tokens, as `dormouse flash` puts them on a board. */
const written = (files: Readonly<Record<string, string>>, name: string) =>
  Effect.gen(function*() {
    const image = path.join(yield* Directory.temporary, name)
    const told = { ...files, ".bootcde": `${files[".bootcde"] ?? ""}\n;${tellMemory}` }
    Espruino.writeFlash(image, yield* Effect.promise(() => Espruino.tokenised(files)))
    Espruino.writeFlash(telling(image), yield* Effect.promise(() => Espruino.tokenised(told)))
    return image
  })

const small = async (file: string): Promise<string> =>
  (await minify(readFileSync(file, "utf8"), { mangle: true, compress: true })).code ?? ""

const figure = (value: number | undefined, width: number): string =>
  (value === undefined ? "-" : String(value)).padStart(width)

const millions = (instructions: number): string => Number.isNaN(instructions) ? "-" : (instructions / 1e6).toFixed(2)

const row = (name: string, bytes: number, { boot: { report }, instructions, memory }: Cost, empty: number) => {
  console.log(
    `${name.padEnd(28)} ${String(bytes).padStart(6)} bytes  JsVars ${
      figure(report?.jsvars.loaded ?? memory?.usage, 5)
    } loaded ${figure(report?.jsvars.peak, 5)} peak  ` +
      `stack ${figure(report?.stack.needed, 6)}  ${millions(instructions - empty).padStart(7)} M instructions  flash ${
        figure(report?.flash.written, 1)
      } bytes`
  )
}

const publishRetained = (port: number, topic: string, payload: string) =>
  Effect.promise(async () => {
    const { connectAsync } = await import("mqtt")
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`)
    await client.publishAsync(topic, payload, { qos: 1, retain: true })
    await client.endAsync()
  })

/** The interpreter's variables, as a program on it sees them. */
const ownTotal = Effect.gen(function*() {
  const image = yield* written({ ".bootcde": tellMemory + ";ESP32.deepSleep(1)" }, "room.flash")
  return memoryOf(yield* Effect.promise(() => Espruino.boot(image)))?.total ?? 0
})

/** A device that sends each third wake: what the two cost that only measure, with one and with two readings pending. */
const seldom = (port: number, empty: number) =>
  Effect.gen(function*() {
    const files = yield* Effect.promise(() =>
      Espruino.device(checked(port, { client_id: "seldom", send_interval: 86_400, send_when_pending: 3 }))
    )
    const image = yield* written(files, "seldom.flash")
    const bytes = (files[".bootcde"] ?? "").length
    yield* cost(image)
    for (const name of ["measures only", "measures only again", "sends three"]) {
      row("Dormouse, " + name, bytes, yield* cost(image), empty)
    }
  })

const program = Effect.gen(function*() {
  const broker = yield* mosquitto.make()
  const { port } = broker.tcp
  yield* publishRetained(port, topic, JSON.stringify({ version: 1, update_interval: 600 }))
  const { boot: { report: limits }, instructions: empty } = yield* cost(
    yield* written({ ".bootcde": "ESP32.deepSleep(1000)" }, "empty.flash")
  )
  console.log("an empty program: " + millions(empty) + " M instructions")

  let least = Infinity
  if (peer !== "") {
    const code = yield* Effect.promise(() => small(peer))
    const theirs = yield* cost(yield* written({ ".bootcde": peerProgram(port), MQTT: code }, "peer.flash"))
    if (theirs.boot.slept === undefined) console.log(theirs.boot.lines.join("\n"))
    least = theirs.instructions - empty
    row("Espruino's MQTT.js", code.length, theirs, empty)
  }
  const config = checked(port)
  const files = yield* Effect.promise(() => Espruino.device(config))
  const image = yield* written(files, "device.flash")
  const bytes = (files[".bootcde"] ?? "").length
  console.log(Object.entries(files).map(([name, script]) => `${name} ${script.length}`).join(", ") + " bytes, minified")
  for (const name of ["Dormouse, first wake", "Dormouse, second wake"]) {
    const ours = yield* cost(image)
    row(name, bytes, ours, empty)
    console.log(ours.boot.lines.map((line) => "    " + line).join("\n"))
    if (least < Infinity && !Number.isNaN(least)) {
      console.log(`    ${((ours.instructions - empty) / least).toFixed(2)} times MQTT.js's instructions`)
    }
  }
  yield* publishRetained(port, topic, JSON.stringify({ version: 2, update_interval: 300 }))
  row("Dormouse, takes an update", bytes, yield* cost(image), empty)
  row("Dormouse, proves it", bytes, yield* cost(image), empty)
  row("Dormouse, an update in force", bytes, yield* cost(image), empty)
  // Nobody listens there.
  const away = checked(yield* TcpServer.freePort)
  const retried = yield* cost(yield* written(yield* Effect.promise(() => Espruino.device(away)), "away.flash"))
  row("Dormouse, three tries in vain", bytes, retried, empty)
  yield* publishRetained(port, topic, JSON.stringify({ version: 1, update_interval: 600 }))
  yield* seldom(port, empty)

  const room = limits?.jsvars.total ?? (yield* ownTotal)
  if (room < Espruino.manyVariables) {
    return console.log(
      `effect's own runtime: left out, for it needs an interpreter with ${Espruino.manyVariables} variables`
    )
  }
  const whole = yield* Effect.promise(() => Espruino.deviceOnEffect(config))
  const wholeBytes = (whole[".bootcde"] ?? "").length
  const large = yield* written(whole, "whole.flash")
  for (const name of ["effect's own, first wake", "effect's own, second wake"]) {
    const theirs = yield* cost(large, Espruino.large)
    row(name, wholeBytes, theirs, empty)
    if (least < Infinity && !Number.isNaN(least)) {
      console.log(`    ${((theirs.instructions - empty) / least).toFixed(2)} times MQTT.js's instructions`)
    }
  }
  const vain = yield* written(yield* Effect.promise(() => Espruino.deviceOnEffect(away)), "vain.flash")
  row("effect's own, tries in vain", wholeBytes, yield* cost(vain, Espruino.large), empty)
})

/** Needs an interpreter that measures, Mosquitto and valgrind. */
export const run = (): Promise<void> =>
  Effect.runPromise(Effect.scoped(program as Effect.Effect<void, unknown, Scope.Scope>))
