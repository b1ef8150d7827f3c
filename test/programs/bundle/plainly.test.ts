/** Functions that make effects, compiled to functions that do them, against the same source on effect. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { describe, expect, it } from "vitest"
import * as Fiber from "../../../src/adapters/espruino/effect/Fiber.ts"
import { compile, immediate } from "../../../src/programs/bundle/compile/compile.ts"
import { evaluate, onBoard } from "./evaluate.ts"

const source = `
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
const said: Array<unknown> = []
const say = (what: unknown) => Effect.sync(() => { said.push(what) })
const sayTwice = (what: unknown, isLoud = false) => Effect.gen(function*() { yield* say(what); if (isLoud) yield* say("loud"); return [what, what] })
const either = (n: number) => n > 0 ? say("more") : Effect.void
const counted = (n: number) => { if (n < 0) return Effect.succeed("less"); said.push("counted"); return sayTwice(n) }
const fails = (n: number) => Effect.gen(function*() { yield* say(n); if (n > 1) return yield* Effect.fail("at " + n); return n })
const throws = (n: number) => Effect.gen(function*() { if (n > 1) throw new Error("thrown at " + n); return n })
const later = (n: number) => Effect.callback<number>((resume) => { setTimeout(() => resume(Effect.succeed(n + 1)), 0) })
const waits = (n: number) => Effect.gen(function*() { const m = yield* later(n); yield* either(m); return (yield* later(m)) * 10 })
const tail = (n: number) => Effect.flatMap(later(n), (m) => m > 2 ? fails(m) : waits(m))
const limited = (n: number) => Effect.timeoutOrElse(waits(n), { duration: 10_000, orElse: () => Effect.succeed(-1) })
export const make = (which: string) => Effect.gen(function*() {
  said.length = 0
  const now = yield* Clock.currentTimeMillis
  const value = yield* Effect.result(run(which))
  return { value: Result.isSuccess(value) ? value.success : "failed " + value.failure, said: said.slice(), isNow: now > 0 }
})
const run = (which: string): Effect.Effect<unknown, string> => Effect.gen(function*() {
  switch (which) {
    case "plain": return [yield* sayTwice(1), yield* sayTwice(2, true)]
    case "conditional": yield* either(0); yield* either(1); return "end"
    case "block": return [yield* counted(-1), yield* counted(3)]
    case "failure": return [yield* fails(1), yield* fails(2), yield* fails(3)]
    case "result": { const r = yield* Effect.result(fails(2)); return Result.isFailure(r) ? r.failure : "none" }
    case "ignored": yield* Effect.ignore(fails(2)); return said.length
    case "defect": return yield* throws(2)
    case "waits": return [yield* waits(1), yield* waits(-5)]
    case "tail": return [yield* tail(0), yield* Effect.result(tail(2))]
    case "limited": return yield* limited(3)
    case "as a value": return yield* Effect.flatMap(sayTwice("a"), () => Effect.andThen(waits(1), fails(1)))
    case "caught": return yield* Effect.catch(Effect.andThen(say(1), fails(7)), (error) => sayTwice(error))
    default: return which
  }
})`

type Make = (which: string) => Effect.Effect<unknown, unknown>

const onEffect = async (which: string): Promise<unknown> => {
  const exit = await Effect.runPromiseExit((evaluate(source)["make"] as Make)(which))
  return Exit.isSuccess(exit) ? exit.value : String(Cause.squash(exit.cause))
}

const board = evaluate(
  compile(source, "functions.ts", { exportsOf: () => new Set(), immediateOf: () => new Map(), isTerse: false }),
  onBoard({})
)

const onBoardsRuntime = (which: string): Promise<unknown> =>
  new Promise((resolve) => {
    const program = (board["make"] as (which: string) => Fiber.Node)(which)
    Fiber.start(program, (exit) => resolve("k" in exit ? String(exit.e) : exit.v))
  })

/** Results have another shape on a board. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, each: unknown) => {
    if (each === null || typeof each !== "object") return each
    return "failure" in each ? { not: each.failure } : each
  })) as unknown

describe("a function that makes an effect", () => {
  const ways = ["plain", "conditional", "block", "failure", "result", "ignored", "defect", "waits", "tail", "limited", "as a value", "caught", "other"]
  for (const way of ways) {
    it(`does on a board what it does as it is written: ${way}`, async () => {
      expect(plain(await onBoardsRuntime(way))).toEqual(plain(await onEffect(way)))
    })
  }

  it("is known for what waits for nothing, for what may wait, and for no effect at all", () => {
    const known = immediate(source + "\nexport const size = (list: ReadonlyArray<number>) => list.length", "functions.ts", () => new Map())
    expect(Object.fromEntries(known)).toEqual({
      say: "thunk",
      sayTwice: "plain",
      either: "plain",
      counted: "plain",
      fails: "waits",
      throws: "plain",
      later: "waits",
      waits: "waits",
      tail: "waits",
      limited: "waits",
      make: "waits",
      run: "waits"
    })
  })

  it.each([
    ["a parameter of its name is called", "export const f = (say: (n: number) => Effect.Effect<void>) => Effect.gen(function*() { yield* say(1) })", /"say" is also the name/],
    ["a variable of its name is called", "export const f = () => Effect.gen(function*() { const say = later; return yield* say(1) })", /"say" is also the name/],
    ["it takes any number of parameters", "export const f = (...all: ReadonlyArray<number>) => Effect.gen(function*() { return yield* later(all.length) })", /no rest parameter/]
  ])("is refused when %s", (_, added, reason) => {
    const options = { exportsOf: () => new Set<string>(), immediateOf: () => new Map(), isTerse: false }
    expect(() => compile(source + "\n" + added, "functions.ts", options)).toThrow(reason)
    expect(() => compile(source, "functions.ts", options)).not.toThrow()
  })

  it("is none when what has its name may be set anew, or when it may make nothing", () => {
    const added = "let first = (n: number) => later(n)\nexport const maybe = (n: number) => n > 0 ? waits(n) : undefined"
    const known = immediate(source + "\n" + added, "functions.ts", () => new Map())
    expect([known.has("first"), known.has("maybe"), known.has("waits")]).toEqual([false, false, true])
  })
})
