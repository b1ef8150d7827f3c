/** A device that is killed, and its Server: `npm run kills` in short. */
import { describe, expect, it } from "vitest"
import * as Kills from "../../support/kills.ts"
import * as Mosquitto from "../../support/mosquitto.ts"
import { program } from "../../support/program.ts"

describe.skipIf(Mosquitto.executable === undefined)("a device on this machine that is killed again and again", () => {
  it("loses nothing that lay on the disk, sends it in order, and nothing twice without DUP", async () => {
    const found = await Kills.run({
      program: program("dormouse"),
      startServer: Mosquitto.killable(),
      kills: 6,
      serverKills: 2,
      seed: "1",
      say: () => {}
    })
    expect(found).toMatchObject({ lost: [], twice: [], late: [] })
    expect(found.sent).toBeGreaterThan(5)
    expect(found.stored).toBeGreaterThan(0)
  })
})
