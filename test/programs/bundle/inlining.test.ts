import { transformSync } from "@babel/core"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { inlining } from "../../../src/programs/bundle/compile/inlining.ts"

const inlined = (code: string): string =>
  transformSync(code, { babelrc: false, configFile: false, sourceType: "script", plugins: [inlining()] })?.code ?? ""

const last = (code: string): string => code.slice(code.lastIndexOf("result ="))

/** Small functions, and what a script makes of them. */
const script = (use: string): string => `
var log = [];
var say = (x) => { log.push(x); return x };
var box = { n: 1 };
var grow = () => { box.n++; return 5 };
var count = 0;
var none = { v: undefined };
var done = (v) => ({ v });
var succeed = done;
var bind = (a, b) => { return { a, b } };
var later = (b) => ({ a: none, b });
var size = (s) => s.length;
var at = (s, i) => s.charCodeAt(i);
var same = (x) => x;
var swap = (a, b) => [b, a];
var turned = (a, b) => ({ b, a });
var sum = (o, x) => o.n + x;
var twice = (x) => x + x;
var first = (a, b) => a;
var counted = (x) => ({ x, count });
var has = (x) => "a" in x;
var sure = (x) => x ? 1 : 2;
var either = (x, y) => x || y;
var wrapped = (x) => done(say(x));
var maker = (x) => () => x;
var result;
result = ${use};
JSON.stringify([result, log, box])`

describe("a call of a small function", () => {
  const moved: ReadonlyArray<readonly [string, string]> = [
    ["done(say(1))", "v: say(1)"],
    ["succeed(1)", "v: 1"],
    ["bind(say(1), say(2))", "a: say(1)"],
    ["bind(done(1), size(say('abc')))", "say('abc').length"],
    ["later(say(1))", "a: none"],
    ["at(say('a'), say(0))", ".charCodeAt("],
    ["same(same(say(1)))", "result = say(1)"],
    ["turned(1, 2)", "b: 2"],
    ["twice(3)", "3 + 3"],
    ["sure(say(0))", "say(0) ? 1 : 2"],
    ["either(say(1), 2)", "say(1) || 2"],
    ["wrapped(say(8))", "v: say(say(8))"],
    ["has({ a: 1 })", "\"a\" in"],
    ["(function (x) { return done(x) })(4)", "v: x"]
  ]
  for (const [use, code] of moved) {
    it("gives way to what it returns: " + use, () => {
      const made = inlined(script(use))
      expect(last(made)).toContain(code)
      expect(runInNewContext(made)).toBe(runInNewContext(script(use)))
    })
  }

  const kept: ReadonlyArray<readonly [string, string]> = [
    ["arguments would change places", "turned(say(1), say(2))"],
    ["a field would be read before it changes", "sum(box, grow())"],
    ["an argument would be evaluated twice", "twice(say(3))"],
    ["an argument would not be evaluated", "first(1, say(2))"],
    ["an argument would be evaluated only at times", "either(1, say(2))"],
    ["an argument is missing", "done()"],
    ["a text would be put together later", "either(box.n - 1, `${box.n++}`)"],
    ["what it uses changes", "(count++, counted(1))"],
    ["a function would keep a name of the caller", "typeof maker(say(1))"],
    ["the caller hides what it uses", "(function (none) { return later(none) })(7)"],
    ["the caller has another function of that name", "(function (done) { return done(1) })(say)"]
  ]
  for (const [why, use] of kept) {
    it("stays where " + why + ": " + use, () => {
      const made = inlined(script(use))
      expect(last(made).replace(/\s+/g, " ")).toContain(
        /[a-z]+\([^()]*(\(.*\))?[^()]*\)/.exec(use.replace(/^\(.*?return |^\(count\+\+, /, ""))?.[0] ?? use
      )
      expect(runInNewContext(made)).toBe(runInNewContext(script(use)))
    })
  }
})
