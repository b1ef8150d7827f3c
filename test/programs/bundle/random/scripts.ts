/**
 * Random small scripts: what they do is a trace of calls with their values, in order, and how they end. Functions are
 * called once or more, names are hidden by others, fields change between reads, and things are thrown.
 */
import * as fc from "fast-check"
import { runInNewContext } from "node:vm"

/** A tree that `render` makes code of: a function that is called once is written before it is used. */
type Node =
  | { readonly kind: "text"; readonly code: string }
  | { readonly kind: "form"; readonly parts: ReadonlyArray<string>; readonly inner: ReadonlyArray<Node> }
  | {
    readonly kind: "once"
    readonly params: ReadonlyArray<string>
    readonly body: ReadonlyArray<Node>
    readonly args: ReadonlyArray<Node>
  }

type Any = fc.Arbitrary<Node>

const text = (...codes: ReadonlyArray<string>): Any =>
  fc.constantFrom(...codes.map((code): Node => ({ kind: "text", code })))

/** `form` has a `_` for each inner part. */
const form = (form: string, ...inner: ReadonlyArray<Any>): Any =>
  fc.tuple(...inner).map((inner): Node => ({ kind: "form", parts: form.split("_"), inner }))

const sequence = (each: Any, most: number): Any =>
  fc.array(each, { maxLength: most }).map((inner): Node => ({
    kind: "form",
    parts: ["", ...inner.map(() => " ")],
    inner
  }))

const depth = 4

const names = ["a", "b", "x", "y"]

const { expression, statement } = fc.letrec<
  {
    readonly expression: Node
    readonly statement: Node
    readonly callee: Node
    readonly clause: Node
    readonly value: Node
  }
>((tie) => {
  const e = tie("expression")
  const s = tie("statement")
  const some = { depthSize: "small", withCrossShrink: true, maxDepth: depth } as const
  const simple = text("0", "1", "2", "\"s\"", "true", "null", "void 0", "a", "b", "x", "y", "box.n", "box.m.k",
    "list[0]", "Count.n", "box", "list")
  const end = text("break;", "break;", "return;", "throw 7;", "", "", "{ break; }")
  return {
    value: simple,
    expression: fc.oneof(
      some,
      { weight: 3, arbitrary: simple },
      { weight: 4, arbitrary: form("say(_)", e) },
      form("(_ + _)", e, e),
      form("(_ < _)", e, e),
      form("(_ === _)", e, e),
      form("(_ && _)", e, e),
      form("(_ || _)", e, e),
      form("(_ ?? _)", e, e),
      form("(_ ? _ : _)", e, e, e),
      form("(_, _)", e, e),
      form("(a = _)", e),
      form("(x = _)", e),
      form("(box.n = _)", e),
      form("(Count.n += _)", e),
      form("platform.Math.max(_, _)", e, e),
      form("platform.parseInt(_)", e),
      form("((Math) => platform.Math.max(Math, 1))(_)", e),
      form("((platform) => platform.Math)(_)", e),
      form("(Pin = _)", e),
      form("((Pin) => [Pin, Server.n])(_)", e),
      text("Pin", "Server.n", "typeof platform.Terminal", "({ Pin })"),
      text("a++", "box.n++", "Count.n++", "grow()", "typeof b", "!a", "(\"n\" in box)", "box[\"n\"]"),
      form("[_, _]", e, e),
      form("({ p: _, q: _ })", e, e),
      form("({ ...box, p: _ })", e),
      form("({ p: _, ...say(box), q: _ })", e, e),
      form("assign(box, { n: _ })", e),
      form("Object.assign(box, { n: _, o: _ })", e, e),
      form("(box = assign(box, { n: _ }))", e),
      form("`${_}-${_}`", e, e),
      form("twice(_)", e),
      form("pair(_, _)", e, e),
      form("second(_, _)", e, e),
      form("either(_, _)", e, e),
      form("field(_)", e),
      form("sum(_, _)", e, e),
      form("((y) => _)(_)", e, e),
      form("((x) => [() => _, () => x][0]())(_)", e, e),
      form("boom(_)", e),
      { weight: 6, arbitrary: tie("callee") }
    ),
    callee: fc.record({
      kind: fc.constant("once" as const),
      params: fc.subarray(names, { maxLength: 2 }),
      body: fc.array(s, { maxLength: 3 }),
      args: fc.array(e, { maxLength: 2 })
    }),
    clause: fc.oneof(
      form("case 0: _ _", sequence(s, 1), end),
      form("case 1: _ _", sequence(s, 1), end),
      form("case \"s\": _ _", sequence(s, 1), end),
      form("case 2: _ _", sequence(s, 1), end),
      form("case 3: return _;", e)
    ),
    statement: fc.oneof(
      some,
      { weight: 4, arbitrary: form("_;", e) },
      { weight: 2, arbitrary: form("return _;", e) },
      form("var v = _; say(v);", e),
      form("var x = _;", e),
      form("if (_) { _ }", e, sequence(s, 2)),
      form("if (_) { _ } else { _ }", e, sequence(s, 2), sequence(s, 2)),
      form("for (var i of [1, 2]) { _ _ }", sequence(s, 2), text("", "", "break;", "if (i > 1) continue; say(i);")),
      form("for (var j = 0; j < 2; j++) { _ }", sequence(s, 2)),
      form("try { _ } catch (fault) { say(fault); _ }", sequence(s, 2), sequence(s, 1)),
      form("{ _ }", sequence(s, 2)),
      form("switch (_) { _ default: _ _ _ }", e, sequence(tie("clause"), 2), sequence(s, 1), end,
        sequence(tie("clause"), 2)),
      form("switch (_) { _ }", e, sequence(tie("clause"), 3))
    )
  }
})

const render = (body: ReadonlyArray<Node>): { readonly functions: ReadonlyArray<string>; readonly code: string } => {
  const functions: Array<string> = []
  const show = (node: Node): string => {
    if (node.kind === "text") return node.code
    if (node.kind === "form") {
      return node.parts.map((part, index) => (index > 0 ? show(node.inner[index - 1] as Node) : "") + part).join("")
    }
    const code = node.body.map(show).join(" ")
    const name = "once" + functions.length
    functions.push(`var ${name} = (${node.params.join(", ")}) => { ${code} };`)
    return `${name}(${node.args.map(show).join(", ")})`
  }
  const code = body.map(show).join("\n  ")
  return { functions, code }
}

const before = `
var log = [];
var shown = (what, deep) => {
  if (typeof what === "function") return "function";
  if (what === undefined || what === null || typeof what !== "object") return typeof what + " " + what;
  if (what instanceof Error) return "error " + what.name;
  if (deep > 2) return "deep";
  return (Array.isArray(what) ? "list " : "{") + Object.keys(what).map((key) => key + ":" + shown(what[key], (deep || 0) + 1)).join() + "}"
};
var say = (what) => { if (log.length > 400) throw "long"; log.push(shown(what)); return what };
var a = 1, b = 2, x = 5, y = 6, list = [1, 2, 3];
var box = { n: 1, m: { k: 2 } };
var Count = { n: 1 };
var platform = globalThis;
var Pin = 4, Server = { n: 3 };
var assign = Object.assign;
var grow = () => { box.n++; Count.n++; a++; return 9 };
var boom = (what) => { if (say(what) === 0) throw 13; return what };
var pair = (p, q) => ({ p, q });
var second = (p, q) => q;
var twice = (p) => [p, p];
var either = (p, q) => p || q;
var field = (p) => box.n + p;
var sum = (p, q) => p + q + Count.n;
`

/** Scripts that end with the trace, as JSON. Some are no right programs: a jump without a loop. */
export const scripts: fc.Arbitrary<string> = fc.array(statement, { minLength: 1, maxLength: 5 }).map((body) => {
  const { code, functions } = render(body)
  return `${before}${functions.join("\n")}
var main = (x, y) => {
  ${code}
};
var result;
try { result = shown(main(3, 4)) } catch (fault) { result = "thrown " + (typeof fault === "object" ? fault.name : fault) }
JSON.stringify([result, log, shown(box), ...[Count, Pin, a, b, x, y].map((each) => shown(each))])`
})

/** A random expression in a script of its own. */
export const expressions: fc.Arbitrary<string> = expression.map((node) => render([node]).code)

/** What a script does; undefined: it is not a script. */
export const traceOf = (code: string): string | undefined => {
  try {
    return String(runInNewContext(code, {}, { timeout: 2_000 }))
  } catch (fault) {
    if ((fault as Error).name === "SyntaxError") return undefined
    throw fault
  }
}
