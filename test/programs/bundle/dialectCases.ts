/**
 * What the interpreter does its own way, as bodies of functions. Each body is right JavaScript and returns true; on the
 * interpreter those under `bad` do anything else, those under `good` return true.
 */
export interface DialectCase {
  readonly rule: string
  /** The bodies are those of a script, whose names are global. */
  readonly isScript?: true
  readonly bad: ReadonlyArray<string>
  readonly good: ReadonlyArray<string>
}

export const dialectCases: ReadonlyArray<DialectCase> = [
  {
    rule: "use before declaration",
    bad: [
      "return f() === 1; function f() { return 1 }",
      "var a = 1; function g() { a = 2; var b = a; var a = 3; return b } g(); return a === 1",
      "var a = 1; var g = function(c) { if (c) { var a = 2 } return a === undefined }; return g(false)"
    ],
    good: [
      "function f() { return 1 } return f() === 1",
      "var a = 1; function g() { var a; a = 2; var b = a; a = 3; return b } g(); return a === 1",
      "var a = 1; var g = function(c) { var a; if (c) { a = 2 } return a === undefined }; return g(false)",
      "var f = function() { return g() }; var g = function() { return true }; return f()"
    ]
  },
  {
    rule: "closure over a loop's let",
    bad: ["var f = []; for (let i = 0; i < 2; i++) f.push(function() { return i }); return f[0]() === 0"],
    good: [
      "var f = []; var add = function(i) { f.push(function() { return i }) }; for (var i = 0; i < 2; i++) add(i); return f[0]() === 0"
    ]
  },
  {
    rule: "global name of the platform",
    isScript: true,
    bad: ["var Server = function() {}; return typeof require('net').createServer(function() {}).listen === 'function'"],
    good: [
      "(function() { var Server = function() {}; })(); return typeof require('net').createServer(function() {}).listen === 'function'"
    ]
  },
  {
    rule: "text that is not bytes",
    bad: ["return '\u20ac'.charCodeAt(0) > 255", "return '€'.length === 1", "return `€`.length === 1",
      "return /^.$/.test('€')"],
    good: ["return '\\xe2\\x82\\xac'.length === 3", "return `\\xc3\\xbc`.charCodeAt(1) === 0xbc"]
  },
  {
    rule: "${ in the text of a template",
    bad: ["return `\\${0}` === '$' + '{0}'", "return `\\x24{0}` === '$' + '{0}'"],
    good: ["return '${' + '0}' === '$' + '{0}'", "return `$` + `{0}` === '$' + '{0}'"]
  },
  {
    rule: "label",
    bad: ["var n = 0; a: for (;;) { for (;;) { n++; break a } } return n === 1"],
    good: ["var n = 0; for (var go = true; go;) { for (; go;) { n++; go = false } } return n === 1"]
  },
  {
    rule: "case after default",
    bad: ["switch (2) { default: return false; case 2: return true }"],
    good: ["switch (2) { case 2: return true; default: return false }"]
  },
  {
    rule: "spread",
    bad: ["return [...[1, 2]].length === 2", "return Math.max(...[1, 2]) === 2", "return ({ ...{ a: 1 } }).a === 1"],
    good: ["return [].concat([1, 2]).length === 2", "return Math.max.apply(null, [1, 2]) === 2",
      "return Object.assign({}, { a: 1 }).a === 1"]
  },
  {
    rule: "rest parameter",
    bad: ["return (function(...a) { return a.length })(1, 2) === 2"],
    good: ["return (function(a, b) { return [a, b].length })(1, 2) === 2"]
  },
  {
    rule: "default parameter",
    bad: ["return (function(a = 2) { return a })() === 2"],
    good: ["return (function(a) { if (a === undefined) a = 2; return a })() === 2"]
  },
  {
    rule: "destructuring",
    bad: ["var [a] = [1]; return a === 1", "var { a } = { a: 1 }; return a === 1",
      "return (function([a]) { return a })([1]) === 1", "var a; [a] = [1]; return a === 1"],
    good: ["var b = [1], a = b[0]; return a === 1"]
  },
  {
    rule: "name of",
    bad: ["var of = 1; return of === 1", "return (function(of) { return of })(true)", "return (of => of)(true)"],
    good: ["var o = { of: 1 }; return o.of === 1", "var s = 0; for (var n of [1, 2]) s += n; return s === 3"]
  },
  {
    rule: "computed key",
    bad: ["return ({ [\"a\"]: 1 }).a === 1"],
    good: ["var o = {}; o[\"a\"] = 1; return o.a === 1", "return ({ \"a\": 1 }).a === 1"]
  },
  {
    rule: "optional chaining",
    bad: ["var o; return o?.a === undefined", "var o = {}; return o.f?.() === undefined"],
    good: ["var o; return (o == null ? undefined : o.a) === undefined"]
  },
  {
    rule: "** and logical assignment",
    bad: ["return 2 ** 3 === 8", "var a; a ??= 3; return a === 3", "var a = 0; a ||= 3; return a === 3"],
    good: ["return Math.pow(2, 3) === 8", "var a; a = a ?? 3; return a === 3"]
  },
  {
    rule: "generator",
    bad: ["return (function*() { yield 1 })().next().value === 1"],
    good: ["return (function() { return 1 })() === 1"]
  },
  {
    rule: "async",
    bad: ["return (async function() { await 1 })() instanceof Promise"],
    good: ["return new Promise(function() {}) !== undefined"]
  },
  {
    rule: "new.target",
    bad: ["function F() { this.a = new.target === F } return new F().a"],
    good: ["function F() { this.a = this instanceof F } return new F().a"]
  },
  { rule: "BigInt", bad: ["return 10n > 1"], good: ["return 10 > 1"] },
  {
    rule: "missing global",
    bad: [
      "return typeof Symbol === \"function\" && Symbol() !== undefined",
      "return new Map([[1, 2]]).get(1) === 2",
      "return new Set([1]).has(1)",
      "return new WeakMap() instanceof WeakMap",
      "return Reflect.ownKeys({ a: 1 }).length === 1",
      "return new Proxy({ a: 1 }, {}).a === 1",
      "return new TextEncoder().encode(\"a\").length === 1",
      "return new TextDecoder().decode(new Uint8Array([65])) === \"A\"",
      "queueMicrotask(function() {}); return true"
    ],
    good: ["return new Uint8Array(2).length === 2", "return JSON.parse(\"1\") === 1",
      "var Map = function() { this.a = 1 }; return new Map().a === 1"]
  },
  {
    rule: "text that begins a statement",
    bad: ["var r = false, a = { x: 1 }; if (!a) {} \"x\" in a && (r = true); return r"],
    good: ["var r = false, a = { x: 1 }; if (!a) {} (\"x\") in a && (r = true); return r"]
  },
  {
    rule: "comma in brackets",
    bad: ["var x = [1, 2]; return x[0, 1] === 2"],
    good: ["var x = [1, 2]; return x[(0, 1)] === 2"]
  },
  {
    rule: "array length assigned",
    bad: ["var a = [1, 2]; a.length = 0; return a.length === 0"],
    good: ["var a = [1, 2]; a.splice(0); return a.length === 0"]
  },
  {
    rule: "arguments.length",
    bad: ["return (function(a, b) { return arguments.length })(1) === 1"],
    good: ["return (function(a, b) { return b === undefined })(1)",
      "return (function() { return arguments.length })(1) === 1"]
  },
  {
    rule: "prototype method called on another",
    bad: ["return Array.prototype.slice.call([1, 2], 1)[0] === 2"],
    good: ["return [].slice.call([1, 2], 1)[0] === 2", "return ({}).hasOwnProperty.call({ a: 1 }, \"a\")"]
  },
  {
    rule: "message of an Error's subclass",
    bad: ["class X extends Error { constructor(m) { super(m) } } return new X(\"a\").message === \"a\""],
    good: [
      "class X extends Error { constructor(m) { super(m); this.message = m } } return new X(\"a\").message === \"a\""
    ]
  },
  {
    rule: "inherited static",
    bad: ["class A { static f() { return true } } class B extends A {} return B.f()"],
    good: ["class A { static f() { return true } } return A.f()"]
  },
  {
    rule: "extends of an expression",
    bad: ["function m() { return class { f() { return true } } } class B extends m() {} return new B().f()"],
    good: ["function m() { return class { f() { return true } } } var A = m(); class B extends A {} return new B().f()"]
  },
  {
    rule: "missing function",
    bad: [
      "return Object.freeze({ a: 1 }).a === 1",
      "return Object.is(1, 1)",
      "return Object.isExtensible({})",
      "return Number.isInteger(1)",
      "return Number.isFinite(1)",
      "return Math.trunc(1.5) === 1",
      "return Math.imul(2, 3) === 6",
      "return Array.from([1])[0] === 1",
      "return Array.of(1)[0] === 1",
      "return [[1]].flat()[0] === 1",
      "return [1].flatMap(function(x) { return [x] })[0] === 1",
      "return [1].at(0) === 1",
      "return [1].findLast(function() { return true }) === 1",
      "return [1].copyWithin(0, 0)[0] === 1",
      "return [1].reduceRight(function(a) { return a }, 1) === 1",
      "return \"ab\".at(0) === \"a\"",
      "return \"a\".codePointAt(0) === 97",
      "return String.fromCodePoint(97) === \"a\"",
      "return \"a\".trimEnd() === \"a\"",
      "return \"a\".trimStart() === \"a\"",
      "return \"abc\".substr(1, 1) === \"b\" && \"a\".normalize() === \"a\"",
      "return Object.getOwnPropertySymbols({}).length === 0",
      "return Object.hasOwn({ a: 1 }, \"a\")",
      "return Object.seal({ a: 1 }).a === 1",
      "return Math.hypot(3, 4) === 5",
      "return Math.log2(8) === 3",
      "return Math.cbrt(8) === 2",
      "return Math.fround(1) === 1",
      "return Math.clz32(1) === 31",
      "return Number.isNaN(NaN)",
      "return Number.isSafeInteger(1)",
      "return Number.parseInt(\"1\") === 1",
      "var a = new Uint8Array(2); a.copyWithin(0, 1); return a.length === 2",
      "return Promise.allSettled([]) instanceof Promise"
    ],
    good: ["return isFinite(1)", "return Math.floor(1.5) === 1", "return [1].concat([2]).length === 2",
      "return ({ at: function() { return 1 } }).at(0) === 1", "return \"abc\".slice(1) === \"bc\"",
      "return \"a-b\".split(\"-\").join(\"\") === \"ab\""]
  },
  {
    rule: "search for more than one character",
    bad: [
      "return \"socket\".indexOf(\"tls\") === -1",
      "return !\"socket\".includes(\"tls\")",
      "return \"socket\".replace(\"tls\", \"\") === \"socket\""
    ],
    good: [
      "return \"socket\".lastIndexOf(\"tls\") === -1",
      "return \"socket\".split(\"tls\").length === 1",
      "return \"socket\".indexOf(\"x\") === -1",
      "return [\"tls\"].indexOf(\"tls\") === 0",
      "return \"a.b\".replace(\".\", \"\") === \"ab\""
    ]
  },
  {
    rule: "Object.create with properties",
    bad: ["return Object.create({}, { a: { value: 1 } }).a === 1"],
    good: ["var o = Object.create({ b: 1 }); o.a = 1; return o.a === 1 && o.b === 1"]
  },
  {
    rule: "non-enumerable property",
    bad: [
      "var o = {}; Object.defineProperty(o, \"a\", { value: 1, enumerable: false }); return Object.keys(o).length === 0"
    ],
    good: ["var o = {}; Object.defineProperty(o, \"a\", { get: function() { return 1 } }); return o.a === 1"]
  },
  {
    rule: "name of a function",
    bad: ["return (function f() {}).name === \"f\""],
    good: ["return ({ name: \"f\" }).name === \"f\""]
  },
  {
    rule: "subclass of a built-in error tested",
    bad: ["return new TypeError(\"a\") instanceof Error"],
    good: ["return new Error(\"a\") instanceof Error"]
  },
  {
    rule: "regular expression",
    bad: [
      "return /(?:ab)+/.test(\"abab\")",
      "return /a(?=b)/.test(\"ab\")",
      "return /a(?!c)/.test(\"ab\")",
      "return /^a+?$/.test(\"aa\") && \"aa\".replace(/a+?/, \"\") === \"a\"",
      "return /^a{2}$/.test(\"aa\")",
      "return /^(a)\\1$/.test(\"aa\")",
      "return /(?<n>a)/.exec(\"a\").groups.n === \"a\""
    ],
    good: ["return /^[a-z]+$/.test(\"ab\")", "return \"a1b\".replace(/[0-9]/g, \"\") === \"ab\""]
  }
]
