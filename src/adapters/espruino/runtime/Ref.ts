/** The part of effect/Ref that a device program uses. A Ref is a cell. */
import type * as R from "effect/Ref"
import { dual, shaped } from "./shape.ts"

export type * from "effect/Ref"

interface Cell {
  v: unknown
}

const thunk = (f: () => unknown) => shaped(() => f())

export const make = ((value: unknown) => thunk((): Cell => ({ v: value }))) as unknown as typeof R.make
export const get = ((self: Cell) => thunk(() => self.v)) as unknown as typeof R.get
export const set = dual((self: Cell, value: unknown) =>
  thunk(() => {
    self.v = value
  })
) as unknown as typeof R.set
export const update = dual((self: Cell, f: (value: unknown) => unknown) =>
  thunk(() => {
    self.v = f(self.v)
  })
) as unknown as typeof R.update
export const modify = dual((self: Cell, f: (value: unknown) => readonly [unknown, unknown]) =>
  thunk(() => {
    const changed = f(self.v)
    self.v = changed[1]
    return changed[0]
  })
) as unknown as typeof R.modify
