/**
 * The directory in which a device that runs here keeps its state: read with care, and of one device only.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Snapshot from "../../domain/state/Snapshot.ts"
import { Storage } from "../../ports/Storage.ts"
import { Refusal } from "../dormouse/Refusal.ts"

/** The directory, whose device is the one of `file`; undefined: the demo. */
export interface StateDirectory {
  readonly directory: string
  readonly deviceId: string
  readonly file: string | undefined
}

const refuse = (message: string) => new Refusal({ message })

/**
 * The content of a file of the directory; undefined if there is none. A file that cannot be trusted is left as it is.
 */
export const stored = <A>(
  directory: string,
  name: string,
  decode: (bytes: Uint8Array) => Result.Result<A, Snapshot.UnreadableSnapshot>
) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const file = directory + "/" + name
    const fix = ": move it away to start without it, or give another directory with --state"
    const bytes = yield* Effect.mapError(Effect.fromResult(storage.read(name)),
      (error) => refuse(file + " cannot be read: " + error.message + fix))
    if (bytes === undefined) return undefined
    // A right checksum over another kind of value: some other program's snapshot, or a copied file.
    const decoded = yield* Effect.try({
      try: () => decode(bytes),
      catch: () => refuse(file + " does not contain what its name says" + fix)
    })
    return yield* Effect.mapError(Effect.fromResult(decoded),
      (error) => refuse(file + " is corrupt: " + error.message + fix))
  })

export const write = (directory: string, name: string, bytes: Uint8Array) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    yield* Effect.mapError(Effect.fromResult(storage.write(name, bytes)),
      (error) => refuse("cannot write to " + directory + ": " + error.message))
  })

/** Refuses what `owner` has left there. */
export const foreign = ({ deviceId, directory, file }: StateDirectory, owner: string): Refusal =>
  refuse(
    "the state directory " + directory + " belongs to the device " + JSON.stringify(owner) + ", but " +
      (file ?? "the demo device") + " is " +
      JSON.stringify(deviceId) + ": give each device a directory of its own with --state"
  )

/** Two devices with one state would send what the other has sent, and each write over what the other remembers. */
export const inUse = (directory: string, pid: number): Refusal =>
  refuse(
    "the state directory " + directory + " is in use: process " + pid +
      " runs a device in it: end that one, or give another directory with --state"
  )

/** Whose directory it is: readings that wait in it must not go out as another device's. */
const ownerName = "device"

const asText = (bytes: Uint8Array): Result.Result<string, Snapshot.UnreadableSnapshot> =>
  Result.map(Snapshot.decode(bytes), String)

/** Whether the directory is this device's already; false: it is nobody's yet. */
export const isOwn = (place: StateDirectory) =>
  Effect.gen(function*() {
    const owner = yield* stored(place.directory, ownerName, asText)
    if (owner !== undefined && owner !== place.deviceId) return yield* foreign(place, owner)
    return owner !== undefined
  })

/** It is this device's from now on. */
export const claim = ({ deviceId, directory }: StateDirectory) => write(directory, ownerName, Snapshot.encode(deviceId))
