/**
 * The questions about a new device. What the options say is not asked again.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Prompt from "effect/cli/Prompt"
import type { BoardDriver } from "../../domain/config/drivers.ts"
import * as Servers from "./servers.ts"
import * as Answers from "./Answers.ts"
import { choices, sensors } from "../dormouse/sensors.ts"
import type { Given } from "./Options.ts"

/** Accepts a text when `fault` finds nothing wrong with it. */
const accept = (fault: (value: string) => string | undefined) => (value: string): Effect.Effect<string, string> => {
  const found = fault(value)
  return found === undefined ? Effect.succeed(value) : Effect.fail(found)
}

/**
 * The usual value is in brackets: as the prompt's own default the user would have to delete it before typing another
 * one.
 */
const text = (message: string, usual: string, fault: (value: string) => string | undefined) =>
  Effect.map(
    Prompt.run(Prompt.String({
      message: usual === "" ? message : `${message} (${usual})`,
      validate: accept((value) => value === "" && usual !== "" ? undefined : fault(value))
    })),
    (value) => value === "" ? usual : value
  )

const number = (message: string, usual: number, fault: (value: number) => string | undefined) =>
  Effect.map(
    text(message, String(usual),
      (value) => /^\d+(\.\d+)?$/.test(value.trim()) ? fault(Number(value)) : "must be a number"),
    Number
  )

const hidden = (message: string, fault: (value: string) => string | undefined) =>
  Effect.map(Prompt.run(Prompt.Password({ message, validate: accept(fault) })), Redacted.value)

const network = (message: string) =>
  Effect.gen(function*() {
    const ssid = yield* text(message, "",
      (value) => value === "" ? undefined : Answers.faultOf({ network: { ssid: value } }, "network.ssid"))
    return ssid === "" ? undefined : yield* withPassword(ssid)
  })

const withPassword = (ssid: string) =>
  Effect.map(
    hidden("Password of " + ssid + " (empty: an open network)",
      (password) => Answers.faultOf({ network: { ssid, password } }, "network.password")),
    (password): Answers.Network => ({ ssid, password })
  )

const networks = (given: Given) =>
  Effect.gen(function*() {
    const first = Option.isSome(given.ssid) ? yield* withPassword(given.ssid.value)
      : yield* network("Wi-Fi network of the board (empty: later)")
    if (first === undefined) return []
    const second = yield* network("A second network, when the first is not there (empty: none)")
    return second === undefined ? [first] : [first, second]
  })

/** A host name alone is enough. */
const asUrls = (value: string): string =>
  value.includes("://") ? value : value.split(/,\s*/).map((host) => "mqtt://" + host).join(",")

const servers = (given: Given) =>
  Effect.gen(function*() {
    const read = (value: string) => Servers.parse(asUrls(value), "this")
    const fault = (value: string) =>
      Result.match(read(value), { onFailure: ({ message }) => message, onSuccess: () => undefined })
    const url = Option.isSome(given.server) ? given.server.value
      : yield* text("MQTT Server, a host name or a URL (several: with commas)", Answers.usual.server, fault)
    const found = Result.getOrThrow(read(url))
    if (Option.isSome(given.server) || found.server.username !== "") return found
    const username = yield* text("User name there (empty: none)", "",
      (value) => Answers.faultOf({ mqtt: { username: value } }, "mqtt.username"))
    if (username === "") return found
    const password = yield* hidden("Password of " + username,
      (value) => Answers.faultOf({ mqtt: { username, password: value } }, "mqtt.password"))
    return { ...found, server: { ...found.server, username, password } }
  })

const sensorOf = (given: Given) => {
  const rows = choices.map((value) => ({ ...sensors[value], value }))
  return Option.isSome(given.sensor) ? Effect.succeed(given.sensor.value)
    : Prompt.run(Prompt.Select({ message: "Sensor", choices: rows }))
}

const pin = (type: BoardDriver, given: Given) => {
  const { pinQuestion, usualPin } = sensors[type]
  return pinQuestion === undefined || Option.isSome(given.pin)
    ? Effect.succeed(Option.getOrUndefined(given.pin))
    : number(pinQuestion, usualPin ?? 0, (value) => pinFault(type, value))
}

/** A pin that no board has is asked for again; for a pin that some boards have there is a warning afterwards. */
const pinFault = (type: BoardDriver, value: number): string | undefined => {
  const remark = Answers.pinRemark(type, value, undefined)
  return Answers.faultOf({ sensors: { [type]: { pin: value } } }, `sensors.${type}.pin`) ??
    (remark?.fails === undefined ? undefined : remark.message)
}

const timeServer = (given: Given) =>
  Option.isSome(given.timeServer) ? Effect.succeed(given.timeServer.value)
    : text("A server that a board asks for the time, such as pool.ntp.org (empty: none)", "",
      (value) => Answers.faultOf({ time: { server: value } }, "time.server"))

/** Fails with QuitError at Ctrl-C. `given` must have been checked. */
export const ask = (given: Given) =>
  Effect.gen(function*() {
    const name = Option.isSome(given.name)
      ? given.name.value
      : yield* text("Name of the device", Answers.usual.name,
        (value) => value.trim() === "" ? "must not be empty" : Answers.faultOf({ device_name: value }, "device_name"))
    const type = yield* sensorOf(given)
    const at = yield* pin(type, given)
    const interval = Option.isSome(given.interval)
      ? given.interval.value
      : yield* number("Seconds between two wakes", Answers.usual.interval,
        (value) => Answers.faultOf({ update_interval: value }, "update_interval"))
    const sendInterval = Option.isSome(given.sendInterval)
      ? given.sendInterval.value
      : yield* number("Seconds between two connections, which is what takes the battery; 0: one at every wake",
        Answers.usual.sendInterval,
        (value) => Answers.faultOf({ mqtt: { send_interval: value } }, "mqtt.send_interval"))
    const wifi = yield* networks(given)
    return {
      name,
      sensor: type,
      pin: at,
      interval,
      sendInterval,
      networks: wifi,
      ...yield* servers(given),
      timeServer: yield* timeServer(given),
      batteryPin: Option.getOrUndefined(given.batteryPin),
      commands: given.commands
    } satisfies Answers.Answers
  })
