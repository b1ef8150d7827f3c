/** docs/outage.md shows what `simulate` prints. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Command from "effect/cli/Command"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { version } from "../src/domain/version.ts"
import { cli, presenter } from "../src/programs/dormouse/runCommand.ts"
import { simulate } from "../src/programs/simulate/command.ts"
import { handle } from "../src/programs/simulate/simulate.ts"
import { told } from "./support/command.ts"
import { isWhole } from "./support/runs.ts"

const page = readFileSync(new URL("../docs/outage.md", import.meta.url), "utf8")

const blocks = [...page.matchAll(/^```(.*)\n([\s\S]*?)\n```$/gm)].flatMap(([, language, text = ""]) =>
  language === "" ? [text] : []
)

const printed = async (args: ReadonlyArray<string>): Promise<string> => {
  const { failed, out } = await Effect.runPromise(
    told(Command.runWith(Command.withHandler(simulate, handle), { version })(args), Layer.merge(presenter, cli))
  )
  expect(failed).toBe(false)
  return out.join("\n")
}

describe("docs/outage.md", () => {
  it.each([
    ["a week without a Server", ["--outage", "7", "--days", "10"], "day 09 00:00:00  the Server is back", 2] as const,
    // Some seconds.
    ...(isWhole ? [["the month of the demo device", [], "day 06 00:00:00  the Server goes away", 1] as const] : [])
  ])("shows %s as it is printed", async (_, args, beginning, count) => {
    const first = blocks.findIndex((block) => block.startsWith("── " + beginning))
    expect(first).toBeGreaterThanOrEqual(0)
    const out = await printed(args)
    for (const block of blocks.slice(first, first + count)) expect(out).toContain(block)
  })
})
