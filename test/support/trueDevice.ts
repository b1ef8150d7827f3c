/**
 * A device with figures of its own, simulated: its interpreter, its network and its battery are not those of the energy
 * model. It lives in the simulated world, and takes its time there; what it publishes goes through the collector into a
 * SQLite file.
 *
 * Times vary from wake to wake, some joins take seconds longer, the network is slower than the simulated one, and the
 * battery's percentages are noisy and follow the temperature of the day.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Driven from "../../src/adapters/simulation/driven.ts"
import type { World } from "../../src/adapters/simulation/world/World.ts"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import { percentADay } from "../../src/domain/compare/ChargeCorrection.ts"
import * as WakeTimes from "../../src/domain/compare/WakeTimes.ts"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import { exactly, type Figures, type Name, values } from "../../src/domain/energy/Figures.ts"
import * as Setup from "../../src/domain/energy/Setup.ts"
import type { TopicName } from "../../src/domain/packet/Topic.ts"
import { Socket } from "../../src/ports/Socket.ts"
import { Storage } from "../../src/ports/Storage.ts"
import { Wifi } from "../../src/ports/Wifi.ts"
import * as Judge from "../../src/programs/collect/Judge.ts"
import type { Entry } from "../../src/programs/collect/sinks/Entry.ts"
import * as Sqlite from "../../src/programs/collect/sinks/Sqlite.ts"
import type { DevicePorts } from "../../src/programs/device/device.ts"
import { predict } from "../../src/programs/compare/predict.ts"
import * as Simulation from "../../src/programs/simulate/life/Simulation.ts"
import * as Story from "../../src/programs/simulate/life/Story.ts"
import { chance } from "../../src/domain/compare/Statistics.ts"

export interface Truth {
  readonly device: string
  /** Figures that are not the model's. */
  readonly figures: Readonly<Partial<Record<Name, number>>>
  readonly days: number
  /** Percent of the battery at the beginning; undefined: it reports none. */
  readonly percent: number | undefined
}

/** 2026-11-01. */
export const begun = 1_793_491_200_000

export const interval = 900

export const fileOf = (device: string): object => ({
  device_id: device,
  update_interval: interval,
  network: { ssid: "home", password: "secret" },
  sensors: { dht22: { id: device, pin: 4 } },
  mqtt: {
    enabled: true,
    broker: "h",
    client_id: "{device_id}",
    topic_data_prefix: "garden/{device_id}",
    topic_config: "garden/{device_id}/config",
    publish_status: true
  }
})

export const configOf = (device: string) => Result.getOrThrow(DeviceConfig.check(fileOf(device))).config

/** What the model assumes, with the device's own figures. */
export const setupOf = ({ figures }: Pick<Truth, "figures">): Setup.Setup =>
  Setup.make({
    ...Setup.usual,
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [name, exactly(value, "true")])
    ) as Partial<
      Figures
    >
  }, ["dht22"])

export const network = { joinMillis: 800, latencyMillis: 25 }

/** What such a device takes on ordinary days. */
export const ordinary = (truth: Pick<Truth, "figures">) =>
  Effect.map(predict(Driven.onBoard, network, configOf("x"), Setup.usual, false), (predicted) => ({
    ...predicted,
    setup: setupOf(truth)
  }))

/** Percent of a full battery in a day. */
export const trueRate = (truth: Pick<Truth, "figures">) =>
  Effect.map(ordinary(truth), ({ setup, stretch }) => percentADay(stretch, setup)(values(setup.figures)))

/** The same program, which takes the time that it takes on its board. */
const onBoard = (truth: Truth, next: () => number) => {
  const v = values(setupOf(truth).figures)
  const joinNames = WakeTimes.joinFigures(Setup.usual.joining, { hasTls: false })
  const vary = (value: number, by: number) => value * (1 + by * (2 * next() - 1))
  const joinMillis = () =>
    joinNames.reduce((sum, name) => sum + vary(v[name], 0.25), 0) + (next() < 0.04 ? 2_000 + 4_000 * next() : 0)
  return <R>(world: World, program: Effect.Effect<never, never, R | DevicePorts>) =>
    Effect.gen(function*() {
      const [socket, storage, wifi] = [yield* Socket, yield* Storage, yield* Wifi]
      const clock = yield* Clock.Clock
      const recalling = vary(WakeTimes.beforeRadio(v, { hasBattery: false }), 0.1)
      // It works before it turns the radio on, and nothing there can wait: so its clock goes ahead, and the world follows
      // while the network is joined.
      let [hasRecalled, ahead] = [false, 0]
      const work = 1_000 *
        WakeTimes.onlineWork(v, { online: 0, trips: 0, messages: 1, hasTls: false, hasBattery: false }) /
        v.interpreterSpeed
      return yield* program.pipe(
        Effect.provideService(Storage, {
          ...storage,
          read: (name) => {
            if (!hasRecalled) {
              hasRecalled = true
              world.clockOffsetMillis += recalling
              ahead = recalling
            }
            return storage.read(name)
          }
        }),
        Effect.provideService(Wifi, {
          ...wifi,
          start: (networks) => {
            world.joinMillis = joinMillis()
            wifi.start(networks)
          },
          joined: Effect.tap(wifi.joined, () =>
            Effect.suspend(() => {
              const behind = ahead
              ahead = 0
              return behind === 0 ? Effect.void :
                Effect.andThen(clock.sleep(Duration.millis(behind)), Effect.sync(() => {
                  world.clockOffsetMillis -= behind
                }))
            }))
        }),
        Effect.provideService(Socket, {
          connect: (endpoint) => Effect.andThen(clock.sleep(Duration.millis(vary(work, 0.1))), socket.connect(endpoint))
        })
      )
    })
}

/** The status with what the battery shows at that moment. */
const withBattery = (payload: string, percent: number | undefined): string =>
  percent === undefined ? payload
    : JSON.stringify({
      ...JSON.parse(payload) as object,
      battery: Math.round(Math.max(0, Math.min(100, percent))),
      battery_volts: Math.round(300 + 1.2 * percent) / 100,
      battery_low: percent < 10
    })

/** Everything that the device publishes, as the collector's entries. */
const entriesOf = (truth: Truth) =>
  Effect.gen(function*() {
    const next = chance()
    for (let i = 0; i < truth.device.length; i++) for (let j = 0; j < truth.device.charCodeAt(i); j++) next()
    const rate = yield* trueRate(truth)
    const judge = Judge.make(["#"], begun, [])
    const entries: Array<Entry> = []
    const paced = onBoard(truth, next)
    const adapters: Simulation.Adapters<World> = {
      ...Driven.onBoard,
      wakes: (world, program) => {
        world.latencyMillis = 45
        return Driven.onBoard.wakes(world, paced(world, program))
      }
    }
    const onEntry: Simulation.Options["onEntry"] = (entry) => {
      if (entry._tag !== "Message" || entry.toDevice) return
      const days = entry.at / 86_400_000
      const percent = truth.percent === undefined ? undefined
        : truth.percent - rate * days + Math.sin(2 * Math.PI * days) + 2 * (next() - 0.5)
      const isStatus = entry.topic.endsWith("/status")
      const payload = isStatus ? withBattery(entry.payload, percent) : entry.payload
      const message = {
        topic: entry.topic as TopicName,
        payload: Bytes.fromText(payload),
        qos: 1,
        dup: entry.dup,
        retain: false
      } as const
      const found = Judge.judge(judge, message, begun + Math.round(entry.at))
      if (found !== undefined) entries.push(found)
    }
    const options = { config: configOf(truth.device), days: truth.days, seed: truth.device, story: Story.stories.flaky }
    yield* Simulation.live(adapters, { ...options, onEntry })
    return entries
  })

/** Puts what these devices publish into the file. */
export const collect = (file: string, truths: ReadonlyArray<Truth>) =>
  Effect.scoped(Effect.gen(function*() {
    const sink = yield* Sqlite.open(file, "c")
    for (const truth of truths) yield* sink.commit(yield* entriesOf(truth))
  }))
