/** Commands to a device that sleeps, by way of real brokers. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect, it } from "vitest"
import * as Node from "../../../src/adapters/node/layer.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import { restarting } from "../../../src/ports/restarting.ts"
import { Socket, SocketError } from "../../../src/ports/Socket.ts"
import { device } from "../../../src/programs/device/device.ts"
import { describeEach } from "../../support/brokers.ts"
import * as Directory from "../../support/directory.ts"
import * as Observer from "../../support/observer.ts"
import { at, deviceConfig, gather, live, run, tags } from "./support.ts"

const topic = "home/command"
const answers = "home/data/command_result"
const isCommand = (event: WakeEvent) => event._tag === "Command" ? [event.command + " " + event.status] : []

/** Whether there is a PUBACK among the packets of a write. */
const acknowledges = (bytes: Uint8Array): boolean => bytes.some((byte, i) => byte === 0x40 && bytes[i + 1] === 2)

/** One wake in which the connection ends before an acknowledgement of the device is on it. */
const cutWake = (config: ReturnType<typeof deviceConfig>, directory: string) =>
  gather(
    restarting(
      Effect.flatMap(Socket, (inner) =>
        Effect.provideService(device(config), Socket, {
          connect: (to) =>
            Effect.map(inner.connect(to), (open) => ({
              ...open,
              write: (bytes) =>
                acknowledges(bytes)
                  ? Effect.andThen(open.close, Effect.fail(new SocketError({ reason: "Closed", message: "cut" })))
                  : open.write(bytes)
            }))
        })),
      { next: () => Effect.succeed(false) }
    ).pipe(Effect.provide(Node.layer({ storageDirectory: directory })))
  )

describeEach("commands to a device that sleeps", (broker) => {
  it("wait at the Server, are done at the next wake, and answered", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const directory = yield* Directory.temporary
      const config = deviceConfig({ mqtt: { ...at(tcp), topic_command: topic } })
      yield* live(config, directory)
      const until = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
      yield* observer.publish(topic, "read")
      yield* observer.publish(topic, JSON.stringify({ command: "interval", seconds: 60, id: "a1", until: until(1) }))
      yield* observer.publish(topic, JSON.stringify({ command: "restart", id: "a2", until: until(-1) }))
      yield* observer.publish(topic, "{\"command\":\"report\",\"id\":3}")
      yield* observer.publish(topic, "jump")
      const events = yield* live(config, directory)
      expect(events.flatMap(isCommand)).toEqual([
        "read done",
        "interval done",
        "restart refused",
        "report done",
        "jump unknown"
      ])
      const all = yield* observer.messages(answers, 5)
      expect(all.map(({ payload, qos, retain }) => [JSON.parse(payload), qos, retain])).toMatchObject([
        [{ device: "d1", command: "read", status: "done" }, 1, false],
        [{ command: "interval", id: "a1", seconds: 60, status: "done" }, 1, false],
        [{ command: "restart", id: "a2", status: "refused", reason: "its until has passed" }, 1, false],
        [{ command: "report", id: "3", status: "done" }, 1, false],
        [{ command: "jump", status: "unknown" }, 1, false]
      ])
      yield* observer.messages("home/data/status", 1)
      expect(events.at(-1)).toMatchObject({ _tag: "Sleeping", millis: expect.closeTo(60_000, -4) as number })
      const after = yield* live(config, directory)
      expect(after.flatMap(isCommand)).toEqual([])
      expect(observer.seen.filter((one) => one.topic === "home/data/s1/data").length).toBe(4)
    })))

  it("are done once, though the Server sends them again because their acknowledgement was cut off", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const directory = yield* Directory.temporary
      const config = deviceConfig({
        mqtt: { ...at(tcp), topic_command: topic, reconnect: { enabled: false }, load_config_from_mqtt: false }
      })
      yield* live(config, directory)
      yield* observer.publish(topic, "interval 77")
      yield* observer.publish(topic, "{\"command\":\"read\",\"id\":1}")
      const seen: Array<WakeEvent> = []
      for (let cuts = 0; cuts < 3; cuts++) seen.push(...yield* cutWake(config, directory))
      const done = () => seen.flatMap(isCommand).filter((text) => text.endsWith("done"))
      expect(done()).toEqual(["interval done"])
      // Aedes does not send it again with each connection.
      seen.push(...yield* live(config, directory, 6))
      expect(done()).toEqual(["interval done", "read done"])
      const all = (yield* observer.messages(answers, 2)).map(({ payload }) => payload)
      const said = [...new Set(all)].filter((text) => text.includes("\"done\""))
      expect(said.map((text) => (JSON.parse(text) as { readonly command: string }).command).sort()).toEqual(["interval",
        "read"])
      expect(tags(seen).filter((tag) => tag === "Measured").length).toBe(10)
    })))

  it("stays awake while a retained one says so, and sleeps when it is cleared", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({})
      const observer = yield* Observer.make(tcp)
      const directory = yield* Directory.temporary
      const config = deviceConfig({ mqtt: { ...at(tcp), topic_command: topic } })
      yield* live(config, directory)
      yield* observer.publish(topic, "stay_awake", { retain: true })
      const staying = { is: false }
      const awake = yield* Effect.forkChild(
        live(config, directory, 1, ({ _tag }) => void (staying.is ||= _tag === "Staying"))
      )
      yield* observer.message(answers)
      while (!staying.is) yield* Effect.sleep(20)
      yield* Effect.sleep(500)
      yield* observer.publish(topic, "{\"command\":\"send\",\"id\":1}")
      yield* observer.messages(answers, 2)
      yield* observer.publish(topic, "", { retain: true })
      const events = yield* Fiber.join(awake)
      expect(events.at(-1)?._tag).toBe("Sleeping")
      expect(events.flatMap(isCommand)).toEqual(["stay_awake done", "send done"])
    })), 30_000)
})
