import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as NodeServices from "../../../src/programs/dormouse/services.ts"
import * as Credentials from "../../../src/programs/dormouse/credentials.ts"
import * as directory from "../../support/directory.ts"

const reading = (content: unknown) =>
  Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const file = (yield* directory.temporary) + "/own.json"
    writeFileSync(file, JSON.stringify(content))
    const read = yield* Effect.result(Effect.provide(Credentials.read(file), NodeServices.layer))
    return Result.mapError(read, ({ message }) => message.replaceAll(file, "FILE").split("\n"))
  })))

const north = "a0b1c2d3e4f5"
const south = "000102030405"

const whole = {
  network: { ssid: "home", password: "secret12" },
  network_fallback: { ssid: "yard" },
  mqtt: { username: "all", password: "p" },
  devices: {
    "A0:B1:C2:D3:E4:F5": { mqtt: { client_id: "north-{mac}", username: "n" }, network: { ssid: "attic", timeout: 5 } }
  }
}

describe("credentials", () => {
  it("are those of all boards, with what is other on one", async () => {
    const credentials = Result.getOrThrow(await reading(whole))
    expect([credentials.names(north), credentials.names(south)]).toEqual([true, false])
    expect(credentials.of(south)).toEqual({
      network: whole.network,
      network_fallback: whole.network_fallback,
      mqtt: whole.mqtt
    })
    expect(credentials.of(north)).toEqual({
      network: { ssid: "attic", timeout: 5 },
      network_fallback: whole.network_fallback,
      mqtt: { username: "n", password: "p", client_id: "north-{mac}" }
    })
  })

  it("are written for a board with its address and all defaults, and told without a password", async () => {
    const credentials = Result.getOrThrow(await reading(whole))
    expect(JSON.parse(Credentials.toFile(credentials.of(north), north))).toEqual([
      [["attic", "", 5], ["yard", "", 20]],
      "n",
      "p",
      "north-" + north
    ])
    expect(JSON.parse(Credentials.toFile({}, south))).toEqual([null, null, null, null])
    expect(Credentials.inWords(credentials.of(north), north)).toBe(
      `network "attic", network "yard", user "n", client id "north-${north}"`
    )
  })

  it.each<readonly [content: unknown, said: ReadonlyArray<string>]>([
    [[], ["FILE must hold a JSON object, { ... }"]],
    [{ network: {} }, ["FILE: network.ssid must be text of 1 to 32 bytes, but is missing"]],
    [{ mqtt: { password: "secret" } }, ["FILE: mqtt.password must be empty without mqtt.username, but is given"]],
    [{ wifi: {}, mqtt: { broker: "b" } }, [
      "FILE: wifi is not a key of credentials: they have network, network_fallback, and of mqtt client_id, username and password; and devices, with the same by MAC address",
      expect.stringMatching(/^FILE: mqtt\.broker is not a key of credentials/)
    ]],
    [{ devices: { "1": {} } }, ["FILE: devices.1 must be a MAC address, 12 hexadecimal digits"]],
    [{ devices: { [north]: {}, "A0-B1-C2-D3-E4-F5": {} } }, ["FILE: devices.A0-B1-C2-D3-E4-F5 is there twice"]],
    [{ devices: { [north]: { mqtt: { username: 1 } } } }, [
      `FILE: devices.${north}.mqtt.username must be text of 0 to 65535 bytes, but is 1`
    ]]
  ])("are refused by the name of the key, and no secret is told: %j", async (content, said) => {
    const lines = Result.getOrThrow(Result.flip(await reading(content)))
    expect(lines).toEqual(said)
    expect(lines.join()).not.toContain("secret")
  })
})
