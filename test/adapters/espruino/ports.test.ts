import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as BoardStorage from "../../../src/adapters/simulation/world/BoardStorage.ts"
import * as Values from "../../../src/adapters/simulation/world/BoardValues.ts"
import { provide, watch } from "../../../src/adapters/espruino/layer.ts"
import { longestMillis } from "../../../src/adapters/espruino/prologue.ts"
import { sensor } from "../../../src/adapters/espruino/Sensor.ts"
import { sleep } from "../../../src/adapters/espruino/Sleep.ts"
import { storage } from "../../../src/adapters/espruino/Storage.ts"
import { timeSource } from "../../../src/adapters/espruino/TimeSource.ts"
import { wifi } from "../../../src/adapters/espruino/Wifi.ts"
import type { DeviceConfig, SensorConfig } from "../../../src/domain/config/DeviceConfig.ts"
import { Sensor } from "../../../src/ports/Sensor.ts"
import { Socket } from "../../../src/ports/Socket.ts"
import { TimeSource } from "../../../src/ports/TimeSource.ts"
import { Wifi } from "../../../src/ports/Wifi.ts"
import { sensorSuite } from "../../ports/SensorSuite.ts"
import { connect, socketSuite } from "../../ports/SocketSuite.ts"
import { append, end, read } from "../../../src/adapters/espruino/Journal.ts"
import { openSheet, readSheet } from "../../../src/adapters/espruino/sheets.ts"
import { journalSuite } from "../../ports/JournalSuite.ts"
import { storageSuite } from "../../ports/StorageSuite.ts"
import { type Behaviour, timeSourceSuite } from "../../ports/TimeSourceSuite.ts"
import { wifiSuite } from "../../ports/WifiSuite.ts"
import * as board from "../../support/board.ts"
import * as Peer from "../../support/peer.ts"
import * as TimeServer from "../../support/timeServer.ts"
import * as TcpServer from "../../support/tcpServer.ts"

const known = (port: number) => Effect.sync(() => void board.listening.add(port))

const run = <A, E>(effect: Effect.Effect<A, E, Socket | Scope.Scope>): Promise<A> => {
  board.install({})
  return Effect.runPromise(provide(Effect.scoped(effect)))
}

const listen = Effect.tap(Peer.listen(), ({ endpoint }) => known(endpoint.port))

socketSuite("a board", {
  run,
  listen,
  nobody: Effect.map(TcpServer.freePort, (port) => ({ host: "127.0.0.1", port })),
  // TCP connects within the call; only a handshake can be interrupted.
  silent: Effect.map(listen, (listener) => {
    const peer = Effect.runSync(Effect.cached(listener.accept))
    return {
      endpoint: { ...listener.endpoint, tls: {} },
      tried: Effect.asVoid(peer),
      abandoned: Effect.flatMap(peer, (each) => Effect.asVoid(each.ended))
    }
  })
})

describe("the socket of a board", () => {
  it("fails with NotFound for a name that does not resolve", async () => {
    const error = await run(Effect.flip(connect({ host: "unknown.invalid", port: 1883 })))
    expect(error).toMatchObject({ reason: "NotFound", message: "unknown.invalid:1883 Unable to locate host" })
  })
})

storageSuite("a board", {
  run: (effect) => Effect.runPromise(Effect.scoped(effect)),
  place: Effect.sync(() => {
    const flash = board.emptyFlash()
    return Effect.sync(() => {
      board.install({ flash })
      return storage
    })
  })
})

journalSuite("a board", {
  run: (effect) => Effect.runPromise(Effect.scoped(effect)),
  place: Effect.sync(() => {
    const flash = board.emptyFlash()
    return Effect.sync(() => {
      board.install({ flash })
      return { append, end, read, sheets: { open: openSheet, read: readSheet } }
    })
  })
})

describe("the storage of a board", () => {
  const read = () => Result.getOrThrow(storage.read("state"))
  /** Writes until the power goes, which is after so many steps of the flash. False: it went. */
  const write = (flash: board.Flash, value: Uint8Array, steps: number): boolean => {
    flash.left = steps
    try {
      return Result.isSuccess(storage.write("state", value))
    } finally {
      flash.left = Infinity
    }
  }

  it("gives the whole old value or the whole new one, whenever the power goes, and again and again", () => {
    const turns = fc.array(
      fc.record({
        value: fc.uint8Array({ maxLength: 5 }),
        steps: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(Infinity))
      }),
      { maxLength: 12 }
    )
    let cuts = 0
    fc.assert(fc.property(turns, (each) => {
      const flash = board.emptyFlash()
      board.install({ flash })
      let last: Uint8Array | undefined
      for (const { steps, value } of each) {
        const isWritten = write(flash, value, steps)
        if (!isWritten) cuts++
        const found = read()
        expect(isWritten ? [value] : [last, value]).toContainEqual(found)
        last = found
        // Nothing is left that Storage would compact one day.
        expect(BoardStorage.files(flash).filter((file) => file.name === "")).toEqual([])
      }
    }), { numRuns: 500 })
    expect(cuts).toBeGreaterThan(100)
  })

  it("keeps the old value, also when the flash did not answer where it lies before the write that is cut short", () => {
    const flash = board.emptyFlash()
    for (const kept of [Uint8Array.of(1), Uint8Array.of(2)]) {
      board.install({ flash })
      expect(write(flash, kept, Infinity)).toBe(true)
      const files = (globalThis as unknown as { require: (name: string) => { read: unknown } }).require("Storage")
      const answering = files.read
      files.read = () => {
        throw new Error("no answer")
      }
      expect(Result.getOrThrow(Result.flip(storage.read("state")))).toMatchObject({
        operation: "read",
        message: "state: no answer"
      })
      files.read = answering
      expect(write(flash, Uint8Array.of(9), 1)).toBe(false)
      expect(read()).toEqual(kept)
    }
  })

  it("says what the platform said when there is no room", () => {
    board.install({})
    Object.assign((globalThis as unknown as { require: (name: string) => object }).require("Storage"), {
      write: () => {
        throw new Error("Unable to find or create file")
      }
    })
    const error = Result.getOrThrow(Result.flip(storage.write("state", new Uint8Array(1))))
    expect(error).toMatchObject({ operation: "write", name: "state", message: "state: Unable to find or create file" })
  })
})

describe("deep sleep on a board", () => {
  const ask = (millis: number, flash = board.emptyFlash()) => {
    const asked: Array<number> = []
    board.install({ flash, deepSleep: (micros) => void asked.push(micros) })
    Effect.runFork(sleep.deepSleep(millis))
    return { asked, stored: Buffer.from(Values.read(flash, ".sleep") ?? []).toString() }
  }

  it("is asked for in microseconds", () => {
    expect(ask(1_500)).toEqual({ asked: [1_500_000], stored: "" })
    expect(ask(0).asked).toEqual([0])
    expect(ask(longestMillis)).toEqual({ asked: [2_147_483_000], stored: "" })
  })

  it("is begun with the longest piece when it is longer than a C int of them, and its length is stored", () => {
    const before = Date.now()
    const { asked, stored } = ask(21_600_000)
    expect(asked).toEqual([2_147_483_000])
    const [start, length] = stored.split(",").map(Number)
    expect(start).toBeGreaterThanOrEqual(before)
    expect(start).toBeLessThanOrEqual(Date.now())
    expect(length).toBe(21_600_000)
  })

  it("comes also when the flash has no room for a long one's length", () => {
    const flash = board.emptyFlash()
    flash.left = 0
    expect(ask(21_600_000, flash).asked).toEqual([2_147_483_000])
  })
})

const network = (ssid: string, timeout = 1) => ({ ssid, password: "secret", timeout })

const radioWith = (reachable: ReadonlyArray<string>, deaf: ReadonlyArray<string> = []): board.Radio => ({
  reachable,
  deaf,
  tried: [],
  isOn: false
})

wifiSuite("a board", {
  run: (effect) => {
    board.install({ radio: radioWith(["fallback"]) })
    return Effect.runPromise(Effect.provideService(effect, Wifi, wifi))
  },
  networks: [network("first"), network("fallback")],
  outOfReach: [network("nowhere"), network("elsewhere")]
})

describe("the radio of a board", () => {
  afterEach(wifi.stop)

  const join = async (radio: board.Radio, networks: ReadonlyArray<ReturnType<typeof network>>) => {
    board.install({ radio })
    wifi.start(networks)
    return Effect.runPromise(
      Effect.match(wifi.joined, { onSuccess: () => "joined", onFailure: (error) => error.message })
    )
  }

  it("joins the first network, and asks for no other", async () => {
    const radio = radioWith(["first", "fallback"])
    expect(await join(radio, [network("first"), network("fallback")])).toBe("joined")
    expect(radio.tried).toEqual(["first"])
  })

  it("gives up a network that does not answer within its time-out, and takes the fallback", async () => {
    const radio = radioWith(["fallback"], ["first"])
    expect(await join(radio, [network("first", 0.02), network("fallback")])).toBe("joined")
    expect(radio.tried).toEqual(["first", "fallback"])
  })

  it("tries all of them again when it is asked after it failed", async () => {
    const radio = radioWith([])
    expect(await join(radio, [network("a"), network("b")])).toBe("no Wi-Fi: a, b")
    radio.reachable = ["b"]
    await Effect.runPromise(wifi.joined)
    expect(radio.tried).toEqual(["a", "b", "a", "b"])
  })

  it("fails at once without any network", async () => {
    expect(await join(radioWith([]), [])).toBe("no Wi-Fi: ")
  })

  it("does not listen to an answer that comes after it was stopped", async () => {
    const radio = radioWith(["first"])
    board.install({ radio })
    wifi.start([network("first")])
    wifi.stop()
    expect(radio.isOn).toBe(false)
    await Effect.runPromise(Effect.sleep(5))
    radio.reachable = []
    await expect(Effect.runPromise(wifi.joined)).rejects.toThrow("no Wi-Fi: first")
  })
})

const sensorOf = (type: string, pin = 4): SensorConfig => ({
  type,
  id: "air",
  name: "Air",
  pin,
  interval: 0,
  temperature: { name: "Temperature", unit: "C" },
  humidity: { name: "Humidity", unit: "%" }
})

const dht22 = (got: { readonly err?: boolean; readonly temp: number; readonly rh: number }) => ({
  connect: () => ({ read: (done: (measured: typeof got) => void) => void setTimeout(() => done(got), 1) })
})

sensorSuite("a board, simulated", {
  run: (effect) => Effect.runPromise(Effect.provideService(effect, Sensor, sensor)),
  sensor: sensorOf("simulated"),
  broken: sensorOf("thermopile")
})

sensorSuite("a board, DHT22", {
  run: (effect) => {
    board.install({ dht22: dht22({ temp: 21.5, rh: 48 }) })
    return Effect.runPromise(Effect.provideService(effect, Sensor, sensor))
  },
  sensor: sensorOf("dht22"),
  broken: sensorOf("bme280")
})

describe("the sensors of a board", () => {
  const read = (given: SensorConfig) =>
    Effect.runPromise(
      Effect.match(sensor.read(given), { onSuccess: (got) => got, onFailure: (error) => error.message })
    )

  it("have their values from Espruino's modules", async () => {
    const seen = board.install({
      dht22: dht22({ temp: 21.5, rh: 48.25 }),
      bme280: { connect: () => ({ getData: () => ({ temp: 20.25, humidity: 51 }) }) }
    })
    expect(await read(sensorOf("dht22"))).toEqual({ temperature: 21.5, humidity: 48.25 })
    expect(await read(sensorOf("bme280", 0))).toEqual({ temperature: 20.25, humidity: 51 })
    expect(await read(sensorOf("bme280", 8))).toEqual({ temperature: 20.25, humidity: 51 })
    expect(seen.buses).toEqual([{ sda: 21, scl: 22 }, { sda: 8, scl: 9 }])
  })

  it("say where to get a module that is missing", async () => {
    board.install({})
    expect(await read(sensorOf("dht22"))).toBe(
      `Module "DHT22" not found; put espruino.com/modules/ of that name into Storage`
    )
  })

  it("say what to check when a DHT22 does not answer", async () => {
    board.install({ dht22: dht22({ err: true, temp: -1, rh: -1 }) })
    expect(await read(sensorOf("dht22"))).toBe("no answer; check its wiring and pin")
  })
})

describe("a wake that does not end", () => {
  afterEach(() => void vi.useRealTimers())

  const watched = (config: Partial<DeviceConfig>) => {
    vi.useFakeTimers()
    const asked: Array<number> = []
    const { errorFlag, watchdog } = board.install({ deepSleep: (micros) => void asked.push(micros) })
    watch({ publishInterval: 600, ...config } as DeviceConfig)
    return { asked, errorFlag, watchdog }
  }

  it("ends in sleep long after the time it may take, and else in a reset that resting does not put off", () => {
    const { asked, watchdog } = watched({ awakeTimeout: 60, deepSleep: true })
    expect(watchdog).toEqual([[190, false]])
    vi.advanceTimersByTime(179_999)
    expect(asked).toEqual([])
    vi.advanceTimersByTime(1)
    expect(asked).toEqual([600_000_000])
  })

  it("ends in sleep at once when the program has died of memory, and not when memory is short", () => {
    const { asked, errorFlag } = watched({ awakeTimeout: 60, deepSleep: true })
    for (const tell of errorFlag) tell(["LOW_MEMORY"])
    expect(asked).toEqual([])
    for (const tell of errorFlag) tell(["LOW_MEMORY", "MEMORY"])
    expect(asked).toEqual([600_000_000])
  })

  it("is none on a device that is always on, which has to come to rest from time to time", () => {
    const { asked, watchdog } = watched({ awakeTimeout: 60, deepSleep: false })
    expect(watchdog).toEqual([[190, true]])
    vi.advanceTimersByTime(86_400_000)
    expect(asked).toEqual([])
  })
})

describe("a driver that dies where nothing can catch it", () => {
  afterEach(() => void vi.useRealTimers())

  it("is given up at its deadline, and reported", async () => {
    vi.useFakeTimers()
    board.install({ dht22: { connect: () => ({ read: () => {} }) } })
    const measured = Effect.runPromise(
      Effect.match(sensor.read(sensorOf("dht22")), { onSuccess: () => "measured", onFailure: ({ message }) => message })
    )
    await vi.advanceTimersByTimeAsync(4_999)
    await vi.advanceTimersByTimeAsync(2)
    expect(await measured).toBe("it did not answer within 5 s; check its wiring")
  })
})

describe("the clock of a board", () => {
  /** This machine's, as far as `setTime` has moved it. */
  const withClock = <A, E>(effect: Effect.Effect<A, E, TimeSource | Scope.Scope>): Promise<A> => {
    const now = Date.now.bind(Date)
    let moved = 0
    const spy = vi.spyOn(Date, "now").mockImplementation(() => now() + moved)
    board.install({
      setTime: (seconds) => {
        moved = seconds * 1000 - now()
      }
    })
    const timed = Effect.provideService(Effect.scoped(effect), TimeSource, timeSource)
    return Effect.runPromise(Effect.ensuring(timed, Effect.sync(() => spy.mockRestore())))
  }

  const spoiled = {
    tells: (answer: Buffer) => answer,
    refuses: (answer: Buffer) => answer.fill(0, 1, 2),
    silent: () => undefined
  }

  timeSourceSuite("a board", {
    run: withClock,
    serve: (behaviour: Behaviour) =>
      Effect.map(TimeServer.make, (server) => {
        server.spoil = spoiled[behaviour]
        server.aheadMillis = 3_600_000
        return { server, aheadMillis: server.aheadMillis }
      })
  })
})
