/**
 * Random programs for the two runtimes, effect's and the device's: a syntax tree, its arbitrary, and one interpreter,
 * which is given the modules to build with. What a program does is what it noted, with times, and how it ended.
 *
 * Left out on purpose, because Effect.ts of the device's runtime documents that it differs there: waits of 0 ms, an
 * effect given to `resume` that waits itself, an interruption from inside a thunk.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"

type Throws = boolean

export type Program =
  | { readonly op: "succeed" | "fail" | "throw" | "note"; readonly n: number }
  | { readonly op: "sleep"; readonly millis: number }
  | {
    readonly op: "callback"
    readonly at: number
    readonly end: Program
    readonly again: boolean
    readonly cancel: Program | undefined
  }
  | {
    readonly op: "map" | "suspend" | "result" | "ignore" | "orDie" | "as"
    readonly self: Program
    readonly throws: Throws
  }
  | {
    readonly op: "flatMap" | "andThen" | "catch" | "catchCause"
    readonly self: Program
    readonly next: Program
    readonly throws: Throws
  }
  | {
    readonly op: "timeout"
    readonly self: Program
    readonly millis: number
    readonly next: Program
    readonly throws: Throws
  }
  | { readonly op: "ensuring"; readonly self: Program; readonly next: Program; readonly throws: Throws }
  | { readonly op: "gen"; readonly parts: ReadonlyArray<Program>; readonly early: boolean }
  | { readonly op: "retry"; readonly self: Program; readonly times: number }

const rarely = fc.integer({ min: 0, max: 11 }).map((n) => n === 0)
const millis = fc.integer({ min: 1, max: 6 })
const n = fc.nat({ max: 9 })

const ended = fc.record({ op: fc.constantFrom("succeed", "fail", "throw"), n })

export const program: fc.Arbitrary<Program> = fc.letrec<{ program: Program; leaf: Program; node: Program }>((tie) => {
  const self = tie("program")
  const next = tie("program")
  return {
    program: fc.oneof({ maxDepth: 5, depthSize: "max", withCrossShrink: true }, tie("leaf"), {
      arbitrary: tie("node"),
      weight: 3
    }),
    leaf: fc.oneof(
      { arbitrary: fc.record({ op: fc.constantFrom("succeed", "note"), n }), weight: 3 },
      fc.record({ op: fc.constantFrom("fail", "throw"), n }),
      { arbitrary: fc.record({ op: fc.constant("sleep" as const), millis }), weight: 4 },
      fc.record({
        op: fc.constant("callback" as const),
        at: fc.integer({ min: -1, max: 6 }),
        end: ended,
        again: fc.boolean(),
        cancel: fc.option(tie("program"), { nil: undefined })
      })
    ),
    node: fc.oneof(
      fc.record({ op: fc.constantFrom("map", "suspend", "result", "ignore", "orDie", "as"), self, throws: rarely }),
      fc.record({ op: fc.constantFrom("flatMap", "andThen", "catch", "catchCause"), self, next, throws: rarely }),
      fc.record({
        op: fc.constant("timeout" as const),
        self,
        millis: fc.integer({ min: 1, max: 12 }),
        next,
        throws: rarely
      }),
      fc.record({ op: fc.constant("ensuring" as const), self, next, throws: rarely }),
      fc.record({ op: fc.constant("gen" as const), parts: fc.array(self, { maxLength: 4 }), early: fc.boolean() }),
      fc.record({ op: fc.constant("retry" as const), self, times: fc.integer({ min: 1, max: 3 }) })
    )
  }
}).program

/** How a program or a part of it ended. Of a cause with several reasons the one that handlers go by. */
export type End =
  | { readonly end: "success"; readonly value: unknown }
  | { readonly end: "failure" | "defect"; readonly error: unknown }
  | { readonly end: "interrupted" }
  /** It waits for something that no time can bring. */
  | { readonly end: "stuck" }

export interface Toolbox {
  readonly Effect: Pick<
    typeof Effect,
    | "succeed"
    | "fail"
    | "sync"
    | "sleep"
    | "callback"
    | "map"
    | "suspend"
    | "result"
    | "ignore"
    | "orDie"
    | "as"
    | "flatMap"
    | "andThen"
    | "catch"
    | "catchCause"
    | "timeoutOrElse"
    | "ensuring"
    | "gen"
  >
  readonly Result: Pick<typeof Result, "isFailure">
  readonly note: (what: string, value?: unknown) => void
  /** Calls `f` after that many milliseconds, unless what it gives is called before. */
  readonly after: (millis: number, f: () => void) => () => void
  readonly why: (cause: unknown) => End
}

type Any = Effect.Effect<unknown, unknown>

const callback = (tools: Toolbox, { again, at, cancel, end }: Program & { readonly op: "callback" }): Any =>
  tools.Effect.callback<unknown, unknown>((resume) => {
    const answer = () => {
      resume(build(tools, end))
      if (again) resume(tools.Effect.fail("the second answer"))
    }
    tools.note("register")
    if (at === 0) answer()
    const forget = at > 0 ? tools.after(at, answer) : () => {}
    if (cancel === undefined) return undefined
    return tools.Effect.suspend(() => {
      tools.note("cancel")
      forget()
      return tools.Effect.ignore(build(tools, cancel)) as Effect.Effect<void>
    })
  })

const ensuring = (tools: Toolbox, { self, next, throws }: Program & { readonly op: "ensuring" }): Any =>
  tools.Effect.ensuring(
    build(tools, self),
    tools.Effect.orDie(tools.Effect.suspend(() => {
      tools.note("last")
      if (throws) throw "last throws"
      return build(tools, next)
    }))
  )

const retry = (tools: Toolbox, self: Any, times: number): Any =>
  tools.Effect.flatMap(tools.Effect.result(self), (tried) => {
    if (!tools.Result.isFailure(tried)) return tools.Effect.succeed(tried.success)
    tools.note("retry", tried.failure)
    return times > 1 ? retry(tools, self, times - 1) : tools.Effect.fail(tried.failure)
  })

const gen = (tools: Toolbox, { early, parts }: Program & { readonly op: "gen" }): Any =>
  tools.Effect.gen(function*() {
    for (const part of parts) {
      const value = yield* build(tools, part)
      tools.note("yielded", value)
      if (early && value === 3) return value
    }
    return parts.length
  })

/** The program, out of the modules in `tools`. */
export const build = (tools: Toolbox, program: Program): Any => {
  const { Effect, note } = tools
  const sub = (part: Program) => build(tools, part)
  const call = (what: string, value: unknown) => {
    note(what, value)
    if ("throws" in program && program.throws === true) throw what + " throws"
  }
  switch (program.op) {
    case "succeed":
      return Effect.succeed(program.n)
    case "fail":
      return Effect.fail("error " + program.n)
    case "throw":
      return Effect.sync(() => {
        throw "defect " + program.n
      })
    case "note":
      return Effect.sync(() => {
        note("note", program.n)
        return program.n
      })
    case "sleep":
      return Effect.sleep(program.millis)
    case "callback":
      return callback(tools, program)
    case "map":
      return Effect.map(sub(program.self), (value) => (call("map", value), [value]))
    case "suspend":
      return Effect.suspend(() => (call("suspend", 0), sub(program.self)))
    case "as":
      return Effect.as(sub(program.self), "as")
    case "result":
      return Effect.map(Effect.result(sub(program.self)),
        (tried) => tools.Result.isFailure(tried) ? ["failure", tried.failure] : ["success", tried.success])
    case "ignore":
      return Effect.ignore(sub(program.self))
    case "orDie":
      return Effect.orDie(sub(program.self))
    case "flatMap":
      return Effect.flatMap(sub(program.self), (value) => (call("flatMap", value), sub(program.next)))
    case "andThen":
      return Effect.andThen(sub(program.self), sub(program.next))
    case "catch":
      return Effect.catch(sub(program.self), (error) => (call("catch", error), sub(program.next)))
    case "catchCause":
      return Effect.catchCause(sub(program.self), (cause) => (call("catchCause", tools.why(cause)), sub(program.next)))
    case "timeout":
      return Effect.timeoutOrElse(sub(program.self), {
        duration: program.millis,
        orElse: () => (call("orElse", 0), sub(program.next))
      })
    case "ensuring":
      return ensuring(tools, program)
    case "gen":
      return gen(tools, program)
    case "retry":
      return retry(tools, sub(program.self), program.times)
  }
}
