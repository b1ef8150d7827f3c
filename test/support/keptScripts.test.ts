/** What is kept of scripts is never taken for what other sources, packages or code would give. */
import * as Effect from "effect/Effect"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import type { Script } from "../../src/programs/bundle/modules.ts"
import * as Directory from "./directory.ts"
import * as KeptScripts from "./keptScripts.ts"

const root = path.join(import.meta.dirname, "../..")

const inTemporary = <A>(use: (folder: string) => Promise<A> | A) =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(Directory.temporary, (folder) => Effect.promise(async () => use(folder))))
  )

describe("the fingerprint of a checkout", () => {
  it("is of every file in src, and of the packages that are installed", () => {
    const all = readdirSync(path.join(root, "src"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    expect(all.length).toBeGreaterThan(200)
    const installed = existsSync(path.join(root, "node_modules/.package-lock.json"))
      ? ["node_modules/.package-lock.json"] : []
    expect(KeptScripts.inputs(root).toSorted()).toEqual([...all, "package-lock.json", ...installed].toSorted())
  })

  it("is another one after any change of any of them, and the same when the change is taken back", () =>
    inTemporary((checkout) => {
      cpSync(path.join(root, "src/programs/bundle"), path.join(checkout, "src/programs/bundle"), { recursive: true })
      mkdirSync(path.join(checkout, "node_modules"))
      for (const name of ["package-lock.json", "node_modules/.package-lock.json"]) {
        writeFileSync(path.join(checkout, name), name)
      }
      const before = KeptScripts.fingerprint(checkout)
      const seen = new Set([before])
      const isNew = (what: string) => {
        const now = KeptScripts.fingerprint(checkout)
        expect([what, seen.has(now)]).toEqual([what, false])
        seen.add(now)
      }
      for (const name of KeptScripts.inputs(checkout)) {
        const file = path.join(checkout, name)
        const content = readFileSync(file)
        writeFileSync(file, Buffer.concat([content, Buffer.from(" ")]))
        isNew(name + " is longer")
        rmSync(file)
        isNew(name + " is gone")
        if (name.startsWith("src")) {
          writeFileSync(file + "x", content)
          isNew(name + " has another name")
          rmSync(file + "x")
        }
        writeFileSync(file, content)
        expect(KeptScripts.fingerprint(checkout)).toBe(before)
      }
      writeFileSync(path.join(checkout, "src/new.ts"), "")
      isNew("an empty file more")
    }))

  it("distinguishes files when bytes move from the end of one to the beginning of the next", () =>
    inTemporary((checkout) => {
      mkdirSync(path.join(checkout, "src"))
      const marks = [["ab", "c"], ["a", "bc"], ["", "abc"]].map(([first, second]) => {
        writeFileSync(path.join(checkout, "src/1.ts"), first as string)
        writeFileSync(path.join(checkout, "src/2.ts"), second as string)
        return KeptScripts.fingerprint(checkout)
      })
      expect(new Set(marks).size).toBe(3)
    }))

  it("is another one with another Node", () => {
    const version = process.version
    const before = KeptScripts.fingerprint(root)
    try {
      Object.defineProperty(process, "version", { value: "v0.0.1", configurable: true })
      expect(KeptScripts.fingerprint(root)).not.toBe(before)
    } finally {
      Object.defineProperty(process, "version", { value: version, configurable: true })
    }
    expect(KeptScripts.fingerprint(root)).toBe(before)
  })
})

describe("what a folder keeps", () => {
  const script = (code: string): Script => ({ code, map: "{}" })

  it("is made once for the same input, by whoever comes first, and again for any other", () =>
    inTemporary(async (folder) => {
      let made = 0
      const get = (what: string, kept = KeptScripts.keptIn(folder)) => kept(what, async () => script(what + ++made))
      expect([await get("a"), await get("b"), await get("a"), await get("b")].map(({ code }) => code)).toEqual(["a1",
        "b2", "a1", "b2"])
      expect((await get("a", KeptScripts.keptIn(folder + "/other"))).code).toBe("a3")
    }))

  it("is made again when its file is torn", () =>
    inTemporary(async (folder) => {
      const kept = KeptScripts.keptIn(folder)
      await kept("a", async () => script("first"))
      const [name] = readdirSync(folder)
      writeFileSync(path.join(folder, name as string), "{\"code\":\"fir")
      expect(await kept("a", async () => script("second"))).toEqual(script("second"))
      expect(await kept("a", async () => script("third"))).toEqual(script("second"))
    }))

  it("is of modules in src, and of none elsewhere, which may change", () =>
    inTemporary((folder) => {
      const source = path.join(folder, "src")
      mkdirSync(source)
      const [module, elsewhere] = [path.join(source, "a.ts"), path.join(folder, "b.ts")]
      const compiled = (text: string) => {
        for (const file of [module, elsewhere]) writeFileSync(file, `export const a = "${text}"`)
        const { contents } = KeptScripts.compiledIn(path.join(folder, "kept"), source)
        return [module, elsewhere].map((file) => contents(file, { isTerse: true }))
      }
      const [first, other] = compiled("first")
      expect([first, other]).toEqual([expect.stringContaining("first"), expect.stringContaining("first")])
      // In the run a change of a module in src changes the folder.
      expect(compiled("second")).toEqual([first, expect.stringContaining("second")])
    }))

  it("is nothing when making it fails", () =>
    inTemporary(async (folder) => {
      const kept = KeptScripts.keptIn(folder)
      await expect(kept("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no")
      expect(await kept("a", async () => script("second"))).toEqual(script("second"))
    }))
})
