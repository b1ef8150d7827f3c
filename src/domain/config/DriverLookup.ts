/** What the check asks about drivers. A board has a twin of this file, which knows those of its own program. */
import { drivers, isOwn, rowOf } from "./drivers.ts"

/** What drives a sensor on a board, by name. */
export const names: ReadonlyArray<string> = Object.keys(drivers).filter((name) => name !== "command")

export const isDriver = (name: string): boolean => names.includes(name)

/** Espruino's module that a driver needs; undefined: none. */
export const moduleOf = (name: string): string | undefined => rowOf(name)?.module

/** What a sensor of a driver gives, in the order of the JSON; undefined: what its file names. `_key` is its own. */
export const givesOf = (name: string, _key: string): ReadonlyArray<string> | undefined =>
  isOwn(name) ? undefined : rowOf(name)?.gives ?? ["temperature", "humidity"]

/** Whether the file may name the one quantity that they give. */
export const isNamed = (name: string): boolean => rowOf(name)?.isNamed === true
