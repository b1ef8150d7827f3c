/**
 * Random bodies of `Effect.gen`: waits anywhere in expressions and statements, around reads of what the waits change.
 * Some cannot be compiled, which the compiler says.
 */
import * as fc from "fast-check"

type Code = fc.Arbitrary<string>

/** `form` has a `_` for each inner part. */
const form = (form: string, ...inner: ReadonlyArray<Code>): Code =>
  fc.tuple(...inner).map((inner) =>
    form.split("_").map((part, index) => (index > 0 ? inner[index - 1] ?? "" : "") + part).join("")
  )

const depth = 4

const { statement } = fc.letrec<
  { readonly expression: string; readonly statement: string; readonly body: string; readonly jump: string }
>((tie) => {
  const e = tie("expression")
  const b = tie("body")
  const some = { depthSize: "small", withCrossShrink: true, maxDepth: depth } as const
  return {
    expression: fc.oneof(
      some,
      {
        weight: 3,
        arbitrary: fc.constantFrom("0", "1", "2", "null", "undefined", "'s'", "p", "q", "n", "outside.count",
          "Outside.count", "list[0]")
      },
      { weight: 3, arbitrary: form("(yield* say(_))", e) },
      { weight: 3, arbitrary: form("(yield* later(_))", e) },
      fc.constantFrom("(yield* touch)", "(yield* touch)", "p++", "(yield* Effect.succeed(3))", "(yield* counted)"),
      form("log(_)", e),
      form("f(_, _)", e, e),
      form("f(_, _, _)", e, e, e),
      form("outside.f(_)", e),
      form("[_, _]", e, e),
      form("[_, _, _]", e, e, e),
      form("({ a: _, b: _ })", e, e),
      form("({ ...({ c: _ }), b: _ })", e, e),
      form("`${_} ${_}`", e, e),
      form("(_ + _)", e, e),
      form("(_ < _)", e, e),
      form("(_ && _)", e, e),
      form("(_ || _)", e, e),
      form("(_ ?? _)", e, e),
      form("(_ ? _ : _)", e, e, e),
      form("!_", e),
      form("typeof _", e),
      form("(p = _)", e),
      form("(() => _)()", fc.constantFrom("p", "n", "outside.count")),
      form("(yield* Effect.gen(function*() { _ }))", b),
      form("(yield* Effect.catch(Effect.gen(function*() { _ }), () => say('caught')))", b)
    ),
    jump: fc.constantFrom("", "", "if (p > 1) break", "if (outside.count > 2) continue",
      "if ((yield* say(p)) > 3) break", "if (n > 40) return 'out'"),
    body: fc.array(tie("statement"), { maxLength: 3 }).map((all) => all.join("; ")),
    statement: fc.oneof(
      some,
      { weight: 3, arbitrary: form("_", e) },
      form("const c = _; log(c)", e).map((code) => `{ ${code} }`),
      form("{ const [c, d] = [_, _]; log([d, c]) }", e, e),
      form("{ let c = _; c = _; log(c) }", e, e),
      form("p = _", e),
      form("q = _", e),
      form("outside.count = _", fc.constantFrom("1", "(yield* say(2))", "p")),
      form("if (_) { _ }", e, b),
      form("if (_) { _ } else { _ }", e, b, b),
      form("if (_) { _; return _ }", e, b, e),
      form("{ let i = 0; while (i < 2) { i++; _; _ } }", b, tie("jump")),
      form("{ let i = 0; while ((yield* say(i)) < 2) { i++; _; _ } }", b, tie("jump")),
      form("for (let i = 0; i < 2; i++) { _; _ }", b, tie("jump")),
      form("for (const i of [1, 2]) { log(i); _; _ }", b, tie("jump")),
      form("{ let i = 0; do { i++; _ } while (i < 2) }", b),
      form("switch (_) { case 0: _; break; case 1: { _; break } case 2: case 's': return _; default: _ }", e, b, b, e,
        b),
      form("switch (_) { default: { _; break } case 1: _; break }", e, b, b),
      form("return _", e),
      fc.constantFrom("yield* Effect.fail('failed')", "throw new Error('thrown')", "return",
        "yield* new Bad({ why: 'bad' })")
    )
  }
})

/** Modules that export `make`: a program that logs what it does. */
export const modules: Code = fc.array(statement, { minLength: 1, maxLength: 4 }).map((body) => `
import * as Effect from "effect/Effect"
import * as Data from "effect/Data"
class Bad extends Data.TaggedError("Bad")<{ readonly why: string }> {}
export const make = (report: (what: unknown) => void) => {
  let room = 200
  const log = (what: any): any => { if (room-- > 0) report(typeof what === "function" ? "function" : what); else throw new Error("long"); return what }
  const say = (what: any) => Effect.sync((): any => log(what))
  const later = (what: any) => Effect.flatMap(Effect.suspend(() => say("later")), (): any => say(what))
  let n = 0
  const list = [1, 2, 3]
  const outside: any = { count: 1, f: (what: any) => { n++; return log(what) } }
  const Outside: any = { count: 1 }
  const f = (...all: Array<any>): any => { outside.count++; return log(all.length) }
  const touch = Effect.sync(() => { outside.count++; Outside.count++; n++; list[0] = list[0]! + 1; return n })
  const counted: any = Effect.flatMap(touch, () => say(n))
  void later; void touch; void Bad; void f; void counted
  return Effect.gen(function*(): any {
    let p: any = 1, q: any = 2;
    ${body.join(";\n    ")};
    return [p, q, n]
  })
}`)
