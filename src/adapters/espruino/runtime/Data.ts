/**
 * The part of effect/Data that a device program uses: tagged errors, without a stack. They are not `Error`s:
 * `instanceof` knows them by their own class, everything else by `_tag`.
 */
import type * as D from "effect/Data"
import { fail } from "./Fiber.ts"
import { failing } from "./shape.ts"

export type * from "effect/Data"

/** What a bundle for a board makes of `new X(fields)`, for a class X with that tag. `fields` becomes the error. */
export const tagged = (tag: string, fields: Record<string, unknown>): unknown => {
  fields["_tag"] = tag
  return fields
}

export const TaggedError = ((tag: string) => {
  const Tagged = function(this: Record<string, unknown>, fields?: Readonly<Record<string, unknown>>) {
    for (const name in fields) this[name] = fields[name]
    this["_tag"] = tag
  }
  failing(Tagged.prototype as object, fail)
  return Tagged
}) as unknown as typeof D.TaggedError
