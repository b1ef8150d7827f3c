/**
 * The script that a board gets, wake after wake, where there is no more than a board has: real sockets, a real Server,
 * another client as the witness. What only the interpreter itself can show is in test/adapters/espruino/wake.test.ts.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as path from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import * as BoardStorage from "../../../src/adapters/simulation/world/BoardStorage.ts"
import * as Values from "../../../src/adapters/simulation/world/BoardValues.ts"
import { prologue } from "../../../src/adapters/espruino/prologue.ts"
import * as Outbox from "../../../src/domain/delivery/Outbox.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { Publish } from "../../../src/domain/packet/Publish.ts"
import * as Snapshot from "../../../src/domain/state/Snapshot.ts"
import type { Endpoint } from "../../../src/ports/Socket.ts"
import { renamed } from "../../../src/programs/bundle/compile/keys.ts"
import * as Names from "../../../src/programs/bundle/Names.ts"
import { type BoardScripts, buildBoard } from "../../../src/programs/bundle/build.ts"
import * as Dialect from "../../../src/programs/bundle/dialect.ts"
import * as SizeReport from "../../../src/programs/bundle/SizeReport.ts"
import * as aedes from "../../support/aedes.ts"
import { describeEach } from "../../support/brokers.ts"
import * as certificates from "../../support/certificates.ts"
import * as DelayedServer from "../../support/delayedServer.ts"
import { stages } from "../../support/droppedConnections.ts"
import * as Espruino from "../../support/espruino.ts"
import { sharing } from "../../support/keptScripts.ts"
import * as Observer from "../../support/observer.ts"
import * as ScriptedServer from "../../support/scriptedServer.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { type DeviceFile, find, run, tags } from "../device/support.ts"

const seconds = 1_000_000
const interval = 600
const hourMillis = 3_600_000
const user = { username: "dormouse", password: "hazelnut" }
const dataTopic = "home/greenhouse/air/data"

const checked = (file: object): DeviceConfig.DeviceConfig => Result.getOrThrow(DeviceConfig.check(file)).config

const document = (file: DeviceFile = {}) => ({
  device_id: "greenhouse",
  version: 1,
  update_interval: interval,
  network: { ssid: "home", password: "secret" },
  sensors: { simulated: { id: "air" } },
  ...file,
  mqtt: {
    enabled: true,
    broker: VmBoard.serverName,
    ...user,
    topic_data_prefix: "home/greenhouse",
    topic_config: "home/config",
    config_wait_time: 0.05,
    ...file.mqtt
  }
})

/** What `npm run bundle` makes. Made once, for that takes most of the time here. */
const bundle = (() => {
  let once: Promise<BoardScripts> | undefined
  return () =>
    once ??= buildBoard(checked(document()), {
      source: path.join(import.meta.dirname, "../../../src"),
      runtime: "device",
      minify: true,
      ...sharing()
    })
})()

beforeAll(bundle)

/** What properties are called in the bundle. */
let namesOf = Names.make()

/** A board just flashed, whose Server listens at `server`. With `file`, it has accepted that as an update before. */
const flashed = (server: Endpoint | undefined, file?: DeviceFile) =>
  Effect.map(Effect.promise(bundle), ({ names, overlays, script }) => {
    namesOf = names
    const files: Record<string, string> = { ".bootcde": prologue + "\n" + script.code }
    for (const overlay of overlays) files[overlay.file] = overlay.script.code
    const board = VmBoard.make(files, server)
    if (file !== undefined) {
      Values.write(board.flash, "config",
        Snapshot.encode(JSON.parse(renamed(JSON.stringify(checked(document({ version: 2, ...file }))), (key) =>
          Names.of(names, key)))))
    }
    return board
  })

/** One wake. However it ends, nothing may be thrown, left open or left on. */
const wake = (board: VmBoard.Board) =>
  Effect.map(Effect.promise(() => board.wake()), (lived) => {
    expect(lived).toMatchObject({ uncaught: [], cutOff: 0, isRadioOn: false })
    return lived
  })

const isIn = (lived: VmBoard.Wake, from: number, to: number) => {
  expect(lived.slept).toBeGreaterThan(from * seconds)
  expect(lived.slept).toBeLessThanOrEqual(to * seconds)
}

/** Wakes until the clock shows `until`. */
const liveUntil = (board: VmBoard.Board, until: number) =>
  Effect.gen(function*() {
    const lives: Array<VmBoard.Wake> = []
    while (board.now() < until) lives.push(yield* wake(board))
    return lives
  })

/** What Storage holds under this name: the part of the snapshot that is JSON. */
const stored = (board: VmBoard.Board, name: "state" | "config"): unknown => {
  const file = Values.read(board.flash, name)
  if (file === undefined) return undefined
  const text = Buffer.from(file).toString()
  const json = text.slice(text.indexOf("{"))
  return JSON.parse(name === "config" ? Names.long(namesOf, json) : json)
}

const pending = (board: VmBoard.Board): number =>
  (stored(board, "state") as { readonly e: ReadonlyArray<unknown> }).e.length

/** The seconds since the device's first wake, which are in its readings and distinguish them. */
const uptimes = (observer: Observer.Observer): ReadonlyArray<number> =>
  observer.seen.filter(({ topic }) => topic === dataTopic).map(({ payload }) =>
    (JSON.parse(payload) as { readonly uptime: number }).uptime
  )

/** Waits until the witness has seen so many readings. */
const readings = (observer: Observer.Observer, count: number) =>
  Effect.gen(function*() {
    while (new Set(uptimes(observer)).size < count) yield* Effect.sleep(2)
    return uptimes(observer)
  })

const ascending = (numbers: ReadonlyArray<number>) => [...numbers].sort((a, b) => a - b)

describeEach("a board's script", (broker) => {
  it("delivers with QoS 1 and sleeps, wake after wake, in one Session", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const board = yield* flashed(tcp)
      for (let wakes = 1; wakes <= 4; wakes++) {
        const lived = yield* wake(board)
        expect(tags(lived.events)).toEqual(["Woke", "Measured", "Trying", "Connected", "Delivered", "ConfigUnchanged",
          "Sleeping"])
        expect(find(lived.events, "Connected")?.sessionPresent).toBe(wakes > 1)
        expect(find(lived.events, "Delivered")).toMatchObject({ count: 1, pending: 0 })
        expect(lived.watchdog).toEqual([190, false])
        isIn(lived, interval - 60, interval)
        const seen = yield* readings(observer, wakes)
        expect(seen).toHaveLength(wakes)
        expect(Math.round((seen[wakes - 1] as number) / interval)).toBe(wakes - 1)
      }
      expect(observer.seen.every(({ qos, retain, topic }) => topic === dataTopic && qos === 1 && !retain)).toBe(true)
    })))

  it("waits longer and longer while the Server is down, through restarts, and then delivers what it kept", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const board = yield* flashed(undefined)
      const started = board.now()
      const lives = yield* liveUntil(board, started + 13.5 * hourMillis)
      const tries = lives.flatMap(({ began, events }) =>
        tags(events).filter((tag) => tag === "Trying").map(() => Math.round((began - started) / 60_000))
      )
      // The first three follow each other; then the waits are 1, 2, 4 and, as ever after, 6 hours. Minutes.
      expect(tries).toEqual([0, 0, 0, 60, 180, 420, 780])
      expect(lives.length).toBeGreaterThan(80)
      expect(lives.every(({ slept }) => slept <= interval * seconds)).toBe(true)
      // The rest lies in the journal.
      expect(pending(board)).toBe(Outbox.fewEntries)
      board.server = tcp
      const last = lives.at(-1) as VmBoard.Wake
      const healed = yield* liveUntil(board, last.ended + 6 * hourMillis)
      const delivered = healed.flatMap(({ events }) => find(events, "Delivered")?.count ?? [])[0]
      expect(delivered).toBeGreaterThan(lives.length)
      expect(pending(board)).toBe(0)
      const seen = yield* readings(observer, delivered as number)
      expect(seen).toEqual(ascending(seen))
      expect(new Set(seen).size).toBe(seen.length)
    })))

  it("keeps its reading when the connection is dropped, wherever that is, and delivers it later", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const proxy = yield* DelayedServer.make(tcp)
      const publisher = yield* Observer.make(tcp)
      // The present one, so that no wake waits for it.
      yield* publisher.publish("home/config", JSON.stringify({ version: 1 }), { retain: true })
      for (const [faults, left] of stages) {
        yield* Effect.scoped(Effect.gen(function*() {
          const observer = yield* Observer.make(tcp)
          const board = yield* flashed(proxy.endpoint)
          yield* proxy.change(faults)
          const dropped = yield* wake(board)
          const what = JSON.stringify([faults, dropped.events])
          expect(tags(dropped.events).filter((tag) => tag === "TryFailed").length, what).toBe(left * 3)
          expect(pending(board), what).toBe(left)
          isIn(dropped, interval - 60, interval)
          yield* proxy.change(DelayedServer.healthy)
          const healed = yield* liveUntil(board, dropped.ended + 1.1 * hourMillis)
          expect(pending(board)).toBe(0)
          // At least once is what QoS 1 promises.
          const seen = new Set(yield* readings(observer, healed.length + 1))
          const [first, ...rest] = ascending([...seen])
          // One on which two connections have ended goes last.
          const isLate = dropped.events.some((event) => event._tag === "MessageSuspected" && event.failures > 1)
          expect([...seen].filter((uptime) => uptime !== first), what).toEqual(rest)
          if (!isLate) expect([...seen][0], what).toBe(first)
          expect(seen.size).toBe(healed.length + 1)
        }))
      }
    })))

  it("keeps its reading from a Server that refuses its credentials, and tries no more than it may", () =>
    run(Effect.gen(function*() {
      const strict = yield* broker.make({ user: { ...user, password: "acorn" } })
      const kind = yield* broker.make({ user })
      const observer = yield* Observer.make(kind.tcp, user)
      const board = yield* flashed(strict.tcp)
      const refused = yield* wake(board)
      const failed = refused.events.filter((event) => event._tag === "TryFailed")
      expect(failed.map(({ error }) => error)).toEqual(["ConnectionRefused", "ConnectionRefused", "ConnectionRefused"])
      const waiting = yield* wake(board)
      expect(tags(waiting.events)).toEqual(["Woke", "Measured", "Waiting", "Sleeping"])
      board.server = kind.tcp
      const healed = yield* liveUntil(board, refused.ended + 1.1 * hourMillis)
      expect(yield* readings(observer, healed.length + 2)).toHaveLength(healed.length + 2)
      expect(pending(board)).toBe(0)
    })))

  it("takes a newer configuration with the file beside it, reports it, and uses it from the next wake on", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const board = yield* flashed(tcp)
      // Comes in more than one of the board's chunks.
      const update = {
        version: 2,
        device_name: "Greenhouse ".repeat(120),
        update_interval: 120,
        mqtt: { topic_data_prefix: "garden" }
      }
      yield* observer.publish("home/config", JSON.stringify(update), { retain: true })
      const taken = yield* wake(board)
      expect(find(taken.events, "ConfigAccepted")?.version).toBe(2)
      expect(JSON.parse((yield* observer.message("home/greenhouse/config_status")).payload)).toEqual({
        device: "greenhouse",
        version: 2,
        status: "accepted"
      })
      // What it changes, and no more: the rest is flashed.
      const changes = {
        version: 2,
        deviceName: update.device_name,
        publishInterval: 120,
        mqtt: { publishInterval: 120, topicDataPrefix: "garden" }
      }
      expect(stored(board, "config")).toEqual(changes)
      isIn(yield* wake(board), 60, 120)
      yield* observer.message("garden/air/data")

      yield* observer.publish("home/config", JSON.stringify({ version: 3, mqtt: { port: -1 } }), { retain: true })
      const refused = yield* wake(board)
      expect(find(refused.events, "ConfigRefused")?.reason).toContain("mqtt.port must be")
      const status = JSON.parse((yield* observer.message("garden/config_status")).payload) as Record<string, unknown>
      expect(status).toMatchObject({ version: 3, status: "refused" })
      expect(tags((yield* wake(board)).events)).toContain("ConfigUnchanged")
      expect(stored(board, "config")).toMatchObject({ version: 2 })
    })))

  it("speaks TLS with a certificate of its own, and takes any of the Server's, as its platform does", () =>
    run(Effect.gen(function*() {
      const secure = yield* broker.make({ clientCertificate: true, identity: certificates.otherHost })
      const observer = yield* Observer.make(secure.tcp)
      const { cert, key } = certificates.client
      const board = yield* flashed(secure.tls, {
        mqtt: { ssl: true, ssl_ca: certificates.ca, ssl_cert: cert, ssl_key: key }
      })
      for (let wakes = 1; wakes <= 2; wakes++) {
        expect(find((yield* wake(board)).events, "Delivered")?.count).toBe(1)
        yield* readings(observer, wakes)
      }
      // Without a certificate there is no connection, and the reading stays.
      const stranger = yield* flashed(secure.tls, { mqtt: { ssl: true } })
      const failed = find((yield* wake(stranger)).events, "TryFailed")
      expect(failed?.error).toBe("SocketError")
      expect(pending(stranger)).toBe(1)
    })))
})

describe("a board's script", () => {
  it("says that a PUBLISH may be a duplicate when it may be, also after a restart, and only then", () =>
    run(Effect.gen(function*() {
      const server = yield* ScriptedServer.make
      const board = yield* flashed(server.endpoint, { mqtt: { load_config_from_mqtt: false } })
      /** Takes so many PUBLISH packets; acknowledges each or breaks the connection. */
      const visited = (count: number, answers: boolean) =>
        Effect.gen(function*() {
          const guest = yield* server.accept
          const connect = yield* guest.expect("Connect")
          expect(connect).toMatchObject({ clientId: "esp_sensor", cleanSession: false, username: user.username })
          const taken: Array<Publish> = []
          yield* guest.send({ _tag: "Connack", sessionPresent: true, returnCode: 0 })
          while (taken.length < count) {
            const publish = yield* guest.expect("Publish")
            taken.push(publish)
            if (answers) yield* guest.send({ _tag: "Puback", packetIdentifier: publish.packetIdentifier as number })
          }
          if (answers) yield* guest.expect("Disconnect")
          else yield* guest.cut
          return taken
        })
      const cutThrice = yield* Effect.forkChild(Effect.all([visited(1, false), visited(1, false), visited(1, false)]))
      const first = yield* wake(board)
      const [[once], [again], [thrice]] = yield* Fiber.join(cutThrice) as Effect.Effect<
        [[Publish], [Publish], [Publish]]
      >
      expect([once.dup, again.dup, thrice.dup]).toEqual([false, true, true])
      expect(new Set([once.packetIdentifier, again.packetIdentifier, thrice.packetIdentifier]).size).toBe(1)

      // By then five more readings wait, which nobody has sent yet, and a sixth is new.
      const taking = yield* Effect.forkChild(visited(7, true))
      yield* liveUntil(board, first.ended + 1.05 * hourMillis - interval * 1000)
      const taken = yield* Fiber.join(taking)
      // The one on which connections have ended goes last.
      expect(taken.map(({ dup }) => dup)).toEqual([false, false, false, false, false, false, true])
      expect(taken[6]?.packetIdentifier).toBe(once.packetIdentifier)
      expect(taken[6]?.payload).toEqual(once.payload)
      expect(new Set(taken.map(({ packetIdentifier }) => packetIdentifier)).size).toBe(7)
      expect(pending(board)).toBe(0)
    })))

  it("gives up what is not MQTT, keeps its reading and sleeps", () =>
    run(Effect.gen(function*() {
      const garbage: ReadonlyArray<Uint8Array> = [
        Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
        Uint8Array.of(0x20, 0xff, 0xff, 0xff, 0xff, 0x01),
        Uint8Array.of(0x20, 2, 0, 77),
        Uint8Array.of(0x20, 2, 0, 0, 0x40, 2, 0xff, 0xff),
        Uint8Array.of(0x20, 2, 0, 0, 0x30, 0xff, 0xff, 0xff, 0x7f),
        new Uint8Array(5_000),
        new Uint8Array(5_000).fill(0xff),
        Uint8Array.from({ length: 5_000 }, (_, index) => (index * 197 + 31) & 0xff)
      ]
      for (const bytes of garbage) {
        // Bytes that look like the beginning of a packet can be judged only when the connection ends.
        const server = yield* TcpServer.make((socket) => {
          socket.once("data", () => socket.end(bytes))
        })
        const board = yield* flashed(server.endpoint)
        const lived = yield* wake(board)
        expect(tags(lived.events).filter((tag) => tag === "TryFailed")).toHaveLength(3)
        expect(pending(board)).toBe(1)
        isIn(lived, interval - 60, interval)
      }
    })))

  it("sleeps when awake_timeout is over, whatever the Server leaves unsaid", () =>
    run(Effect.gen(function*() {
      const connack = Result.getOrThrow(Packet.encodeAll([{ _tag: "Connack", sessionPresent: false, returnCode: 0 }]))
      for (const said of [undefined, connack]) {
        const server = yield* TcpServer.make((socket) => {
          socket.once("data", () => said === undefined || socket.write(said))
        })
        const board = yield* flashed(server.endpoint, { awake_timeout: 0.5 })
        const lived = yield* wake(board)
        expect(find(lived.events, "Failed")?.reason).toBe("the wake took longer than 0.5 s")
        expect(tags(lived.events).at(-1)).toBe("Sleeping")
        expect(pending(board)).toBe(1)
      }
    })))

  it("says which of its files is not there, and sleeps", () =>
    run(Effect.gen(function*() {
      const board = yield* flashed(undefined)
      BoardStorage.erase(board.flash, ".first")
      const { events, slept } = yield* wake(board)
      expect([events, slept]).toEqual([[{ _tag: "Failed", reason: "no file .first" }], interval * seconds])
    })))

  it("sleeps a long interval in pieces, and loads nothing between them", () =>
    run(Effect.gen(function*() {
      const board = yield* flashed(undefined, { update_interval: 7_200, mqtt: { reconnect: { enabled: false } } })
      const lives: Array<VmBoard.Wake> = []
      for (let boots = 1; boots <= 9; boots++) lives.push(yield* wake(board))
      // 35.8 minutes are the most at once.
      expect(lives.map(({ events }) => events.length > 0)).toEqual([true, false, false, false, true, false, false,
        false, true])
      expect(lives.every(({ slept }) => slept <= 2 ** 31 - 1)).toBe(true)
      const cycle = (lives[4] as VmBoard.Wake).began - (lives[0] as VmBoard.Wake).began
      expect(Math.round(cycle / 60_000)).toBe(120)
      expect(pending(board)).toBe(3)
    })))
})

describe("a board's script on effect's own runtime", () => {
  let files: Readonly<Record<string, string>> = {}
  beforeAll(async () => {
    files = await Espruino.deviceOnEffect(checked(document()))
  })

  it("has in it what the interpreter trips over only where no wake goes", () => {
    const left = Dialect.check(files[".bootcde"] ?? "", Dialect.engine).map((fault) =>
      fault.rule === "missing global" ? fault.code : fault.rule
    )
    // Errors of use; a Map compared with another; a Duration as text, and stack traces; a callback that asks for a
    // signal.
    expect(new Set(left)).toEqual(
      new Set(["subclass of a built-in error tested", "label", "regular expression", "AbortController"])
    )
  })

  it("brings what the interpreter lacks, emits its events, delivers, remembers and sleeps", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(files, tcp)
      for (let wakes = 1; wakes <= 2; wakes++) {
        const lived = yield* wake(board)
        isIn(lived, interval - 60, interval)
        expect(lived.events.map(({ _tag }) => _tag)).toEqual(["Woke", "Measured", "Trying", "Connected", "Delivered",
          "ConfigUnchanged", "Sleeping"])
        expect(yield* readings(observer, wakes)).toHaveLength(wakes)
        expect(pending(board)).toBe(0)
      }
    })))
})

describe("a board on node:vm", () => {
  it("has nothing that the interpreter lacks, and reports what nobody has caught", async () => {
    const lacking =
      "Map Set Symbol Promise BigInt Reflect Proxy TextEncoder queueMicrotask process.env Array.from Number.isInteger Object.freeze Object.is Math.trunc " +
      "Math.imul [].flat [].at [].findLast ''.codePointAt"
    const script = lacking.split(" ").map((name) => `print(typeof ${name});`).join("") +
      `setTimeout(function() { new Map() }, 0);setTimeout(function(a) { print(a); ESP32.deepSleep(7); print("never") }, 1, "then")`
    const lived = await VmBoard.make({ ".bootcde": script }).wake()
    expect(lived.events).toEqual([...lacking.split(" ").map(() => "undefined"), "then"])
    expect(lived.uncaught).toEqual(["ReferenceError: Map is not defined"])
    expect(lived.slept).toBe(7)
  })
})

describe("the size of a board's script", () => {
  // What an everyday wake reads from flash; what only some wakes need is stored beside it (`.review`, `.journal` and
  // others).
  const budget = 16_980

  it("stays within its budget", async () => {
    const { script } = await bundle()
    const report = SizeReport.of({ ...script, code: prologue + "\n" + script.code }, process.cwd())
    expect(SizeReport.overBudget(report, budget)).toBe(undefined)
    expect(SizeReport.overBudget(report, 1_000)).toContain("more than the 1000 that are allowed")
  })
})
