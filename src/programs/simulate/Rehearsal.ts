/**
 * The device program on this machine against a real Server: real time, real network, state kept in a directory.
 *
 * Everything that can be wrong before the first wake is checked before it, and nothing is touched when it is. A run begins
 * with a try, whatever the policy had in mind: who starts it has perhaps just mended what was wrong. Between the wakes of
 * a run the policy holds as on a board.
 */
import * as Console from "effect/Console"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as Backoff from "../../domain/Backoff.ts"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Outbox from "../../domain/Outbox.ts"
import * as Snapshot from "../../domain/Snapshot.ts"
import type { Sleep } from "../../ports/Sleep.ts"
import { Socket, type SocketErrorReason } from "../../ports/Socket.ts"
import { Storage } from "../../ports/Storage.ts"
import * as Configuration from "../device/Configuration.ts"
import { device, type DevicePorts } from "../device/device.ts"
import * as Memory from "../device/Memory.ts"
import type { WakeEvent } from "../device/WakeEvent.ts"
import * as EventLine from "./EventLine.ts"
import * as Format from "./Format.ts"
import { Refusal } from "./Options.ts"
import * as Overheard from "./Overheard.ts"
import * as ServerUrl from "./ServerUrl.ts"

export interface Options {
  readonly config: DeviceConfig
  /** As given on the command line. */
  readonly url: string
  readonly directory: string
  readonly messages: boolean
  readonly layout: Omit<Format.Layout, "stampWidth">
  /** Runs the program for as many wakes as are asked for. */
  readonly wakes: <R>(program: Effect.Effect<never, never, R>) => Effect.Effect<void, never, Exclude<R, Sleep>>
}

const refuse = (message: string) => new Refusal({ message })

const writable = (directory: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    yield* files.makeDirectory(directory, { recursive: true })
    yield* files.access(directory, { writable: true })
  }).pipe(Effect.mapError((error) =>
    refuse("the state directory " + directory + " cannot be written (" + error.reason._tag + "): give another with --state, or make this one writable")))

/** What a file of the directory holds; undefined when there is none. One that cannot be believed is left as it is. */
const stored = <A>(directory: string, name: string, decode: (bytes: Uint8Array) => Result.Result<A, Snapshot.UnreadableSnapshot>) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const file = directory + "/" + name
    const fix = ": move it away to start without it, or give another directory with --state"
    const bytes = yield* Effect.mapError(storage.read(name), (error) => refuse(file + " cannot be read: " + error.message + fix))
    if (bytes === undefined) return undefined
    // A right checksum over a value of another shape: some other program's snapshot, or a copied file.
    const decoded = yield* Effect.try({ try: () => decode(bytes), catch: () => refuse(file + " does not hold what its name says" + fix) })
    return yield* Effect.mapError(Effect.fromResult(decoded), (error) => refuse(file + " is corrupt: " + error.message + fix))
  })

const asConfig = (bytes: Uint8Array): Result.Result<DeviceConfig, Snapshot.UnreadableSnapshot> =>
  Result.map(Snapshot.decode(bytes), (value) => {
    const config = value as DeviceConfig
    if (typeof config.version !== "number" || typeof config.mqtt.broker !== "string") throw new Error("not a configuration")
    return config
  })

const owed = (directory: string) =>
  Effect.map(stored(directory, Memory.snapshotName, DeviceState.decode), (state) => state === undefined ? 0 : Outbox.size(state.outbox))

/** The configuration that the device is to use, and its state made ready. */
const prepare = ({ config, directory, url }: Options) =>
  Effect.gen(function*() {
    const server = yield* Effect.mapError(Effect.fromResult(ServerUrl.parse(url)), refuse)
    yield* writable(directory)
    const update = yield* stored(directory, Configuration.storedName, asConfig)
    const state = yield* stored(directory, Memory.snapshotName, DeviceState.decode)
    if (state !== undefined && state.reconnect.attemptCount > 0) {
      const storage = yield* Storage
      const ready = { ...state, reconnect: Backoff.succeeded(state.reconnect) }
      yield* Effect.mapError(storage.write(Memory.snapshotName, DeviceState.encode(ready)), (error) => refuse("cannot write to " + directory + ": " + error.message))
    }
    // An update taken over MQTT counts, but for the Server that it names: the one on the command line does.
    return ServerUrl.override(update !== undefined && update.version > config.version ? update : config, server)
  })

const advice: Readonly<Record<SocketErrorReason, string>> = {
  NotFound: "check the host's name in --server",
  Refused: "start the Server, or mend host and port in --server",
  Unreachable: "check the network and the host in --server",
  TimedOut: "check that the Server runs, and host and port in --server",
  Closed: "is it an MQTT Server, and is it right about TLS (mqtts:// with, mqtt:// without) at this port?",
  Tls: "ssl_ca and the like are keys of mqtt in the file given with --config",
  Unknown: "check host and port in --server"
}

/** What a run has seen that its end depends on. */
interface Seen {
  trouble: string | undefined
  connectReason: SocketErrorReason | undefined
}

const hint = (seen: Seen, error: string): string => {
  if (error === "SocketError") return advice[seen.connectReason ?? "Closed"]
  return error === "ConnectionRefused" ? "they stand in --server as mqtt://user:password@host" : "is it an MQTT 3.1.1 Server?"
}

const note = (seen: Seen, event: WakeEvent) => {
  if (event._tag === "Delivered") seen.trouble = undefined
  if (event._tag === "NotSaved" || event._tag === "Failed") seen.trouble = event.reason.split("\n")[0]
  if (event._tag === "TryFailed") seen.trouble = event.reason + "; " + hint(seen, event.error)
}

/** Remembers why the Server could not be reached, which the device tells only in words. */
const remembering = (seen: Seen) =>
  Layer.effect(Socket, Effect.map(Socket, (socket) => ({
    connect: (endpoint) =>
      Effect.tapError(
        Effect.tap(socket.connect(endpoint), () => Effect.sync(() => { seen.connectReason = undefined })),
        (error) => Effect.sync(() => { seen.connectReason = error.reason })
      )
  })))

const keptWord = (count: number, config: DeviceConfig, directory: string): string => {
  const noun = config.mqtt.publishValues ? "message" : "reading"
  return "nothing is lost: " + Format.plural(count, noun) + (count === 1 ? " is" : " are") + " kept in " + directory + " for the next run"
}

/** Lives the wakes asked for. Fails with one line when anything is still owed at the end, or could not begin. */
export const run = (options: Options): Effect.Effect<void, Refusal, Exclude<DevicePorts, Sleep> | FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const { directory, messages, wakes } = options
    const config = yield* prepare(options)
    const console = yield* Console.Console
    const clock = yield* Clock.Clock
    const layout = { ...options.layout, stampWidth: EventLine.stampWidth }
    const seen: Seen = { trouble: undefined, connectReason: undefined }
    const print = (row: Format.Row) => Format.lines(row, layout).forEach((line) => console.log(line))
    const logger = Logger.make<unknown, void>(({ message }) => {
      const event = (Array.isArray(message) ? message[0] : message) as WakeEvent
      note(seen, event)
      print(EventLine.row(clock.currentTimeMillisUnsafe(), event, config))
    })
    const show = (topic: string, payload: string) => print(EventLine.message(clock.currentTimeMillisUnsafe(), topic, payload))
    const socket = messages ? Layer.provide(remembering(seen), Overheard.layer(show)) : remembering(seen)
    yield* wakes(device(config)).pipe(Effect.provide(Layer.mergeAll(Logger.layer([logger]), socket)))
    const left = yield* owed(directory)
    if (left > 0) return yield* refuse((seen.trouble ?? "the Server has not been tried") + "; " + keptWord(left, config, directory))
    if (seen.trouble !== undefined) return yield* refuse(seen.trouble)
  })
