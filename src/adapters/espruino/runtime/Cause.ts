/** The part of effect/Cause that a device program uses. A Cause is the failing effect itself, and has one reason. */
import type * as C from "effect/Cause"
import type { Failure } from "./Fiber.ts"

export type * from "effect/Cause"

/**
 * The first line of what effect's `pretty` returns: boards keep no stacks. Defects that are not Errors are shown as
 * text.
 */
export const pretty = (({ e, k }: Failure): string => {
  if (k === 0) return "InterruptError: All fibers interrupted without error"
  const error = e as { readonly _tag?: string; readonly message?: string }
  return error && error._tag ? error._tag + ": " + error.message : "" + e
}) as unknown as typeof C.pretty
