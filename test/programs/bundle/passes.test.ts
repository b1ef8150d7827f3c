/**
 * Each pass of the compiler for boards on random programs: what they call, with which values, in which order, and how
 * they end must be the same before and after it. `FUZZ_RUNS` sets how many programs each pass gets.
 */
import { type PluginItem, transformSync } from "@babel/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as esbuild from "esbuild"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Fiber from "../../../src/adapters/espruino/runtime/Fiber.ts"
import { aliases } from "../../../src/programs/bundle/compile/aliases.ts"
import { changes } from "../../../src/programs/bundle/compile/changes.ts"
import { compile, type Options } from "../../../src/programs/bundle/compile/compile.ts"
import { folding } from "../../../src/programs/bundle/compile/folding.ts"
import { globals } from "../../../src/programs/bundle/compile/globals.ts"
import { inlining } from "../../../src/programs/bundle/compile/inlining.ts"
import { platform } from "../../../src/programs/bundle/compile/platform.ts"
import { spreads } from "../../../src/programs/bundle/compile/spreads.ts"
import { uncurry } from "../../../src/programs/bundle/compile/uncurry.ts"
import { Unsupported } from "../../../src/programs/bundle/compile/Unsupported.ts"
import { lower } from "../../../src/programs/bundle/lower.ts"
import { minify } from "../../../src/programs/bundle/minify.ts"
import { repair, repairs } from "../../../src/programs/bundle/repair.ts"
import { evaluate, onBoard as modulesOnBoard } from "./evaluate.ts"
import { modules } from "./random/effects.ts"
import { runs } from "./random/runs.ts"
import { scripts, traceOf } from "./random/scripts.ts"

const transformed = (code: string, ...plugins: ReadonlyArray<PluginItem>): string =>
  transformSync(code, { babelrc: false, configFile: false, sourceType: "script", plugins: [...plugins] })?.code ?? ""

const passes: ReadonlyArray<readonly [name: string, pass: () => PluginItem]> = [
  ["aliases", aliases],
  ["uncurry", uncurry],
  ["inlining", inlining],
  ["folding", folding],
  ["changes", changes],
  ["spreads", spreads],
  ["platform", platform],
  ["globals", globals],
  ["repair", () => repairs({ inside: true })],
  ["repair of a script whose names are global", () => repairs({ inside: false })]
]

/** Undefined: it is refused, as some switches are. */
const orRefused = (make: () => string): string | undefined => {
  try {
    return make()
  } catch (error) {
    if (/default last|default in the middle/.test(String(error))) return undefined
    throw error
  }
}

describe("a pass leaves a random script what it is", () => {
  it.each(passes)("%s", (_, pass) => {
    fc.assert(fc.property(scripts, (code) => {
      const expected = traceOf(code)
      fc.pre(expected !== undefined)
      const after = orRefused(() => transformed(code, pass()))
      fc.pre(after !== undefined)
      expect(traceOf(after as string), after).toBe(expected)
    }), runs())
  })

  it("all of them, before and after terser", async () => {
    const isWhole = false
    await fc.assert(fc.asyncProperty(scripts, async (code) => {
      const expected = traceOf(code)
      fc.pre(expected !== undefined)
      // The last value of a script is no value of a function.
      const given = code.replace(/\nJSON\.stringify\((.*)\)$/, "\nglobalThis.outcome = JSON.stringify($1)")
      const empty = { version: 3, sources: [], names: [], mappings: "" }
      const low = await lower({ code: given, map: JSON.stringify(empty) }, { isWhole })
      const mini = await minify(low, { isWhole })
      const small = await repair(mini, { minified: true, inside: false, isWhole }).catch((error: unknown) => {
        fc.pre(!/default last|default in the middle/.test(String(error)))
        throw error
      })
      // terser takes each read of a property for pure (`pure_getters`, which saves 500 bytes): one of nothing, whose value
      // nobody uses, no longer throws behind it. The types of our sources leave none. Babel's part must keep it.
      const isReadOfNothing = /(thrown|error) TypeError/.test(expected ?? "")
      for (const made of isReadOfNothing ? [low] : [low, mini, small]) {
        expect(traceOf(made.code + "\n;globalThis.outcome"), made.code).toBe(expected)
      }
    }), runs(0.25))
  })
})

/** How a program ends, and what it logs before, run twice. */
const lives = (
  code: string,
  run: (program: Effect.Effect<unknown, unknown>) => unknown,
  modules?: Parameters<typeof evaluate>[1]
): string => {
  const logged: Array<unknown> = []
  const program = (evaluate(code, modules)["make"] as Make)((what) =>
    void logged.push(JSON.stringify(what, (_, each: unknown) => plain(each)) ?? "undefined")
  )
  logged.push("made")
  for (let count = 0; count < 2; count++) logged.push(["ended", run(program)])
  return JSON.stringify(logged, (_, each: unknown) => plain(each))
}

type Make = (report: (what: unknown) => void) => Effect.Effect<unknown, unknown>

/** Errors have another shape on a board. */
const plain = (value: unknown): unknown => {
  if (value === null || typeof value !== "object") return value
  if ("why" in value) return "error " + String(value.why)
  return value instanceof Error ? "error " + value.message : value
}

const onEffect = (program: Effect.Effect<unknown, unknown>): unknown => {
  const exit = Effect.runSyncExit(program)
  return Exit.isSuccess(exit) ? ["value", exit.value] : ["failed", plain(Cause.squash(exit.cause))]
}

const onBoard = (program: Effect.Effect<unknown, unknown>): unknown => {
  let ended: unknown = "never"
  Fiber.start(program as unknown as Fiber.Node, (exit) => {
    ended = "k" in exit ? ["failed", plain(exit.e)] : ["value", exit.v]
  })
  return ended
}

/** Undefined: it is refused. */
const compiledOrRefused = (code: string, options: Options): string | undefined => {
  try {
    return compile(code, "random.ts", options)
  } catch (error) {
    if (error instanceof Unsupported) return undefined
    throw error
  }
}

describe("a generator is compiled to what it is, or refused", () => {
  const isTerse = false

  it("on effect's runtime", () => {
    fc.assert(fc.property(modules, (code) => {
      const made = compiledOrRefused(code, { isTerse })
      fc.pre(made !== undefined)
      expect(lives(made as string, onEffect), made).toBe(lives(code, onEffect))
    }), runs())
  })

  it("on a board's runtime", () => {
    fc.assert(fc.property(modules, (code) => {
      const made = compiledOrRefused(code, { isTerse, isDirect: true })
      fc.pre(made !== undefined)
      expect(lives(made as string, onBoard, modulesOnBoard({})), made).toBe(lives(code, onEffect))
    }), runs())
  })
})

/** A module's top level: constants made by functions of all kinds, some of them used. */
const topLevels = fc.array(fc.tuple(
  fc.constantFrom("register(1)", "count()", "made(1)", "nested(2)", "fill(3)", "outer()", "of.later(4)",
    "new Uint8Array(2).length", "Effect.succeed(say(5))", "Effect.sync(() => say(6))",
    "Effect.runSync(Effect.sync(() => say(7)))", "Object.keys({ a: say(8) })", "made(register(9))", "looped(3)",
    "shadowed(1)"),
  fc.boolean()
), { maxLength: 6 }).map((all) => `
import * as Effect from "effect/Effect"
const log: Array<unknown> = []
const say = (what: unknown) => { log.push(what); return what }
let n = 0
const all: Array<unknown> = []
const of = { later: (what: unknown) => say(what) }
const register = (what: unknown) => { all.push(what); say("registered"); return what }
const count = () => n++
const made = (what: unknown) => ({ what })
const nested = (what: number) => made(made(what + 1))
const fill = (size: number) => { const list: Array<number> = []; for (let i = 0; i < size; i++) list[i] = i; return list }
const outer = () => { all[0] = 1; return say("outer") }
const looped = (size: number) => { let sum = 0; for (const each of [size, 2]) sum += each; return sum }
const shadowed = (made: number) => { const f = (all: Array<number>) => { all[0] = made }; f([]); return register(made) }
${all.map(([call], index) => `const x${index} = ${call}`).join("\n")}
export const make = () => [log, n, all, ${all.flatMap(([, isUsed], index) => isUsed ? [`x${index}`] : []).join()}]`)

describe("a call at the top of a module whose value nobody uses", () => {
  const shaken = (code: string): string =>
    esbuild.buildSync({
      stdin: { contents: code, loader: "ts", resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      format: "cjs",
      external: ["effect/*"],
      treeShaking: true,
      minifySyntax: true
    }).outputFiles[0]?.text ?? ""
  const made = (code: string): unknown => {
    const value = (evaluate(code)["make"] as () => unknown)()
    return JSON.parse(JSON.stringify(value, (_, each: unknown) => typeof each === "function" ? "function" : each))
  }
  const compiled = (code: string): string => compile(code, "random.ts", { isTerse: false })

  it("stays where it does more than make a value", () => {
    fc.assert(fc.property(topLevels, (code) => {
      expect(made(shaken(compiled(code))), code).toEqual(made(code))
    }), runs(0.5))
  })

  it("is left out where it makes a value alone, and stays where it registers something", () => {
    const code = `const made = (a: number) => ({ a, text: "left out" }); const all: Array<number> = []
const register = (a: number) => { all.push(a); return "stays" }
const one = made(1)
const two = register(2)
export const make = () => all`
    expect(shaken(compiled(code))).not.toContain("left out")
    expect(made(shaken(compiled(code)))).toEqual([2])
  })
})

/** Pipes of all kinds, in programs that log. */
const pipes = fc.letrec<{ readonly subject: string; readonly step: string }>((tie) => ({
  subject: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom("say(1)", "Effect.succeed(2)", "Effect.sync(() => log(3))", "noted(4)"),
    fc.tuple(tie("subject"), fc.array(tie("step"), { minLength: 1, maxLength: 3 })).map(([subject, steps]) =>
      `${subject}.pipe(${steps.join(", ")})`
    ),
    fc.tuple(tie("subject"), fc.array(tie("step"), { minLength: 1, maxLength: 3 })).map(([subject, steps]) =>
      `pipe(${[subject, ...steps].join(", ")})`
    )
  ),
  step: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom("Effect.map((n) => log(n + 1))", "Effect.map(log(\"made\") && log)",
      "Effect.flatMap((n) => say([n]))", "own", "Effect.andThen(noted(5))", "maker(6)", "Effect.as(log(7))",
      "(self: any) => Effect.map(self, log)"),
    tie("subject").map((subject) => `Effect.flatMap((n) => ${subject})`)
  )
})).subject.map((subject) => `
import * as Effect from "effect/Effect"
import { pipe } from "effect/Function"
export const make = (report: (what: unknown) => void): any => {
  const log = (what: any): any => { report(what); return what }
  const say = (what: any): any => Effect.sync(() => log(what))
  const noted = (what: any): any => { log(["noted", what]); return say(what) }
  const own = (self: any): any => Effect.map(self, (n) => log(["own", n]))
  const maker = (n: number) => { log(["maker", n]); return own }
  void pipe; void maker; void own; void noted
  const before = log("before")
  const made: any = ${subject}
  return before && made
}`)

describe("a pipe", () => {
  it("is compiled to calls that do the same in the same order, or refused", () => {
    fc.assert(fc.property(pipes, (code) => {
      const made = compiledOrRefused(code, { isTerse: false })
      fc.pre(made !== undefined)
      expect(lives(made as string, onEffect), made).toBe(lives(code, onEffect))
    }), runs())
  })

  it("is left alone where its name or the module's means something else", () => {
    const code = `import * as Effect from "effect/Effect"
import { pipe } from "effect/Function"
export const make = () => ((pipe, Effect) => pipe(1, Effect.add(2)))((a: number, f: number) => [a, f], { add: (n: number) => n + 1 })
void pipe; void Effect`
    expect((evaluate(compile(code, "named.ts", { isTerse: false }))["make"] as () => unknown)()).toEqual([1, 3])
  })
})
