import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import { describe, expect, it } from "vitest"
import type { Discovery } from "../../../src/domain/message/HomeAssistant.ts"
import type { Endpoint } from "../../../src/ports/Socket.ts"
import { handle } from "../../../src/programs/announce/announce.ts"
import type { Given } from "../../../src/programs/announce/Options.ts"
import * as Aedes from "../../support/aedes.ts"
import { describeEach } from "../../support/brokers.ts"
import { told } from "../../support/command.ts"
import * as directory from "../../support/directory.ts"
import * as Observer from "../../support/observer.ts"
import { loadConfig } from "../../../src/programs/dormouse/loadConfig.ts"
import { live } from "../device/support.ts"
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem"

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))

const topic = "homeassistant/device/balcony/config"

const place = (endpoint: Pick<Endpoint, "host" | "port">, mqtt: object = {}, more: object = {}) =>
  Effect.map(directory.temporary, (folder) => {
    const file = folder + "/device.json"
    fs.writeFileSync(file, JSON.stringify({
      device_id: "balcony",
      device_name: "Balcony",
      update_interval: 1,
      sensors: { simulated: { id: "b1" } },
      ...more,
      mqtt: {
        enabled: true,
        client_id: "balcony",
        broker: endpoint.host,
        port: endpoint.port,
        topic_data_prefix: "home/data",
        config_wait_time: 0.1,
        ...mqtt
      }
    }))
    return { file, folder }
  })

const given = (config: string, more: Partial<Given> = {}): Given => ({
  config,
  server: Option.none(),
  prefix: "homeassistant",
  mac: Option.none(),
  expireAfter: Option.none(),
  remove: false,
  print: false,
  ...more
})

describeEach("dormouse announce", (broker) => {
  it("uses the first Server of a list that takes it, and says which; or why none does", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const { file } = yield* place(tcp, { broker: ["127.0.0.1:1", `127.0.0.1:${tcp.port}`] })
      const { err, failed, out } = yield* told(handle(given(file)))
      expect([err, failed, out.join()]).toEqual([[], false, expect.stringContaining(`kept by 127.0.0.1:${tcp.port}; `)])
      const away = yield* place(tcp, { broker: ["127.0.0.1:1", "127.0.0.1:2"] })
      const none = yield* told(handle(given(away.file)))
      expect(none.err.join("; ")).toMatch(/^127\.0\.0\.1:1: .*; 127\.0\.0\.1:2: .*; nothing was announced$/)
    })))

  it("leaves a message that reaches who subscribes later, whose topics and keys the device really publishes", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      for (const publish_values of [false, true]) {
        const { file, folder } = yield* place(tcp, { publish_values })
        const { err, failed, out } = yield* told(handle(given(file)))
        expect([err, failed]).toEqual([[], false])
        expect(out).toEqual([
          `Balcony is announced: 3 values at ${topic}, kept by 127.0.0.1:${tcp.port}; a value is unavailable after 6 h 1 min without a reading`
        ])

        const late = yield* Observer.make(tcp)
        const message = yield* late.message(topic)
        expect([message.qos, message.retain]).toEqual([1, true])
        const { components } = JSON.parse(message.payload) as Discovery

        // The device program itself, over the same Server.
        const { config } = yield* Effect.provide(loadConfig(file), NodeFileSystem.layer)
        yield* live(config, folder + "/state")
        for (const { device_class, state_topic, value_template } of Object.values(components)) {
          const data = yield* late.message(state_topic ?? "")
          const key = /^\{\{ value_json\.(\w+) \}\}$/.exec(value_template ?? "")?.[1]
          expect(key === undefined).toBe(publish_values && device_class !== "duration")
          const value: unknown = key === undefined ? Number(data.payload)
            : (JSON.parse(data.payload) as Record<string, unknown>)[key]
          expect([device_class, typeof value === "number" && isFinite(value)]).toEqual([device_class, true])
        }
      }
    })))

  it("takes a retained update into account, in either form, and not one that the device would refuse", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const other = yield* Observer.make(tcp)
      const silence = (payload: string) =>
        Object.values((JSON.parse(payload) as Discovery).components).map(({ expire_after }) => expire_after)
      const announced = (file: string) =>
        Effect.gen(function*() {
          const { out } = yield* told(handle(given(file)))
          const { payload } = yield* (yield* Observer.make(tcp)).message(topic)
          return [out[0]?.replace(/.*reading/, ""), new Set(silence(payload)).size, silence(payload)[0]]
        })
      const { file } = yield* place(tcp, { topic_config: "home/one" })
      expect(yield* announced(file)).toEqual(["", 1, 21_661])
      yield* other.publish("home/one", JSON.stringify({ version: 3, update_interval: 36_000 }), { retain: true })
      expect(yield* announced(file)).toEqual(["; this is what its update, version 3, says", 1, expect.any(Number)])
      expect((yield* announced(file))[2]).toBeGreaterThan(36_000)
      yield* other.publish("home/one", JSON.stringify({ version: 4, update_interval: -1 }), { retain: true })
      expect(yield* announced(file)).toEqual(["", 1, 21_661])
      const two = yield* place(tcp, { topic_config_version: "home/version", topic_config_data: "home/data2" })
      yield* other.publish("home/version", "5", { retain: true })
      yield* other.publish("home/data2", JSON.stringify({ version: 5, update_interval: 36_000 }), { retain: true })
      expect(yield* announced(two.file)).toEqual(["; this is what its update, version 5, says", 1, expect.any(Number)])
    })))

  it("removes it again, and then nobody who comes later sees anything", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const { file } = yield* place(tcp)
      yield* told(handle(given(file)))
      const present = yield* Observer.make(tcp)
      expect((yield* present.message(topic)).payload).not.toBe("")
      const { err, out } = yield* told(handle(given(file, { remove: true })))
      expect([err, out]).toEqual([[], [`Balcony is removed: ${topic} is empty at 127.0.0.1:${tcp.port}`]])
      const late = yield* Observer.make(tcp)
      // Who is there sees everything that is retained before what is published now.
      yield* late.publish("now", "now")
      yield* late.message("now")
      expect(late.seen.map((seen) => seen.topic)).toEqual(["now"])
    })))
})

describe("dormouse announce", () => {
  it("shows topic and message without a Server", () =>
    run(Effect.gen(function*() {
      const { file } = yield* place({ host: "nowhere.invalid", port: 1 })
      const { err, out } = yield* told(
        handle(given(file, { print: true, prefix: "ha", expireAfter: Option.some(120) }))
      )
      expect([err, out[0]]).toEqual([[], "ha/device/balcony/config"])
      const { components } = JSON.parse(out.slice(1).join("\n")) as Discovery
      expect(Object.values(components).map(({ expire_after }) => expire_after)).toEqual([120, 120, 120])
      expect((yield* told(handle(given(file, { print: true, remove: true })))).out).toEqual([topic, ""])
      const many = yield* place({ host: "nowhere.invalid", port: 1 }, { client_id: "air-{mac}" })
      const one = yield* told(handle(given(many.file, { print: true, mac: Option.some("a0b1c2d3e4f5") })))
      expect(one.out[0]).toBe("homeassistant/device/air-a0b1c2d3e4f5/config")
      expect((yield* told(handle(given(file, { print: true, server: Option.some("x") })))).err).toEqual([
        "--server cannot be used with --print, which connects to no Server: leave one of them out"
      ])
    })))

  it("does not throw the device out: it comes under a name of its own", () =>
    run(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const names: Array<string> = []
      aedes.on("client", ({ id }) => names.push(id))
      const { file } = yield* place(tcp)
      yield* told(handle(given(file)))
      expect(names).toEqual([expect.stringMatching(/^dormouse-announce-[0-9a-f]{4}$/)])
    })))

  it("notices when the Server acknowledges and throws away", () =>
    run(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      aedes.authorizePublish = (_client, packet, done) => {
        // As Mosquitto does with who may not write there.
        packet.retain = false
        packet.topic = "elsewhere"
        done(null)
      }
      const { file } = yield* place(tcp)
      expect((yield* told(handle(given(file)))).err).toEqual([
        "the Server acknowledged " + topic + " but does not keep it: ask its administrator for the right to write there"
      ])
    })))

  it("says what is wrong in one line", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make({ user: { username: "u", password: "p" } })
      const { file } = yield* place(tcp)
      const off = yield* place(tcp, { enabled: false })
      const bare = yield* place(tcp, {}, { sensors: {} })
      const mac = yield* place(tcp, { topic_data_prefix: "home/{mac}" })
      const rows: ReadonlyArray<readonly [given: Given, said: RegExp]> = [
        [given(file), /^the Server refused the connection \(return code 4\): .*; nothing was announced$/],
        [given(file, { server: Option.some("mqtt://127.0.0.1:1") }),
          /^127\.0\.0\.1:1: nobody listens there: .*; nothing was announced$/],
        [given(file, { server: Option.some("localhost") }), /^--server must be mqtt:/],
        [given(file, { prefix: "home/#" }), /^--prefix: Topic Name .* holds a wildcard/],
        [given(off.file), /: mqtt\.enabled is false: /],
        [given(bare.file), /: sensors must name a sensor: there is nothing to announce$/],
        [given(mac.file), /has \{mac\} in it, which each board fills in: say which board with --mac a0b1c2d3e4f5$/],
        [given(file + "x"), /device\.jsonx does not exist; /]
      ]
      for (const [one, said] of rows) {
        const { err, failed, out } = yield* told(handle(one))
        expect([failed, out, err.length]).toEqual([true, [], 1])
        expect(err[0]).toMatch(said)
      }
    })))
})
