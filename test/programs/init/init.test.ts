import { it } from "@effect/vitest"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Terminal from "effect/Terminal"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import { Ajv } from "ajv"
import * as fs from "node:fs"
import { describe, expect } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as Answers from "../../../src/programs/init/Answers.ts"
import { handle } from "../../../src/programs/init/init.ts"
import type { Given } from "../../../src/programs/init/Options.ts"
import { told } from "../../support/command.ts"
import * as directory from "../../support/directory.ts"

const none: Omit<Given, "out"> = {
  name: Option.none(),
  ssid: Option.none(),
  server: Option.none(),
  sensor: Option.none(),
  pin: Option.none(),
  interval: Option.none(),
  sendInterval: Option.none(),
  timeServer: Option.none(),
  batteryPin: Option.none(),
  commands: false,
  yes: false,
  force: false
}

const read = (path: string) => JSON.parse(fs.readFileSync(path, "utf8")) as { readonly [key: string]: unknown }

const configOf = (path: string) => {
  const { $schema, ...document } = read(path)
  expect($schema).toBe("./device.schema.json")
  return Result.getOrThrow(DeviceConfig.check(document))
}

const [enter, down, backspace, interrupt] = ["<enter>", "<down>", "<backspace>", "<interrupt>"]

const key = (text: string): Terminal.UserInput => ({
  input: text.length > 1 ? Option.none() : Option.some(text),
  key: { name: text.length > 1 ? text.slice(1, -1) : text, ctrl: false, meta: false, shift: false }
})

const line = (text: string): ReadonlyArray<string> => [...text, enter]

/** At a terminal where somebody answers each question with some keys. `shown` gets what it shows. */
const asked = (given: Given, answers: ReadonlyArray<ReadonlyArray<string>>, shown: Array<string> = []) => {
  const waiting = [...answers]
  const readInput = Effect.gen(function*() {
    const queue = yield* Queue.unbounded<Terminal.UserInput, Cause.Done>()
    for (const each of waiting.shift() ?? []) {
      // As the terminal of Node does at Ctrl-C.
      if (each === interrupt) Queue.endUnsafe(queue)
      else Queue.offerUnsafe(queue, key(each))
    }
    return queue as Queue.Dequeue<Terminal.UserInput, Cause.Done>
  })
  const terminal = Terminal.make({
    columns: Effect.succeed(100),
    rows: Effect.succeed(40),
    size: Effect.die("not asked for"),
    readInput,
    readLine: Effect.die("not asked for"),
    display: (text) => Effect.sync(() => void shown.push(text))
  })
  const capabilities = Layer.succeed(TerminalCapabilities.TerminalCapabilities, {
    canColor: false,
    canAnimate: true,
    canPrompt: true
  })
  return told(Effect.provideService(handle(given), Terminal.Terminal, terminal), capabilities)
}

describe("dormouse init", () => {
  it.live("without a terminal writes a valid file, its schema, and what to do next", () =>
    Effect.scoped(Effect.gen(function*() {
      const folder = yield* directory.temporary
      const out = folder + "/device.json"
      const { err, failed, out: said } = yield* told(handle({ ...none, out }))
      expect([err, failed]).toEqual([[], false])
      const { config, warnings } = configOf(out)
      expect(warnings).toEqual([])
      // What is usual is left out.
      expect(read(out)["mqtt"]).not.toHaveProperty("send_interval")
      expect(config).toMatchObject({
        deviceId: "sensor",
        publishInterval: 300,
        sensors: [{ type: "simulated", id: "sensor" }],
        mqtt: { enabled: true, broker: "localhost", port: 1883, clientId: "sensor" }
      })
      const validate = new Ajv({ strict: false }).compile(read(folder + "/device.schema.json"))
      expect([validate(read(out)), validate.errors]).toEqual([true, null])
      expect(said[0]).toBe(
        `${out} is written, and ${folder}/device.schema.json beside it, from which an editor knows its keys.`
      )
      expect(said.join("\n")).toMatch(
        /Before it goes on a board, fill in:\n {2}network .*\n {2}mqtt\.broker .*\n\nNext:\n {2}npx dormouse check /
      )
      // A password will stand in it.
      if (process.platform !== "win32") expect(fs.statSync(out).mode & 0o077).toBe(0)
    })))

  it.live("takes several Servers, which have one account", () =>
    Effect.scoped(Effect.gen(function*() {
      const out = (yield* directory.temporary) + "/d.json"
      const server = Option.some("mqtt://bob:p,w@one:1884,mqtt://two,mqtt://[::1]:1885")
      const { err } = yield* told(handle({ ...none, out, yes: true, server }))
      expect(err).toEqual([])
      expect(configOf(out).config.mqtt).toMatchObject({
        broker: ["one:1884", "two", "[::1]:1885"],
        port: 1_883,
        username: "bob",
        password: "p,w"
      })
    })))

  it.live("takes from the options what is given", () =>
    Effect.scoped(Effect.gen(function*() {
      const out = (yield* directory.temporary) + "/d.json"
      const given: Given = {
        ...none,
        out,
        yes: true,
        name: Option.some("Küche 2"),
        ssid: Option.some("home"),
        server: Option.some("mqtts://bob:p%40ss@broker.local:8884"),
        sensor: Option.some("dht22"),
        pin: Option.some(5),
        interval: Option.some(600),
        sendInterval: Option.some(7_200),
        timeServer: Option.some("10.0.0.1"),
        commands: true
      }
      const { out: said } = yield* told(handle(given))
      expect(said).toContain(
        "The device is \"Küche 2\"; its device_id, which identifies it in topics and to the Server, is kuche-2."
      )
      expect(said.join("\n")).toContain("network.password  unless the network is open")
      expect(said.join("\n")).toContain(
        "mosquitto_pub -h broker.local -p 8884 -q 1 -t /homecontrol/device/command/kuche-2 -m read "
      )
      expect(configOf(out).config).toMatchObject({
        deviceId: "kuche-2",
        deviceName: "Küche 2",
        publishInterval: 600,
        networks: [{ ssid: "home", password: "" }],
        time: { server: "10.0.0.1", port: 123, syncInterval: 86_400 },
        sensors: [{ type: "dht22", id: "kuche-2", name: "Küche 2", pin: 5 }],
        mqtt: {
          broker: "broker.local",
          port: 8884,
          ssl: true,
          username: "bob",
          password: "p@ss",
          sendInterval: 7_200,
          topicConfig: "/homecontrol/device/config/kuche-2",
          topicCommand: "/homecontrol/device/command/kuche-2"
        }
      })
    })))

  it.live("keeps a board awake that counts pulses", () =>
    Effect.scoped(Effect.gen(function*() {
      const out = (yield* directory.temporary) + "/d.json"
      yield* told(handle({ ...none, out, yes: true, sensor: Option.some("pulse"), pin: Option.some(27) }))
      expect(configOf(out).config).toMatchObject({ deepSleep: false, sensors: [{ type: "pulse", pin: 27 }] })
    })))

  it.live("refuses what does not hold by the name of its option, and writes nothing", () =>
    Effect.scoped(Effect.gen(function*() {
      const folder = yield* directory.temporary
      const file = (yield* directory.temporary) + "/file"
      fs.writeFileSync(file, "")
      const rows: ReadonlyArray<readonly [given: Partial<Given>, ...err: ReadonlyArray<string>]> = [
        [{ server: Option.some("mqtt://one,mqtts://two") },
          expect.stringMatching(/^--server names several Servers with/)],
        [{ server: Option.some("mqtt://one,mqtt://one") }, expect.stringMatching(/^--server must be /)],
        [{ server: Option.some("host") },
          "--server must be mqtt://[user:password@]host[:port], or mqtts:// for TLS, but has no mqtt:// in front"],
        [{ interval: Option.some(0), ssid: Option.some("") },
          "--interval must be a number from 1 to 31536000, but is 0",
          "--ssid must be text of 1 to 32 bytes, but is \"\""],
        [{ sendInterval: Option.some(604_801) }, "--send-interval must be a number from 0 to 604800, but is 604801"],
        [{ sensor: Option.some("bme280"), pin: Option.some(-1) },
          "--pin must be a whole number of at least 0, but is -1"],
        [{ out: folder + "/device.txt" }, "--out " + folder +
          "/device.txt does not end in .json, as a device's file does: give a name such as device.json"],
        [{ out: folder + "/device.schema.json" },
          "--out must be another file than device.schema.json, which is the name of the schema"],
        [{ out: file + "/d.json" }, expect.stringMatching(
          /^--out .*\/file\/d\.json cannot be written: .*file is a file and not a directory; give another name$/
        )],
        [{ name: Option.some("") }, "--name must not be empty: give the device a name, such as --name Balcony"],
        [{ name: Option.some(" ") }, "--name must not be empty: give the device a name, such as --name Balcony"],
        [{ sensor: Option.some("dht22"), pin: Option.some(99) },
          expect.stringMatching(/^--pin uses GPIO 99, but the ESP32 has no GPIO 99: use one of 4, 13, /)],
        [{ sensor: Option.some("bme280"), pin: Option.some(48) },
          expect.stringMatching(/^--pin uses GPIO 49 \(its SCL\), but the ESP32 has no GPIO 49: /)],
        [{ sensor: Option.some("simulated"), pin: Option.some(4) },
          "--pin is for a sensor with wires: leave it out, or give --sensor dht22 or bme280"],
        [{ yes: true, pin: Option.some(4) },
          "--pin needs --sensor dht22 or bme280: without it the sensor is a simulated one, which has no pin"],
        [{ timeServer: Option.some("pool.ntp.org:123") },
          "--time-server must be a host name or address alone, such as \"broker.local\", but is \"pool.ntp.org:123\""],
        [{ server: Option.some("mqtt://256.1") }, expect.stringMatching(/^--server must /)]
      ]
      for (const [given, ...err] of rows) {
        expect(yield* told(handle({ ...none, out: folder + "/device.json", ...given }))).toEqual({
          out: [],
          err,
          failed: true
        })
      }
      expect(fs.readdirSync(folder)).toEqual([])
    })))

  it.live("makes the directory that is missing", () =>
    Effect.scoped(Effect.gen(function*() {
      const out = (yield* directory.temporary) + "/a/b/device.json"
      expect((yield* told(handle({ ...none, out }))).failed).toBe(false)
      expect(configOf(out).config.deviceId).toBe("sensor")
    })))

  it.live("overwrites nothing without being asked to", () =>
    Effect.scoped(Effect.gen(function*() {
      const folder = yield* directory.temporary
      const out = folder + "/device.json"
      fs.writeFileSync(out, "mine")
      expect(yield* told(handle({ ...none, out }))).toEqual({
        out: [],
        err: [out + " exists already: give another name with --out, or --force to overwrite it"],
        failed: true
      })
      expect((yield* asked({ ...none, out }, [[enter]])).failed).toBe(true)
      expect(fs.readFileSync(out, "utf8")).toBe("mine")
      expect(fs.readdirSync(folder)).toEqual(["device.json"])
      expect((yield* told(handle({ ...none, out, force: true }))).failed).toBe(false)
      configOf(out)
      // Another program's schema is not ours either.
      fs.writeFileSync(folder + "/device.schema.json", "{}")
      const foreign = yield* told(handle({ ...none, out: folder + "/other.json" }))
      expect(foreign.err).toEqual([
        folder +
        "/device.schema.json exists already and is not of Dormouse: move it away, or give --force to overwrite it"
      ])
      expect(fs.existsSync(folder + "/other.json")).toBe(false)
    })))

  it.live("asks for what is not given, on a terminal", () =>
    Effect.scoped(Effect.gen(function*() {
      const out = (yield* directory.temporary) + "/device.json"
      const shown: Array<string> = []
      const answers = [
        line("Balcony"),
        [down, enter],
        ["x", enter, backspace, "9", "9", enter, backspace, backspace, ...line("7")],
        line("600"),
        ["-", "1", enter, backspace, backspace, ...line("3600")],
        line("home"),
        line("hunter2"),
        [enter],
        line("192.168.1.10"),
        line("bob"),
        line("hunter3"),
        ["a", "b", ":", "1", enter, backspace, backspace, ...line("c")]
      ]
      const { err, failed, out: said } = yield* asked({ ...none, out }, answers, shown)
      // An ESP32-C3 could use pin 7.
      expect([err, failed]).toEqual([[
        expect.stringMatching(
          /^warning: sensors\.bme280\.pin uses GPIO 7 \(its SDA\), but GPIO 7 of the ESP32 belongs to its flash/
        )
      ], false])
      expect(shown.join("")).toContain("the ESP32 has no GPIO 99")
      expect(configOf(out).config).toMatchObject({
        deviceId: "balcony",
        publishInterval: 600,
        networks: [{ ssid: "home", password: "hunter2" }],
        time: { server: "abc" },
        sensors: [{ type: "bme280", pin: 7 }],
        mqtt: { broker: "192.168.1.10", username: "bob", password: "hunter3", sendInterval: 3_600 }
      })
      expect(said.join("\n")).not.toContain("fill in")
      expect(shown.join("")).toContain("must be a number")
      expect(shown.join("") + said.join("")).not.toContain("hunter")
    })))

  it.live("writes nothing when it is left", () =>
    Effect.scoped(Effect.gen(function*() {
      const out = (yield* directory.temporary) + "/device.json"
      expect((yield* asked({ ...none, out }, [line("Balcony"), [interrupt]])).failed).toBe(true)
      expect(fs.existsSync(out)).toBe(false)
    })))

  it.effect("makes a topic level of any name", () =>
    Effect.sync(() => {
      expect(["Living room", "Küche/2", "  ", "a#b+c", "Straße"].map(Answers.idOf)).toEqual(["living-room", "kuche-2",
        "sensor", "a-b-c", "strasse"])
      // What ASCII cannot say stays apart from what it cannot say either, and the same name is the same id.
      const apart = ["温度", "居間", "台所 1", "居間 1", "リビング", "Датчик", "Датчик 2", "Küche 居間"].map(
        Answers.idOf
      )
      expect(new Set(apart).size).toBe(apart.length)
      for (const id of apart) expect(id).toMatch(/^[a-z0-9-]+-[0-9a-f]{6}$/)
      expect(Answers.idOf("温度")).toBe(apart[0])
    }))
})
