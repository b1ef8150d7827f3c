/**
 * What a topic says of the message that came to it: `<prefix>/<sensor id>/data` has readings, `<prefix>/status` what a
 * device says of itself.
 */

export type Meaning =
  | { readonly _tag: "Reading"; readonly prefix: string; readonly sensor: string }
  | { readonly _tag: "Status"; readonly prefix: string }
  /** Plain values, configurations, and whatever else lives below a prefix. */
  | { readonly _tag: "Other" }

const other: Meaning = { _tag: "Other" }

export const meaning = (topic: string): Meaning => {
  const levels = topic.split("/")
  const last = levels.pop()
  if (last === "status" && levels.length > 0) return { _tag: "Status", prefix: levels.join("/") }
  if (last !== "data" || levels.length < 2) return other
  const sensor = levels.pop() as string
  return { _tag: "Reading", prefix: levels.join("/"), sensor }
}

/** The Topic Filter of the statuses beside the readings of this one; undefined: it has them itself, or names none. */
export const statusFilter = (filter: string): string | undefined => {
  const levels = filter.split("/")
  return levels.length < 3 || levels[levels.length - 1] !== "data" ? undefined
    : levels.slice(0, -2).concat("status").join("/")
}
