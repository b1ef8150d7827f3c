/** What a simulated world does beyond the ports: how it fails, and what it measures. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { layer, wakes } from "../../../src/adapters/simulation/layer.ts"
import * as VirtualTime from "../../../src/adapters/simulation/world/VirtualTime.ts"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Sensor } from "../../../src/ports/Sensor.ts"
import { Events } from "../../../src/ports/Events.ts"
import { Sleep } from "../../../src/ports/Sleep.ts"
import { Socket } from "../../../src/ports/Socket.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Wifi } from "../../../src/ports/Wifi.ts"

type Ports = Socket | Storage | Sensor | Wifi

const inWorld = <A, E>(story: (world: World.World) => Effect.Effect<A, E, Ports>): Promise<A> =>
  Effect.runPromise(
    VirtualTime.run(Effect.flatMap(World.make, (world) => story(world).pipe(Effect.provide(layer(world)))))
  )

const endpoint = { host: "server.example", port: 1883 }
const connect = Effect.flatMap(Socket, (socket) => socket.connect(endpoint))

/** The time that something takes, in milliseconds, with what it gave. */
const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const before = yield* Clock.currentTimeMillis
    const result = yield* effect
    return [(yield* Clock.currentTimeMillis) - before, result] as const
  })

/** CONNECT of a client "d" with Keep Alive 60, and PINGREQ. */
const hello = Uint8Array.of(0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 1, 100)
const ping = Uint8Array.of(0xc0, 0)

describe("the simulated network", () => {
  it("takes its latency each way, in which a connection costs one round trip", () =>
    inWorld((world) =>
      Effect.gen(function*() {
        world.latencyMillis = 40
        const [connecting, connection] = yield* timed(connect)
        yield* connection.write(hello)
        const [waiting, answer] = yield* timed(connection.pull)
        expect([connecting, waiting, answer]).toEqual([80, 80, Uint8Array.of(0x20, 2, 0, 0)])
      })
    ))

  it("brings an answer whatever fraction of a millisecond is left until it arrives", async () => {
    const asked = Effect.gen(function*() {
      const world = yield* World.make
      yield* Effect.gen(function*() {
        // What a clock of 25 days has left of digits leaves remainders below the nanosecond in which Effect counts a
        // sleep.
        for (let i = 0; i < 500; i++) {
          yield* Effect.sleep("1 nanos")
          yield* Effect.sleep(0.377)
          world.latencyMillis = 25 + i * 0.000_123
          const connection = yield* connect
          yield* connection.write(hello)
          expect((yield* connection.pull).length).toBe(4)
          yield* connection.close
        }
      }).pipe(Effect.provide(layer(world)))
    })
    await Effect.runPromise(VirtualTime.run(asked, 2_153_820_000))
  })

  it("brings the Server what one fiber writes while another waits for the answer", () =>
    inWorld(() =>
      Effect.gen(function*() {
        const connection = yield* connect
        const puller = yield* Effect.forkChild(connection.pull)
        yield* Effect.sleep(1_000)
        yield* connection.write(hello)
        expect((yield* Fiber.join(puller)).length).toBe(4)
      })
    ))

  it("takes a copy of what is written", () =>
    inWorld(() =>
      Effect.gen(function*() {
        const connection = yield* connect
        const bytes = Uint8Array.from(hello)
        yield* connection.write(bytes)
        bytes.fill(0xff)
        expect(yield* connection.pull).toEqual(Uint8Array.of(0x20, 2, 0, 0))
      })
    ))

  const broken: ReadonlyArray<readonly [string, (world: World.World) => void]> = [
    ["the Server goes down", (world) => World.setServer(world, "refusing")],
    ["the Server cannot be reached any more", (world) => World.setServer(world, "unreachable")],
    ["the Wi-Fi goes", (world) => World.setWifi(world, false)],
    ["the Wi-Fi of a silent Server goes", (world) => {
      World.setServer(world, "silent")
      World.setWifi(world, false)
    }]
  ]
  it.each(broken)("breaks open connections when %s", (_, breakIt) =>
    inWorld((world) =>
      Effect.gen(function*() {
        const connection = yield* connect
        const puller = yield* Effect.forkChild(Effect.flip(connection.pull))
        yield* Effect.sleep(10)
        breakIt(world)
        expect(yield* Fiber.join(puller)).toMatchObject({ reason: "Closed" })
        expect(yield* Effect.flip(connection.write(ping))).toMatchObject({ reason: "Closed" })
        yield* connection.close
        expect(world.links.size).toBe(0)
      })
    ))

  it("gives the answer that is true when it arrives, should the Server go down meanwhile", () =>
    inWorld((world) =>
      Effect.gen(function*() {
        const attempt = yield* Effect.forkChild(Effect.flip(connect))
        yield* Effect.sleep(world.latencyMillis)
        World.setServer(world, "refusing")
        expect(yield* Fiber.join(attempt)).toMatchObject({ reason: "Refused" })
        expect(world.links.size).toBe(0)
      })
    ))

  it("lets nothing through from a silent Server, and all of it once it speaks again", () =>
    inWorld((world) =>
      Effect.gen(function*() {
        const connection = yield* connect
        yield* connection.write(hello)
        World.setServer(world, "silent")
        expect(yield* Effect.timeoutOption(connection.pull, 60_000)).toMatchObject({ _tag: "None" })
        World.setServer(world, "up")
        expect(yield* connection.pull).toEqual(Uint8Array.of(0x20, 2, 0, 0))
      })
    ))

  it("counts every try, whether it failed or not", () =>
    inWorld((world) =>
      Effect.gen(function*() {
        yield* connect
        World.setServer(world, "refusing")
        yield* Effect.flip(connect)
        World.setServer(world, "silent")
        yield* Effect.timeoutOption(connect, 1_000)
        expect(world.tries).toBe(3)
      })
    ))
})

describe("the simulated Wi-Fi", () => {
  const networks = [{ ssid: "barn", password: "", timeout: 10 }, { ssid: "house", password: "", timeout: 5 }]

  it("joins while the caller does other work, in the time of the world", () =>
    inWorld((world) =>
      Effect.gen(function*() {
        const wifi = yield* Wifi
        const [starting] = yield* timed(Effect.sync(() => wifi.start(networks)))
        yield* Effect.sleep(300)
        const [joining] = yield* timed(wifi.joined)
        const [again] = yield* timed(wifi.joined)
        expect([starting, joining, again]).toEqual([0, world.joinMillis - 300, 0])
      })
    ))

  it("fails with the networks' names after their time-outs when there is none", () =>
    inWorld((world) =>
      Effect.gen(function*() {
        World.setWifi(world, false)
        const wifi = yield* Wifi
        wifi.start(networks)
        const [waited, error] = yield* timed(Effect.flip(wifi.joined))
        expect(waited).toBe(15_000)
        expect(error).toMatchObject({ _tag: "WifiError", message: "no Wi-Fi: could not join barn, house" })
      })
    ))

  it("counts how long the radio was on", () =>
    inWorld((world) =>
      Effect.gen(function*() {
        const wifi = yield* Wifi
        yield* Effect.sleep(1_000)
        wifi.start(networks)
        yield* wifi.joined
        yield* Effect.sleep(200)
        wifi.stop()
        wifi.stop()
        yield* Effect.sleep(1_000)
        expect([world.radioMillis, world.radioOnSince]).toEqual([world.joinMillis + 200, undefined])
      })
    ))
})

describe("a simulated life", () => {
  /** The first three wakes of a program; the fourth never begins. */
  const life = (program: (wake: number, world: World.World) => Effect.Effect<number, never, Ports>) =>
    Effect.runPromise(VirtualTime.run(Effect.gen(function*() {
      const world = yield* World.make
      let wake = 0
      const done: Array<number> = []
      const device = Effect.gen(function*() {
        if (++wake > 3) return yield* Effect.never
        done.push(yield* Clock.currentTimeMillis)
        const sleep = yield* Sleep
        return yield* sleep.deepSleep(yield* program(wake, world))
      })
      yield* Effect.raceFirst(Effect.provideService(wakes(world, device), Events, { emit: () => {} }),
        Effect.sleep(1_000_000))
      return { world, starts: done }
    })))

  it("keeps Storage over deep sleep and gives the time to the millisecond", async () => {
    const seen: Array<number> = []
    const { starts, world } = await life((wake) =>
      Effect.gen(function*() {
        const storage = yield* Storage
        seen.push(Bytes.length((yield* Effect.fromResult(storage.read("state"))) ?? Bytes.empty))
        yield* Effect.fromResult(storage.write("state", new Uint8Array(wake)))
        yield* Effect.sleep(7)
        return wake * 1_000
      }).pipe(Effect.orDie)
    )
    expect([seen, starts, world.writes]).toEqual([[0, 1, 2], [0, 1_007, 3_014], 3])
  })

  it("turns the radio off with deep sleep, whatever the program forgot", async () => {
    const { world } = await life(() =>
      Effect.gen(function*() {
        const wifi = yield* Wifi
        wifi.start([])
        yield* Effect.sleep(100)
        return 10_000
      })
    )
    expect(world.radioMillis).toBe(300)
  })

  it("shows the device a clock that is off, while sleep takes its real time", async () => {
    const { starts } = await life((wake, world) =>
      Effect.sync(() => {
        world.clockOffsetMillis = wake === 1 ? 5_000_000 : -1_000
        return 2_000
      })
    )
    expect(starts).toEqual([0, 5_002_000, 3_000])
  })
})
