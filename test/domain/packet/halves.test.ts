import { build } from "esbuild"
import { expect, it } from "vitest"

/** The paths of the packet folder that end up in a bundle of this one. */
const bundledPaths = async (file: string): Promise<ReadonlyArray<string>> => {
  const entryPoints = [new URL(`../../../src/domain/packet/${file}`, import.meta.url).pathname]
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    logLevel: "silent"
  })
  return Object.keys(metafile.inputs).filter((path) => path.includes("domain/packet/"))
}

const bundled = async (file: string): Promise<ReadonlyArray<string>> =>
  (await bundledPaths(file)).map((path) => path.replace(/.*\//, ""))

it("ClientPacket carries no packet that a device does not send", async () => {
  const files = await bundled("ClientPacket.ts")
  expect(files).toContain("Subscribe.ts")
  for (
    const other of ["Packet", "Connack", "Pubrec", "Pubrel", "Pubcomp", "Suback", "Unsuback", "Pingresp", "Framer"]
  ) {
    expect(files).not.toContain(`${other}.ts`)
  }
})

it("ServerPacket carries no packet that a device does not receive", async () => {
  const files = await bundled("ServerPacket.ts")
  expect(files).toContain("Suback.ts")
  for (
    const other of ["Packet", "Connect", "Pubrec", "Pubrel", "Pubcomp", "Subscribe", "Unsubscribe", "Pingreq",
      "Disconnect", "Framer"]
  ) {
    expect(files).not.toContain(`${other}.ts`)
  }
})

it("none of them carries anything of MQTT 5", async () => {
  for (const entry of ["ClientPacket.ts", "ServerPacket.ts", "Packet.ts", "Framer.ts"]) {
    expect(await bundledPaths(entry)).not.toContainEqual(expect.stringContaining("/v5/"))
  }
  expect(await bundledPaths("v5/Packet.ts")).toContainEqual(expect.stringContaining("/v5/"))
})
