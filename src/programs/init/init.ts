/**
 * `dormouse init`: a new device's file, from a few questions or none, and beside it the JSON Schema for editors.
 *
 * Nothing is written before everything is known and valid, and nothing is overwritten without a question.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Prompt from "effect/cli/Prompt"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Schema from "../../domain/config/configJsonSchema.ts"
import { standardPort } from "../../domain/config/Host.ts"
import * as Address from "../../domain/config/Address.ts"
import { check } from "../../domain/config/DeviceConfig.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import * as Answers from "./Answers.ts"
import { ask } from "./ask.ts"
import * as Servers from "./servers.ts"
import type { Given } from "./Options.ts"
import * as Output from "../dormouse/Output.ts"
import { sensors } from "../dormouse/sensors.ts"

const schemaName = "device.schema.json"

const refuse = (message: string) => new Refusal({ message })

/** Without questions: what was given, and defaults. */
const assumed = (given: Given, { others, server }: Servers.Servers): Answers.Answers => {
  const sensor = Option.getOrElse(given.sensor, () => Answers.usual.sensor)
  return {
    name: Option.getOrElse(given.name, () => Answers.usual.name),
    networks: Option.match(given.ssid, { onNone: () => [], onSome: (ssid) => [{ ssid, password: "" }] }),
    server,
    others,
    sensor,
    pin: Option.getOrElse(given.pin, () => sensors[sensor].usualPin),
    interval: Option.getOrElse(given.interval, () => Answers.usual.interval),
    sendInterval: Option.getOrElse(given.sendInterval, () => Answers.usual.sendInterval),
    timeServer: Option.getOrElse(given.timeServer, () => ""),
    batteryPin: Option.getOrUndefined(given.batteryPin),
    commands: given.commands
  }
}

/** Named by the option that the user has given, and not by the key that it becomes. */
const options: Readonly<Record<string, string>> = {
  device_name: "--name",
  "network.ssid": "--ssid",
  update_interval: "--interval",
  "mqtt.send_interval": "--send-interval",
  "time.server": "--time-server",
  "battery.pin": "--battery-pin",
  "mqtt.broker": "--server",
  "mqtt.username": "--server",
  "mqtt.password": "--server"
}

const optionOf = (field: string): string => options[field] ?? (/^sensors\.\w+\.pin$/.test(field) ? "--pin" : field)

/**
 * The document, when it is one that `check` takes and a board could read its sensor with. What is to be filled in later
 * is no fault.
 */
const holding = (answers: Answers.Answers) =>
  Effect.gen(function*() {
    const document = Answers.toDocument(answers)
    const checked = check(document)
    if (Result.isFailure(checked)) {
      return yield* refuse(
        checked.failure.issues.map(({ field, fix, problem }) =>
          optionOf(field) + " must be " + fix + ", but " + problem
        ).join("\n")
      )
    }
    const address = [answers.server, ...answers.others].flatMap(({ broker }) => Address.faultOf(broker) ?? [])[0]
    if (address !== undefined) {
      return yield* refuse(`--server must name ${address.fix}, but the host ${address.problem}`)
    }
    const pin = Answers.pinRemark(answers.sensor, answers.pin, answers.batteryPin)
    if (pin?.fails !== undefined) return yield* refuse(pin.message.replace(pin.path, optionOf(pin.path)))
    return document
  })

/** What was given and cannot be right, whatever the answers to the questions are. */
const unfit = (given: Given): string | undefined => {
  const name = Option.getOrUndefined(given.name)
  if (name !== undefined && name.trim() === "") {
    return "--name must not be empty: give the device a name, such as --name Balcony"
  }
  if (Option.isSome(given.pin) && Option.contains(given.sensor, "simulated" as const)) {
    return "--pin is for a sensor with wires: leave it out, or give --sensor dht22 or bme280"
  }
  if (Option.isSome(given.pin) && Option.isNone(given.sensor) && given.yes) {
    return "--pin needs --sensor dht22 or bme280: without it the sensor is a simulated one, which has no pin"
  }
  return undefined
}

/** Whether the file may be written: it is not there, or the user wants it replaced. */
const mayWrite = (file: string, given: Given, isAsking: boolean) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const isThere = yield* Effect.orElseSucceed(files.exists(file), () => false)
    if (!isThere || given.force) return
    const wanted = isAsking &&
      (yield* Prompt.run(Prompt.Confirm({ message: file + " exists already. Overwrite it?", initial: false })))
    if (!wanted) {
      return yield* refuse(
        file + " exists already: give another name with --out, or --force to overwrite it"
      )
    }
  })

const write = (file: string, schema: string, document: object) =>
  Effect.gen(function*() {
    const text = JSON.stringify({ $schema: "./" + schemaName, ...document }, null, 2) + "\n"
    // It has passwords in it.
    yield* Effect.mapError(Output.write("--out", file, text, 0o600), refuse)
    yield* Effect.mapError(Output.write("--out", schema, Schema.text), refuse)
  })

/** A schema that another program wrote is not ours to replace. */
const isForeign = (schema: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const text = yield* Effect.option(files.readFileString(schema))
    return Option.isSome(text) && !text.value.includes(JSON.stringify(Schema.configJsonSchema["title"]))
  })

const isLocal = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.")

/** Where a command is published, for mosquitto_pub: at this machine if nothing is said. */
const place = ({ broker, port, ssl }: Answers.Answers["server"]): string =>
  (isLocal(broker) ? "" : "-h " + broker + " ") + (port === standardPort(ssl) ? "" : "-p " + port + " ")

const next = (
  file: string,
  { commands, name, networks, others, sensor, server }: Answers.Answers
): ReadonlyArray<string> => {
  const shown = /^[\w./-]+$/.test(file) ? file : JSON.stringify(file)
  const missing = [
    ...(networks.length === 0 ? ["  network         { \"ssid\": \"...\", \"password\": \"...\" }: a board joins it"]
      : []),
    ...(networks[0]?.password === "" ? ["  network.password  unless the network is open"] : []),
    ...[server, ...others].filter(({ broker }) => isLocal(broker)).slice(0, 1).map(({ broker }) =>
      "  mqtt.broker     the Server's address as a board sees it, not " + broker
    )
  ]
  return [
    ...(missing.length === 0 ? [] : ["", "Before it goes on a board, fill in:", ...missing]),
    "",
    "Next:",
    "  npx dormouse check " + shown + "                 after each change",
    "  npx dormouse simulate --config " + shown + "     a month of it in seconds, and its battery life",
    ...(sensor === "simulated" ? ["  npx dormouse run --config " + shown + "          here, against your Server"] : []),
    "  npx dormouse bundle --config " + shown + "       for a board; then: npx dormouse flash",
    ...(commands
      ? [
        "  mosquitto_pub " + place(server) + "-q 1 -t " + Answers.commandTopic(name) +
        " -m read    a command, also while it sleeps"
      ] : [])
  ]
}

/** What the command does. */
export const handle = (given: Given) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
    const isAsking = canPrompt && !given.yes
    const file = given.out
    const schema = path.join(path.dirname(file), schemaName)
    if (!file.toLowerCase().endsWith(".json")) {
      return yield* refuse(
        `--out ${file} does not end in .json, as a device's file does: give a name such as device.json`
      )
    }
    if (path.basename(file) === schemaName) {
      return yield* refuse(
        "--out must be another file than " + schemaName + ", which is the name of the schema"
      )
    }
    const wrong = unfit(given) ?? (yield* Output.placeFault("--out", file))
    if (wrong !== undefined) return yield* refuse(wrong)
    const url = Option.getOrElse(given.server, () => Answers.usual.server)
    const servers = yield* Effect.mapError(Effect.fromResult(Servers.parse(url, "--server")),
      ({ message }) => refuse(message))
    // What was given is checked before anything is asked.
    yield* holding(assumed(given, servers))
    yield* mayWrite(file, given, isAsking)
    if (!given.force && (yield* isForeign(schema))) {
      return yield* refuse(
        schema + " exists already and is not of Dormouse: move it away, or give --force to overwrite it"
      )
    }
    const answers = isAsking ? yield* ask(given) : assumed(given, servers)
    yield* write(file, schema, yield* holding(answers))
    yield* Console.log(`${file} is written, and ${schema} beside it, from which an editor knows its keys.`)
    yield* Console.log(
      `The device is ${
        JSON.stringify(answers.name)
      }; its device_id, which identifies it in topics and to the Server, is ${Answers.idOf(answers.name)}.`
    )
    const careful = Answers.pinRemark(answers.sensor, answers.pin, answers.batteryPin)
    if (careful !== undefined) yield* Console.error("warning: " + careful.message)
    for (const line of next(file, answers)) yield* Console.log(line)
  }).pipe(Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message)))
