/**
 * Topic Names and Topic Filters (MQTT 3.1.1, section 4.7).
 *
 * A message is published to a Topic Name, which has no wildcard. A Client subscribes to a Topic Filter: `+` stands for
 * one level, `#` for all levels from there on, including its parent. Both are UTF-8, 1 to 65,535 bytes, without U+0000.
 */
import type * as Brand from "effect/Brand"
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { quote, utf8Length } from "../bytes/Text.ts"

/** A text that obeys the rules of a Topic Name: see `name`. */
export type TopicName = Brand.Branded<string, "TopicName">

/** A text that obeys the rules of a Topic Filter: see `filter`. */
export type TopicFilter = Brand.Branded<string, "TopicFilter">

/** The caller's topic is not valid. `field` says which one was meant, `message` what to correct. */
export class InvalidTopic extends Data.TaggedError("InvalidTopic")<{
  readonly field: "Topic Name" | "Topic Filter"
  readonly topic: string
  readonly clause: string
  readonly message: string
}> {}

const maximumBytes = 65535

/** The broken clause, and the end of a sentence that begins with the topic. */
export type Fault = readonly [clause: string, fault: string]

const textFault = (topic: string): Fault | undefined => {
  const size = utf8Length(topic)
  if (size > maximumBytes) return ["MQTT-4.7.3-3", `has ${size} bytes; at most ${maximumBytes} fit`]
  if (size >= 0) return undefined
  return topic.indexOf("\0") >= 0
    ? ["MQTT-4.7.3-2", "holds U+0000; remove it"]
    : ["MQTT-1.5.3-1", "holds a lone surrogate; remove it"]
}

const emptyFault: Fault = ["MQTT-4.7.3-1", "is empty; give at least one character"]
const wildcardFault: Fault = ["MQTT-3.3.2-2", "holds a wildcard, + or #; publish to one topic"]

/** Why a text is not a Topic Name, if its UTF-8 and its size are right. */
export const nameFault = (topic: string): Fault | undefined =>
  topic.length === 0 ? emptyFault
    : topic.indexOf("+") >= 0 || topic.indexOf("#") >= 0 ? wildcardFault
    : undefined

/** Why a text is not a Topic Filter, if its UTF-8 and its size are right. */
export const filterFault = (topic: string): Fault | undefined => {
  if (topic.length === 0) return emptyFault
  const levels = topic.split("/")
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] as string
    if (level.indexOf("#") >= 0 && (level !== "#" || i !== levels.length - 1)) {
      return ["MQTT-4.7.1-2", "holds a # that is not the whole last level"]
    }
    if (level.indexOf("+") >= 0 && level !== "+") {
      return ["MQTT-4.7.1-3", "holds a + that is not a whole level"]
    }
  }
  return undefined
}

const make = <T extends string>(
  field: "Topic Name" | "Topic Filter",
  rule: (topic: string) => Fault | undefined
) =>
(topic: string): Result.Result<T, InvalidTopic> => {
  const found = textFault(topic) ?? rule(topic)
  return found === undefined
    ? Result.succeed(topic as T)
    : Result.fail(
      new InvalidTopic({ field, topic, clause: found[0], message: `${field} ${quote(topic.slice(0, 80))} ${found[1]}` })
    )
}

/** The text as a Topic Name, 1 to 65,535 bytes in UTF-8 without wildcards. Fails with InvalidTopic (4.7). */
export const name: (topic: string) => Result.Result<TopicName, InvalidTopic> = make("Topic Name", nameFault)

/** The text as a Topic Filter, 1 to 65,535 bytes in UTF-8. Fails with InvalidTopic (4.7). */
export const filter: (topic: string) => Result.Result<TopicFilter, InvalidTopic> = make("Topic Filter", filterFault)

/** Whether a message to `topicName` goes to a subscription of `topicFilter`. Both must be valid. */
export const matches = (topicFilter: string, topicName: string): boolean => {
  if (topicFilter === topicName) return true
  const filters = topicFilter.split("/")
  const names = topicName.split("/")
  // A leading wildcard must not reach the Server's own topics ($SYS and its like): MQTT-4.7.2-1.
  const first = filters[0]
  if (topicName.charAt(0) === "$" && (first === "+" || first === "#")) return false
  for (let i = 0; i < filters.length; i++) {
    const level = filters[i]
    if (level === "#") return true
    if (i >= names.length || (level !== "+" && level !== names[i])) return false
  }
  return filters.length === names.length
}
