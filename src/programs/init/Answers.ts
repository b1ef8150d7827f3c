/**
 * What is known of a new device, and its file.
 */
import * as Result from "effect/Result"
import { crc32 } from "../../domain/bytes/Crc32.ts"
import { type BoardDriver, rowOf } from "../../domain/config/drivers.ts"
import { check } from "../../domain/config/DeviceConfig.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import type { ServerUrl } from "../client/ServerUrl.ts"
import * as Servers from "./servers.ts"
import { pins } from "../check/hardware.ts"
import type { Remark } from "../check/Remark.ts"

export interface Network {
  readonly ssid: string
  readonly password: string
}

export interface Answers {
  /** For people. */
  readonly name: string
  /** The first is preferred; at most two. */
  readonly networks: ReadonlyArray<Network>
  readonly server: ServerUrl
  /** Servers beside it, which have its account. */
  readonly others: ReadonlyArray<ServerUrl>
  readonly sensor: BoardDriver
  /** Undefined for a sensor without wires. */
  readonly pin: number | undefined
  /** Seconds. */
  readonly interval: number
  /** Seconds; 0: at every wake. */
  readonly sendInterval: number
  /** Empty: none. */
  readonly timeServer: string
  /** Undefined: the battery is not measured. */
  readonly batteryPin: number | undefined
  /** Whether it takes commands. */
  readonly commands: boolean
}

export const usual = {
  name: "Sensor",
  server: "mqtt://localhost",
  sensor: "simulated" as BoardDriver,
  interval: 300,
  sendInterval: 0
}

/** Letters that are written in two in ASCII. */
const inTwo: ReadonlyArray<readonly [letter: string, letters: string]> = [["\u00df", "ss"], ["\u00e6", "ae"], ["\u0153",
  "oe"], ["\u00f8", "o"], ["\u0142", "l"]]

/**
 * A name for people as one topic level: `Living room` -> `living-room`. Letters that ASCII does not have become a few
 * digits at the end, so that two such names have two ids.
 */
export const idOf = (name: string): string => {
  const written = inTwo.reduce((text, [letter, letters]) => text.replaceAll(letter, letters), name.toLowerCase())
  const letters = written.normalize("NFKD").replace(/[\u0300-\u036f]/g, "")
  const base = letters.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "sensor"
  if (!/[^a-z0-9]/.test(letters.replace(/[^\p{L}\p{N}]/gu, ""))) return base
  return base + "-" + crc32(Bytes.fromText(name)).toString(16).padStart(8, "0").slice(0, 6)
}

export const commandTopic = (name: string): string => "/homecontrol/device/command/" + idOf(name)

type Document = { readonly [key: string]: unknown }

/** The file: usual values are left out, except those that a user would look for. */
export const toDocument = (
  { batteryPin, commands, interval, name, networks, others, pin, sendInterval, sensor, server, timeServer }: Answers
): Document => {
  const id = idOf(name)
  const [network, fallback] = networks
  return {
    device_id: id,
    device_name: name,
    version: 1,
    update_interval: interval,
    // Nothing is counted in deep sleep.
    ...(rowOf(sensor)?.counts === true ? { deep_sleep: false } : {}),
    ...(network === undefined ? {} : { network }),
    ...(fallback === undefined ? {} : { network_fallback: fallback }),
    ...(timeServer === "" ? {} : { time: { server: timeServer } }),
    ...(batteryPin === undefined ? {} : { battery: { pin: batteryPin } }),
    sensors: { [sensor]: { id, name, ...(pin === undefined ? {} : { pin }) } },
    mqtt: {
      enabled: true,
      client_id: "{device_id}",
      ...Servers.toKeys({ server, others }),
      ...(server.ssl ? { ssl: true } : {}),
      ...(server.username === "" ? {} : { username: server.username, password: server.password }),
      // Several devices may share one for readings, but not for what each says of itself.
      topic_data_prefix: "/homecontrol/device/data" + (batteryPin === undefined && !commands ? "" : "/{device_id}"),
      ...(sendInterval === 0 ? {} : { send_interval: sendInterval }),
      ...(batteryPin === undefined ? {} : { publish_status: true }),
      // One of its own: an update is for one device.
      topic_config: "/homecontrol/device/config/" + id,
      ...(commands ? { topic_command: commandTopic(name) } : {})
    }
  }
}

/** A remark about the sensor's pin on a board; with `fails` no board could read it there. */
export const pinRemark = (
  sensor: BoardDriver,
  pin: number | undefined,
  batteryPin: number | undefined
): Remark | undefined => {
  const checked = check({
    sensors: { [sensor]: { id: "a", ...(pin === undefined ? {} : { pin }) } },
    ...(batteryPin === undefined ? {} : { battery: { pin: batteryPin } })
  })
  if (Result.isFailure(checked)) return undefined
  const remarks = pins(checked.success.config, undefined)
  return remarks.find(({ fails }) => fails !== undefined) ?? remarks[0]
}

/** What is wrong with the value at `field` of a file, in words that follow its name; undefined: nothing. */
export const faultOf = (document: Document, field: string): string | undefined => {
  const checked = check(document)
  if (Result.isSuccess(checked)) return undefined
  const issue = checked.failure.issues.find((one) => one.field === field)
  return issue === undefined ? undefined : "must be " + issue.fix
}
