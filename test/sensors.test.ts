/** docs/sensors.md is about the drivers and quantities that there are, and its files are valid. */
import * as Effect from "effect/Effect"
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { judge } from "../src/programs/check/Finding.ts"
import { driverTable, quantityTable } from "./support/sensorTables.ts"

const page = readFileSync(new URL("../docs/sensors.md", import.meta.url), "utf8")
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")

const files = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text as string)

describe("docs/sensors.md", () => {
  // `npx tsx test/support/sensorTables.ts` prints the tables as they should be.
  it("lists every driver and every quantity", () => {
    expect(page).toContain(driverTable)
    expect(page).toContain(quantityTable)
    expect(readme).toContain(`(docs/sensors.md): ${driverTable.split("\n").length - 2} drivers`)
  })

  it("shows files that are valid", async () => {
    expect(files.length).toBeGreaterThanOrEqual(5)
    for (const text of files) {
      const { findings } = await Effect.runPromise(
        Effect.provide(judge(text, "device.json"), NodeFileSystem.layer)
      )
      const wrong = findings.filter(({ message, severity }) =>
        // The guide has the script of a sensor, and no file.
        severity === "error" && !/^\w+\.js does not exist;/.test(message) ||
        message.startsWith("sensors.") && !message.includes("has no driver on a board")
      )
      expect(wrong.map(({ message }) => message)).toEqual([])
    }
  })
})
