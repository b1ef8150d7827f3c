/** The script of a board that takes commands while it sleeps, and of one that does not. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, run } from "../device/support.ts"

const topic = "home/command"

const fileOf = (mqtt: object = {}) => ({
  update_interval: 600,
  network: { ssid: "home" },
  mqtt: {
    broker: VmBoard.serverName,
    topic_data_prefix: "home/d1",
    topic_config: "home/config",
    config_wait_time: 0.05,
    ...mqtt
  }
})

it("does what waited at the Server in its next wake, once, and keeps what that has set",
  () =>
    run(Effect.gen(function*() {
      const files = yield* Effect.promise(() => Espruino.device(deviceConfig(fileOf({ topic_command: topic }))))
      const { tcp } = yield* aedes.make()
      const board = VmBoard.make(files, tcp)
      const observer = yield* Observer.make(tcp)
      const wake = Effect.map(Effect.promise(() => board.wake()), ({ events, slept, uncaught }) => {
        expect(uncaught).toEqual([])
        return {
          slept,
          commands: events.flatMap((event) => event._tag === "Command" ? [event.command + " " + event.status] : [])
        }
      })
      yield* wake
      for (
        const text of ["read", "{\"command\":\"interval\",\"seconds\":60,\"id\":\"\u6e29\"}", "report", "jump \u00e9"]
      ) yield* observer.publish(topic, text)
      const { commands, slept } = yield* wake
      expect(commands).toEqual(["read done", "interval done", "report done", "jump refused"])
      expect(slept).toBeGreaterThan(55e6)
      expect(slept).toBeLessThanOrEqual(60e6)
      const answers = yield* observer.messages("home/d1/command_result", 4)
      expect(JSON.parse(answers[1]?.payload ?? "")).toEqual({
        device: "d1",
        command: "interval",
        id: "\u6e29",
        seconds: 60,
        status: "done"
      })
      yield* observer.message("home/d1/status")
      expect(yield* observer.messages("home/d1/s1/data", 3)).toHaveLength(3)
      yield* observer.publish(topic, "{\"command\":\"interval\",\"seconds\":0,\"id\":\"\u6e29\"}")
      yield* observer.publish(topic, "{\"command\":\"restart\",\"id\":1}")
      const next = yield* wake
      expect(next.commands).toEqual(["interval repeated", "restart done"])
      expect(next.slept).toBe(1e6)
      expect((yield* wake).commands).toEqual([])
    })), 180_000)

it("has no file for commands where nobody sends any, and refuses an update that would have them",
  () =>
    run(Effect.gen(function*() {
      const files = yield* Effect.promise(() => Espruino.device(deviceConfig(fileOf())))
      expect(Object.keys(files)).not.toContain(".command")
      expect(files[".bootcde"]).not.toContain("command_result")
      const { tcp } = yield* aedes.make()
      const board = VmBoard.make(files, tcp)
      const observer = yield* Observer.make(tcp)
      const update = { version: 2, mqtt: { topic_command: topic } }
      yield* observer.publish("home/config", JSON.stringify(update), { retain: true })
      const { events } = yield* Effect.promise(() => board.wake())
      expect(events.flatMap((event) => event._tag === "ConfigRefused" ? [event.reason] : [])).toEqual([
        expect.stringContaining("mqtt.topic_command must stay empty on this board, whose program takes no commands")
      ])
    })), 180_000)
