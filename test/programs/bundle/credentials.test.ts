/** The script of a board whose credentials lie beside its program: one bundle for many boards. */
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import * as Credentials from "../../../src/programs/dormouse/credentials.ts"
import * as Espruino from "../../support/espruino.ts"
import * as aedes from "../../support/aedes.ts"
import * as Observer from "../../support/observer.ts"
import * as VmBoard from "../../support/vmBoard.ts"
import { deviceConfig, run, tags } from "../device/support.ts"

const mqtt = {
  broker: VmBoard.serverName,
  topic_data_prefix: "home/{mac}",
  topic_config: "home/config",
  config_wait_time: 0.05
}
const file = { credentials: true, mqtt: { ...mqtt, client_id: "air-{mac}" } }

let files: Readonly<Record<string, string>> = {}
let whole: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  files = await Espruino.device(deviceConfig(file))
  whole = await Espruino.device(deviceConfig({ network: { ssid: "home" }, mqtt }))
}, 180_000)

const own = (document: object) => ({ ...files, ".own": Credentials.toFile({ ...document }, "a0b1c2d3e4f5") })

const account = {
  network: { ssid: "Küche", password: "geheim-ü" },
  network_fallback: { ssid: "yard", timeout: 5 },
  mqtt: { username: "u", password: "p", client_id: "north-{mac}" }
}

/** A broker that wants this account, and the names of the clients that came. */
const broker = Effect.gen(function*() {
  const made = yield* aedes.make({ user: { username: "u", password: "p" } })
  const names: Array<string> = []
  made.aedes.on("client", ({ id }) => names.push(id))
  // Nobody but the device knows the account.
  const retain = (document: object) =>
    Effect.promise(() =>
      new Promise<void>((resolve) =>
        made.aedes.publish({
          cmd: "publish",
          topic: "home/config",
          payload: JSON.stringify(document),
          qos: 0,
          retain: true,
          dup: false
        }, () => resolve())
      )
    )
  return { tcp: made.tcp, names, retain }
})

describe("a board with credentials beside its program", () => {
  it("joins the network, comes with the account and by the name that lie there", () =>
    run(Effect.gen(function*() {
      const { names, tcp } = yield* broker
      const board = VmBoard.make(own(account), tcp)
      const { events, joined } = yield* Effect.promise(() => board.wake())
      expect(tags(events)).toContain("Delivered")
      expect(joined).toEqual([["Küche", "geheim-ü"]])
      expect(names).toEqual(["north-a0b1c2d3e4f5"])
    })))

  it("keeps its own name where none lies there, and delivers to nobody without an account", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* aedes.make()
      const observer = yield* Observer.make(tcp)
      const board = VmBoard.make(own({ network: { ssid: "home" } }), tcp)
      expect(tags((yield* Effect.promise(() => board.wake())).events)).toContain("Delivered")
      expect(yield* observer.messages("home/a0b1c2d3e4f5/s1/data", 1)).toHaveLength(1)
      const guarded = yield* broker
      const stranger = VmBoard.make(own({ network: { ssid: "home" } }), guarded.tcp)
      expect(tags((yield* Effect.promise(() => stranger.wake())).events)).toContain("TryFailed")
    })))

  it("takes updates, goes on with its credentials, and takes others from an update that names them",
    () =>
      run(Effect.gen(function*() {
        const { names, retain, tcp } = yield* broker
        const board = VmBoard.make(own(account), tcp)
        const wake = Effect.promise(() => board.wake())
        const accepted = (document: object) =>
          Effect.gen(function*() {
            yield* retain(document)
            const { events } = yield* wake
            expect(tags(events)).toContain("ConfigAccepted")
            const next = yield* wake
            expect(tags(next.events)).toContain("Delivered")
            return next.joined
          })
        expect(yield* accepted({ version: 1, update_interval: 2 })).toEqual([["Küche", "geheim-ü"]])
        // Nothing of them is stored with the update.
        const stored = Buffer.from(board.flash.bytes).toString("latin1")
        expect(stored.split("geheim").length - 1).toBe(1)
        expect(yield* accepted({ version: 2, mqtt: { keepalive: 30 } })).toEqual([["Küche", "geheim-ü"]])
        expect(yield* accepted({ version: 3, network: { ssid: "new" } })).toEqual([["new", ""]])
        expect(yield* accepted({ version: 4, update_interval: 3 })).toEqual([["new", ""]])
        expect(new Set(names)).toEqual(new Set(["north-a0b1c2d3e4f5"]))
      })), 60_000)

  it("has a part of the program for it that others do not have", () => {
    expect(files[".bootcde"]).toContain("\".own\"")
    expect(whole[".bootcde"]).not.toContain(".own")
    expect(files[".config"]).not.toContain("credentials")
  })
})
