/**
 * Is between a device program and its ports, and reports everything that passes. It changes nothing.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import type { Thinned } from "../../../domain/state/Thinned.ts"
import { Journal } from "../../../ports/Journal.ts"
import { Sensor } from "../../../ports/Sensor.ts"
import { Sleep } from "../../../ports/Sleep.ts"
import { type Connection, Socket } from "../../../ports/Socket.ts"
import { Storage } from "../../../ports/Storage.ts"
import { Wifi } from "../../../ports/Wifi.ts"
import type { DevicePorts } from "../../device/device.ts"
import * as StoredState from "./StoredState.ts"
import type { Observation } from "./Observation.ts"

export type See = (seen: Observation) => void

/** What is in flash under a name, whatever the device believes. */
export type Flash = (name: string) => Bytes | undefined

/** What the journal in flash holds from a position on. */
export type Journaled = (from: number, thinned: Thinned | undefined) => ReadonlyArray<Bytes>

/** Reads the state in flash, each one once: what is written is never changed in place; and the journal behind it. */
export const reading = (flash: Flash, journaled: Journaled): () => StoredState.StoredState | undefined => {
  let known: Bytes | undefined
  let kept: StoredState.StoredState | undefined
  let whole: StoredState.StoredState | undefined
  return () => {
    const bytes = flash(StoredState.stateName)
    if (bytes !== known) kept = whole = bytes === undefined ? undefined : StoredState.decode(bytes)
    known = bytes
    const now = StoredState.withJournal(kept, journaled)
    // What has not changed is the same.
    if (now?.pending.length !== whole?.pending.length) whole = now
    return whole
  }
}

const connection = (inner: Connection, see: See): Connection => ({
  write: (bytes) =>
    Effect.suspend(() => {
      see({ _tag: "Sent", bytes })
      return Effect.map(inner.write(bytes), () => see({ _tag: "Taken" }))
    }),
  pull: Effect.map(inner.pull, (bytes) => {
    see({ _tag: "Pulled", bytes })
    return bytes
  }),
  close: Effect.suspend(() => {
    see({ _tag: "Closed" })
    return inner.close
  })
})

const socket = (inner: Socket["Service"], see: See): Socket["Service"] => ({
  connect: (endpoint) =>
    Effect.suspend(() => {
      see({ _tag: "Connecting", server: endpoint.host + ":" + endpoint.port })
      return Effect.map(inner.connect(endpoint), (opened) => {
        see({ _tag: "Opened" })
        return connection(opened, see)
      })
    })
})

const storage = (
  inner: Storage["Service"],
  see: See,
  kept: () => StoredState.StoredState | undefined
): Storage["Service"] => ({
  read: (name) => {
    const found = inner.read(name)
    see({ _tag: "Recalled", name, failed: Result.isFailure(found) })
    return found
  },
  write: (name, value) => {
    const written = inner.write(name, value)
    see({
      _tag: "Stored",
      name,
      size: value.length,
      failed: Result.isFailure(written),
      kept: name === StoredState.stateName ? kept() : undefined
    })
    return written
  }
})

const journal = (
  inner: Journal["Service"],
  see: See,
  kept: () => StoredState.StoredState | undefined
): Journal["Service"] => {
  const recalled = <A extends Result.Result<unknown, unknown>>(found: A): A => {
    see({ _tag: "Recalled", name: StoredState.journalName, failed: Result.isFailure(found) })
    return found
  }
  return {
    append: (record, keep, bytes) => {
      const written = inner.append(record, keep, bytes)
      const failed = Result.isFailure(written) || written.success < 0
      const key = StoredState.keyOf(record)
      see({ _tag: "Stored", name: StoredState.journalName, size: record.length, failed, kept: kept(), key })
      return written
    },
    read: (from, most) => recalled(inner.read(from, most)),
    end: () => recalled(inner.end()),
    sheets: {
      read: (sheet, from, most) => recalled(inner.sheets.read(sheet, from, most)),
      open: inner.sheets.open
    }
  }
}

const wifi = (inner: Wifi["Service"], see: See): Wifi["Service"] => ({
  start: (networks) => {
    see({ _tag: "RadioOn" })
    inner.start(networks)
  },
  joined: Effect.suspend(() => {
    see({ _tag: "Joining" })
    return Effect.onExit(inner.joined,
      (exit) => Effect.sync(() => see({ _tag: "Joined", failed: Exit.isFailure(exit) })))
  }),
  stop: () => {
    see({ _tag: "RadioOff" })
    inner.stop()
  }
})

const sensor = (inner: Sensor["Service"], see: See): Sensor["Service"] => ({
  read: (one) =>
    Effect.map(inner.read(one), (measurement) => {
      see({ _tag: "Read", sensor: one.id, measurement })
      return measurement
    }),
  volts: inner.volts
})

const sleep = (
  inner: Sleep["Service"],
  see: See,
  kept: () => StoredState.StoredState | undefined
): Sleep["Service"] => ({
  deepSleep: (millis, pin) =>
    Effect.suspend(() => {
      see({ _tag: "Slept", millis, kept: kept() })
      return inner.deepSleep(millis, pin)
    }),
  wokenBy: inner.wokenBy
})

/** The same program, observed. */
export const watch = (
  program: Effect.Effect<never, never, DevicePorts>,
  see: See,
  kept: () => StoredState.StoredState | undefined
): Effect.Effect<never, never, DevicePorts> =>
  Effect.gen(function*() {
    const seen = program.pipe(
      Effect.provideService(Socket, socket(yield* Socket, see)),
      Effect.provideService(Storage, storage(yield* Storage, see, kept)),
      Effect.provideService(Journal, journal(yield* Journal, see, kept)),
      Effect.provideService(Wifi, wifi(yield* Wifi, see)),
      Effect.provideService(Sensor, sensor(yield* Sensor, see)),
      Effect.provideService(Sleep, sleep(yield* Sleep, see, kept))
    )
    see({ _tag: "Began" })
    return yield* seen
  })
