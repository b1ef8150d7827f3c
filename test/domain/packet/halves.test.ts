import { build } from "esbuild"
import { expect, it } from "vitest"

/** The files of the packet folder that end up in a bundle of this one. */
const bundled = async (file: string): Promise<ReadonlyArray<string>> => {
  const entryPoints = [new URL(`../../../src/domain/packet/${file}`, import.meta.url).pathname]
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    logLevel: "silent"
  })
  return Object.keys(metafile.inputs).filter((path) => path.includes("domain/packet/")).map((path) =>
    path.replace(/.*\//, "")
  )
}

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
