/** Lives run on the real interpreter, and the checkers find what breaks a promise. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import type { TopicName } from "../../src/domain/packet/Topic.ts"
import * as Espruino from "../support/espruino.ts"
import { program } from "../support/program.ts"
import type { Ended } from "./Board.ts"
import type { Checker } from "./Checker.ts"
import { atLeastOnce } from "./checkers/AtLeastOnce.ts"
import { checkers } from "./checkers/all.ts"
import { configuration } from "./checkers/Configuration.ts"
import { order } from "./checkers/Order.ts"
import { packets } from "./checkers/Packets.ts"
import { readable } from "./checkers/Readable.ts"
import { survives } from "./checkers/Survives.ts"
import { tries } from "./checkers/Tries.ts"
import * as ObservedState from "./ObservedState.ts"
import { healthy } from "./Fault.ts"
import * as Life from "./Life.ts"
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

const measured = (...all: ReadonlyArray<number>) =>
  all.map((temperature) => ({ _tag: "Measured" as const, sensor: "air", temperature }))

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
