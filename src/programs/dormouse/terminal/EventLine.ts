/**
 * One event of a device as one line with its wall time.
 */
import { addressesOf, nameOf } from "../../../domain/config/BrokerList.ts"
import type { MqttConfig } from "../../../domain/config/DeviceConfig.ts"
import { quantities } from "../../../domain/config/quantities.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import * as Format from "./Format.ts"
import type { Row, Tone } from "./Format.ts"

/** `22:04:31`. */
export const stampWidth = 8

const two = (value: number): string => String(value).padStart(2, "0")

const stamp = (millis: number): string => {
  const date = new Date(millis)
  return two(date.getHours()) + ":" + two(date.getMinutes()) + ":" + two(date.getSeconds())
}

/** The part of a configuration that the words need. */
export interface Subject {
  readonly mqtt: Pick<MqttConfig, "broker" | "port" | "ssl" | "publishValues">
}

type Words = readonly [label: string, text: string, tone?: Tone]

/** A command in words, and how it was answered. */
export const command = (event: Extract<WakeEvent, { readonly _tag: "Command" }>): string => {
  const { command, id, reason, seconds, status } = event
  const what = command + (seconds === undefined ? "" : " " + seconds) + (id === undefined ? "" : " (" + id + ")")
  return (what === "" ? "" : what + ": ") + status + (reason === undefined ? "" : ": " + reason)
}

/** How long a device stays awake. */
export const staying = (millis: number): string => "stays awake for " + Format.duration(millis) + ", connected"

/** A script may give fifteen digits. */
const digits = (value: unknown): string =>
  typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value)

const measured = (event: Extract<WakeEvent, { readonly _tag: "Measured" }>): string => {
  const { _tag: _, humidity, sensor, temperature, ...others } = event
  const values = [
    ...(temperature === undefined ? [] : [digits(temperature) + " °C"]),
    ...(humidity === undefined ? [] : [digits(humidity) + " % humidity"]),
    ...Object.entries(others).map(([key, value]) => {
      const unit = quantities[key]?.unit ?? ""
      return key + " " + digits(value) + (unit === "" ? "" : " " + unit)
    })
  ]
  return sensor + ": " + values.join(", ")
}

/** By how much the clock was wrong. */
export const timeTold = ({ isSet, millis }: Extract<WakeEvent, { readonly _tag: "TimeTold" }>): string => {
  const off = millis === 0 ? "is right"
    : "is " + Format.duration(Math.abs(millis)) + (millis > 0 ? " behind" : " ahead")
  return isSet ? "the clock was set: it " + off.replace("is", "was")
    : "the clock " + off + ", and is left to the system"
}

/** That the battery is low, or no longer, and what follows from it. */
export const batteryLow = (
  { isLow, percent, sendsEvery }: Extract<WakeEvent, { readonly _tag: "BatteryLow" }>
): string =>
  "the battery is " + (isLow ? "low" : "no longer low") + ", " + percent + " %" +
  (sendsEvery === 0 ? "" : ": from now on it sends every " + Format.duration(sendsEvery))

/** So many messages, of which some are answers to commands or updates: `2 readings and 1 answer`. */
export const messages = (count: number, { mqtt }: Subject, answers: number): string => {
  const readings = Format.plural(count - answers, mqtt.publishValues ? "message" : "reading")
  return answers === 0 ? readings : (answers === count ? "" : readings + " and ") + Format.plural(answers, "answer")
}

const words = (event: WakeEvent, config: Subject, answers: number): Words => {
  const { ssl } = config.mqtt
  const counted = (count: number) => messages(count, config, answers)
  const noun = config.mqtt.publishValues ? "message" : "reading"
  switch (event._tag) {
    case "Woke":
      return ["awake", event.pending === 0 ? "nothing pending" : counted(event.pending) + " pending"]
    case "Measured":
      return ["measured", measured(event)]
    case "Unchanged":
      return ["unchanged", event.sensor + ": too little of it has changed for it to be published"]
    case "Battery":
      return ["battery", event.volts + " V, " + event.percent + " %"]
    case "BatteryLow":
      return ["battery", batteryLow(event), event.isLow ? "bad" : "good"]
    case "NotMeasured":
      return ["not measured", event.sensor + ": " + event.reason, "bad"]
    case "MemoryLost":
      return ["memory lost", event.what + ": " + event.reason, "bad"]
    case "Dropped":
      return ["dropped", Format.plural(event.count, noun) + " dropped: the Outbox is full", "bad"]
    case "Waiting":
      return ["waits", "the policy allows the next try in " + Format.duration(event.millis) + "; radio off"]
    case "Trying":
      return ["try " + event.attempt,
        (event.server ?? addressesOf(config.mqtt).map(nameOf).join(" or ")) + (ssl ? " over TLS" : "") + ", " +
        (event.pending === 0 ? "nothing" : counted(event.pending)) + " to deliver"]
    case "TryFailed":
      return ["try " + event.attempt, "failed: " + event.reason, "bad"]
    case "Connected":
      return ["connected", event.sessionPresent ? "the Server remembers the Session" : "the Session is new", "good"]
    case "Delivered":
      return ["delivered", event.count === 0 ? "nothing was pending" : counted(event.count) + " acknowledged", "good"]
    case "Ignored":
      return ["ignored", event.reason, "bad"]
    case "MessageSuspected":
      return ["suspected", event.reason, "bad"]
    case "MessageAbandoned":
      return ["abandoned", event.reason, "bad"]
    case "ConnectAlone":
      return ["connect", event.reason, "bad"]
    case "ConfigAccepted":
      return ["config", "version " + event.version + " is stored and used from the next wake", "good"]
    case "ConfigRefused":
      return ["config", "refused: " + event.reason, "bad"]
    case "ConfigRolledBack":
      return ["config", "version " + event.version + " is rolled back: " + event.reason, "bad"]
    case "ConfigUnchanged":
      return ["config", "unchanged: " + event.reason]
    case "Command":
      return ["command", command(event), event.status === "done" || event.status === "repeated" ? "plain" : "bad"]
    case "Staying":
      return ["stays", staying(event.millis)]
    case "TimeTold":
      return ["time", timeTold(event)]
    case "TimeUnknown":
      return ["time", event.reason, "bad"]
    case "NotSaved":
      return ["not saved", event.reason, "bad"]
    case "Failed":
      return ["trouble", event.reason, "bad"]
    case "Sleeping":
      return ["sleeps", (event.onPin === undefined ? "for " + Format.duration(event.millis)
        : "until pin " + event.onPin + " wakes it") +
        (event.pending === 0 ? "" : "; " + counted(event.pending) + " pending")]
  }
}

/** `answers`: how many of the messages that the event counts are answers, where that is known. */
export const row = (at: number, event: WakeEvent, config: Subject, answers = 0): Row => {
  const [label, text, tone = "plain"] = words(event, config, answers)
  return { stamp: stamp(at), label, text: text.split("\n").join("; "), tone }
}

/** A message on its way to the Server. */
export const message = (at: number, topic: string, payload: string): Row => ({
  stamp: stamp(at),
  label: "-> message",
  text: topic + "  " + payload,
  tone: "quiet"
})
