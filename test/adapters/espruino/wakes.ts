/** What tests of the whole device on Espruino have in common: its flash, one wake after the other, a broker. */
import type { Aedes } from "aedes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as path from "node:path"
import { expect } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Snapshot from "../../../src/domain/state/Snapshot.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import * as Speech from "../../../src/programs/flash/Speech.ts"
import * as aedes from "../../support/aedes.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"

export const run = <A>(effect: Effect.Effect<A, never, Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect))

/** Tries at every wake, for the clock of these boards goes on by seconds only. */
export const document = (port: number, version = 1) =>
  Espruino.document(port, { reconnect: { enabled: false }, config_wait_time: 0.1 }, version)

export const flashed = (port: number, keys: object = {}, files = Espruino.device) =>
  Effect.gen(function*() {
    const image = path.join(yield* Directory.temporary, "espruino.flash")
    const plain = document(port)
    const { config } = Result.getOrThrow(DeviceConfig.check({ ...plain, mqtt: { ...plain.mqtt, ...keys } }))
    Espruino.writeFlash(image, yield* Effect.promise(() => files(config).then(Espruino.tokenised)))
    return image
  })

/** One wake. Nothing may go wrong below the program: what ends in sleep all the same would hide it. */
export const wake = (image: string, environment: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const boot = yield* Effect.promise(() => Espruino.boot(image, environment))
    expect(boot.lines.filter((line) =>
      /Uncaught|recursion|OUT OF MEMORY|Interrupted|"(Failed|NotSaved|MemoryLost)"/.test(line)
    )).toEqual([])
    return boot
  })

/** How many variables the interpreter has. */
export const variables = Effect.gen(function*() {
  const image = path.join(yield* Directory.temporary, "espruino.flash")
  Espruino.writeFlash(image, { ".bootcde": `print("total " + process.memory().total);ESP32.deepSleep(1)` })
  const { lines } = yield* Effect.promise(() => Espruino.boot(image))
  return Number(/total (\d+)/.exec(lines.join("\n"))?.[1])
})

/** What is still pending on the device, by its snapshot in flash. */
export const pending = (image: string): ReadonlyArray<unknown> => {
  const stored = Espruino.valueIn(Espruino.readFlash(image)["state"]) ?? ""
  expect(stored.startsWith("dormouse-1 ")).toBe(true)
  return (JSON.parse(stored.slice(stored.indexOf("{"))) as { readonly e: ReadonlyArray<unknown> }).e
}

/** A broker, and the messages that were published to it. */
export const broker = (port?: number) =>
  Effect.gen(function*() {
    const made = yield* aedes.make(port === undefined ? {} : { port })
    const messages: Array<readonly [topic: string, payload: string]> = []
    made.aedes.on("publish", ({ payload, topic }, client) => {
      if (client !== null) messages.push([topic, payload.toString()])
    })
    return { ...made, messages }
  })

/** As if the device had `count` pending messages: the last one, so often. */
export const owing = (image: string, count: number): void => {
  const files = Espruino.readFlash(image)
  const stored = Espruino.valueIn(files["state"]) ?? ""
  const state = JSON.parse(stored.slice(stored.indexOf("{"))) as { readonly e: ReadonlyArray<ReadonlyArray<unknown>> }
  const e = Array.from({ length: count }, (_, index) => [index + 1, ...(state.e[0] as ReadonlyArray<unknown>).slice(1)])
  const bytes = Snapshot.encode({ ...state, e, o: [count, 0] })
  const others = Object.entries(files).map(([file, text]) => [file, Buffer.from(text, "latin1")])
  Espruino.writeFlash(image, { ...Object.fromEntries(others), state: Espruino.logOf("state", bytes) })
}

/** Every client gets it that asks for its configuration. */
export const retain = (server: Aedes, payload: string) => {
  const packet = {
    cmd: "publish",
    topic: "/homecontrol/greenhouse/config",
    payload,
    qos: 0,
    retain: true,
    dup: false
  } as const
  return Effect.promise(() => new Promise<void>((resolve) => server.publish(packet, () => resolve())))
}

/** What the program reported in a wake. */
export const events = ({ lines }: Espruino.Boot): ReadonlyArray<WakeEvent> =>
  Speech.make().push(lines.join("\n") + "\n").flatMap((said) => said._tag === "Event" ? [said.event] : [])
