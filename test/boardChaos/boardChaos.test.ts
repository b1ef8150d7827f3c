/** Lives run on the real interpreter, and the checkers find what breaks a promise. */
import { spawnSync } from "node:child_process"
import * as mqtt from "mqtt"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as net from "node:net"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import type { TopicName } from "../../src/domain/packet/Topic.ts"
import * as DeviceState from "../../src/domain/state/DeviceState.ts"
import * as Espruino from "../support/espruino.ts"
import { program } from "../support/program.ts"
import type { Ended } from "./Board.ts"
import type { Checker } from "./Checker.ts"
import { atLeastOnce } from "./checkers/AtLeastOnce.ts"
import { checkers } from "./checkers/all.ts"
import { commands } from "./checkers/Commands.ts"
import { configuration } from "./checkers/Configuration.ts"
import { failover } from "./checkers/Failover.ts"
import { order } from "./checkers/Order.ts"
import { packets } from "./checkers/Packets.ts"
import { readable } from "./checkers/Readable.ts"
import { survives } from "./checkers/Survives.ts"
import { tries } from "./checkers/Tries.ts"
import * as ObservedState from "./ObservedState.ts"
import { healthy } from "./Fault.ts"
import * as Absences from "./Absences.ts"
import * as Life from "./Life.ts"
import * as Orders from "./Orders.ts"
import * as Plan from "./Plan.ts"
import * as random from "./random.ts"
import * as Scene from "./Scene.ts"
import * as Server from "./Server.ts"

const scene = Scene.named("simulated") as Scene.Scene

const flash = (more: Partial<ObservedState.Flash> = {}): ObservedState.Flash => ({
  state: undefined,
  inJournal: [],
  isUnreadable: false,
  config: scene.config,
  previous: scene.config,
  values: undefined,
  hasProgram: true,
  ...more
})

const wake = (ended: Partial<Ended>, more: Partial<ObservedState.Wake> = {}): ObservedState.Wake => ({
  number: 1,
  scene,
  baked: scene.config,
  faults: [],
  isHealed: false,
  clock: 0,
  isClockSteady: true,
  ended: {
    events: [],
    lines: [],
    end: "slept",
    how: "",
    sleptMillis: 0,
    awakeMillis: 0,
    report: undefined,
    operations: 0,
    ...ended
  },
  notes: [],
  ordered: [],
  held: 0,
  before: flash(),
  after: flash(),
  retained: new Map(),
  ...more
})

const publish = (text: string, packetIdentifier: number, dup = false, line = 1): Server.Note => ({
  _tag: "Got",
  line,
  packet: {
    _tag: "Publish",
    topic: "p/air/data" as TopicName,
    payload: Bytes.fromText(text),
    qos: 1,
    retain: false,
    dup,
    packetIdentifier
  }
})
const opened = (line = 1): ReadonlyArray<Server.Note> => [
  { _tag: "Opened", line },
  {
    _tag: "Got",
    line,
    packet: {
      _tag: "Connect",
      clientId: "c",
      cleanSession: false,
      keepAlive: 60,
      will: undefined,
      username: undefined,
      password: undefined
    }
  }
]

const reading = (n: number) => `{"temperature":${n},"uptime":${n}}`

/** What the checker says of these wakes, the last of which breaks its promise. */
const said = (checker: Checker, wakes: ReadonlyArray<ObservedState.Wake>): string | undefined => {
  const book = ObservedState.ledger()
  const check = checker.begin()
  let reason: string | undefined
  for (const each of wakes) {
    expect(reason).toBeUndefined()
    ObservedState.add(book, each)
    reason = check(each, book)
  }
  return reason
}

const taking = Scene.named("commands") as Scene.Scene

/** A wake of a board that takes commands, with those that the Server has kept for it. */
const ordered = (
  texts: ReadonlyArray<string>,
  statuses: ReadonlyArray<readonly [command: string, id: string, status: string]>,
  answers: ReadonlyArray<string> = [],
  more: Partial<ObservedState.Wake> = {}
): ObservedState.Wake =>
  wake({
    events: [
      ...measured(1),
      ...statuses.map(([command, id, status]) => ({ _tag: "Command" as const, command, id, status, reason: undefined }))
    ]
  }, {
    scene: taking,
    baked: taking.config,
    before: flash({ config: taking.config }),
    after: flash({ config: taking.config, state: DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 }) }),
    ordered: texts.map((text) => Buffer.from(text)),
    notes: [...opened(), publish(reading(1), 1), ...answers.map((text, index): Server.Note => ({
      _tag: "Got",
      line: 1,
      packet: {
        _tag: "Publish",
        topic: "p/command_result" as TopicName,
        payload: Bytes.fromText(text),
        qos: 1,
        retain: false,
        dup: false,
        packetIdentifier: 10 + index
      }
    }))],
    ...more
  })

const [reads, answered] = ["{\"command\":\"read\",\"id\":\"a\"}",
  "{\"command\":\"read\",\"id\":\"a\",\"status\":\"done\"}"]

const measured = (...all: ReadonlyArray<number>) =>
  all.map((temperature) => ({ _tag: "Measured" as const, sensor: "air", temperature }))

const failing = (server: string, attempt: number) => [
  { _tag: "Trying" as const, attempt, pending: 1, server },
  { _tag: "TryFailed" as const, attempt, error: "SocketError", reason: "refused" }
]

describe("what breaks a promise of a board is found", () => {
  const rows: ReadonlyArray<readonly [string, Checker, ReadonlyArray<ObservedState.Wake>, string]> = [
    ["a program that dies of memory", survives, [wake({}), wake({ lines: ["OUT OF MEMORY    at Z (:1:5)"] })],
      "OUT OF MEMORY"],
    ["a stack that is full", survives, [wake({ lines: ["Too much recursion - the stack is about to overflow"] })],
      "Too much recursion"],
    ["a wake that does not end", survives, [wake({ end: "late" })], "did not end"],
    ["a program that is gone", readable, [wake({}, { after: flash({ hasProgram: false }) })], "the program is gone"],
    ["a reading that nobody has", atLeastOnce, [wake({ events: measured(1) })], "neither at the Server nor in flash"],
    ["readings in a wrong order", order, [
      wake({ events: measured(1) }, { notes: [...opened(), publish(reading(1), 1)] }),
      wake({ events: measured(2, 3) }, {
        notes: [...opened(2), publish(reading(3), 2, false, 2), publish(reading(2), 3, false, 2)]
      })
    ], "after one that was taken later"],
    ["a reading twice on one connection", packets, [
      wake({}, { notes: [...opened(), publish(reading(1), 1), publish(reading(1), 2)] })
    ], "twice on one connection"],
    ["a Packet Identifier that is in use", packets, [
      wake({}, { notes: [...opened(), publish(reading(1), 1), publish(reading(2), 1)] })
    ], "which is in flight"],
    ["a PUBLISH before CONNECT", packets, [wake({}, { notes: [{ _tag: "Opened", line: 1 }, publish(reading(1), 1)] })],
      "was sent first"],
    ["more tries than are allowed", tries, [
      wake({
        events: [{ _tag: "Woke", pending: 0, attemptCount: 2 }, { _tag: "Trying", attempt: 3, pending: 1 }, {
          _tag: "Trying",
          attempt: 4,
          pending: 1
        }]
      })
    ], "a try follows"],
    ["a command that was done twice", commands, [
      ordered([reads], [["read", "a", "done"]], [answered]),
      ordered([], [["read", "a", "done"]], [answered])
    ], "did read #a twice"],
    ["a command that nobody answered", commands, [
      ordered([reads], [["read", "a", "done"]]),
      ordered([], [], [], { isHealed: true })
    ], "never answered read #a"],
    ["a command whose effect is not in flash", commands, [
      ordered(["interval 300"], []),
      wake({ events: [{ _tag: "Command", command: "interval", seconds: 300, status: "done", reason: undefined }] }, {
        scene: taking,
        baked: taking.config,
        after: flash({ config: taking.config, state: DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 }) })
      })
    ], "where a command has set 300"],
    ["a Server that is tried again though another has its turn", failover, [
      wake({ events: [...failing("a:1", 1), ...failing("b:1", 2)] }),
      wake({ events: failing("b:1", 3) })
    ], "tried b:1 again"],
    ["an update that Node does not take", configuration, [
      wake({ events: [{ _tag: "ConfigAccepted", version: 2 }] }, {
        retained: new Map([[scene.config.mqtt.topicConfig, Bytes.fromText("{\"version\":2} quit()")]])
      })
    ], "which Node does not"]
  ]
  it.each(rows)("%s", (_, checker, wakes, reason) => {
    expect(said(checker, wakes)).toContain(reason)
  })

  it("and a plan is the same each time, with faults of every kind in a hundred seeds", () => {
    const plans = Array.from({ length: 100 }, (_, seed) => Plan.plan(random.make("p" + seed), scene, 30))
    expect(plans[7]).toEqual(Plan.plan(random.make("p7"), scene, 30))
    expect(new Set(plans.flatMap((plan) => plan.map(({ fault }) => fault.kind))).size).toBe(13)
  })
})

describe("of two Servers", () => {
  const two = Scene.named("two servers") as Scene.Scene

  it("one goes away, now and then, and nothing is drawn for a board that knows one", () => {
    expect(Absences.plan(random.make("s"), scene, 50)).toEqual([])
    const plans = Array.from({ length: 10 }, (_, seed) => Absences.plan(random.make("s" + seed), two, 30)).flat()
    expect(new Set(plans.flatMap(({ fault }) => fault.kind === "one away" ? [fault.behaviour.away] : []))).toEqual(
      new Set([0, 1])
    )
  })

  it("a try is at the same one again where it took a message, the power failed, or there was no network", () => {
    const puback = { _tag: "Sent", line: 1, packet: { _tag: "Puback", packetIdentifier: 1 } } as const
    const again = wake({ events: failing("a:1", 2) })
    const [trying] = failing("a:1", 1)
    const wifi = { _tag: "TryFailed", attempt: 1, error: "WifiError", reason: "none" } as const
    for (
      const before of [
        wake({ events: failing("a:1", 1) }, { notes: [puback] }),
        wake({ events: failing("a:1", 1), end: "cut" }),
        wake({ events: [...(trying === undefined ? [] : [trying]), wifi] }),
        wake({ events: failing("b:1", 1) })
      ]
    ) expect(said(failover, [before, again])).toBeUndefined()
  })

  it("the one that is away refuses connections, and the other one takes them", async () => {
    const server = await Server.make("127.1.1.4", healthy)
    const isThere = (port: number) =>
      new Promise<boolean>((resolve) => {
        const socket = net.connect(port, "127.1.1.4")
        socket.on("connect", () => resolve(true)).on("error", () => resolve(false))
        socket.on("connect", () => socket.destroy())
      })
    const both = async () => [await isThere(Scene.ports.plain), await isThere(Scene.ports.second)]
    try {
      expect(await both()).toEqual([true, true])
      await server.behave({ ...healthy, away: 0 })
      expect(await both()).toEqual([false, true])
      await server.behave({ ...healthy, away: 1 })
      expect(await both()).toEqual([true, false])
    } finally {
      await server.close()
    }
  })
})

describe("what a command asks for", () => {
  it("is nothing broken if it is done once, repeated and told, or if the Server has lost the Session", () => {
    const repeated = "{\"command\":\"read\",\"id\":\"a\",\"status\":\"repeated\"}"
    expect(said(commands, [
      ordered([reads], [["read", "a", "done"]], [answered]),
      ordered([reads], [["read", "a", "repeated"]], [repeated]),
      ordered([], [], [], { isHealed: true })
    ])).toBeUndefined()
    expect(said(commands, [
      ordered([reads], []),
      ordered([], [], [], { faults: [{ kind: "session", behaviour: { forgets: true } }] }),
      ordered([], [], [], { isHealed: true })
    ])).toBeUndefined()
  })

  it("is the same each time, of every kind, and nothing for a board that takes none", () => {
    const plans = Array.from({ length: 20 }, (_, seed) => Orders.plan(random.make("o" + seed), taking, 30))
    expect(plans[7]).toEqual(Orders.plan(random.make("o7"), taking, 30))
    const texts = plans.flat().flatMap(({ fault }) => "payload" in fault ? [Buffer.from(fault.payload).toString()] : [])
    const kinds = [/^read$/, /^stay_awake 8$/, /"restart"/, /"interval","id":"o\d+","seconds":900/, /"until"/, /dance/,
      /^\[/, /^readread/, /^$/]
    expect(kinds.filter((kind) => !texts.some((text) => kind.test(text)))).toEqual([])
    const ids = texts.flatMap((text) => /"id":"(o\d+)"/.exec(text)?.[1] ?? [])
    expect(new Set(ids).size).toBeLessThan(ids.length)
    expect(Orders.plan(random.make("o"), scene, 100)).toEqual([])
  })

  it("waits at the Server for a device that has subscribed, and comes again with DUP until it is acknowledged", async () => {
    const server = await Server.make("127.1.1.2", healthy)
    try {
      expect(server.order("c", Buffer.from("read"))).toBe(false)
      const received: Array<readonly [text: string, dup: boolean, present: boolean]> = []
      /** A client whose connection breaks before it can acknowledge, or not. */
      const visit = async (acknowledges: boolean) => {
        const client = mqtt.connect(`mqtt://127.1.1.2:${Scene.ports.plain}`, {
          clientId: "d",
          clean: false,
          reconnectPeriod: 0
        })
        let isPresent = false
        client.on("error", () => {})
        client.on("packetreceive", (packet) => {
          if (packet.cmd === "connack") isPresent = packet.sessionPresent
          if (packet.cmd !== "publish") return
          received.push([String(packet.payload), packet.dup, isPresent])
          if (!acknowledges) client.stream.destroy()
        })
        await new Promise<void>((resolve) => client.once("connect", () => resolve()))
        return client
      }
      const first = await visit(true)
      await first.subscribeAsync("c", { qos: 1 })
      await first.endAsync()
      expect(server.order("c", Buffer.from("read"))).toBe(true)
      const second = await visit(false)
      while (received.length < 1) await new Promise((resolve) => setTimeout(resolve, 5))
      await second.endAsync(true)
      expect(server.ordered()).toBe(1)
      const third = await visit(true)
      while (server.ordered() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
      await third.endAsync()
      expect(received).toEqual([["read", false, true], ["read", true, true]])
      expect(server.order("c", Buffer.from("send"))).toBe(true)
      await server.behave({ ...healthy, forgets: true })
      expect([server.ordered(), server.order("c", Buffer.from("send"))]).toEqual([0, false])
    } finally {
      await server.close()
    }
  })
})

describe("npm run chaos:board", () => {
  it("says how to set ESPRUINO, and ends with 1", () => {
    const { status, stderr } = spawnSync(process.execPath, [program("boardChaos")], {
      env: { ...process.env, ESPRUINO: "" },
      encoding: "utf8"
    })
    expect([status, stderr.split(",")[0]]).toEqual([1, "ESPRUINO must name Espruino's interpreter"])
  })
})

describe.skipIf(Espruino.interpreter === "")("a life on Espruino" + Espruino.hint, () => {
  it("keeps every promise while the Server is away, cuts the connection and refuses, and the power fails", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "dormouse-test-"))
    const server = await Server.make("127.1.1.1", healthy)
    try {
      const wakes: Array<ObservedState.Wake> = []
      const planned: ReadonlyArray<Plan.Planned> = [
        { at: 2, fault: { kind: "away", behaviour: { listens: false } } },
        { at: 3, fault: { kind: "power cut", share: 0.1, resetsClock: false } },
        { at: 4, fault: { kind: "cut connection", behaviour: { cutsAfter: 120 } } },
        { at: 5, fault: { kind: "refusing", behaviour: { connack: 3 } } }
      ]
      const broken = await Life.live({
        seed: "1",
        wakes: 6,
        scene,
        planned,
        server,
        checkers,
        directory,
        onWake: (each) => void wakes.push(each)
      })
      expect(broken?.reason).toBeUndefined()
      expect(wakes.map(({ ended }) => ended.end).slice(0, 6)).toEqual(["slept", "slept", "cut", "slept", "slept",
        "slept"])
      expect(wakes.at(-1)?.after.state?.outbox.entries).toEqual([])
    } finally {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
