/**
 * What README and docs show is what is there: commands, options, scripts, links, the configuration table, the picture.
 */
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { parseHTML } from "linkedom"
import { beforeAll, describe, expect, it } from "vitest"
import { style } from "../src/programs/report/style.ts"
import { dormouse } from "./support/command.ts"
import { configTable } from "./support/configTable.ts"

const root = new URL("../", import.meta.url)

const read = (path: string) => readFileSync(new URL(path, root), "utf8")

const pages: ReadonlyArray<readonly [name: string, text: string]> = ["README.md",
  ...readdirSync(new URL("docs", root)).filter((name) => name.endsWith(".md")).map((name) => "docs/" + name)]
  .map((name) => [name, read(name)])

const all = pages.map(([, text]) => text).join("\n")

/** Every `npx dormouse ...` as far as it is one command: words and options. */
const shown = [...all.matchAll(/npx dormouse ([^`\n|>();]*)/g)].map((match) => (match[1] ?? "").trim().split(/\s+/))

const optionsOf = (words: ReadonlyArray<string>) =>
  words.filter((word) => word.startsWith("--")).map((word) => word.replace(/[=,.:].*$/, ""))

/** The options of a command, as its own help lists them. */
const helpOptions = async (command: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const { code, out } = await Effect.runPromise(dormouse([...command, "--help"]))
  expect([command, code]).toEqual([command, 0])
  return [...(out.split("EXAMPLES")[0] ?? "").matchAll(/^ +(--[a-z-]+)/gm)].map((match) => match[1] as string)
}

describe("the commands that are shown", () => {
  const known = new Map<string, ReadonlyArray<string>>()
  beforeAll(async () => {
    const names = [...new Set(shown.map(([name]) => name as string))].filter((name) => !name.startsWith("--"))
    for (const name of names) known.set(name, await helpOptions([name]))
    known.set("", await helpOptions([]))
  })

  it("exist, with their options", () => {
    expect(shown.length).toBeGreaterThan(25)
    for (const words of shown) {
      const options = known.get(words[0]?.startsWith("--") === true ? "" : words[0] ?? "") ?? []
      expect(options, words.join(" ")).toEqual(expect.arrayContaining([...optionsOf(words)]))
    }
  })

  it("are all there are", async () => {
    const { out } = await Effect.runPromise(dormouse([]))
    const listed = (out.split("SUBCOMMANDS\n")[1] ?? "").trimEnd().split("\n").map((line) => line.trim().split(" ")[0])
    const table = [...read("README.md").matchAll(/^\| `npx dormouse ([a-z]+)/gm)].map((match) => match[1])
    expect([...new Set(table)].sort()).toEqual([...listed].sort())
  })

  it("and so do options that stand alone", () => {
    const alone = [...all.matchAll(/`(--[a-z-]+)[^`]*`/g)].map((match) => match[1] as string)
    const every = [...known.values()].flat()
    expect(alone.length).toBeGreaterThan(10)
    expect(alone.filter((option) => !every.includes(option))).toEqual([])
  })

  it("as scripts of npm are in package.json", () => {
    const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts)
    const named = [...(all + read("CONTRIBUTING.md")).matchAll(/npm run (?:-s )?([a-z]+(?::[a-z]+)*)/g)].map((match) =>
      match[1]
    )
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !scripts.includes(name ?? ""))).toEqual([])
  })
})

it("every dependency is named with its reason, and no other", () => {
  const list = read("README.md").split("Dependencies, each for one reason:")[1] ?? ""
  const named = [...list.matchAll(/\*\*([^*\\]+(?:\\\*)?)\*\*/g)].map((match) =>
    (match[1] as string).replace("\\*", "*")
  )
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Readonly<
    Record<string, Readonly<Record<string, string>>>
  >
  const used = Object.keys({ ...dependencies, ...devDependencies }).map((name) =>
    name.startsWith("@types/") ? "@types/*" : name
  )
  expect([...named].sort()).toEqual([...new Set(used)].sort())
})

it("the package that measures coverage is of Vitest's version", () => {
  const { devDependencies } = JSON.parse(read("package.json")) as {
    readonly devDependencies: Readonly<Record<string, string>>
  }
  expect(devDependencies["@vitest/coverage-v8"]).toBe(devDependencies["vitest"])
})

it("the configuration table has every key, with its default", () => {
  // `npx tsx test/support/configTable.ts` prints the table as it should be.
  expect(read("docs/configuration.md")).toContain(configTable)
})

it("links lead to files and headings that exist", () => {
  const slug = (heading: string) => heading.toLowerCase().replace(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
  const links = [...pages, ["CONTRIBUTING.md", read("CONTRIBUTING.md")] as const].flatMap(([name, text]) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map((match) =>
      [name, match[1] ?? "", match[2]] as const
    )
  )
  expect(links.length).toBeGreaterThan(15)
  for (const [page, file, anchor] of links) {
    const target = new URL(file === "" ? page : (page.startsWith("docs/") ? "docs/" : "") + file, root)
    expect([page, file, existsSync(target)]).toEqual([page, file, true])
    if (anchor === undefined) continue
    const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map((match) => slug(match[1] as string))
    expect([page, headings.includes(anchor)]).toEqual([page, true])
  }
})

it("the picture is in the report's colours, for light and dark, and says what it shows", () => {
  // `npx tsx test/support/outagePicture.ts > docs/outage.svg` draws it again.
  const { document } = parseHTML(read("docs/outage.svg"))
  const svg = document.querySelector("svg")
  expect(svg?.querySelectorAll("svg").length).toBe(4)
  expect(svg?.querySelector("title")?.textContent).toMatch(/^3 outages, .* 26 tries failed\./)
  const css = svg?.querySelector("style")?.textContent ?? ""
  expect(css).toContain(style.slice(0, style.indexOf("* {")).trim())
  const defined = [...css.matchAll(/(--[a-z]+):/g)].map((match) => match[1])
  const used = [...read("docs/outage.svg").matchAll(/var\((--[a-z]+)\)/g)].map((match) => match[1])
  expect(used.length).toBeGreaterThan(20)
  expect([...new Set(used)].filter((name) => !defined.includes(name))).toEqual([])
})
