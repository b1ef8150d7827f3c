/** What the README shows is what is there: the configuration table and the example. */
import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { configTable } from "./support/configTable.ts"

const read = (path: string) => readFileSync(new URL("../" + path, import.meta.url), "utf8")

const readme = read("README.md")

it("the configuration table has every key, with its default", () => {
  // `npx tsx test/support/configTable.ts` prints the table as it should be.
  expect(readme).toContain(configTable)
})

it("the library example is the one that compiles and runs", () => {
  const shown = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? "nothing"
  expect(read("src/programs/example.ts")).toContain(shown.trim())
})

it("names only scripts that exist", () => {
  const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts)
  const named = [...readme.matchAll(/npm run ([a-z]+)/g)].map((match) => match[1])
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((name) => !scripts.includes(name ?? ""))).toEqual([])
})
