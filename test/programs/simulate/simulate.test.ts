import { it } from "@effect/vitest"
import type { AuthenticateError } from "aedes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Command from "effect/cli/Command"
import * as Result from "effect/Result"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { describe, expect } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Snapshot from "../../../src/domain/state/Snapshot.ts"
import { configName } from "../../../src/programs/device/files.ts"
import { simulate as simulateCommand } from "../../../src/programs/simulate/command.ts"
import { cli, presenter } from "../../../src/programs/dormouse/runCommand.ts"
import { version } from "../../../src/domain/version.ts"
import { handle } from "../../../src/programs/simulate/simulate.ts"
import { demo } from "../../../src/programs/dormouse/demo.ts"
import * as Aedes from "../../support/aedes.ts"
import { told } from "../../support/command.ts"
import * as directory from "../../support/directory.ts"
import { program } from "../../support/program.ts"
import { isWhole } from "../../support/runs.ts"

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: ReadonlyArray<string>
}

/** Runs the program, and presses Ctrl-C as soon as its output contains `interruptAt`. */
const simulate = (args: ReadonlyArray<string>, interruptAt?: string): Effect.Effect<Ended> =>
  Effect.promise(() =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [program("simulate"), ...args], { stdio: ["ignore", "pipe", "pipe"] })
      let [out, err] = ["", ""]
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString()
        if (interruptAt !== undefined && out.includes(interruptAt)) child.kill("SIGINT")
      })
      child.stderr.on("data", (chunk: Buffer) => err += chunk.toString())
      child.on("close", (code) => resolve({ code, out, err: err.split("\n").filter((line) => line !== "") }))
    })
  )

/** The same command line in this process, as far as it is lived in virtual time: most of a run is the start of Node. */
const simulateHere = (args: ReadonlyArray<string>): Effect.Effect<Ended> =>
  told(Command.runWith(Command.withHandler(simulateCommand, handle), { version })(args), Layer.merge(presenter, cli))
    .pipe(
      Effect.map(({ err, failed, out }) => ({
        code: failed ? 1 : 0,
        out: out.map((line) => line + "\n").join(""),
        err: err.filter((line) => line !== "")
      }))
    )

/** The first in a process of its own, which gives the exit code. All of them with `npm run test:all`, two at once. */
const simulateAll = ([first = [], ...rest]: ReadonlyArray<ReadonlyArray<string>>) =>
  Effect.zipWith(
    simulate(first),
    Effect.forEach(rest, isWhole ? (args) => simulate(args) : simulateHere),
    (ended, others) => [ended, ...others],
    { concurrent: isWhole }
  )

const user = { username: "bob", password: "p@ss/word" }

const url = (port: number, password = user.password) =>
  `mqtt://${user.username}:${encodeURIComponent(password)}@127.0.0.1:${port}`

/** Leaves an update there as the device would. */
const store = (path: string, file: object) =>
  fs.writeFileSync(path + "/" + configName, Snapshot.encode(Result.getOrThrow(DeviceConfig.check(file)).config))

const files = (path: string) => fs.readdirSync(path).map((name) => [name, fs.readFileSync(path + "/" + name, "utf8")])

describe("npm run simulate", () => {
  it.live("warns where --charge changes nothing", () =>
    Effect.scoped(Effect.gen(function*() {
      const folder = yield* directory.temporary
      const warned = (more: object) => {
        const file = folder + "/device.json"
        fs.writeFileSync(file, JSON.stringify({ sensors: { simulated: {} }, ...more }))
        return Effect.map(simulateHere(["--days", "0.01", "--charge", "20", "--config", file]), ({ err }) => err)
      }
      expect(yield* warned({ battery: { pin: 35 } })).toEqual([])
      expect(yield* warned({})).toEqual([expect.stringMatching(/^warning: --charge changes nothing: /)])
    })))

  it.live("prints the timeline and its totals as plain text", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* simulate(["--days", "1", "--seed", "5"])
      expect(err).toEqual([])
      expect(code).toBe(0)
      expect(out).toContain("── day 01 04:00:00  the Server goes away ──")
      expect(out).toContain("── totals of 1 day ──")
      expect(out).not.toContain("\u001b")
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110)
    }))

  it.live("shows the messages when asked", () =>
    Effect.gen(function*() {
      const { out } = yield* simulateHere(["--days", "0.01", "--messages"])
      expect(out).toMatch(/-> message +\/homecontrol\/device\/data\/livingroom\/data\s+\{"temperature":/)
    }))

  it.live("simulates the device of a file, and warns of keys it does not know", () =>
    Effect.scoped(Effect.gen(function*() {
      const file = (yield* directory.temporary) + "/device.json"
      fs.writeFileSync(file, JSON.stringify({ device_name: "Attic", colour: "red", sensors: { simulated: {} } }))
      const { code, err, out } = yield* simulate(["--config", file, "--days", "0.01"])
      expect(code).toBe(0)
      expect(err).toEqual([`warning: ${file}: colour is not a key of the configuration and is ignored`])
      expect(out).toContain("Attic")
    })))

  it.live("says what the days mean for a battery, with the board and the figures that are asked for", () =>
    Effect.scoped(Effect.gen(function*() {
      const file = (yield* directory.temporary) + "/energy.json"
      fs.writeFileSync(file, JSON.stringify({ board: "esp32-c3", channel: "remembered", address: "fixed" }))
      const [usual, poor, own] = yield* simulateAll(
        [[], ["--board", "esp32-nodemcu", "--battery", "3xaa"], ["--energy", file]].map((
          args
        ) => ["--story", "healthy", "--days", "1", ...args])
      )
      expect(usual?.out).toContain("── energy: FireBeetle ESP32 (DFR0478); one 18650 lithium-ion cell, 3,000 mAh ──")
      expect(usual?.out).toMatch(/average current +1\.1 mA +0\.\d+ to 1\.\d+ mA/)
      expect(usual?.out).toMatch(/joined by +a scan, DHCP/)
      expect(poor?.out).toContain("three AA alkaline cells")
      expect(poor?.out).toMatch(/would gain +\d\.\d times +a board that sleeps at 10 µA/)
      expect(own?.out).toContain("ESP32-C3 module")
      expect(own?.out).toMatch(/joined by +a remembered channel, a fixed address/)
    })))

  it.live("prints the battery life of ordinary days whatever the story, and beside it what the story changed and when", () =>
    Effect.gen(function*() {
      const runs = yield* simulateAll(
        ["healthy", "month", "update", "outage"].map((story) => ["--story", story, "--days", "3"])
      )
      const life = (out = "") => /^battery life +(.+?)  .*on ordinary days/m.exec(out)?.[1]
      const [healthy, month, update, outage] = runs.map(({ out }) => out.replace(/\s*\n {30}/g, " "))
      expect(life(healthy)).toBe("2.9 months")
      expect([month, update, outage].map(life)).toEqual(["2.9 months", "2.9 months", "2.9 months"])
      expect(healthy).not.toContain("in these days")
      expect(month).toMatch(
        /^in these days +[\d.]+ months .*waited with the radio off; \d+ tries failed; from day 03 .* version 2 was used, with a wake every 10 min and not every 5 min$/m
      )
      expect(update).toMatch(
        /^in these days .*version 2 was used, with a wake every 10 min and not every 5 min; from day 03 .* with a wake every 5 min and not every 10 min$/m
      )
      expect(outage).toMatch(/^in these days .*waited with the radio off; \d+ tries failed$/m)
    }))

  it.live("answers every mistake with one line and exit code 1", () =>
    Effect.scoped(Effect.gen(function*() {
      const wrong = (yield* directory.temporary) + "/device.json"
      fs.writeFileSync(wrong, JSON.stringify({ version: -1, mqtt: { port: 70_000 } }))
      const rows: ReadonlyArray<readonly [args: ReadonlyArray<string>, ...lines: ReadonlyArray<string>]> = [
        [["--days", "0"],
          "Invalid value for flag --days: \"0\". Expected: a number above 0 and up to 3650 (--help lists the options)"],
        [["--story", "monht"],
          "Invalid value for flag --story: \"monht\". Expected: \"month\" | \"healthy\" | \"outage\" | \"flaky\" | \"update\" | \"servers\" (--help lists the options)"],
        [["--stroy", "month"],
          "Unrecognized flag: --stroy in command simulate; did you mean --story? (--help lists the options)"],
        [["--wakes", "2"], "--wakes needs --server: it is for a run against a real Server"],
        [["--config", "/none.json"],
          "/none.json does not exist; give the path of a device's configuration, a JSON file"],
        [["--config", wrong], wrong + ": version must be a whole number from 0 to 9007199254740991, but is -1",
          wrong + ": mqtt.port must be a whole number from 1 to 65535, but is 70000"],
        [["--server", "http://host"],
          "--server must be mqtt://[user:password@]host[:port], or mqtts:// for TLS, but begins with http://"]
      ]
      const ended = yield* simulateAll(rows.map(([args]) => args))
      expect(ended).toEqual(rows.map(([, ...err]) => ({ code: 1, out: "", err })))
    })))

  it.live("says that real sensors are made up, and simulates none that nothing drives", () =>
    Effect.scoped(Effect.gen(function*() {
      const folder = yield* directory.temporary
      const file = (name: string, sensors: object) => {
        fs.writeFileSync(folder + "/" + name, JSON.stringify({ ...demo, sensors }))
        return folder + "/" + name
      }
      const days = ["--days", "0.1", "--story", "healthy"]
      const none = file("none.json", { thermopile: { id: "s", pin: 4 } })
      const [real, made, unknown, compared] = yield* simulateAll([
        days,
        [...days, "--config", file("made.json", { simulated: { id: "s" } })],
        [...days, "--config", none],
        [...days, "--compare", none]
      ])
      expect(real?.out).toContain("no sensor is read here: what dht22 \"livingroom\" measures is made up\n")
      expect(made?.out).not.toContain("made up")
      const said = none +
        ": sensors.thermopile has no driver: nothing is simulated of it; use one of those in docs/sensors.md"
      expect([unknown, compared]).toEqual([{ code: 1, out: "", err: [said] }, { code: 1, out: "", err: [said] }])
    })))

  it.live("answers a mistake about the report or the battery before the first day is simulated", () =>
    Effect.scoped(Effect.gen(function*() {
      const wrongEnergy = (yield* directory.temporary) + "/energy.json"
      fs.writeFileSync(wrongEnergy, JSON.stringify({ battery: "AA", figures: { sleep_current: -1 } }))
      const rows: ReadonlyArray<readonly [args: ReadonlyArray<string>, ...lines: ReadonlyArray<string>]> = [
        [["--report", wrongEnergy + "/out.html"], expect.stringMatching(
          /^--report .*\/energy\.json\/out\.html cannot be written: .*energy\.json is a file and not a directory; give another name$/
        )],
        [["--compare", "/none.json"],
          "/none.json does not exist; give the path of a device's configuration, a JSON file"],
        [["--energy", "/none.json"], "/none.json does not exist; --energy takes a JSON file"],
        [["--energy", wrongEnergy],
          wrongEnergy + ": battery must be \"18650\" or \"lipo-1000\" or \"lifepo4-1500\" or \"3xaa\", but is \"AA\"",
          wrongEnergy +
          ": figures.sleep_current must be a number from 0 to 1000000: the whole board in deep sleep, in mA, but is -1"],
        [["--outage", "7", "--days", "8"],
          "--days must be above 8: the outage begins after the first day and lasts 7 days"],
        [["--outage", "7", "--story", "flaky"], "--outage cannot be used with --story flaky: it is for --story outage"],
        [["--fleet", "10", "--battery", "3xaa"],
          "--battery cannot be used with --fleet: the energy of a fleet is not calculated"],
        [["--fleet", "10", "--report", "out.html"],
          "--report cannot be used with --fleet: a report is of one device, or of two"],
        [["--server", "mqtt://localhost", "--report", "out.html"],
          "--report cannot be used with --server: it is for simulated days"]
      ]
      const ended = yield* simulateAll(rows.map(([args]) => args))
      expect(ended).toEqual(rows.map(([, ...err]) => ({ code: 1, out: "", err })))
    })))

  it.live("writes a report over nothing but a report", () =>
    Effect.scoped(Effect.gen(function*() {
      const folder = yield* directory.temporary
      const device = folder + "/device.json"
      const page = folder + "/page.html"
      const linked = folder + "/device.html"
      const text = JSON.stringify({ ...demo, update_interval: 3600 })
      fs.writeFileSync(device, text)
      fs.linkSync(device, linked)
      fs.writeFileSync(page, "<!doctype html><title>mine</title>")
      const days = ["--config", device, "--days", "1", "--report"]
      const [onInput, onLink, onOther, onFolder, unnamed, first, again] = yield* simulateAll([
        [...days, device],
        [...days, linked],
        [...days, page],
        ["--days", "1", "--report", folder + "/made/for/it.html"],
        [...days, folder + "/report"],
        [...days, folder + "/report.html"],
        [...days, folder + "/report.HTML"]
      ])
      expect(onInput).toMatchObject({
        code: 1,
        out: "",
        err: [
          "--report " + device +
          " is a file that this command reads, and would be lost: give another name for a report, which ends in .html"
        ]
      })
      expect(onLink).toMatchObject({
        code: 1,
        out: "",
        err: [
          "--report " + linked +
          " is a file that this command reads, and would be lost: give another name for a report, which ends in .html"
        ]
      })
      expect(onOther).toMatchObject({
        code: 1,
        out: "",
        err: [
          "--report " + page + " exists already and is not a report of Dormouse: move it away, or give another name"
        ]
      })
      expect(unnamed).toMatchObject({
        code: 1,
        out: "",
        err: [
          "--report " + folder + "/report does not end in .html, as a report does: give a name such as " + folder +
          "/report.html"
        ]
      })
      expect([onFolder?.code, first?.code, again?.code]).toEqual([0, 0, 0])
      expect((yield* simulateAll([[...days, folder + "/report.html"]]))[0]?.code).toBe(0)
      expect(fs.existsSync(folder + "/made/for/it.html")).toBe(true)
      expect(fs.readFileSync(device, "utf8")).toBe(text)
      expect(fs.readFileSync(page, "utf8")).toContain("mine")
      expect(fs.readdirSync(folder).sort()).toEqual(["device.html", "device.json", "made", "page.html", "report.HTML",
        "report.html"])
    })))

  it.live("lives a fleet by policy: the table goes to stdout, how it came on to stderr", () =>
    Effect.gen(function*() {
      const args = ["--fleet", "10", "--days", "1"]
      const [first, again] = yield* Effect.all([simulate(args), simulate(args)], { concurrency: 2 })
      expect(first?.code).toBe(0)
      expect(again?.out).toBe(first?.out)
      expect(first?.out).toMatch(/^ +no jitter +full jitter +spread wakes$/m)
      expect(first?.out).not.toContain("\u001b")
      expect(first?.err.map((line) =>
        line.replace(/^([a-z ]+): [\d,]+ wakes in .* of processor time: [\d,]+ a second\), \d+ MB; \d+ wakes? in full$/,
          "$1")
      ))
        .toEqual(["no jitter", "full jitter", "spread wakes"])
    }))

  it.live("ends at Ctrl-C with exit code 130 and no word", () =>
    Effect.gen(function*() {
      const { code, err } = yield* simulate(["--days", "3650"], "3,650 days")
      expect([code, err]).toEqual([130, []])
    }))
})

describe("npm run simulate -- --server", () => {
  it.live("delivers to a real Server, keeps what it could not deliver, and delivers that the next time", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make({ user })
      const payloads: Array<string> = []
      aedes.on("publish", (packet, client) => client !== null && payloads.push(packet.payload.toString()))
      const state = (yield* directory.temporary) + "/state"
      const run = (password: string) => simulate(["--server", url(tcp.port, password), "--state", state])

      const refused = yield* run("wrong")
      expect(refused.code).toBe(1)
      expect(refused.err).toEqual([
        "the Server refused the connection (return code 4): wrong user name or password; check username and password; --server takes a user name and a password as mqtt://user:password@host; "
        + "nothing is lost: 1 reading is kept in " + state + " for the next run"
      ])
      expect(refused.out + refused.err).not.toContain("wrong@")

      const welcome = yield* run(user.password)
      expect(welcome.err).toEqual([])
      expect(welcome.code).toBe(0)
      expect(welcome.out).toMatch(/delivered +2 readings acknowledged/)
      expect(payloads).toHaveLength(2)
    })))

  it.live("takes an update over MQTT, but goes on with the Server of the command line", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const state = yield* directory.temporary
      const retain = (topic: string, payload: string) =>
        Effect.promise(() =>
          new Promise<void>((resolve, reject) =>
            aedes.publish({ cmd: "publish", topic, payload, qos: 0, retain: true, dup: false }, (fault) =>
              fault ? reject(fault) : resolve())
          )
        )
      yield* retain("/homecontrol/device/config/version", "2")
      yield* retain("/homecontrol/device/config/data", JSON.stringify({ version: 2, mqtt: { port: 1 } }))
      const run = simulate(["--server", "mqtt://127.0.0.1:" + tcp.port, "--state", state])
      expect((yield* run).out).toContain("version 2 is stored")
      const next = yield* run
      expect([next.code, next.err]).toEqual([0, []])
      expect(next.out).toContain(
        "a stored update, version 2, is used instead of the demo device, version 1; move " + state +
          "/config away to go back\n"
      )
      expect(next.out).toContain("version 2 is the present version")
    })))

  it.live("goes back, through every restart, to the update that worked, from one that did not", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const base = yield* directory.temporary
      const mqtt = { topic_config: "home/config", config_wait_time: 0.1, reconnect: { enabled: false } }
      fs.writeFileSync(base + "/ao.json",
        JSON.stringify({ device_id: "ao", version: 1, update_interval: 1, sensors: { simulated: {} }, mqtt }))
      const retain = (update: object) =>
        Effect.promise(() =>
          new Promise<void>((resolve, reject) =>
            aedes.publish({
              cmd: "publish",
              topic: "home/config",
              payload: JSON.stringify(update),
              qos: 0,
              retain: true,
              dup: false
            }, (fault) => fault ? reject(fault) : resolve())
          )
        )
      const run = (wakes: number) =>
        simulate(["--server", "mqtt://127.0.0.1:" + tcp.port, "--state", base + "/state", "--config", base + "/ao.json",
          "--wakes", "" + wakes])
      yield* retain({ version: 2, device_name: "Second" })
      expect((yield* run(2)).code).toBe(0)
      yield* retain({ version: 3, mqtt: { port: 1 } })
      expect((yield* run(6)).out).toContain("version 3 is rolled back")
      for (const _ of [1, 2]) {
        const next = yield* run(1)
        expect([next.code, next.err]).toEqual([0, []])
        expect(next.out).toContain("a stored update, version 2, is used instead of")
        expect(next.out).toContain("version 3 was tried and rolled back")
      }
    })))

  it.live("says that a stored update is used instead of the file, until the file has a higher version", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const topics: Array<string> = []
      aedes.on("publish", (packet, client) => client !== null && topics.push(packet.topic))
      const base = yield* directory.temporary
      fs.mkdirSync(base + "/state")
      store(base + "/state", {
        device_id: "ao",
        version: 2,
        sensors: { simulated: {} },
        mqtt: { topic_data_prefix: "updated" }
      })
      const run = (version: number) => {
        fs.writeFileSync(base + "/ao.json", JSON.stringify({
          device_id: "ao",
          version,
          sensors: { simulated: {} },
          mqtt: { topic_data_prefix: "edited" }
        }))
        return simulate(["--server", "mqtt://127.0.0.1:" + tcp.port, "--state", base + "/state", "--config",
          base + "/ao.json"])
      }
      const notice = "a stored update, version 2, is used instead of " + base +
        "/ao.json, version 1; give the file a higher version, or move " + base + "/state/config away to go back\n"
      const first = yield* run(1)
      expect([first.code, first.err, first.out.startsWith(notice)]).toEqual([0, [], true])
      const second = yield* run(2)
      expect([second.code, second.err]).toEqual([0, []])
      expect(second.out).not.toContain("stored update")
      expect(topics).toEqual(["updated/simulated/data", "edited/simulated/data"])
    })))

  it.live("refuses the state of another device, and publishes nothing", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const clients: Array<string> = []
      aedes.on("client", ({ id }) => clients.push(id))
      const base = yield* directory.temporary
      fs.mkdirSync(base + "/state")
      store(base + "/state", { device_id: "ao", version: 2 })
      fs.writeFileSync(base + "/dev.json", JSON.stringify({ device_id: "dev", version: 3 }))
      const before = files(base + "/state")
      const args = ["--server", "mqtt://127.0.0.1:" + tcp.port, "--state", base + "/state"]
      const [other, demo] = yield* simulateAll([args.concat("--config", base + "/dev.json"), args])
      const belongs = "the state directory " + base + "/state belongs to the device \"ao\", but "
      const fix = ": give each device a directory of its own with --state"
      expect(other).toEqual({ code: 1, out: "", err: [belongs + base + "/dev.json is \"dev\"" + fix] })
      expect(demo).toEqual({ code: 1, out: "", err: [belongs + "the demo device is \"livingroom\"" + fix] })
      expect(files(base + "/state")).toEqual(before)
      expect(clients).toEqual([])
    })))

  it.live("says where user name and password are given when the Server wants others, and only then", () =>
    Effect.scoped(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const state = yield* directory.temporary
      let returnCode = 5
      aedes.authenticate = (_client, _username, _password, done) =>
        done(Object.assign(new Error("no"), { returnCode }) as AuthenticateError, null)
      const run = simulate(["--server", "mqtt://127.0.0.1:" + tcp.port, "--state", state])
      const kept = (readings: string) => "; nothing is lost: " + readings + " kept in " + state + " for the next run"
      expect((yield* run).err).toEqual([
        "the Server refused the connection (return code 5): not authorized; check username and password, or ask the Server's administrator to admit this client"
        + "; --server takes a user name and a password as mqtt://user:password@host" + kept("1 reading is")
      ])
      returnCode = 3
      expect((yield* run).err).toEqual([
        "the Server refused the connection (return code 3): the MQTT service is unavailable; try again later" +
        kept("2 readings are")
      ])
    })))

  it.live("says what is wrong with a Server that is not there or not to be trusted", () =>
    Effect.scoped(Effect.gen(function*() {
      const { tls } = yield* Aedes.make()
      const state = yield* directory.temporary
      const run = (server: string, name: string) => ["--server", server, "--state", state + "/" + name]
      const [away, untrusted] = yield* simulateAll([run("mqtt://127.0.0.1:1", "a"),
        run("mqtts://localhost:" + tls.port, "b")])
      expect([away?.code, away?.err.length]).toEqual([1, 1])
      expect(away?.err[0]).toMatch(
        /^127\.0\.0\.1:1: nobody listens there: start the Server, or correct host and port \(.*ECONNREFUSED.*\); nothing is lost: 1 reading is kept in /
      )
      expect([untrusted?.code, untrusted?.err.length]).toEqual([1, 1])
      expect(untrusted?.err[0]).toContain(
        "its certificate comes from an authority that is not trusted here: set ssl_ca"
      )
    })))

  it.live("refuses a state that it cannot believe or keep, and leaves it untouched", () =>
    Effect.scoped(Effect.gen(function*() {
      const base = yield* directory.temporary
      fs.mkdirSync(base + "/torn")
      fs.writeFileSync(base + "/torn/state", "dormouse-1 00000000 {}")
      fs.mkdirSync(base + "/foreign")
      fs.writeFileSync(base + "/foreign/config", "something else altogether")
      fs.writeFileSync(base + "/file", "")
      const before = files(base + "/torn").concat(files(base + "/foreign"))
      const ended = yield* simulateAll(
        ["torn", "foreign", "file"].map((name) => ["--server", "mqtt://127.0.0.1:1", "--state", base + "/" + name])
      )
      expect(ended.map(({ code, out }) => [code, out])).toEqual([[1, ""], [1, ""], [1, ""]])
      expect(ended.map(({ err }) => err)).toEqual([
        [base +
          "/torn/state is corrupt: its checksum does not match: move it away to start without it, or give another directory with --state"],
        [base +
          "/foreign/config is corrupt: it is not a snapshot of this version (dormouse-1): move it away to start without it, or give another directory with --state"],
        ["the state directory " + base +
          "/file cannot be written (a file is in its place): give another with --state, or make this one writable"]
      ])
      expect(files(base + "/torn").concat(files(base + "/foreign"))).toEqual(before)
    })))

  it.live.skipIf(process.platform !== "linux")(
    "refuses a directory that the system will not make, and one that takes no files",
    () =>
      Effect.gen(function*() {
        const ended = yield* simulateAll(
          ["/proc/x", "/proc/x/y", "/proc"].map((state) => ["--server", "mqtt://127.0.0.1:1", "--state", state])
        )
        expect(ended.map(({ code, out }) => [code, out])).toEqual([[1, ""], [1, ""], [1, ""]])
        const line = (
          state: string,
          words: string
        ) => [
          "the state directory " + state + " cannot be written (" + words +
          "): give another with --state, or make this one writable"
        ]
        expect(ended.map(({ err }) => err)).toEqual([
          line("/proc/x", "ENOENT: no such file or directory, mkdir '/proc/x'"),
          line("/proc/x/y", "ENOENT: no such file or directory, mkdir '/proc/x'"),
          [expect.stringMatching(
            /^the state directory \/proc cannot be written \(ENOENT: no such file or directory, open '\/proc\/~\d+'\): give another/
          )]
        ])
      })
  )

  it.live("ends at Ctrl-C between two wakes with exit code 130, its state in place", () =>
    Effect.scoped(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const state = yield* directory.temporary
      const { code, err } = yield* simulate(["--server", "mqtt://127.0.0.1:" + tcp.port, "--state", state, "--wakes",
        "2"], "sleeps")
      expect([code, err]).toEqual([130, []])
      expect(fs.readdirSync(state).sort()).toEqual(["device", "state"])
    })))
})
