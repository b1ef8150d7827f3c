/**
 * Deliberate bugs, each put between the device program and its ports or into its configuration, so that they outlive
 * any change inside the program. Each is what a promise forbids.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Message from "../../../src/programs/chaos/life/Message.ts"
import * as BoardFlash from "../../../src/adapters/simulation/world/BoardFlash.ts"
import * as BoardStorage from "../../../src/adapters/simulation/world/BoardStorage.ts"
import type { Kind } from "../../../src/adapters/simulation/faults/Faults.ts"
import type { World } from "../../../src/adapters/simulation/world/World.ts"
import type { DeviceConfig } from "../../../src/domain/config/DeviceConfig.ts"
import type { Commands } from "../../../src/domain/state/Commands.ts"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import { Events } from "../../../src/ports/Events.ts"
import { Sensor } from "../../../src/ports/Sensor.ts"
import { Sleep } from "../../../src/ports/Sleep.ts"
import { type Connection, Socket } from "../../../src/ports/Socket.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { TimeSource } from "../../../src/ports/TimeSource.ts"
import { Wifi } from "../../../src/ports/Wifi.ts"
import { device, type DevicePorts } from "../../../src/programs/device/device.ts"

type Program = Effect.Effect<never, never, DevicePorts>

const wrapped = {
  storage: (wrap: (inner: Storage["Service"]) => Storage["Service"]) => (program: Program): Program =>
    Effect.flatMap(Storage, (inner) => Effect.provideService(program, Storage, wrap(inner))),
  wifi: (wrap: (inner: Wifi["Service"]) => Wifi["Service"]) => (program: Program): Program =>
    Effect.flatMap(Wifi, (inner) => Effect.provideService(program, Wifi, wrap(inner))),
  sensor: (wrap: (inner: Sensor["Service"]) => Sensor["Service"]) => (program: Program): Program =>
    Effect.flatMap(Sensor, (inner) => Effect.provideService(program, Sensor, wrap(inner))),
  connection: (wrap: (inner: Connection) => Connection) => (program: Program): Program =>
    Effect.flatMap(Socket, (inner) =>
      Effect.provideService(program, Socket, {
        connect: (endpoint) => Effect.map(inner.connect(endpoint), wrap)
      })),
  timeSource: (wrap: (inner: TimeSource["Service"]) => TimeSource["Service"]) => (program: Program): Program =>
    Effect.flatMap(TimeSource, (inner) => Effect.provideService(program, TimeSource, wrap(inner))),
  sleep: (wrap: (inner: Sleep["Service"]) => Sleep["Service"]) => (program: Program): Program =>
    Effect.flatMap(Sleep, (inner) => Effect.provideService(program, Sleep, wrap(inner)))
}

/** For a mutation that emits its own events. */
const emitting =
  (mutate: (events: Events["Service"]) => (program: Program) => Program) => (program: Program): Program =>
    Effect.flatMap(Events, (events) => mutate(events)(program))

/** Every state on its way to flash, changed. */
const stored = (change: (state: DeviceState.DeviceState) => DeviceState.DeviceState) =>
  wrapped.storage((inner) => ({
    read: inner.read,
    write: (name, value) => {
      const state = name === "state" ? Result.getOrUndefined(DeviceState.decode(value)) : undefined
      return inner.write(name, state === undefined ? value : DeviceState.encode(change(state)))
    }
  }))

/** Every write to the network, with its packets changed. */
const sent = (change: (packets: ReadonlyArray<Packet.Packet>) => ReadonlyArray<Packet.Packet>) =>
  wrapped.connection((inner) => ({
    ...inner,
    write: (bytes) => {
      const { packets } = Framer.push(Framer.make(1_000_000), bytes, Packet.decode)
      const changed = change(packets as ReadonlyArray<Packet.Packet>)
      return changed.length === 0 ? Effect.void : inner.write(Result.getOrThrow(Packet.encodeAll(changed)))
    }
  }))

/** Gives what arrives to `see` before the program has it. */
const arrived = (see: (bytes: Bytes.Bytes) => void) =>
  wrapped.connection((inner) => ({ ...inner, pull: Effect.tap(inner.pull, (bytes) => Effect.sync(() => see(bytes))) }))

/** What is kept of commands, changed on its way to flash. */
const remembering = (change: (commands: Commands) => Commands) =>
  stored((state) => state.commands === undefined ? state : { ...state, commands: change(state.commands) })

/** The device knows its answers until it sleeps. */
const withoutAnswers = (state: DeviceState.DeviceState): DeviceState.DeviceState => ({
  ...state,
  outbox: { ...state.outbox, entries: state.outbox.entries.filter(({ topic }) => topic !== "command_result") }
})

const configured = (change: (config: DeviceConfig) => DeviceConfig) => (config: DeviceConfig): Program =>
  device(change(config))

const programmed =
  (mutate: (config: DeviceConfig) => (program: Program) => Program) => (config: DeviceConfig): Program =>
    mutate(config)(device(config))

const isPublish = (packet: Packet.Packet): boolean => packet._tag === "Publish"

const clearsOutbox = () => {
  let isLost = false
  const clear = stored((state) =>
    isLost ? { ...state, outbox: { ...state.outbox, entries: [] }, session: { ...state.session, inFlight: [] } } : state
  )
  // CONNACK, return code 0, Session Present 0.
  const look = arrived((bytes) => {
    if (bytes[0] === 0x20) isLost = bytes[2] === 0 && bytes[3] === 0
  })
  return (program: Program) => clear(look(program))
}

const forgetsBeforeSending = () => {
  let isSleeping = false
  return (program: Program): Program =>
    wrapped.wifi((inner) => ({
      ...inner,
      stop: () => {
        isSleeping = true
        inner.stop()
      }
    }))(wrapped.storage((inner) => ({
      read: (name) => {
        isSleeping = false
        return inner.read(name)
      },
      write: (name, value) => isSleeping ? inner.write(name, value) : Result.succeed(undefined)
    }))(program))
}

const forgetsAfterwards = () => {
  let isSleeping = false
  return (program: Program): Program =>
    wrapped.wifi((inner) => ({
      ...inner,
      start: (networks) => {
        isSleeping = false
        return inner.start(networks)
      },
      stop: () => {
        isSleeping = true
        inner.stop()
      }
    }))(wrapped.storage((inner) => ({
      read: inner.read,
      write: (name, value) => isSleeping ? Result.succeed(undefined) : inner.write(name, value)
    }))(program))
}

const startsOverTooEarly = () => {
  let isConnected = false
  const reset = stored((state) =>
    isConnected ? { ...state, reconnect: { ...state.reconnect, attemptCount: 0 } } : state
  )
  const look = arrived((bytes) => {
    if (bytes[0] === 0x20) isConnected = bytes[3] === 0
  })
  const begin = wrapped.storage((inner) => ({
    read: (name) => {
      isConnected = false
      return inner.read(name)
    },
    write: inner.write
  }))
  return (program: Program) => reset(look(begin(program)))
}

/** Each message goes where it went first, whatever the configuration says by now. */
const keepsTopics = () => {
  const topics = new Map<string, TopicName>()
  return sent((packets) =>
    packets.map((one) => {
      if (one._tag !== "Publish") return one
      const key = Message.key(one.topic, one.payload)
      const topic = topics.get(key) ?? one.topic
      topics.set(key, topic)
      return { ...one, topic }
    })
  )
}

/** Tells at once of a message on which a connection ended that it is abandoned. */
const abandonsAtOnce = ({ emit }: Events["Service"]) => {
  let isOpen = false
  return wrapped.connection((inner) => {
    isOpen = false
    return {
      ...inner,
      write: (bytes) => {
        isOpen = true
        return inner.write(bytes)
      },
      close: Effect.suspend(() => {
        if (isOpen) emit({ _tag: "MessageAbandoned", reason: "" })
        return inner.close
      })
    }
  })
}

/** What is known of the clock, changed, wherever anything is known. */
const clocked = (change: Partial<NonNullable<DeviceState.DeviceState["clock"]>>) =>
  stored((state) => state.clock === undefined ? state : { ...state, clock: { ...state.clock, ...change } })

export interface Mutation {
  /** The name of the checker that must see it. */
  readonly checker: string
  readonly bug: string
  /** The faults that bring it out; none: it needs none. */
  readonly kinds: ReadonlyArray<Kind>
  readonly program: (config: DeviceConfig) => Program
  /** How many times as often as usual they come; 4 by default. */
  readonly factor?: number
  /** So many seeds show nothing of it that looking for the one that does takes as long as for ten others. */
  readonly isRare?: true
  /** Where the bug is below the ports: what is wrong with the world when the life begins. */
  readonly begin?: (world: World) => void
}

/**
 * A new file for each value, and the one before erased when it is there; on a board whose Storage is nearly full, as
 * after some thousand wakes of that.
 */
const fillsStorage = (world: World): void => {
  const flash = world.flash as BoardFlash.BoardFlash
  const free = BoardFlash.end - BoardStorage.files(flash).reduce((end, { at, size }) => Math.max(end, at + size), 0)
  BoardStorage.write(flash, "old", Uint8Array.of(0), 0, free - 10_000)
  let next = 0
  world.store = (_, name, value) => {
    BoardStorage.write(flash, name + "." + ++next % 2, value, 0, value.length + 1)
    BoardStorage.erase(flash, name + "." + (next + 1) % 2)
  }
}

export const mutations: ReadonlyArray<Mutation> = [
  {
    checker: "at least once",
    bug: "clears the Outbox when Session Present is 0",
    kinds: ["restart", "cutDown", "cutUp"],
    program: programmed(clearsOutbox)
  },
  {
    checker: "at least once",
    bug: "remembers nothing but the newest message",
    kinds: ["refusing"],
    program: programmed(() =>
      stored((state) => ({ ...state, outbox: { ...state.outbox, entries: state.outbox.entries.slice(-1) } }))
    )
  },
  {
    checker: "drops",
    bug: "drops one message more than it must",
    kinds: ["refusing"],
    program: programmed(({ mqtt }) =>
      stored((state) =>
        state.outbox.entries.length < mqtt.outbox.capacity ? state
          : { ...state, outbox: { ...state.outbox, entries: state.outbox.entries.slice(1) } }
      )
    )
  },
  {
    checker: "drops",
    bug: "tells of a drop that was none",
    kinds: [],
    program: programmed(() =>
      emitting(({ emit }) =>
        wrapped.sensor((inner) => ({
          ...inner,
          read: (sensor) => Effect.tap(inner.read(sensor), () => Effect.sync(() => emit({ _tag: "Dropped", count: 1 })))
        }))
      )
    )
  },
  {
    checker: "measuring",
    bug: "does not ask its last sensor",
    kinds: [],
    program: configured((config) => ({ ...config, sensors: config.sensors.slice(0, -1) }))
  },
  {
    checker: "measuring",
    bug: "measures five times as often as it is to, when it is always on",
    kinds: [],
    program: configured((config) =>
      config.deepSleep ? config : { ...config, publishInterval: config.publishInterval / 5 }
    )
  },
  {
    checker: "publishing",
    bug: "publishes nothing but what has changed by ten times as much as it should",
    kinds: [],
    program: configured((config) => ({
      ...config,
      sensors: config.sensors.map((sensor) => {
        const { change } = sensor.temperature
        return change === undefined ? sensor
          : { ...sensor, temperature: { ...sensor.temperature, change: change * 10, above: undefined } }
      })
    }))
  },
  {
    checker: "publishing",
    bug: "publishes a reading that crosses a threshold only when it has changed",
    kinds: [],
    program: configured((config) => ({
      ...config,
      sensors: config.sensors.map((sensor) => ({
        ...sensor,
        temperature: { ...sensor.temperature, above: undefined }
      }))
    }))
  },
  {
    checker: "publishing",
    bug: "knows no end of silence",
    kinds: [],
    program: configured((config) => ({
      ...config,
      sensors: config.sensors.map((sensor) => ({ ...sensor, maxSilence: 1e9 }))
    }))
  },
  {
    checker: "status",
    bug: "says that one message more is pending than is",
    kinds: [],
    program: programmed(() =>
      sent((packets) =>
        packets.map((one) => {
          if (one._tag !== "Publish" || !Message.isStatus(one.topic)) return one
          const text = Bytes.toText(one.payload).replace(/"pending":(\d+)/,
            (_, count) => "\"pending\":" + (Number(count) + 1))
          return { ...one, payload: Bytes.fromText(text) }
        })
      )
    )
  },
  {
    checker: "status",
    bug: "does not say how it is",
    kinds: [],
    program: programmed(() =>
      sent((packets) => packets.filter((one) => one._tag !== "Publish" || !Message.isStatus(one.topic)))
    )
  },
  {
    checker: "confession",
    bug: "takes a failed write for a good one",
    kinds: ["writeFails", "flashFull"],
    program: programmed(() =>
      wrapped.storage((inner) => ({
        read: inner.read,
        write: (name, value) => {
          inner.write(name, value)
          return Result.succeed(undefined)
        }
      }))
    )
  },
  {
    checker: "liveness",
    bug: "never goes back from an update that cuts it off",
    kinds: ["config"],
    program: programmed(() => stored((state) => ({ ...state, probation: { ...state.probation, wakes: 0 } })))
  },
  {
    checker: "tries",
    bug: "sleeps no longer when flash did not take its tries",
    kinds: ["flashFull", "refusing"],
    factor: 12,
    isRare: true,
    program: programmed((config) =>
      wrapped.sleep((inner) => ({
        ...inner,
        deepSleep: (millis) => inner.deepSleep(Math.min(millis, config.publishInterval * 1_000))
      }))
    )
  },
  {
    checker: "order",
    bug: "sends the newest first",
    kinds: ["refusing"],
    program: programmed(() =>
      sent((
        packets
      ) => [...packets.filter((one) => one._tag === "Connect"), ...packets.filter(isPublish).toReversed(),
        ...packets.filter((one) => !isPublish(one) && one._tag !== "Connect")]
      )
    )
  },
  {
    checker: "duplicates",
    bug: "does not remember what was acknowledged",
    kinds: [],
    program: programmed(forgetsAfterwards)
  },
  {
    checker: "duplicates",
    bug: "sends everything twice",
    kinds: [],
    program: programmed(() =>
      sent((packets) =>
        packets.flatMap((one): ReadonlyArray<Packet.Packet> =>
          one._tag === "Publish" ? [one, { ...one, dup: true }] : [one]
        )
      )
    )
  },
  { checker: "stored first", bug: "sends before it saves", kinds: [], program: programmed(forgetsBeforeSending) },
  {
    checker: "packet identifiers",
    bug: "gives SUBSCRIBE the Packet Identifier of a PUBLISH",
    kinds: [],
    program: programmed(() =>
      sent((packets) => {
        const taken = packets.find((one) => one._tag === "Publish")?.packetIdentifier
        return packets.map((one) =>
          one._tag === "Subscribe" && taken !== undefined ? { ...one, packetIdentifier: taken } : one
        )
      })
    )
  },
  {
    checker: "packet identifiers",
    bug: "gives what it sends again a new Packet Identifier",
    kinds: ["cutDown", "noAcks"],
    program: programmed(() =>
      stored((state) => ({ ...state, session: { inFlight: [], lastIdentifier: state.session.lastIdentifier } }))
    )
  },
  {
    checker: "dup",
    bug: "forgets DUP",
    kinds: ["cutDown", "powerCut"],
    program: programmed(() =>
      sent((packets) => packets.map((one) => one._tag === "Publish" ? { ...one, dup: false } : one))
    )
  },
  {
    checker: "dup",
    bug: "sets DUP always",
    kinds: [],
    program: programmed(() =>
      sent((packets) => packets.map((one) => one._tag === "Publish" ? { ...one, dup: true } : one))
    )
  },
  {
    checker: "parting",
    bug: "sends on behind DISCONNECT",
    kinds: [],
    program: programmed(() =>
      sent((packets) =>
        packets.flatMap((one): ReadonlyArray<Packet.Packet> =>
          one._tag === "Disconnect" ? [one, { _tag: "Pingreq" }] : [one]
        )
      )
    )
  },
  {
    checker: "parting",
    bug: "forgets CONNECT",
    kinds: [],
    program: programmed(() => sent((packets) => packets.filter((one) => one._tag !== "Connect")))
  },
  {
    checker: "tries",
    bug: "starts the tries over at CONNACK, before anything is delivered",
    kinds: ["noAcks"],
    program: programmed(startsOverTooEarly)
  },
  {
    checker: "tries",
    bug: "tries once more than it may",
    kinds: ["refusing"],
    program: configured((config) => {
      const { reconnect } = config.mqtt
      return {
        ...config,
        mqtt: { ...config.mqtt, reconnect: { ...reconnect, maxAttempts: reconnect.maxAttempts + 1 } }
      }
    })
  },
  {
    checker: "failover",
    bug: "forgets in its sleep which Server has its turn",
    kinds: ["refusing", "unreachable"],
    program: (config) => stored((state) => ({ ...state, servers: undefined }))(device(config))
  },
  {
    checker: "daily",
    bug: "waits longer and longer, without an end",
    kinds: ["refusing", "unreachable"],
    program: configured((config) => ({
      ...config,
      mqtt: { ...config.mqtt, reconnect: { ...config.mqtt.reconnect, backoffFactor: 4, maxInterval: 1e7 } }
    }))
  },
  {
    checker: "needless try",
    bug: "sends at every wake",
    kinds: [],
    program: configured((config) => ({ ...config, mqtt: { ...config.mqtt, sendInterval: 0 } }))
  },
  {
    checker: "needless try",
    bug: "takes each wake for its first",
    kinds: [],
    program: programmed(() => stored((state) => ({ ...state, reconnect: { ...state.reconnect, lastAttemptTime: 0 } })))
  },
  {
    checker: "withheld",
    bug: "sends half as often as it is to",
    kinds: [],
    program: configured((config) => ({
      ...config,
      mqtt: { ...config.mqtt, sendInterval: config.mqtt.sendInterval * 2 }
    }))
  },
  {
    checker: "withheld",
    bug: "keeps back what no longer has room",
    kinds: [],
    program: configured((config) => ({
      ...config,
      mqtt: { ...config.mqtt, outbox: { ...config.mqtt.outbox, capacity: 1_000 } }
    }))
  },
  {
    checker: "radio",
    bug: "leaves the radio on",
    kinds: [],
    program: programmed(() => wrapped.wifi((inner) => ({ ...inner, stop: () => {} })))
  },
  {
    checker: "radio",
    bug: "waits for a configuration that does not come",
    kinds: [],
    program: configured((config) => ({ ...config, mqtt: { ...config.mqtt, configWaitTime: 25 } }))
  },
  {
    checker: "awake time",
    bug: "has no bound on a wake",
    kinds: ["silent", "noWifi"],
    program: configured((config) => ({ ...config, awakeTimeout: 3_600 }))
  },
  {
    checker: "deep sleep",
    bug: "stops at bytes that it does not understand",
    kinds: ["garbage"],
    program: programmed(() =>
      wrapped.connection((inner) => ({
        ...inner,
        pull: Effect.flatMap(inner.pull, (bytes) =>
          Framer.push(Framer.make(16_384), bytes, Packet.decode).failure === undefined ? Effect.succeed(bytes)
            : Effect.die(new Error("a bug")))
      }))
    )
  },
  {
    checker: "deep sleep",
    bug: "sleeps twice as long",
    kinds: [],
    program: programmed(() =>
      wrapped.sleep((inner) => ({ ...inner, deepSleep: (millis) => inner.deepSleep(2 * millis) }))
    )
  },
  {
    checker: "readable",
    bug: "writes a value in two parts",
    kinds: ["powerCut"],
    program: programmed(() =>
      wrapped.storage((inner) => ({
        read: inner.read,
        write: (name, value) => {
          inner.write(name, value.slice(0, value.length >> 1))
          return inner.write(name, value)
        }
      }))
    )
  },
  {
    checker: "program",
    bug: "makes a new file for each value",
    kinds: [],
    program: programmed(() => (program) => program),
    begin: fillsStorage
  },
  {
    checker: "memory",
    bug: "has no bound on its Outbox",
    kinds: ["refusing"],
    program: configured((config) => ({
      ...config,
      mqtt: { ...config.mqtt, outbox: { ...config.mqtt.outbox, capacity: 1_000 } }
    }))
  },
  {
    checker: "coverage",
    bug: "drops the oldest, although it is to thin out the older half",
    kinds: ["refusing"],
    factor: 12,
    program: configured((config) => ({
      ...config,
      mqtt: { ...config.mqtt, outbox: { ...config.mqtt.outbox, whenFull: "drop_oldest" } }
    }))
  },
  {
    checker: "abandoning",
    bug: "abandons a message on which one connection has ended",
    kinds: ["cutDown", "closesOnTopic"],
    program: programmed(() => emitting(abandonsAtOnce))
  },
  {
    checker: "liveness",
    bug: "sends what it owes where it was first sent, whatever the configuration in force says",
    kinds: ["config"],
    factor: 20,
    program: programmed(keepsTopics)
  },
  {
    checker: "connect alone",
    bug: "forgets over sleep that CONNECT is to go alone",
    kinds: ["closesEarly"],
    program: programmed(() => stored((state) => ({ ...state, connectAlone: 0 })))
  },
  {
    checker: "liveness",
    bug: "never sends again what may have been sent",
    kinds: ["cutDown"],
    program: programmed(() => sent((packets) => packets.filter((one) => one._tag !== "Publish" || !one.dup)))
  },
  {
    checker: "time",
    bug: "sets its clock to the time of another zone",
    kinds: [],
    program: programmed(() =>
      wrapped.timeSource((inner) => ({
        ...inner,
        ask: (server) => Effect.map(inner.ask(server), (ms) => ms + 3_600_000)
      }))
    )
  },
  {
    checker: "time",
    bug: "dates what it measured before a power cut by the time behind it",
    kinds: ["powerCut", "timeSilent", "refusing"],
    factor: 12,
    program: programmed(() => clocked({ lost: 0 }))
  },
  {
    checker: "uptime",
    bug: "does not move what it keeps with its clock",
    kinds: [],
    program: programmed(() =>
      wrapped.timeSource((inner) => ({
        ...inner,
        ask: (server) => Effect.map(inner.ask(server), (millis) => (inner.adjust?.(millis), 0))
      }))
    )
  },
  {
    checker: "uptime",
    bug: "does not see that its clock has started over",
    kinds: ["powerCut"],
    program: programmed(() => clocked({ last: -1e15 }))
  },
  {
    checker: "commands",
    bug: "remembers no command that it has done, so it does one again that comes again",
    kinds: ["command", "cutUp", "powerCut"],
    factor: 8,
    program: programmed(() => remembering(([interval, retained, reports]) => [interval, retained, reports, []]))
  },
  {
    checker: "commands",
    bug: "loses the answer to a command over sleep",
    kinds: ["command", "cutUp", "cutDown", "powerCut"],
    factor: 8,
    program: programmed(() => stored(withoutAnswers))
  },
  {
    checker: "commands",
    bug: "forgets over sleep which interval it was told",
    kinds: ["command"],
    factor: 8,
    program: programmed(() => remembering(([, ...others]) => [0, ...others]))
  }
]
