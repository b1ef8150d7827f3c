/**
 * One event of a device as one line with its wall time.
 */
import type { MqttConfig } from "../../../domain/config/DeviceConfig.ts"
import { knownCommands } from "../../../domain/wake/commands.ts"
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

/** What of a configuration the words tell. */
export interface Told {
  readonly mqtt: Pick<MqttConfig, "broker" | "port" | "ssl" | "publishValues">
}

type Words = readonly [label: string, text: string, tone?: Tone]

/** A command in words: what cannot be obeyed is answered. */
export const command = (text: string): string =>
  knownCommands.includes(text) ? text
    : JSON.stringify(text.slice(0, 40)) + " is not known, and nothing is done: say " + knownCommands.join(" or ")

const measured = (event: Extract<WakeEvent, { readonly _tag: "Measured" }>): string => {
  const values = [
    ...(event.temperature === undefined ? [] : [event.temperature + " °C"]),
    ...(event.humidity === undefined ? [] : [event.humidity + " % humidity"])
  ]
  return event.sensor + ": " + values.join(", ")
}

/** By how much the clock was wrong. */
export const timeTold = ({ isSet, millis }: Extract<WakeEvent, { readonly _tag: "TimeTold" }>): string => {
  const off = millis === 0 ? "is right"
    : "is " + Format.duration(Math.abs(millis)) + (millis > 0 ? " behind" : " ahead")
  return isSet ? "the clock was set: it " + off.replace("is", "was")
    : "the clock " + off + ", and is left to the system"
}

const words = (event: WakeEvent, config: Told): Words => {
  const { broker, port, ssl } = config.mqtt
  const noun = config.mqtt.publishValues ? "message" : "reading"
  switch (event._tag) {
    case "Woke":
      return ["awake", event.owed === 0 ? "nothing owed" : Format.plural(event.owed, noun) + " owed"]
    case "Measured":
      return ["measured", measured(event)]
    case "NotMeasured":
      return ["not measured", event.sensor + ": " + event.reason, "bad"]
    case "MemoryLost":
      return ["memory lost", event.what + ": " + event.reason, "bad"]
    case "Dropped":
      return ["dropped", Format.plural(event.count, noun) + " gave way: the Outbox is full", "bad"]
    case "Waiting":
      return ["waits", "the policy allows the next try in " + Format.duration(event.millis) + "; radio off"]
    case "Trying":
      return ["try " + event.attempt,
        broker + ":" + port + (ssl ? " over TLS" : "") + ", " + Format.plural(event.owed, noun) + " to deliver"]
    case "TryFailed":
      return ["try " + event.attempt, "failed: " + event.reason, "bad"]
    case "Connected":
      return ["connected", event.sessionPresent ? "the Server remembers the Session" : "the Session is new", "good"]
    case "Delivered":
      return ["delivered", Format.plural(event.count, noun) + " acknowledged", "good"]
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
      return ["command", command(event.command), knownCommands.includes(event.command) ? "plain" : "bad"]
    case "TimeTold":
      return ["time", timeTold(event)]
    case "TimeUnknown":
      return ["time", event.reason, "bad"]
    case "NotSaved":
      return ["not saved", event.reason, "bad"]
    case "Failed":
      return ["trouble", event.reason, "bad"]
    case "Sleeping":
      return ["sleeps", "for " + Format.duration(event.millis) +
        (event.owed === 0 ? "" : "; " + Format.plural(event.owed, noun) + " owed")]
  }
}

export const row = (at: number, event: WakeEvent, config: Told): Row => {
  const [label, text, tone = "plain"] = words(event, config)
  return { stamp: stamp(at), label, text: text.split("\n").join("; "), tone }
}

/** A message on its way to the Server. */
export const message = (at: number, topic: string, payload: string): Row => ({
  stamp: stamp(at),
  label: "-> message",
  text: topic + "  " + payload,
  tone: "quiet"
})
