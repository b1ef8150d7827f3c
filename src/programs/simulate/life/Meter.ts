/**
 * Counts what a device uses: it is between the program and its ports, and gets the program's events.
 *
 * What the world decides (waits, time-outs, bytes) is measured as it happens. What only a board knows (its boot, how
 * long its radio takes to join) is counted, and the energy model calculates its cost. The program does not notice.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { voltsOf } from "../../../domain/config/chemistries.ts"
import * as Usage from "../../../domain/energy/Usage.ts"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import { Sensor } from "../../../ports/Sensor.ts"
import { type Connection, Socket } from "../../../ports/Socket.ts"
import { Storage } from "../../../ports/Storage.ts"
import { Wifi } from "../../../ports/Wifi.ts"
import type { DevicePorts } from "../../device/device.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"

/**
 * After traffic the radio stays on so long before it sleeps between beacons. Milliseconds; 50 measured, and a beacon's
 * interval.
 */
const lingerMillis = 100

/** Espruino sends and receives in chunks of this size. Bytes. */
const chunkBytes = 536

/** Address lookups, SYN, ACK, and the two that end a connection. */
const framesOfConnection = 6

/** Authentication, association, the handshake's two, DHCP's two, three announcements of the address. */
const framesOfJoin = 9

/** What is known only when a try has ended: whether it failed. */
interface Pending {
  /** Of the join, which serves every try of a wake. */
  readonly join: Usage.Amounts
  readonly talk: Usage.Amounts
}

export interface Meter {
  /** The program, with its ports observed. */
  readonly attach: <R>(
    program: Effect.Effect<never, never, R | DevicePorts>
  ) => Effect.Effect<never, never, R | DevicePorts>
  readonly hear: (event: WakeEvent) => void
  /** Everything used until `at`, milliseconds of the world: now, or as far into a sleep as one likes. */
  readonly read: (at: number) => Usage.Usage
  /** Milliseconds online in which a configuration was awaited that never came. */
  readonly unanswered: () => number
}

/** The radio's time, split by what it did. */
const radio = (now: () => number, pending: Pending) => {
  let state: "off" | "joining" | "online" = "off"
  let since = 0
  let busyUntil = 0
  const settle = () => {
    const at = now()
    if (state === "joining") pending.join.searching += at - since
    if (state === "online") {
      const active = Math.max(0, Math.min(at, busyUntil) - since)
      pending.talk.active += active
      pending.talk.idle += at - since - active
    }
    since = at
  }
  return {
    settle,
    start: () => {
      settle()
      if (state === "off") pending.join.radioWakes++
      state = "joining"
    },
    join: () => {
      // The energy model says how long it took: the time in the simulated world does not count.
      if (state === "online") return
      if (state === "off") pending.join.radioWakes++
      since = now()
      state = "online"
      pending.join.joins++
      pending.join.packets += framesOfJoin
    },
    traffic: () => {
      settle()
      busyUntil = now() + lingerMillis
    },
    stop: () => {
      settle()
      state = "off"
    }
  }
}

const framesOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / chunkBytes))

/**
 * `charge`: how full the battery is when that was used and so many milliseconds have passed, 0 to 100; undefined: the
 * world says how full it is.
 */
export const make = (
  now: () => number,
  configWaitMillis: number,
  charge?: (used: Usage.Usage, millis: number) => number
): Meter => {
  const { failed, served } = Usage.empty()
  const pending: Pending = { join: Usage.none(), talk: Usage.none() }
  const { join, settle, start, stop, traffic } = radio(now, pending)
  let wake = { tries: 0, sensings: 0, hasRadio: false, delivered: false, from: 0 }
  let asleepSince: number | undefined
  let unanswered = 0

  const begin = () => {
    if (asleepSince !== undefined) served.asleep += now() - asleepSince
    asleepSince = undefined
    wake = { tries: 0, sensings: 0, hasRadio: false, delivered: false, from: now() }
    served.wakes++
  }
  const end = () => {
    stop()
    Usage.move(pending.talk, wake.delivered ? served : failed)
    Usage.move(pending.join, wake.delivered || wake.tries === 0 ? served : failed)
    served.sensings += wake.sensings
    if (!wake.hasRadio) {
      served.quietWakes++
      served.quietSensings += wake.sensings
    }
    asleepSince = now()
  }
  const hear = (event: WakeEvent) => {
    if (event._tag === "Trying" && wake.tries++ > 0) pending.talk.retries++
    if (event._tag === "TryFailed") {
      settle()
      Usage.move(pending.talk, failed)
    }
    if (event._tag === "Delivered") {
      wake.delivered = true
      pending.talk.visits++
      pending.talk.messages += Math.max(0, event.count - 1)
      settle()
      Usage.move(pending.talk, served)
    }
    if (event._tag === "ConfigUnchanged" && event.reason.startsWith("no configuration within")) {
      unanswered += configWaitMillis
    }
  }

  const overheard = (connection: Connection): Connection => ({
    write: (bytes) =>
      Effect.tap(connection.write(bytes), () =>
        Effect.sync(() => {
          traffic()
          pending.talk.packets += framesOf(Bytes.length(bytes))
        })),
    pull: Effect.tap(connection.pull, (bytes) =>
      Effect.sync(() => {
        traffic()
        pending.talk.packets += framesOf(Bytes.length(bytes))
      })),
    close: Effect.andThen(connection.close, Effect.sync(traffic))
  })

  const attach: Meter["attach"] = (program) =>
    Effect.gen(function*() {
      const [socket, storage, sensor, wifi] = [yield* Socket, yield* Storage, yield* Sensor, yield* Wifi]
      begin()
      const on = () => {
        wake.hasRadio = true
      }
      return yield* program.pipe(
        Effect.provideService(Socket, {
          connect: (endpoint) =>
            Effect.suspend(() => {
              traffic()
              pending.talk.packets += framesOfConnection
              if (endpoint.tls !== undefined) pending.talk.handshakes++
              return Effect.map(Effect.tap(socket.connect(endpoint), () => Effect.sync(traffic)), overheard)
            })
        }),
        Effect.provideService(Storage, {
          read: storage.read,
          write: (name, value) => {
            const written = storage.write(name, value)
            if (Result.isSuccess(written)) served.writes++
            return written
          }
        }),
        Effect.provideService(Sensor, {
          read: (config) => Effect.tap(sensor.read(config), () => Effect.sync(() => wake.sensings++)),
          volts: (battery) =>
            charge === undefined ? sensor.volts(battery)
              : Effect.sync(() => voltsOf(battery, charge(read(now()), now())))
        }),
        Effect.provideService(Wifi, {
          start: (networks) => {
            on()
            start()
            wifi.start(networks)
          },
          joined: Effect.tap(wifi.joined, () => Effect.sync(() => (on(), join()))),
          stop: () => {
            stop()
            wifi.stop()
          }
        }),
        // Deep sleep ends the program by an interrupt.
        Effect.ensuring(Effect.sync(end))
      )
    })

  const read = (at: number): Usage.Usage => {
    settle()
    // A try in progress counts as served until it has failed.
    const snapshot = {
      served: Usage.plus(served, Usage.plus(pending.join, pending.talk)),
      failed: Usage.plus(failed, Usage.none())
    }
    if (asleepSince !== undefined) snapshot.served.asleep += at - asleepSince
    return snapshot
  }
  return { attach, hear, read, unanswered: () => unanswered }
}
