/**
 * `dormouse run` against a Mosquitto, killed with SIGKILL at random moments and started again each time, and the Mosquitto
 * killed beside it: all that lay on the disk at a kill arrives, in order, and twice only with DUP 1.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as NodeJournal from "../../src/adapters/node/Journal.ts"
import * as NodeStorage from "../../src/adapters/node/Storage.ts"
import * as Chance from "../../src/adapters/simulation/faults/Chance.ts"
import * as JournalRecord from "../../src/domain/delivery/JournalRecord.ts"
import * as DeviceState from "../../src/domain/state/DeviceState.ts"
import { Journal } from "../../src/ports/Journal.ts"
import { Storage } from "../../src/ports/Storage.ts"
import * as Publishes from "./publishes.ts"

export interface Given {
  /** The program `dormouse`, for Node to start. */
  readonly program: string
  /** Starts a Server on a port that is always the same, and gives what kills it. */
  readonly startServer: () => Promise<{ readonly port: number; readonly kill: () => Promise<void> }>
  readonly kills: number
  readonly serverKills: number
  readonly seed: string
  /** Says how far it is. */
  readonly say: (done: number) => void
}

export interface Found {
  /** Readings that lay on the disk at some kill, and the most at one of them. */
  readonly stored: number
  readonly most: number
  /** Of those: never acknowledged by the Server. */
  readonly lost: ReadonlyArray<string>
  /** Sent again without DUP. */
  readonly twice: ReadonlyArray<string>
  /** Sent for the first time after a later one. */
  readonly late: ReadonlyArray<string>
  /** PUBLISH packets that were sent again. */
  readonly repeated: number
  readonly sent: number
}

const prefix = "kills"
const topic = "/data"

const document = (port: number) => ({
  device_id: "killed",
  update_interval: 1,
  sensors: { simulated: { id: "s" } },
  mqtt: {
    enabled: true,
    broker: "127.0.0.1",
    port,
    topic_data_prefix: prefix,
    load_config_from_mqtt: false,
    reconnect: { enabled: false }
  }
})

/** What the device owes by what lies on the disk, oldest first. */
const pendingIn = (directory: string): ReadonlyArray<string> => {
  const ports = Effect.context<Storage | Journal>().pipe(
    Effect.provide([NodeStorage.layer(directory), NodeJournal.layer(directory)]),
    Effect.runSync
  )
  const bytes = Result.getOrThrow(Context.get(ports, Storage).read("state"))
  if (bytes === undefined) return []
  const { journal, outbox } = Result.getOrThrow(DeviceState.decode(bytes))
  const records = journal === 0 ? []
    : Result.getOrThrow(Context.get(ports, Journal).read(journal, Infinity)).records.map(JournalRecord.decode)
  return [...outbox.entries, ...records].map(({ payload, topic }) => Publishes.keyOf(prefix + "/" + topic, payload))
}

const uptimeOf = (key: string): number => Number(/"uptime":(\d+)/.exec(key)?.[1])

const judge = (sent: ReadonlyMap<string, Publishes.Sent>, stored: ReadonlySet<string>, most: number): Found => {
  let latest = -1
  const late: Array<string> = []
  for (const key of sent.keys()) {
    if (uptimeOf(key) < latest) late.push(key)
    latest = Math.max(latest, uptimeOf(key))
  }
  return {
    stored: stored.size,
    most,
    lost: [...stored].filter((key) => sent.get(key)?.isAcknowledged !== true),
    twice: [...sent].filter(([, { withoutDup }]) => withoutDup > 0).map(([key]) => key),
    late,
    repeated: [...sent.values()].reduce((sum, { again }) => sum + again, 0),
    sent: sent.size
  }
}

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

/** How long a device lives, in milliseconds: it takes about half a second to start. */
const lives = [300, 4_000] as const
/** How long a Server is away, counted in lives of the device. */
const away = [1, 4] as const

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL")
    await once(child, "exit")
  }
}

export const run = async ({ kills, program, say, seed, serverKills, startServer }: Given): Promise<Found> => {
  const chance = Chance.make(seed)
  const directory = mkdtempSync(path.join(tmpdir(), "dormouse-kills-"))
  const state = path.join(directory, "state")
  let server: Awaited<ReturnType<typeof startServer>> | undefined = await startServer()
  const { port } = server
  const proxy = await Publishes.make(() => port, topic)
  const file = path.join(directory, "device.json")
  writeFileSync(file, JSON.stringify(document(proxy.port)))
  const stored = new Set<string>()
  let most = 0
  let back = 0
  const start = () => spawn(process.execPath, [program, "run", "--config", file, "--state", state], { stdio: "ignore" })
  const look = () => {
    const pending = pendingIn(state)
    most = Math.max(most, pending.length)
    for (const key of pending) stored.add(key)
    return pending.length
  }
  try {
    for (let done = 0; done < kills; done++) {
      say(done)
      if (server === undefined && done >= back) server = await startServer()
      const child = start()
      const killsServer = server !== undefined && Math.floor(done * serverKills / kills) !==
          Math.floor((done + 1) * serverKills / kills)
      const millis = Chance.whole(chance, ...lives)
      if (killsServer) {
        await pause(millis / 2)
        await server?.kill()
        server = undefined
        back = done + Chance.whole(chance, ...away)
      }
      await pause(killsServer ? millis / 2 : millis)
      await kill(child)
      look()
    }
    server ??= await startServer()
    const last = start()
    for (let waited = 0; look() > 0 && waited < 300; waited++) await pause(200)
    await kill(last)
    return judge(proxy.sent, stored, most)
  } finally {
    await server?.kill()
    await proxy.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}
