/** What `npm run chaos:client` says. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Format from "../../../src/programs/dormouse/terminal/Format.ts"
import type * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import type * as Life from "./Life.ts"
import * as Payload from "./Payload.ts"
import type * as Run from "./Run.ts"
import type { Ask, Observation } from "./Observation.ts"
import type { Seen } from "./Seen.ts"
import { describe, type Step } from "./Step.ts"
import type { Shrunk } from "./Shrink.ts"

const { amount, plural } = Format

/** 12345 -> `12.345 s`. */
const at = (millis: number): string => (millis / 1_000).toFixed(3).padStart(9) + " s"

const packetWords = (packet: Seen | undefined): string => {
  if (packet === undefined) return "bytes that cannot be read"
  const name = packet._tag.toUpperCase()
  switch (packet._tag) {
    case "Publish":
      return (
        `PUBLISH ${packet.topic} QoS ${packet.qos}${packet.dup ? " DUP" : ""} id ${packet.packetIdentifier ?? "-"}` +
        `, message ${Payload.number(packet.payload)}`
      )
    case "Connack":
      return `CONNACK ${packet.returnCode}, Session Present ${packet.sessionPresent ? 1 : 0}` +
        (packet.properties === undefined || Object.keys(packet.properties).length === 0 ? ""
          : " " + JSON.stringify(packet.properties))
    case "Subscribe":
      return [
        `SUBSCRIBE id ${packet.packetIdentifier}`,
        ...packet.subscriptions.map(({ qos, topicFilter }) => `${topicFilter}:${qos}`)
      ].join(" ")
    case "Unsubscribe":
      return `UNSUBSCRIBE id ${packet.packetIdentifier} ${packet.topicFilters.join(" ")}`
    case "Suback":
      return `SUBACK id ${packet.packetIdentifier} ${packet.returnCodes.join(" ")}`
    default: {
      const code = "reasonCode" in packet && (packet.reasonCode ?? 0) > 0 ? ` reason ${packet.reasonCode}` : ""
      return ("packetIdentifier" in packet ? `${name} id ${packet.packetIdentifier}` : name) + code
    }
  }
}

const askWords = (ask: Ask): string => {
  switch (ask._tag) {
    case "Publish":
      return `publish message ${ask.number} to ${ask.topic}, QoS ${ask.qos}` +
        (ask.until === "accepted" ? ", until accepted" : "") +
        (ask.expiry === undefined ? "" : `, expires after ${ask.expiry} s`)
    case "Subscribe":
      return `subscribe ${ask.filter}, QoS ${ask.qos}, handler: ${ask.handler}`
    case "Unsubscribe":
      return `unsubscribe ${ask.filter}`
    case "Listen":
      return `readTopic or listen ${ask.filters.join(" ")}, ${ask.millis} ms`
    case "Ping":
      return "ping"
  }
}

const exitWords = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "succeeds"
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause)) as {
    readonly _tag?: string
    readonly message?: string
  } | undefined
  return error === undefined
    ? Cause.hasInterruptsOnly(exit.cause)
      ? "is interrupted"
      : "dies"
    : `fails with ${error._tag}: ${error.message}`
}

const eventWords = (event: DeliveryLog.Event): string => {
  switch (event._tag) {
    case "Accepted":
      return `${event.number} is message ${Payload.number(event.message.payload)}`
    case "Assigned":
      return `${event.number} has id ${event.packetIdentifier}`
    case "Taken":
    case "Freed":
      return `${event._tag} id ${event.packetIdentifier}`
    case "SessionLost":
      return event._tag
    default:
      return `${event._tag} ${event.number}`
  }
}

/** One line for what was seen; undefined: it says little. */
export const line = (seen: Observation): string | undefined => {
  switch (seen._tag) {
    case "Making":
      return `Client ${seen.client} is made`
    case "Made":
      return `make of Client ${seen.client} ${exitWords(seen.exit)}`
    case "Leaving":
      return `Client ${seen.client} is told to leave`
    case "Left":
      return `Client ${seen.client} has left`
    case "Killed":
      return `the process of Client ${seen.client} is killed`
    case "Kept":
      return "in the store: " + seen.events.map(eventWords).join(", ")
    case "Gone":
      return `Client ${seen.client} should be gone`
    case "Reconnecting":
      return `Client ${seen.client} will try again in ${seen.delayMillis} ms`
    case "GaveUp":
      return `Client ${seen.client} has given up`
    case "Asked":
      return `call ${seen.call}: ${askWords(seen.ask)}`
    case "Answered":
      return `call ${seen.call} ${exitWords(seen.exit)}`
    case "Handling":
      return `handler of call ${seen.call} gets message ${seen.number} to ${seen.topic}`
    case "Took":
      return `the user takes message ${seen.number}`
    case "Noticed":
      return `notice: ${seen.what}${seen.topic === undefined ? "" : " " + seen.topic}`
    case "Connecting":
      return `connection ${seen.link} is tried`
    case "ConnectFailed":
      return `connection ${seen.link} fails`
    case "Opened":
      return `connection ${seen.link} is open`
    case "Sent":
      return `${seen.link} -> ${packetWords(seen.packet)}`
    case "Pulled":
      return `${seen.link} <- ${packetWords(seen.packet)}`
    case "Broken":
      return `connection ${seen.link} is broken`
    case "Closed":
      return `connection ${seen.link} is closed by the Client`
    case "Injected":
      return `fault: ${seen.kind}`
    case "Healed":
      return "the world is healed"
    case "Settled":
      return "everything has had its time"
    case "Died":
      return seen.what
    case "Handled":
    case "Written":
    case "Heard":
    case "Reached":
      return undefined
  }
}

export const seenLine = (when: number, seen: Observation): string | undefined => {
  const text = line(seen)
  return text === undefined ? undefined : at(when) + "  " + text
}

/** The command that replays it. */
export const command = (options: Life.Options, steps: ReadonlyArray<Step>): string => {
  const kept = new Set(steps)
  const only = options.story.steps.flatMap((step, index) => (kept.has(step) ? [index] : []))
  const { kind, seed } = options.story
  const chosen = kind === "mqtt4" ? seed : `${seed} --kind ${kind}`
  return `npm run chaos:client -- --seed ${chosen} --only ${only.length === 0 ? "none" : only.join(",")}`
}

/** The story of a promise that was broken. `seen`: the last lines of what was seen. */
export const broken = (failure: Run.Failure, shrunk: Shrunk, seen: ReadonlyArray<string>): ReadonlyArray<string> => [
  "Broken: " + shrunk.broken.promise.promise,
  `Seed ${failure.options.story.seed}: ${JSON.stringify(failure.options.story.options)}`,
  "",
  `The steps that are enough: ${shrunk.steps.length} of ${plural(failure.options.steps.length, "step")}`,
  ...shrunk.steps.map((step) => at(step.at) + "  " + describe(step)),
  "",
  "What was seen last:",
  ...seen,
  at(shrunk.broken.at) + "  " + shrunk.broken.promise.name + ": " + shrunk.broken.reason,
  "",
  "Tell it again: " + command(failure.options, shrunk.steps)
]

/** The sums of all stories. */
export const sums = (sum: Run.Sum, promises: number): ReadonlyArray<string> => {
  const faults = [...sum.injected].sort((a, b) => b[1] - a[1])
  return [
    `${plural(sum.stories, "story")}, ${Format.duration(sum.millis)} of simulated time: ` +
    `${promises} promises kept in every one`,
    `${plural(sum.clients, "Client")}, ${plural(sum.connections, "connection")}, ` +
    `${plural(sum.publications, "message")} published, ${amount(sum.arrivals)} arrivals`,
    `faults: ${faults.map(([kind, count]) => `${kind} ${amount(count)}`).join(", ")}`
  ]
}
