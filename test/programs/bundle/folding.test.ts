import { transformSync } from "@babel/core"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { folding } from "../../../src/programs/bundle/compile/folding.ts"

const folded = (code: string): string =>
  transformSync(code, { babelrc: false, configFile: false, sourceType: "script", plugins: [folding()] })?.code ?? ""

/** A script of functions, of which `f` is the one that is moved or not. */
const script = (functions: string, use: string): string => `
var log = [];
var say = (x) => { log.push(x); return x };
var box = { n: 1, held: undefined };
var count = 0;
${functions}
var outcome;
try { outcome = [${use}] } catch (error) { outcome = "thrown: " + error }
JSON.stringify([outcome, log, box, count])`

const both = (functions: string, use: string) => {
  const before = script(functions, use)
  const after = folded(before)
  return { after, isMoved: !/\bf\s*=/.test(after), isSame: runInNewContext(after) === runInNewContext(before) }
}

/** Many statements: more than what is worth reading again. */
const long = Array.from({ length: 30 }, (_, index) => `say(${index} + x);`).join(" ")

describe("a function that is called once", () => {
  const moved: ReadonlyArray<readonly [string, string, string]> = [
    ["returned",
      "var f = (x) => { if (x > 1) return say(x); say(0); return x }; var g = (y) => { say(y); return f(y + 1) }",
      "g(0), g(5)"],
    ["returned by an arrow", "var f = (x) => { if (x > 1) return say(x); say(0) }; var g = (y) => f(y + 1)",
      "g(0), g(5)"],
    ["on one side of a choice", "var f = (x) => { say(1); return x }; var g = (y) => y ? f(y) : say(2)", "g(0), g(5)"],
    ["on the other side of a choice",
      "var f = (x) => { say(1); return x }; var g = (y) => { return y ? say(2) : f(y) }", "g(0), g(5)"],
    ["last in a sequence", "var f = (x) => { say(x); return x + 1 }; var g = (y) => (say(0), f(y))", "g(1)"],
    ["in the middle of a sequence", "var f = (x) => { say(x); return x + 1 }; var g = (y) => (say(0), f(y), say(9))",
      "g(1)"],
    ["for what it does", "var f = (x) => { if (x) return say(x); say(7) }; var g = (y) => { f(y); say(8); return y }",
      "g(0), g(1)"],
    ["only at times", "var f = (x) => { say(x); say(x) }; var g = (y) => { y && f(y); y || say(3) }", "g(0), g(1)"],
    ["for a variable",
      "var f = (x) => { if (x > 1) { say(x); return 1 } else say(0); return 2 }; var g = (y) => { var a = say(1), b = f(y), c = a + b; return c }",
      "g(0), g(5)"],
    ["for a variable that exists",
      "var f = (x) => { try { return box.none.n } catch (e) { return say(x) } }; var g = (y) => { var a; a = f(y); return a }",
      "g(3)"],
    ["for a field", "var f = (x) => { if (x) return say(x) }; var g = (y) => { box.held = f(y); return box.held }",
      "g(0), g(2)"],
    ["for a test", "var f = (x) => { say(x); return x > 1 }; var g = (y) => { if (f(y)) return 1; else return 2 }",
      "g(1), g(2)"],
    ["first in an expression",
      "var f = (x) => { say(x); return x + 1 }; var g = (y) => { return { k: 'a', v: f(y), w: say(7) } }", "g(1)"],
    ["as an argument", "var f = (x) => { if (x) return 1; return 2 }; var g = (y) => Math.max(1, f(y), say(1))",
      "g(0), g(1)"],
    ["in a closure, while it is short", "var f = (x) => { say(x); return x }; var g = (y) => [1].map(() => f(y))",
      "g(1)"],
    ["by names of the caller",
      "var f = (y) => { var x = y + 1; return [x, y].map((z) => x + y + z) }; var g = (x) => { var y = x + 1; return f(y * x) }",
      "g(2), g(3)"],
    ["with a parameter that is assigned",
      "var f = (x) => { x = x + 1; return x }; var g = (y) => { var r = f(y); return [r, y] }", "g(2)"],
    ["with too few arguments", "var f = (x, y) => { say(x); return y === undefined }; var g = () => f(1)", "g()"],
    ["with an argument that nobody reads", "var f = (x, y) => { say(0); return y }; var g = () => f(say(1), say(2))",
      "g()"],
    ["in a loop, without closures",
      "var f = (x) => { var y = x * 2; say(y); return y }; var g = () => { var s = 0; for (var i of [1, 2, 3]) { s += f(i) } return s }",
      "g()"],
    ["by one that is itself moved",
      "var e = (x) => { say(x); return x }; var f = (x) => { var y = e(x); return y + 1 }; var g = (y) => f(y)", "g(2)"]
  ]
  for (const [where, functions, use] of moved) {
    it("is moved to where it is called " + where, () => {
      const { after, isMoved, isSame } = both(functions, use)
      expect(isMoved, after).toBe(true)
      expect(isSame, after).toBe(true)
    })
  }

  const kept: ReadonlyArray<readonly [string, string, string]> = [
    ["it is called twice", "var f = (x) => { say(x) }; var g = (y) => { f(y); f(y) }", "g(1)"],
    ["it is a value", "var f = (x) => { say(x); return x }; var g = (y) => [y].map(f)", "g(1)"],
    ["it calls itself", "var f = (x) => { if (x > 0) f(x - 1) }; var g = (y) => y", "g(1)"],
    ["it changes", "var f = (x) => { say(x) }; f = say; var g = (y) => { f(y) }", "g(1)"],
    ["it reads `this`", "var f = function (x) { return this === undefined || x }; var g = (y) => f(y)", "g(1)"],
    ["it reads its arguments", "var f = function (x) { return arguments.length + x }; var g = (y) => f(y)", "g(1)"],
    ["the script calls it itself", "var f = (x) => { say(x); return x }", "f(1)"],
    ["an argument is one too many", "var f = (x) => { say(x) }; var g = (y) => { f(y, say(2)) }", "g(1)"],
    ["something else is evaluated first", "var f = (x) => { box.n++; return x }; var g = (y) => box.n + f(y)", "g(1)"],
    ["it may not be evaluated", "var f = (x) => { say(x); return x }; var g = (y) => say(y) + (y && f(y))",
      "g(0), g(1)"],
    ["a loop tests it",
      "var f = (x) => { say(x); return x < 3 }; var g = () => { var i = 0; while (f(i)) i++; return i }", "g()"],
    ["its value comes out of a loop",
      "var f = (x) => { for (var i of [1, 2]) if (i === x) return say(i) }; var g = (y) => { var r = f(y); return r }",
      "g(2), g(3)"],
    ["each turn of a loop has variables of its own",
      "var f = (x) => { var y = x; return () => y }; var g = () => { var r = []; for (var i of [1, 2]) { r.push(f(i)) } return r.map((h) => h()) }",
      "g()"],
    ["a turn of a loop would find what the last one left",
      "var f = (x) => { var y; if (x > 1) y = x; return y }; var g = () => { var r = []; for (var i of [2, 1]) { r.push(f(i)) } return r }",
      "g()"],
    ["it declares a variable behind its end",
      "var x = 1; var f = () => { return x; var x = 2 }; var g = () => { var r = f(); return r }", "g()"],
    ["the caller hides what it uses", "var f = (x) => { box.n = x; return count }; var g = (count) => f(count)",
      "g(3)"],
    ["it is long, and called in a closure", `var f = (x) => { ${long} }; var g = (y) => [1].map(() => { f(y) })`,
      "g(1)"],
    ["it is long, and often skipped", `var f = (x) => { ${long} }; var g = (y) => { if (y) f(y) }`, "g(0), g(1)"],
    ["it is long, and behind a return", `var f = (x) => { ${long} }; var g = (y) => { if (!y) return 1; f(y) }`,
      "g(0), g(1)"]
  ]
  for (const [why, functions, use] of kept) {
    it("stays where it is if " + why, () => {
      const { after, isMoved, isSame } = both(functions, use)
      expect(isMoved, after).toBe(false)
      expect(isSame, after).toBe(true)
    })
  }

  it("is moved however long it is, where it is always reached", () => {
    const { isMoved, isSame } = both(`var f = (x) => { ${long} }; var g = (y) => { say(0); f(y); return y }`, "g(1)")
    expect([isMoved, isSame]).toEqual([true, true])
  })
})
