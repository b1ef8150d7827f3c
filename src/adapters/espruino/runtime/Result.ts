/** The part of effect/Result that a device program uses. A Result is known by its one field, and has no `_tag`. */
import type * as R from "effect/Result"
import { dual } from "./shape.ts"

export type * from "effect/Result"

interface Plain {
  readonly success?: unknown
  readonly failure?: unknown
}

export const succeed = ((success: unknown): Plain => ({ success })) as unknown as typeof R.succeed
export const fail = ((failure: unknown): Plain => ({ failure })) as unknown as typeof R.fail
export const isFailure = ((self: Plain) => "failure" in self) as unknown as typeof R.isFailure
export const isSuccess = ((self: Plain) => "success" in self) as unknown as typeof R.isSuccess
export const map = dual((self: Plain, f: (success: unknown) => unknown): Plain =>
  "failure" in self ? self : { success: f(self.success) }
) as unknown as typeof R.map
