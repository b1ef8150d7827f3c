import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { describe, expect, it } from "vitest"
import * as BoardEffect from "../../../src/adapters/espruino/runtime/Effect.ts"
import * as Fiber from "../../../src/adapters/espruino/runtime/Fiber.ts"
import { compile } from "../../../src/programs/bundle/compile/compile.ts"
import { Unsupported } from "../../../src/programs/bundle/compile/Unsupported.ts"
import { evaluate, onBoard as modulesOnBoard } from "./evaluate.ts"

const compiled = (code: string): string => compile(code, "shape.ts", { isTerse: false })

/** A module around the body of a generator that sees `log`, `say` (an effect that logs), and `later`. */
const around = (body: string): string => `
import * as Effect from "effect/Effect"
import * as Data from "effect/Data"
class Bad extends Data.TaggedError("Bad")<{ readonly why: string }> {}
export const make = (log: (what: unknown) => void) => {
  const say = <A>(what: A) => Effect.sync(() => { log(what); return what })
  const later = <A>(what: A) => Effect.andThen(Effect.yieldNow, say(what))
  const outside = { count: 1 }
  const touch = Effect.sync(() => { outside.count++ })
  void later; void touch; void Bad; void outside
  return Effect.gen(function*() {${body}
  })
}`

type Make = (log: (what: unknown) => void) => Effect.Effect<unknown, unknown>

type Run = (program: Effect.Effect<unknown, unknown>) => Promise<unknown>

/** The value, or what a failure and a defect say of themselves. */
const onEffect: Run = async (program) => {
  const exit = await Effect.runPromiseExit(program)
  return Exit.isSuccess(exit) ? exit.value : failed(exit.cause.reasons[0]?._tag, Cause.squash(exit.cause))
}

const failed = (
  how: string | undefined,
  why: unknown
) => [how, why instanceof Error && "why" in why ? why.why
  : why instanceof Error ? why.message : (why as { why?: unknown }).why ?? why]

const onBoard: Run = (program) =>
  new Promise((resolve) => {
    Fiber.start(program as unknown as Fiber.Node, (exit) => {
      const { e, k } = exit as Fiber.Failure
      resolve(k === undefined ? (exit as { readonly v: unknown }).v : failed(["Interrupt", "Fail", "Die"][k], e))
    })
  })

/** How the program ends and what it logs, run twice, because a program may be run again. */
const behaviour = async (code: string, run = onEffect, modules?: Parameters<typeof evaluate>[1]): Promise<unknown> => {
  const logged: Array<unknown> = []
  const program = (evaluate(code, modules)["make"] as Make)((what) => void logged.push(what))
  logged.push("made")
  const ends: Array<unknown> = []
  for (let i = 0; i < 2; i++) {
    ends.push(await run(program))
    logged.push("ended")
  }
  return { logged, ends }
}

/** As a board's bundle has it, on a board's runtime. */
const forBoard = (code: string): string => compile(code, "shape.ts", { isTerse: true })

const onBoardsRuntime = (code: string): Promise<unknown> =>
  behaviour(forBoard(code), onBoard, modulesOnBoard({
    yieldNow: BoardEffect.callback<void>((resume) =>
      void setTimeout(() => resume(BoardEffect.void as unknown as Effect.Effect<void>), 0)
    )
  }))

const shapes: ReadonlyArray<readonly [name: string, body: string]> = [
  ["a straight line", "const a = yield* say(1); const b = yield* later(a + 1); return a + b"],
  ["no wait at all", "log(0); return 7"],
  ["an end without a value after a wait with one", "yield* say(3)"],
  ["plain lines before, between and after",
    "log('a'); const x = yield* say(1); log('b'); let y = x; y++; yield* say(y); log('c')"],
  ["patterns",
    "const [a, { b, c = 4 }] = yield* say([1, { b: 2 }] as const); const { d, ...rest } = yield* say({ d: 5, e: 6 }); return [a, b, c, d, rest]"],
  ["several declarations in one", "const a = yield* say(1), b = a + 1, c = yield* say(b); return c"],
  ["an assignment", "let a = 1; a = yield* say(2); const o = { p: 0 }; o.p = yield* say(a + 1); return [a, o]"],
  ["an early return", "const a = yield* say(1); if (a === 1) return 'early'; yield* say(2); return 'late'"],
  ["an early return without a value", "const a = yield* say(1); if (a === 1) return; yield* say(2); return 'late'"],
  ["a return of a wait", "if ((yield* say(1)) > 5) return 1; return yield* later(2)"],
  ["if with a wait, joined",
    "const a = yield* say(1); let b = 0; if (a > 0) { yield* say('in'); b = 2 } log(b); return b"],
  ["if and else with waits, joined",
    "let b = 0; if (b > 0) { b = yield* say(1) } else { const c = yield* say(2); b = c } yield* say(b); return b"],
  ["if and else with one wait each",
    "const a = yield* say(0); if (a) yield* say('yes'); else yield* say('no'); return 'end'"],
  ["else if",
    "const a = yield* say(2); if (a === 1) { yield* say('one') } else if (a === 2) { yield* say('two') } else { yield* say('more') } return a"],
  ["if without else, at the end", "const a = yield* say(1); if (a === 1) yield* say(2)"],
  ["names of a branch that hide outer ones",
    "const x = 'outer'; if (x) { const x = yield* say('inner'); log(x) } return x"],
  ["a bare block", "const x = 1; { const x = yield* say(2); log(x) } return x"],
  ["while", "let i = 0; while (i < 3) { yield* say(i); i++ } return i"],
  ["while with a wait in its test", "let i = 0; while ((yield* later(i)) < 2) i++; return i"],
  ["while (true) with break, continue and return",
    "let i = 0; while (true) { i++; if (i === 2) continue; yield* say(i); if (i > 3) break; if (i > 10) return 'no' } return i"],
  ["a return inside a loop", "let i = 0; while (true) { const j = yield* later(i); if (j === 2) return 'out'; i++ }"],
  ["for", "let sum = 0; for (let i = 0; i < 4; i++) { if (i === 1) continue; sum += i; yield* say(sum) } return sum"],
  ["for with a wait in its head",
    "let n = 0; for (let i = yield* say(2); i > 0; i--) n += yield* say(i) as never as undefined ?? 0; return n"
      .replace("n += yield* say(i) as never as undefined ?? 0", "{ const m = yield* say(i); n += m }")],
  ["for over an array",
    "const out: Array<number> = []; for (const [a, b] of [[1, 2], [3, 4]]) { const c = yield* say(a! + b!); out.push(c) } return out"],
  ["nested loops with break",
    "for (const a of [1, 2]) { for (let b = 0; b < 5; b++) { yield* say([a, b]); if (b === a) break } } return 'done'"],
  ["a plain loop with a jump of its own beside a wait",
    "for (const a of [1, 2, 3]) { let n = 0; for (let i = 0; i < 9; i++) { if (i === a) break; n++ } if (n === 2) continue; yield* say(n) }"],
  ["a return out of a plain loop", "yield* say(0); for (const a of [1, 2, 3]) { if (a === 2) return a } return 'none'"],
  ["do while", "let i = 0; do { yield* say(i); i++ } while (i < 3); return i"],
  ["do while with a wait in its test", "let i = 0; do { i++ } while ((yield* say(i)) < 3); return i"],
  ["a loop without a wait on its way, long",
    "let n = 0; for (let i = 0; i < 20000; i++) { if (i % 10000 === 9999) yield* say(i); n++ } return n"],
  ["a loop of many waits", "let n = 0; while (n < 5000) { n = yield* Effect.succeed(n + 1) } return n"],
  ["closures made in a loop",
    "const f: Array<() => number> = []; for (const a of [1, 2]) { const b = yield* say(a); f.push(() => b * 10) } return f.map((g) => g())"],
  ["switch",
    "const a = yield* say('b'); switch (a as string) { case 'a': return 1; case 'b': { const c = yield* say('in'); log(c); break } case 'c': case 'd': yield* say('d'); break; default: yield* say('other') } return 'after'"],
  ["switch that only returns",
    "switch (yield* say(2)) { case 1: return 'one'; case 2: return yield* say('two') } return 'none'"],
  ["switch inside a loop",
    "for (const a of [1, 2, 3]) { switch (a) { case 1: yield* say('one'); continue; case 2: break; default: yield* say('other'); break } log(a) }"],
  ["waits inside expressions, in order",
    "const f = (...all: Array<unknown>) => { log(['f', ...all]); return all.length }; return f(yield* say(1), f(yield* say(2)), yield* say(3))"],
  ["what is read before a wait", "const a = [outside.count, yield* touch, outside.count]; outside.count = 1; return a"],
  ["a read kept for a sum",
    "const a = outside.count + (yield* Effect.as(touch, 10)) + outside.count; outside.count = 1; return a"],
  ["an object with a wait inside", "return { a: outside.count, b: (yield* say({ c: 5 })).c, d: [yield* say(6)] }"],
  ["a template", "return `${outside.count} ${yield* say('x')} ${outside.count}`"],
  ["a text before a wait that changes what the wait is given",
    "let p = 1; return [`${p = 0} ${outside.count}`, yield* say(p)]"],
  ["what is read of a constant with a capital letter",
    "const Outside = outside; const a = [Outside.count, yield* touch, Outside.count]; outside.count = 1; return a"],
  ["a number and a list where a wait may follow",
    "const a = (outside.count - 1) && (yield* say(1)); const b = (outside.count + 1) ?? (yield* say(2)); const c = [0] && (yield* say(3)); return [a, b, c]"],
  ["loops of one name in each other",
    "for (let i = 0; i < 2; i++) { for (let i = 5; i < 7; i++) { yield* say(i) } log(i) } return 'end'"],
  ["a block that hides a name in a loop's body",
    "let i = 0; while ((yield* say(i)) < 2) { i++; for (let i = 0; i < 2; i++) { log(yield* say(i)) } }"],
  ["a name that changes in the same expression", "let i = 1; return [i, i++, yield* say(i), i]"],
  ["&& and || and ??",
    "const a = (yield* say(0)) || (yield* say('or')); const b = a && (yield* say('and')); const c = null ?? (yield* say('nullish')); const d = 'kept' || (yield* say('never')); return [a, b, c, d]"],
  ["?:",
    "const a = (yield* say(true)) ? yield* say('yes') : yield* say('no'); const b = a === 'no' ? yield* say(1) : 2; return [a, b]"],
  ["&& as a statement",
    "const a = yield* say(1); a === 1 && (yield* say('yes')); a === 2 || (yield* say('not two')); return a"],
  ["|| in the test of a jump", "let i = 0; while (true) { if (i > 5 || !(yield* say(i < 3))) return i; i++ }"],
  ["! and a comparison", "if (!(yield* say(false)) && 2 > (yield* say(1))) return 'in'; return 'out'"],
  ["a failure", "yield* say(1); return yield* Effect.fail('bad')"],
  ["a failure that is yielded as a value of its own",
    "yield* say(1); if (outside.count) return yield* new Bad({ why: 'x' }); return 2"],
  ["a failure caught",
    "const r = yield* Effect.catch(Effect.gen(function*() { yield* say(1); yield* Effect.fail('x'); return 'never' }), (e) => say('caught ' + e)); return r"],
  ["throw", "yield* say(1); throw new Error('thrown')"],
  ["throw before the first wait", "if (outside.count) throw new Error('first'); yield* say(1)"],
  ["try without a wait", "yield* say(1); try { JSON.parse('{'); return 'no' } catch { return 'caught' }"],
  ["a generator in a generator",
    "const inner = (n: number) => Effect.gen(function*() { const a = yield* say(n); return a * 2 }); const x = yield* inner(2); return x + (yield* inner(x))"],
  ["a pipe", "return yield* say(1).pipe(Effect.map((n) => n + 1), Effect.flatMap((n) => say(n)))"],
  ["an object that spreads a value waited for", "const a = { ...(yield* say({ x: 1 })), y: 2 }; return { ...a, z: 3 }"]
]

describe("a compiled generator", () => {
  for (const [name, body] of shapes) {
    it(`behaves as it is written: ${name}`, async () => {
      const code = around(body)
      const small = compiled(code)
      expect(small.split("//# source")[0]).not.toMatch(/function\*|yield\*/)
      expect(await behaviour(small)).toEqual(await behaviour(code))
    })
  }

  for (const [name, body] of shapes) {
    it(`behaves on a board as it is written: ${name}`, async () => {
      const code = around(body)
      expect(forBoard(code).split("//# source")[0]).not.toMatch(/function\*|yield\*/)
      expect(await onBoardsRuntime(code)).toEqual(await behaviour(code))
    })
  }

  it("runs nothing when it is made, and anew each time it is run", async () => {
    const seen = await behaviour(compiled(around("log('first'); let n = 0; n++; yield* say(n); return n"))) as {
      readonly logged: unknown
    }
    expect(seen.logged).toEqual(["made", "first", 1, "ended", "first", 1, "ended"])
  })

  const refused: ReadonlyArray<readonly [body: string, message: string]> = [
    ["try { yield* say(1) } catch { log(2) }", "cannot wait inside try; use Effect.catch or Effect.ensuring"],
    ["a: for (;;) { yield* say(1); break a }", "the board does not support labels; use a function or a flag"],
    ["for (const k in outside) { yield* say(k) }",
      "cannot wait inside this loop; use for, while or for (const x of array)"],
    ["switch (outside.count) { case 1: yield* say(1); case 2: yield* say(2) }",
      "this case falls through to the next; end it with break or return"],
    ["var a = yield* say(1); return a", "inside Effect.gen, declare a with const or let"],
    ["const f = () => b; const a = yield* say(1); const b = a; return f()",
      "b is used before the line that declares it"],
    ["const f = []; for (let i = 0; i < 2; i++) { f.push(() => i); yield* say(1) }",
      "a function keeps i of this loop; copy it into a const inside the loop"],
    ["return { ...outside, a: yield* say(1) }", "cannot wait after a spread; take the yield* into a const first"],
    ["return outside?.[(yield* say('count'))]", "cannot wait inside ?.; take the yield* into a const first"],
    ["outside.count += yield* say(1)", "cannot wait inside this assignment; take the yield* into a const first"]
  ]

  for (const [body, message] of refused) {
    it(`is refused with its place: ${message}`, () => {
      const attempt = () => compiled(around("\n    " + body))
      expect(attempt).toThrow(Unsupported)
      expect(attempt).toThrow(message)
      try {
        attempt()
      } catch (error) {
        expect((error as Unsupported).line).toBe(12)
      }
    })
  }
})
