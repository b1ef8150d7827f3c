/** `dormouse sign`, as a user calls it: what it prints is what a device takes. */
import { spawnSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Signature from "../../../src/domain/config/Signature.ts"
import { program } from "../../support/program.ts"

const folder = mkdtempSync(join(tmpdir(), "dormouse-sign-"))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const device = file("device.json",
  JSON.stringify({ version: 3, sensors: { simulated: {} }, mqtt: { enabled: true, broker: "b", config_secret: "s" } }))

const sign = (update: string, config = device) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [program("sign"), "--config", config, update], {
    encoding: "utf8"
  })
  return { status, out: stdout, err: stderr.trim().split("\n") }
}

describe("dormouse sign", () => {
  it.each(["", "\n", "\r\n"])(
    "prints the update after its signature, byte for byte: a byte order mark before it, %j after it",
    (end) => {
      for (const mark of ["", "\ufeff"]) {
        const text = mark + "{ \"version\": 4, \"device_name\": \"Küche\" }" + end
        expect(sign(file("good.json", text))).toEqual({
          status: 0,
          out: Bytes.toText(Signature.sign("s", Bytes.fromText(text))),
          err: [""]
        })
      }
    }
  )

  it("signs no update that is not UTF-8", () => {
    const path = join(folder, "latin1.json")
    writeFileSync(path, Buffer.from("{\n\"version\": 4, \"device_name\": \"K\xfcche\" }", "latin1"))
    expect(sign(path)).toEqual({
      status: 1,
      out: "",
      err: [path + ", line 2: this is not UTF-8; save the file as UTF-8"]
    })
  })

  it.each([
    ["an interval of 0", { version: 4, update_interval: 0 }, "update_interval must be a number from 1"],
    ["no newer version", { version: 3 }, "version must be higher than 3"],
    ["no version", { device_name: "x" }, "version must be given"],
    ["another secret", { version: 4, mqtt: { config_secret: "t" } }, "mqtt.config_secret must be left out of an update"]
  ])("signs no update with %s, which every device would refuse", (_, update, reason) => {
    const path = file("bad.json", JSON.stringify(update))
    const { err, out, status } = sign(path)
    expect([status, out, err.length]).toEqual([1, "", 1])
    expect(err[0]).toContain(path + ": " + reason)
  })

  it("says that the shell has emptied the update to which its output goes", () => {
    const path = file("self.json", "")
    const output = openSync(path, "w")
    const { status, stderr } = spawnSync(process.execPath, [program("sign"), "--config", device, path], {
      encoding: "utf8",
      stdio: ["ignore", output, "pipe"]
    })
    closeSync(output)
    expect([status, stderr]).toEqual([1,
      path + " is also the output, and the shell has emptied it: give the output another name, as in > signed\n"])
  })

  it("names what cannot be read, and a device without a secret", () => {
    for (
      const [update, said] of [[join(folder, "none.json"), "does not exist"], [folder, "is not a file"], [
        file("text.json", "{"),
        "text.json"
      ]] as const
    ) {
      const { err, status } = sign(update)
      expect([status, err.length]).toEqual([1, 1])
      expect(err[0]).toContain(said)
    }
    const open = file("open.json", JSON.stringify({ version: 3, mqtt: { enabled: true, broker: "b" } }))
    expect(sign(file("good.json", "{\"version\":4}"), open).err[0]).toContain("mqtt.config_secret must be given")
  })
})
