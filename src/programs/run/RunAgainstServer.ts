/**
 * The device program on this machine against a real Server: real time, real network, state kept in a directory.
 *
 * Everything that can be wrong is checked before the first wake, and nothing is changed if something is wrong. A run
 * begins with a try, whatever the policy says, because the user may just have corrected something. Between the wakes of
 * a run the policy applies as on a board.
 */
import * as Console from "effect/Console"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Backoff from "../../domain/delivery/Backoff.ts"
import * as ConnectionRefused from "../../domain/packet/ConnectionRefused.ts"
import type { Packet } from "../../domain/packet/Packet.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as Snapshot from "../../domain/state/Snapshot.ts"
import { Events } from "../../ports/Events.ts"
import type { Sleep } from "../../ports/Sleep.ts"
import { Storage } from "../../ports/Storage.ts"
import { Socket, type SocketErrorReason } from "../../ports/Socket.ts"
import { device, type DevicePorts } from "../device/device.ts"
import { configName, snapshotName } from "../device/files.ts"
import type { WakeEvent } from "../../domain/wake/WakeEvent.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import * as EventLine from "../dormouse/terminal/EventLine.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import * as Answers from "./Answers.ts"
import * as MessageTap from "./MessageTap.ts"
import { claim, foreign, inUse, isOwn, stored, write } from "./StateDirectory.ts"

export interface Options {
  readonly config: DeviceConfig
  /** The name of the configuration's file; undefined: the demo. */
  readonly file: string | undefined
  /** The Server, as given on the command line; undefined: the one in the file. */
  readonly url: string | undefined
  readonly directory: string
  /** Makes the directory and checks that it can be written to; fails with the system's words. */
  readonly makeDirectory: Effect.Effect<void, string>
  /** Nobody else works in it until the Scope ends; fails with the number of the process that does. */
  readonly hold: Effect.Effect<void, number, Scope.Scope>
  readonly messages: boolean
  readonly layout: Omit<Format.Layout, "stampWidth">
  /** Runs the program for as many wakes as are asked for. */
  readonly wakes: <R>(program: Effect.Effect<never, never, R>) => Effect.Effect<void, never, Exclude<R, Sleep>>
}

const refuse = (message: string) => new Refusal({ message })

const writable = ({ directory, makeDirectory }: Options) =>
  Effect.mapError(makeDirectory, (words) =>
    refuse(
      "the state directory " + directory + " cannot be written (" +
        (/^(EEXIST|ENOTDIR)/.test(words) ? "a file is in its place" : words) +
        "): give another with --state, or make this one writable"
    ))

/** Undefined: none is in use, because the last one was rolled back. */
const asConfig = (bytes: Uint8Array): Result.Result<DeviceConfig | undefined, Snapshot.UnreadableSnapshot> =>
  Result.map(Snapshot.decode(bytes), (value) => {
    const config = value as DeviceConfig
    if (config.version < 0) return undefined
    if (
      typeof config.version !== "number" || typeof config.deviceId !== "string" ||
      typeof config.mqtt.broker !== "string" && !Array.isArray(config.mqtt.broker)
    ) throw new Error("not a configuration")
    return config
  })

/**
 * The stored update if it is newer than the file and so in use, as on a board. It is reported: a user who edits the
 * file may not expect it.
 */
const newer = ({ config, directory, file }: Options) =>
  Effect.gen(function*() {
    const source = file ?? "the demo device"
    const update = yield* stored(directory, configName, asConfig)
    if (update === undefined) return undefined
    if (update.deviceId !== config.deviceId) {return yield* foreign({ deviceId: config.deviceId, directory, file },
        update.deviceId)}
    if (update.version <= config.version) return undefined
    const away = "move " + directory + "/" + configName + " away to go back"
    yield* Console.log(
      "a stored update, version " + update.version + ", is used instead of " + source + ", version " + config.version +
        "; "
        + (file === undefined ? "" : "give the file a higher version, or ") + away
    )
    return update
  })

/** Without --server there must be a Server in the file. */
const ownServer = ({ config, file }: Options) => {
  if (file === undefined) {
    return Effect.fail(
      refuse("the demo device has no Server: give one with --server, or a device's file with --config")
    )
  }
  return config.mqtt.enabled ? Effect.void
    : Effect.fail(
      refuse(file + ": mqtt.enabled is false: set it to true and mqtt.broker to the Server, or give one with --server")
    )
}

/**
 * The configuration that the device would be flashed with, and the one in use; and its stored values made ready. An
 * update taken over MQTT counts, except for its Server if there is one on the command line.
 */
const prepare = (options: Options) =>
  Effect.gen(function*() {
    const { directory, url } = options
    const server = url === undefined ? undefined
      : yield* Effect.mapError(Effect.fromResult(ServerUrl.parseMqtt(url, "--server")),
        ({ message }) => refuse(message))
    if (server === undefined) yield* ownServer(options)
    yield* writable(options)
    yield* Effect.mapError(options.hold, (pid) => inUse(directory, pid))
    const update = yield* newer(options)
    const place = { deviceId: options.config.deviceId, directory, file: options.file }
    const isOurs = yield* isOwn(place)
    const served = (config: DeviceConfig) => server === undefined ? config : ServerUrl.override(config, server)
    if (update !== undefined && server !== undefined) {
      yield* write(directory, configName, Snapshot.encode(served(update)))
    }
    const state = yield* stored(directory, snapshotName, DeviceState.decode)
    if (state !== undefined && state.reconnect.attemptCount > 0) {
      yield* write(directory, snapshotName,
        DeviceState.encode({ ...state, reconnect: Backoff.succeeded(state.reconnect) }))
    }
    if (!isOurs) yield* claim(place)
    return { baked: served(options.config), config: served(update ?? options.config) }
  })

/** What a user of --server may also check, by the reason why the Server could not be reached. */
const advice: Readonly<Partial<Record<SocketErrorReason, string>>> = {
  Closed: "is it an MQTT Server, and does it expect TLS (mqtts://) or not (mqtt://) at this port?",
  Tls: "ssl_ca and the like are keys of mqtt in the file given with --config"
}

/** Connect Return codes 4 and 5, in the device's own words. */
const unwelcome = [4, 5].map((returnCode) => ConnectionRefused.make(returnCode).message)

/** What a run has observed that matters at its end. */
interface Seen {
  trouble: string | undefined
  connectReason: SocketErrorReason | undefined
  /** Messages at the end of the last wake, and how many of them are answers. */
  pending: number
  answers: number
  /** Where user name and password are given. */
  readonly login: string
}

const hint = (seen: Seen, error: string, reason: string): string | undefined => {
  if (error === "SocketError") return advice[seen.connectReason ?? "Closed"]
  if (error !== "ConnectionRefused") return "is it an MQTT 3.1.1 Server?"
  return unwelcome.includes(reason) ? seen.login : undefined
}

const note = (seen: Seen, event: WakeEvent, answers: number) => {
  if (event._tag === "Sleeping") Object.assign(seen, { pending: event.pending, answers })
  if (event._tag === "Delivered") seen.trouble = undefined
  if (event._tag === "NotSaved" || event._tag === "Failed") seen.trouble = event.reason.split("\n")[0]
  if (event._tag === "TryFailed") {
    seen.trouble = [event.reason, hint(seen, event.error, event.reason)].filter((part) => part !== undefined).join("; ")
  }
}

/** Remembers why the Server could not be reached: the device's event has only words. */
const remembering = (seen: Seen) =>
  Layer.effect(Socket, Effect.map(Socket, (socket) => ({
    connect: (endpoint) =>
      Effect.tapError(
        Effect.tap(socket.connect(endpoint), () =>
          Effect.sync(() => {
            seen.connectReason = undefined
          })),
        (error) =>
          Effect.sync(() => {
            seen.connectReason = error.reason
          })
      )
  })))

const keptWord = ({ answers, pending }: Seen, config: DeviceConfig, directory: string): string =>
  "nothing is lost: " + EventLine.messages(pending, config, answers) + (pending === 1 ? " is" : " are") + " kept in " +
  directory + " for the next run"

/** Runs the wakes asked for. Fails with one line if anything is still pending at the end, or could not begin. */
export const run = (options: Options): Effect.Effect<void, Refusal, Exclude<DevicePorts, Events | Sleep>> =>
  Effect.gen(function*() {
    const { directory, messages, wakes } = options
    const { baked, config } = yield* prepare(options)
    const answers = Answers.make(config.mqtt, yield* Storage)
    const console = yield* Console.Console
    const clock = yield* Clock.Clock
    const layout = { ...options.layout, stampWidth: EventLine.stampWidth }
    const login = options.url === undefined
      ? "they are mqtt.username and mqtt.password in " + options.file
      : "--server takes a user name and a password as mqtt://user:password@host"
    const seen: Seen = { trouble: undefined, connectReason: undefined, pending: 0, answers: 0, login }
    const print = (row: Format.Row) => Format.lines(row, layout).forEach((line) => console.log(line))
    const emit = (event: WakeEvent) => {
      const among = answers.among(event)
      note(seen, event, among)
      print(EventLine.row(clock.currentTimeMillisUnsafe(), event, config, among))
    }
    const sent = (packet: Packet) => {
      answers.sent(packet)
      if (!messages || packet._tag !== "Publish") return
      print(EventLine.message(clock.currentTimeMillisUnsafe(), packet.topic, Bytes.toText(packet.payload)))
    }
    const socket = Layer.provide(remembering(seen), MessageTap.layer({ sent, received: answers.received }))
    yield* wakes(device(baked)).pipe(Effect.provide(socket), Effect.provideService(Events, { emit }))
    if (seen.pending > 0) {
      return yield* refuse((seen.trouble ?? "the Server has not been tried") + "; " + keptWord(seen, config, directory))
    }
    if (seen.trouble !== undefined) return yield* refuse(seen.trouble)
  }).pipe(Effect.scoped)
