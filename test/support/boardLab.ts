/**
 * A board on the real interpreter, wake after wake from one flash, beside a Server that is there, away, or breaks each
 * connection: what a configuration costs it, and whether it comes back from where it has been.
 */
import { Aedes, type AuthenticateError } from "aedes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import * as path from "node:path"
import * as tls from "node:tls"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import * as Signature from "../../src/domain/config/Signature.ts"
import * as Speech from "../../src/programs/flash/Speech.ts"
import type { WakeEvent } from "../../src/domain/wake/WakeEvent.ts"
import * as Espruino from "./espruino.ts"
import * as certificates from "./certificates.ts"
import { type Configuration, documentOf } from "./configurations.ts"
import * as Directory from "./directory.ts"
import * as PlayedBuses from "./playedBuses.ts"
import * as PlayedSensors from "./playedSensors.ts"
import * as TcpServer from "./tcpServer.ts"

export type Condition = "up" | "away" | "cut"

export interface Lived extends Espruino.Boot {
  readonly events: ReadonlyArray<WakeEvent>
  /** Lines that tell of a program that died of memory or of the stack. */
  readonly deaths: ReadonlyArray<string>
}

export interface Lab {
  readonly config: DeviceConfig.DeviceConfig
  /** Bytes of the boot code. */
  readonly bytes: number
  readonly server: (condition: Condition) => Promise<void>
  /** What the Server keeps as the device's configuration from now on, signed if it must be; undefined: nothing. */
  readonly retain: (
    document: { readonly version: number; readonly [key: string]: unknown } | undefined
  ) => Promise<void>
  /** A command, with QoS 1. */
  readonly tell: (text: string, retain?: boolean) => Promise<void>
  readonly messages: Array<readonly [topic: string, payload: string]>
  /** The Client Identifiers of those that came. */
  readonly clients: Array<string>
  /**
   * `after` seconds more than the sleep that the last one ended in. A device that is always on is told to restart once
   * it is connected. `cause` is what ESP32.getWakeupCause says: 4, the timer, if nothing else.
   */
  readonly wake: (after?: number, cause?: number) => Promise<Lived>
  /** A device that is always on, in time that goes `speed` times as fast, until it restarts. */
  readonly stay: (speed: number, onEvent: (event: WakeEvent) => void) => Promise<Lived>
  readonly restart: () => void
}

const deadly = /Uncaught|recursion|OUT OF MEMORY|Interrupted|LOW_MEMORY/

/** Breaks a connection when it has been spoken to. */
const cutting = (socket: net.Socket): void => {
  socket.on("error", () => {})
  socket.once("data", () => socket.destroy())
}

const handshakes = (port: number, secure: boolean, broker: Aedes) => {
  const open = new Set<net.Socket>()
  let server: net.Server | undefined
  const stop = () => {
    const old = server
    server = undefined
    for (const socket of open) socket.destroy()
    open.clear()
    return new Promise<void>((resolve) => old === undefined ? resolve() : old.close(() => resolve()))
  }
  return {
    stop,
    set: async (condition: Condition) => {
      await stop()
      if (condition === "away") return
      const serve = (socket: net.Socket) => {
        socket.on("error", () => {})
        socket.setNoDelay(true)
        if (condition === "up") broker.handle(socket)
        else cutting(socket)
      }
      server = secure ? tls.createServer({ ...certificates.rsa, ca: certificates.ca, requestCert: false }, serve)
        : net.createServer(serve)
      server.on("connection", (socket: net.Socket) => {
        socket.on("error", () => {})
        open.add(socket)
      })
      await new Promise<void>((resolve) => server?.listen(port, "127.0.0.1", resolve))
    }
  }
}

const publish = (broker: Aedes, topic: string, payload: string, retain: boolean, qos: 0 | 1 = 0): Promise<void> =>
  new Promise((resolve) => broker.publish({ cmd: "publish", topic, payload, qos, retain, dup: false }, () => resolve()))

/** What a board's sensors meet instead of those that are usual in these tests: a script before the program, and modules. */
export interface Played {
  readonly script: string
  readonly modules: ReadonlyArray<string>
  /** Modules of the test, by their names. */
  readonly own?: Readonly<Record<string, string>>
}

/** The files of the flash, as tokens; before the program the buses of its sensors. */
const filesOf = async (config: DeviceConfig.DeviceConfig, played: Played | undefined) => {
  const files: { [name: string]: string } = { ...await Espruino.device(config) }
  const bytes = Buffer.byteLength(files[".bootcde"] ?? "")
  if (played !== undefined) {
    Object.assign(files, played.own)
    for (const module of played.modules) Object.assign(files, await PlayedBuses.moduleOf(module))
    files[".bootcde"] = played.script + "\n" + files[".bootcde"]
    return { bytes, files: await Espruino.tokenised(files) }
  }
  const types = config.sensors.map(({ type }) => type)
  for (const type of types) {
    if (type === "dht22" || type === "bme280") Object.assign(files, await PlayedSensors.moduleOf(type))
  }
  files[".bootcde"] = PlayedSensors.busesOf(types) + (config.battery === undefined ? "" : PlayedSensors.converter) +
    files[".bootcde"]
  return { bytes, files: await Espruino.tokenised(files) }
}

const startOfTime = 1_700_000_000_000

/** `keys`: laid over the configuration's own of `mqtt`. */
export const make = (
  configuration: Configuration,
  keys: object = {},
  played?: Played
): Effect.Effect<Lab, never, Scope.Scope> =>
  Effect.gen(function*() {
    const port = yield* TcpServer.freePort
    const document = documentOf(configuration, port)
    const { config } = Result.getOrThrow(DeviceConfig.check({ ...document, mqtt: { ...document.mqtt, ...keys } }))
    const image = path.join(yield* Directory.temporary, "espruino.flash")
    const { bytes, files } = yield* Effect.promise(() => filesOf(config, played))
    Espruino.writeFlash(image, files)
    const authenticate = (
      _: unknown,
      _user: unknown,
      _password: unknown,
      done: (error: AuthenticateError | null, ok: boolean) => void
    ) => done(null, true)
    const broker = yield* Effect.acquireRelease(
      Effect.promise(() => Aedes.createBroker({ authenticate })),
      (made) => Effect.promise(() => new Promise<void>((resolve) => made.close(resolve)))
    )
    const server = handshakes(port, config.mqtt.ssl, broker)
    yield* Effect.addFinalizer(() => Effect.promise(() => server.stop()))
    const messages: Array<readonly [topic: string, payload: string]> = []
    const { configSecret, topicCommand, topicConfig, topicConfigData, topicConfigVersion } = config.mqtt
    broker.on("publish", ({ payload, topic }, client) => {
      if (client === null) return
      messages.push([topic, payload.toString()])
    })
    const clients: Array<string> = []
    broker.on("client", ({ id }) => clients.push(id))
    let clock = startOfTime
    const eventsIn = (text: string) =>
      Speech.make().push(text).flatMap((said) => said._tag === "Event" ? [said.event] : [])
    const lived = (boot: Espruino.Boot): Lived => {
      clock += (boot.slept ?? 0) / 1_000 + 1_000
      const events = eventsIn(boot.lines.join("\n") + "\n")
      const failures = events.flatMap((event) => event._tag === "Failed" ? [event.reason] : [])
      return { ...boot, events, deaths: [...boot.lines.filter((line) => deadly.test(line)), ...failures] }
    }
    const environment = (cause = 4) => ({
      ESPRUINO_MEASURE: "1",
      ESPRUINO_CLOCK: String(clock),
      ESPRUINO_WAKEUP_CAUSE: String(cause)
    })
    const stay: Lab["stay"] = async (speed, onEvent) => {
      const speech = Speech.make()
      const onText = (text: string) => {
        for (const said of speech.push(text)) if (said._tag === "Event") onEvent(said.event)
      }
      return lived(
        await Espruino.boot(image, { ...environment(), ESPRUINO_SPEED: String(speed) }, {
          onText,
          giveUpMillis: 300_000
        })
      )
    }
    /** Said twice: the first time its subscription may not have been granted. */
    const restart = () => {
      for (const millis of [300, 2_000]) setTimeout(() => void publish(broker, topicCommand, "restart", false), millis)
    }
    return {
      config,
      bytes,
      messages,
      clients,
      tell: (text, retain = false) => publish(broker, topicCommand, text, retain, 1),
      server: server.set,
      retain: async (update) => {
        const text = update === undefined ? "" : JSON.stringify(update)
        const signed = () => Buffer.from(Signature.sign(configSecret, Bytes.fromText(text))).toString()
        const payload = text === "" || configSecret === "" ? text : signed()
        await publish(broker, topicConfigVersion === "" ? topicConfig : topicConfigData, payload, true)
        if (topicConfigVersion !== "") {
          await publish(broker, topicConfigVersion, update === undefined ? "" : String(update.version), true)
        }
      },
      wake: async (after = 0, cause = 4) => {
        clock += after * 1_000
        return config.deepSleep ? lived(await Espruino.boot(image, environment(cause))) :
          stay(1, ({ _tag }) => void (_tag === "Delivered" && restart()))
      },
      stay,
      restart
    }
  })
