/**
 * Topics that a program gives: the types allow a text alone, JavaScript does not.
 */
import * as Result from "effect/Result"
import * as Topic from "../../domain/packet/Topic.ts"
import { kind } from "./kind.ts"

type Field = Topic.InvalidTopic["field"]

/** What is wrong with a topic that is no text. Other clients take several at once. */
export const topicFault = (field: Field, topic: unknown): Topic.InvalidTopic | undefined => {
  if (typeof topic === "string") return undefined
  const message = topic === undefined ? `the ${field} is missing: give it as a string`
    : `the ${field} is ${kind(topic)}; give one as a string`
      + (Array.isArray(topic) ? ", and call again for another" : "")
  return new Topic.InvalidTopic({ field, topic: kind(topic), clause: "4.7", message })
}

/** Fails with InvalidTopic, too, if it is no text. */
const textOr =
  <T>(field: Field, check: (topic: string) => Result.Result<T, Topic.InvalidTopic>) =>
  (topic: string): Result.Result<T, Topic.InvalidTopic> => {
    const fault = topicFault(field, topic)
    return fault === undefined ? check(topic) : Result.fail(fault)
  }

export const topicName = textOr("Topic Name", Topic.name)

export const topicFilter = textOr("Topic Filter", Topic.filter)
