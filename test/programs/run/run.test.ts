import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as Option from "effect/Option"
import { describe, expect } from "vitest"
import { handle } from "../../../src/programs/run/run.ts"
import type { Given } from "../../../src/programs/run/Options.ts"
import * as Aedes from "../../support/aedes.ts"
import { dormouse, told } from "../../support/command.ts"
import * as directory from "../../support/directory.ts"
import { program } from "../../support/program.ts"

const place = (port: number, more: object = {}, deep_sleep = true) =>
  Effect.map(directory.temporary, (folder) => {
    const file = folder + "/device.json"
    fs.writeFileSync(file, JSON.stringify({
      $schema: "./device.schema.json",
      device_id: "d",
      update_interval: 1,
      deep_sleep,
      sensors: { simulated: { id: "s" } },
      mqtt: { enabled: true, broker: "127.0.0.1", port, topic_data_prefix: "home", config_wait_time: 0.1, ...more }
    }))
    return { file, state: folder + "/state" }
  })

const given = (file: string | undefined, state: string, more: Partial<Given> = {}): Given => ({
  config: Option.fromUndefinedOr(file),
  server: Option.none(),
  credentials: Option.none(),
  wakes: Option.some(1),
  state,
  messages: false,
  ...more
})

describe("dormouse run", () => {
  it.live("lives the wakes asked for against the Server of the file, really sleeping between them", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const topics: Array<string> = []
      aedes.on("publish", (packet, client) => client !== null && topics.push(packet.topic))
      const { file, state } = yield* place(tcp.port)
      const { err, failed, out } = yield* told(handle(given(file, state, { wakes: Option.some(2) })))
      expect([err, failed]).toEqual([[], false])
      expect(topics).toEqual(["home/s/data", "home/s/data"])
      expect(out.filter((line) => line.includes("sleeps"))).toHaveLength(2)
      expect(fs.readdirSync(state).sort()).toEqual(["device", "state"])
    })))

  it.live("refuses the state of another device, whose readings would go out as this one's", () =>
    Effect.scoped(Effect.gen(function*() {
      const { file, state } = yield* place(1)
      yield* told(handle(given(file, state)))
      const other = file + ".other.json"
      fs.writeFileSync(other, fs.readFileSync(file, "utf8").replace("\"d\"", "\"e\""))
      const fix = "give each device a directory of its own with --state"
      expect(yield* told(handle(given(other, state)))).toEqual({
        out: [],
        err: [`the state directory ${state} belongs to the device "d", but ${other} is "e": ${fix}`],
        failed: true
      })
    })))

  it.live("refuses a directory that another run works in, until that has ended, also by SIGKILL",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { tcp } = yield* Aedes.make()
        const { file, state } = yield* place(tcp.port)
        const child = spawn(process.execPath, [program("dormouse"), "run", "--config", file, "--state", state], {
          stdio: ["ignore", "pipe", "ignore"]
        })
        yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
        yield* Effect.promise(() => once(child.stdout, "data"))
        expect(yield* told(handle(given(file, state)))).toEqual({
          out: [],
          err: [
            `the state directory ${state} is in use: process ${child.pid} runs a device in it: end that one, or give another directory with --state`
          ],
          failed: true
        })
        child.kill("SIGKILL")
        yield* Effect.promise(() => once(child, "exit"))
        const { err, failed } = yield* told(handle(given(file, state)))
        expect([err, failed]).toEqual([[], false])
        expect(fs.readdirSync(state).sort()).toEqual(["device", "state"])
      })), 30_000)

  it.live("counts the answers to commands apart from the readings, and says when there is nothing to deliver", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const command = { cmd: "publish", dup: false, topic: "home/cmd", qos: 1, retain: true } as const
      yield* Effect.callback<void>((resume) =>
        aedes.publish({ ...command, payload: Buffer.from("stay_awake 1") }, () => resume(Effect.void))
      )
      const { file, state } = yield* place(tcp.port, { topic_command: "home/cmd" })
      const { out } = yield* told(handle(given(file, state)))
      const lines = out.map((line) => line.slice(10).replace(/ {2,}/, ": "))
      expect(lines.filter((line) => /^(delivered|stays|try)/.test(line)).slice(0, 5)).toEqual([
        expect.stringMatching(/^try 1: .*, 1 reading to deliver$/),
        "delivered: 1 reading acknowledged",
        "delivered: 1 answer acknowledged",
        expect.stringMatching(/^stays: stays awake for .*, connected$/),
        expect.stringMatching(/^try 1: .*, nothing to deliver$/)
      ])
    })))

  it.live("takes networks and account from a file apart, and fills its address in", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make({ user: { username: "u", password: "p" } })
      const names: Array<string> = []
      aedes.on("client", ({ id }) => names.push(id))
      const { file, state } = yield* place(tcp.port)
      const own = state + ".own.json"
      fs.writeFileSync(own, JSON.stringify({ mqtt: { username: "u", password: "p", client_id: "pi-{mac}" } }))
      const { err, failed } = yield* told(handle(given(file, state, { credentials: Option.some(own) })))
      expect([err, failed, names]).toEqual([[], false, ["pi-000000000000"]])
    })))

  it.live("publishes no invented value of a sensor that this machine cannot read", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const topics: Array<string> = []
      aedes.on("publish", (packet, client) => client !== null && topics.push(packet.topic))
      const { file, state } = yield* place(tcp.port)
      const document = JSON.parse(fs.readFileSync(file, "utf8")) as object
      const fix =
        `to try it here with made-up values, write "simulated" in place of "dht22" in sensors, or use npx dormouse simulate`
      fs.writeFileSync(file, JSON.stringify({ ...document, sensors: { dht22: { id: "air", pin: 4 } } }))
      expect(yield* told(handle(given(file, state)))).toEqual({
        out: [],
        err: [`${file}: this machine can read none of the device's sensors (dht22 "air"), only a board can: ${fix}`],
        failed: true
      })
      expect(topics).toEqual([])
      fs.writeFileSync(file,
        JSON.stringify({ ...document, sensors: { dht22: { id: "air", pin: 4 }, simulated: { id: "s" } } }))
      const { err, failed, out } = yield* told(handle(given(file, state)))
      expect([err, failed]).toEqual([[
        `warning: ${file}: this machine cannot read dht22 "air", only a board can: nothing is published of it; ${fix}`
      ], false])
      expect(out.join("\n")).toContain("this machine cannot read a dht22")
      expect(topics).toEqual(["home/s/data"])
    })))

  it.live("goes on until Ctrl-C, and then ends with exit code 130, its state in place",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { tcp } = yield* Aedes.make()
        const { file, state } = yield* place(tcp.port)
        const { code, err, out } = yield* dormouse(["run", "--config", file, "--state", state, "--messages"], {
          interruptAt: "sleeps"
        })
        expect([code, err]).toEqual([130, ""])
        expect(out).toMatch(/-> message +home\/s\/data\s+\{"temperature":/)
        expect(fs.readdirSync(state).sort()).toEqual(["device", "state"])
      })), 30_000)

  it.live("takes the Server of the command line in place of the file's", () =>
    Effect.scoped(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const { file, state } = yield* place(1)
      const { err, failed } = yield* told(
        handle(given(file, state, { server: Option.some("mqtt://127.0.0.1:" + tcp.port) }))
      )
      expect([err, failed]).toEqual([[], false])
    })))

  it.live("says when the next try comes, after the last of a row and not only in the next wake", () =>
    Effect.scoped(Effect.gen(function*() {
      const { file, state } = yield* place(1)
      const { out } = yield* told(handle(given(file, state)))
      const [first, second, third] = out.map((line) => line.slice(10)).slice(-3)
      expect(out.filter((line) => line.includes("failed:"))).toHaveLength(3)
      expect([first, second, third]).toEqual([
        expect.stringMatching(/ECONNREFUSED/),
        expect.stringMatching(/^waits +the policy allows the next try in (1 h|59 min 5\d s); radio off$/),
        expect.stringMatching(/^sleeps +for 1 s; 1 reading pending$/)
      ])
    })))

  it.live("says what is missing, and where user name and password are given", () =>
    Effect.scoped(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make({ user: { username: "bob", password: "right" } })
      const closed = yield* place(tcp.port)
      expect((yield* told(handle(given(closed.file, closed.state)))).err).toEqual([
        "the Server refused the connection (return code 4): wrong user name or password; check username and password; they are mqtt.username and mqtt.password in "
        + closed.file + "; nothing is lost: 1 reading is kept in " + closed.state + " for the next run"
      ])
      const off = yield* place(tcp.port, { enabled: false })
      expect((yield* told(handle(given(off.file, off.state)))).err).toEqual([
        off.file + ": mqtt.enabled is false: set it to true and mqtt.broker to the Server, or give one with --server"
      ])
      const always = yield* place(tcp.port, {}, false)
      expect((yield* told(handle(given(always.file, always.state)))).err).toEqual([
        "--wakes cannot be used with a device that never sleeps (deep_sleep is false): Ctrl-C ends it"
      ])
      expect((yield* told(handle(given(undefined, off.state)))).err).toEqual([
        "the demo device has no Server: give one with --server, or a device's file with --config"
      ])
      expect(fs.existsSync(off.state)).toBe(false)
    })))
})
