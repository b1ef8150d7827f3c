import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as Dialect from "../../../src/programs/bundle/dialect.ts"
import { dialectCases } from "./dialectCases.ts"

const require = createRequire(import.meta.url)

/** Path of an Espruino interpreter for this machine. */
const interpreter = process.env["ESPRUINO"]

const rulesIn = (body: string) => Dialect.check(body).map((fault) => fault.rule)

const asFunction = (body: string, index: number): string =>
  `try{print("@${index}:"+(new Function(${JSON.stringify(body)}))())}catch(e){print("@${index}:"+e)}`

const asScript = (body: string): string => body.replace(/return (.*)$/, `print("@0:"+($1))`)

/** What the interpreter returns for each body, or the error it throws, as text. */
const onInterpreter = (path: string, bodies: ReadonlyArray<string>, isScript = false): ReadonlyArray<string> => {
  const folder = mkdtempSync(join(tmpdir(), "dialect-"))
  const program = bodies.map(isScript ? asScript : asFunction)
  writeFileSync(join(folder, "program.js"), program.join("\n") + "\n")
  const run = spawnSync(path, ["program.js"], { cwd: folder, input: "", encoding: "latin1", timeout: 20_000 })
  rmSync(folder, { recursive: true })
  const results: Array<string> = bodies.map(() => "nothing")
  for (const match of run.stdout.matchAll(/@(\d+):([^\r\n]*)/g)) results[Number(match[1])] = match[2] as string
  return results
}

describe("the dialect checker", () => {
  it("has an example for each of its rules", () => {
    expect(dialectCases.map((each) => each.rule).sort()).toEqual(Dialect.rules.map((rule) => rule.name).sort())
  })

  for (const { bad, good, rule } of dialectCases) {
    it(`finds: ${rule}`, () => {
      for (const body of bad) expect(rulesIn(body), body).toContain(rule)
    })

    it(`accepts what works in place of: ${rule}`, () => {
      for (const body of good) expect(rulesIn(body), body).toEqual([])
    })
  }

  it("says where, what and how to correct it", () => {
    const faults = Dialect.check("var a = 1;\nvar b = [...a];")
    expect(Dialect.show(faults, undefined)).toBe(
      "line 2, column 9: spread, which the board's interpreter lacks or does differently: ...a (use concat, apply or Object.assign)"
    )
  })

  it("knows right JavaScript in every example", () => {
    // eslint-disable-next-line typescript/no-implied-eval -- the examples are programs
    for (const { bad, good } of dialectCases) {
      for (const body of [...bad, ...good]) expect(new Function("require", body)(require), body).toBe(true)
    }
  })

  it.skipIf(interpreter === undefined)("is right about the interpreter (needs the variable ESPRUINO)", () => {
    for (const { bad, good } of dialectCases.filter(({ isScript }) => isScript)) {
      for (const body of bad) expect(onInterpreter(interpreter as string, [body], true), body).not.toEqual(["true"])
      for (const body of good) expect(onInterpreter(interpreter as string, [body], true), body).toEqual(["true"])
    }
    const bodies = dialectCases.filter(({ isScript }) => !isScript)
    const bad = bodies.flatMap((each) => each.bad)
    const good = bodies.flatMap((each) => each.good)
    const results = onInterpreter(interpreter as string, [...bad, ...good])
    bad.forEach((body, index) => expect(results[index], body).not.toBe("true"))
    good.forEach((body, index) => expect(results[bad.length + index], body).toBe("true"))
  })
})
