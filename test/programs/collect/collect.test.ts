/** `dormouse collect` as a user runs it, on real Servers. */
import * as Effect from "effect/Effect"
import Database from "libsql"
import { writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Client from "../../../src/programs/client/Client.ts"
import * as Aedes from "../../support/aedes.ts"
import { describeEach } from "../../support/brokers.ts"
import { dormouse } from "../../support/command.ts"
import * as directory from "../../support/directory.ts"
import * as Mosquitto from "../../support/mosquitto.ts"
import { run } from "../../support/runClient.ts"
import { collect } from "./collecting.ts"

const prefix = "/homecontrol/device/data"

const query = (file: string, sql: string): ReadonlyArray<ReadonlyArray<unknown>> => {
  const db = new Database(file)
  const found = db.prepare(sql).raw().all() as ReadonlyArray<ReadonlyArray<unknown>>
  db.close()
  return found
}

const count = (file: string): number => query(file, "SELECT count(*) FROM readings")[0]?.[0] as number

const seconds = (uptime: number): string =>
  new Date(1_796_000_000_000 + uptime * 1_000).toISOString().slice(0, 19) + "Z"

describeEach("dormouse collect", ({ make }) => {
  it("stores each reading once and dated, whatever else comes, and what came while it was away", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* make()
      const file = path.join(yield* directory.temporary, "new", "readings.db")
      const device = yield* Client.make({ endpoint: tcp, clientId: "device" })
      const say = (level: string, payload: string, retain = false) =>
        device.publish(prefix + "/" + level, payload, { qos: 1, retain })
      const first = yield* collect(tcp.port, "--out", file)
      yield* say("status", `{"device":"pond","uptime":100,"time":"${seconds(100)}"}`, true)
      yield* say("pond/data", `{"temperature":21.5,"uptime":160,"unit":"C"}`)
      yield* say("pond/data", `{"temperature":21.5,"uptime":160,"unit":"C"}`)
      yield* say("shed/data", `{"humidity":48.5,"uptime":7,"time":"${seconds(7)}"}`)
      for (
        const bad of ["", "no", "{", "[]", `{"uptime":"7"}`, "[".repeat(15_000),
          `{"uptime":1,"x":"${"x".repeat(20_000)}"}`]
      ) {
        yield* say("pond/data", bad)
      }
      yield* say("pond/data", "x".repeat(100_000))
      yield* say("pond/temperature", "21.5")
      yield* say("a//b c/é/data", `{"uptime":1,"time":"${seconds(1)}"}`)
      yield* first.until(() => count(file) >= 3 && first.err().includes("rejected"))
      expect(yield* first.interrupt).toBe(130)
      const [beginning, trouble, end] = first.err().split("\n")
      expect(beginning).toMatch(
        /^collecting \/homecontrol\/device\/data\/# from 127\.0\.0\.1:\d+ into .*readings\.db; Ctrl-C ends it$/
      )
      expect(trouble).toMatch(
        /^\d+ messages? rejected(, the first)?: "\/homecontrol\/device\/data\/pond\/data" (is not JSON|has 100042 bytes, more than 65536)$/
      )
      expect(end).toBe("3 readings stored; 1 came again and are stored once; 8 messages rejected")
      // While it is away.
      yield* say("pond/data", `{"temperature":22.5,"uptime":220,"unit":"C"}`)
      const second = yield* collect(tcp.port, "--out", file)
      yield* second.until(() => count(file) >= 4)
      expect(yield* second.interrupt).toBe(130)
      expect(query(file, "SELECT sensor, dated, time, temperature, humidity, uptime FROM readings ORDER BY uptime"))
        .toEqual([
          ["é", "device", seconds(1).replace("Z", ".000Z"), null, null, 1],
          ["shed", "device", seconds(7).replace("Z", ".000Z"), null, 48.5, 7],
          ["pond", "status", expect.stringMatching(/Z$/), 21.5, null, 160],
          ["pond", "status", expect.stringMatching(/Z$/), 22.5, null, 220]
        ])
      expect(query(file, "SELECT count(*) FROM rejected")).toEqual([[7]])
    })))

  it("writes lines, and only lines, to standard output", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* make()
      const device = yield* Client.make({ endpoint: tcp, clientId: "device" })
      const collecting = yield* collect(tcp.port, "--format", "csv", "--topic", "garden/+/data", "--topic",
        "a/b/data,c/#")
      expect(collecting.err()).toContain("collecting garden/+/data, a/b/data, c/# from")
      for (const topic of ["garden/pond/data", "garden/a,b/data", "c/d/e/data"]) {
        yield* device.publish(topic, `{"temperature":21.5,"uptime":7,"unit":"C","time":"${seconds(7)}"}`, { qos: 1 })
      }
      const lines = () => collecting.out().trimEnd().split("\n")
      yield* collecting.until(() => lines().length === 4)
      expect(yield* collecting.interrupt).toBe(130)
      expect(lines()[0]).toBe("time,dated,topic,sensor,temperature,humidity,unit,uptime,arrived,quantities")
      expect(lines()[2]).toMatch(/^\d{4}-\S+\.000Z,device,"garden\/a,b\/data","a,b",21\.5,,C,7,\d{4}-\S+Z,$/)
    })))
})

describe("dormouse collect, several of them", () => {
  it.skipIf(Mosquitto.executable === undefined)("share the readings, on a Server that has shared subscriptions",
    () =>
      run(Effect.gen(function*() {
        const { tcp } = yield* Mosquitto.make()
        const folder = yield* directory.temporary
        const [a, b] = [path.join(folder, "a.db"), path.join(folder, "b.db")]
        const group = ["--share", "store", "--topic", "garden/+/data"]
        const one = yield* collect(tcp.port, "--out", a, "--client-id", "a", ...group)
        expect(one.err()).toContain("collecting $share/store/garden/+/data from")
        const two = yield* collect(tcp.port, "--out", b, "--client-id", "b", ...group)
        const device = yield* Client.make({ endpoint: tcp, clientId: "device" })
        for (let uptime = 0; uptime < 20; uptime++) {
          yield* device.publish("garden/pond/data", `{"uptime":${uptime},"time":"${seconds(uptime)}"}`, { qos: 1 })
        }
        yield* one.until(() => count(a) + count(b) >= 20)
        expect(yield* one.interrupt).toBe(130)
        expect(yield* two.interrupt).toBe(130)
        expect(Math.min(count(a), count(b))).toBeGreaterThan(0)
        expect(count(a) + count(b)).toBe(20)
      })))

  it("are refused by name on a Server that has none", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const folder = yield* directory.temporary
      const ran = yield* dormouse(["collect", "--broker", `mqtt://127.0.0.1:${tcp.port}`, "--out",
        path.join(folder, "r.db"), "--share", "store"])
      expect(ran).toEqual({
        code: 1,
        out: "",
        err: `127.0.0.1:${tcp.port} has no shared subscriptions: leave out --share\n`
      })
    })))
})

describe("a mistake is one line", () => {
  const here = ["--broker", "mqtt://127.0.0.1:1"]
  const rows: ReadonlyArray<readonly [args: ReadonlyArray<string>, line: RegExp]> = [
    [["--broker", "localhost", "--out", "r.db"], /^--broker must be mqtt:\/\/.*, but has no mqtt:\/\/ in front$/],
    [[...here], /^say where readings go: --out readings\.db, or --format csv, jsonl or influx for standard output$/],
    [[...here, "--out", "r.db", "--format", "csv"], /^--format is for standard output and cannot be used with --out/],
    [[...here, "--out", "r.csv"], /^--out r\.csv does not end in \.db or \.sqlite: for lines of text/],
    [[...here, "--out", "text.db"], /^--out text\.db: it is no SQLite database: give another name with --out$/],
    [[...here, "--out", "text.db/r.db"],
      /^--out text\.db\/r\.db cannot be written: text\.db is a file and not a directory/],
    [[...here, "--format", "csv", "--topic", "a/#/b"], /^--topic: Topic Filter "a\/#\/b" holds a # that is not/],
    [[...here, "--format", "csv", "--topic", "$share/g/a"],
      /^--topic \$share\/g\/a is a shared subscription: give its group/],
    [[...here, "--format", "csv", "--share", "a/b"],
      /^--share must be the name of a group, without \/ \+ #, but is "a\/b"$/],
    [[...here, "--format", "csv", "--client-id", ""], /^--client-id is empty/],
    [[...here, "--format", "csv"], /^127\.0\.0\.1:1: nobody listens there: start the Server/],
    [["--format", "csv"], /--broker/]
  ]
  it.concurrent.each(rows)("%j", (args, line) =>
    run(Effect.gen(function*() {
      const cwd = yield* directory.temporary
      writeFileSync(path.join(cwd, "text.db"), "no database\n".repeat(200))
      const { code, err, out } = yield* dormouse(["collect", ...args], { cwd })
      expect([code, out, err.trimEnd().split("\n").length]).toEqual([1, "", 1])
      expect(err.trimEnd()).toMatch(line)
    })))
})
