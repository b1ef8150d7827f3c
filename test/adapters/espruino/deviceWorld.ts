/**
 * A world for the device program in which both runtimes can run: ports made from the given modules, a Server, and a
 * clock from the caller. Everything that the program does to its world is noted.
 */
import type { DeviceConfig } from "../../../src/domain/config/DeviceConfig.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import type { Connection, SocketErrorReason } from "../../../src/ports/Socket.ts"
import type * as Modules from "./deviceModules.ts"

export interface Scenario {
  readonly config: DeviceConfig
  readonly wakes: number
  /** What goes wrong, by the number of the wake, from 1. */
  readonly server?: (wake: number, now: number) => "up" | "refusing" | "silent" | "babbling" | "dropping"
  readonly wifi?: (wake: number) => boolean
  readonly sensor?: (wake: number) => "well" | "broken" | "hanging" | "absurd"
  readonly isStorageBroken?: (wake: number) => boolean
  readonly before?: (wake: number, server: Server.Server) => void
}

export interface Host {
  readonly now: () => number
  readonly after: (millis: number, f: () => void) => void
  readonly fork: (effect: Modules.Effect.Effect<unknown, unknown>) => void
  readonly done: () => void
}

export type Note = readonly [millis: number, what: string, value: unknown]

type Lib =
  & Pick<
    typeof Modules,
    | "device"
    | "Events"
    | "Journal"
    | "JournalMemory"
    | "Result"
    | "Sensor"
    | "SensorError"
    | "Sleep"
    | "Socket"
    | "SocketError"
    | "Storage"
    | "StorageError"
    | "Wifi"
    | "WifiError"
  >
  & {
    readonly Effect: Pick<
      typeof Modules.Effect,
      "callback" | "fail" | "flatMap" | "never" | "provideService" | "sleep" | "succeed" | "suspend" | "sync" | "void"
    >
  }

const latencyMillis = 25

const makeConnection = (
  lib: Lib,
  host: Host,
  note: (what: string, value?: unknown) => void,
  server: Server.Server,
  is: () => string
): Connection => {
  const { Effect } = lib
  let inbox: Array<Bytes.Bytes> = []
  let isClosed = false
  let waiter = () => {}
  const failure = (reason: SocketErrorReason) =>
    Effect.fail(new lib.SocketError({ reason, message: "broker:1883 " + reason }))
  const arrive = (bytes: Bytes.Bytes) =>
    host.after(latencyMillis, () => {
      inbox.push(bytes)
      waiter()
    })
  const close = () =>
    host.after(latencyMillis, () => {
      isClosed = true
      waiter()
    })
  const link = Server.accept(arrive, close)
  return {
    write: (bytes) =>
      Effect.suspend(() => {
        note("write", Bytes.toBinary(bytes))
        if (isClosed) return failure("Closed")
        const how = is()
        if (how === "babbling") arrive(Bytes.fromBinary("HTTP/1.1 400 Bad Request"))
        else if (how === "dropping") close()
        else if (how !== "silent") host.after(latencyMillis, () => Server.receive(server, link, bytes, host.now()))
        return Effect.void
      }),
    pull: Effect.callback((resume) => {
      waiter = () => {
        const chunk = inbox[0]
        if (chunk === undefined && !isClosed) return
        // Before resuming, which may well pull again.
        waiter = () => {}
        inbox = inbox.slice(1)
        resume(chunk === undefined ? failure("Closed") : Effect.succeed(chunk))
      }
      waiter()
      return Effect.sync(() => {
        note("pull interrupted")
        waiter = () => {}
      })
    }),
    close: Effect.sync(() => {
      note("close")
      isClosed = true
      Server.closed(server, link, host.now())
    })
  }
}

const provided = (lib: Lib, host: Host, scenario: Scenario, note: (what: string, value?: unknown) => void, state: {
  readonly server: Server.Server
  readonly storage: Map<string, Bytes.Bytes>
  readonly journal: Modules.JournalMemory.JournalMemory
  readonly wake: number
  readonly next: (millis: number) => void
}) => {
  const { Effect, Result } = lib
  const { wake } = state
  const how = () => scenario.server?.(wake, host.now()) ?? "up"
  const broken = scenario.isStorageBroken?.(wake) === true
  const storageError = (operation: "read" | "write", name: string) =>
    Result.fail(new lib.StorageError({ operation, name, message: name + " is broken" }))
  let program: Modules.Effect.Effect<unknown, unknown, unknown> = lib.device(scenario.config)
  program = Effect.provideService(program, lib.Events, {
    emit: (event) => {
      const { reason } = event as { readonly reason?: string }
      // Only effect has a stack to print.
      note("event", reason === undefined ? event : { ...event, reason: reason.split("\n")[0] })
    }
  })
  program = Effect.provideService(program, lib.Storage, {
    read: (name) => broken ? storageError("read", name) : Result.succeed(state.storage.get(name)),
    write: (name, value) => {
      note("store " + name, Bytes.toBinary(value))
      if (broken) return storageError("write", name)
      state.storage.set(name, value)
      return Result.succeed(undefined)
    }
  })
  program = Effect.provideService(program, lib.Journal, lib.JournalMemory.journal(state.journal))
  program = Effect.provideService(program, lib.Sensor, {
    read: (sensor) => {
      const is = scenario.sensor?.(wake) ?? "well"
      if (is === "broken") return Effect.fail(new lib.SensorError({ sensor: sensor.id, message: "no answer" }))
      if (is === "hanging") return Effect.never
      return Effect.flatMap(Effect.sleep(20), () => {
        if (is === "absurd") throw new TypeError("not a number")
        return Effect.succeed({ temperature: 20 + wake / 2, humidity: 50 })
      })
    },
    volts: () => Effect.succeed(4)
  })
  program = Effect.provideService(program, lib.Wifi, {
    start: () => note("wifi start"),
    joined: Effect.suspend(() =>
      scenario.wifi?.(wake) === false
        ? Effect.fail(new lib.WifiError({ message: "home is not there" }))
        : Effect.sleep(800)
    ),
    stop: () => note("wifi stop")
  })
  program = Effect.provideService(program, lib.Socket, {
    connect: (to) =>
      Effect.flatMap(Effect.sleep(50), () => {
        note("connect", to)
        return how() === "refusing"
          ? Effect.fail(new lib.SocketError({ reason: "Refused", message: to.host + " refused" }))
          : Effect.succeed(makeConnection(lib, host, note, state.server, how))
      })
  })
  program = Effect.provideService(program, lib.Sleep, {
    wokenBy: () => "timer",
    deepSleep: (millis) =>
      Effect.callback(() => {
        note("deep sleep", millis)
        state.next(millis)
      })
  })
  return program as Modules.Effect.Effect<unknown, unknown>
}

/** Lives the scenario, wake after wake; `host.done` is called at its end. */
export const live = (lib: Lib, host: Host, scenario: Scenario, notes: Array<Note>): void => {
  const server = Server.make()
  const storage = new Map<string, Bytes.Bytes>()
  const journal = lib.JournalMemory.make()
  const note = (what: string, value?: unknown) => void notes.push([host.now(), what, value])
  const wakeUp = (wake: number) => {
    if (wake > scenario.wakes) return host.done()
    scenario.before?.(wake, server)
    const next = (millis: number) => host.after(millis, () => wakeUp(wake + 1))
    host.fork(provided(lib, host, scenario, note, { server, storage, journal, wake, next }))
  }
  wakeUp(1)
}
