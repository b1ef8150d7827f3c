import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import * as Cause from "../../../src/adapters/espruino/runtime/Cause.ts"
import * as Context from "../../../src/adapters/espruino/runtime/Context.ts"
import * as Data from "../../../src/adapters/espruino/runtime/Data.ts"
import * as Device from "../../../src/adapters/espruino/runtime/Effect.ts"
import * as Fiber from "../../../src/adapters/espruino/runtime/Fiber.ts"
import * as Ref from "../../../src/adapters/espruino/runtime/Ref.ts"
import { build, program } from "./programs.ts"
import { inVirtualTime, onDevice, onEffect } from "./runtimes.ts"

vi.mock("../../../src/adapters/espruino/runtime/shape.ts", () => import("./uncompiled.ts"))

const moment = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined })

/** How `effect` ends when it ends at once. */
const now = <A, E, R>(effect: Effect.Effect<A, E, R>): unknown => {
  let end: unknown = "it waits"
  Fiber.start(effect as unknown as Fiber.Node, (exit) => {
    const { e, k } = exit as Partial<Fiber.Failure>
    end = k === undefined ? (exit as { readonly v: unknown }).v : [k, e]
  })
  return end
}

class Port extends Context.Service<Port, { readonly verb: (n: number) => Effect.Effect<number> }>()("Port") {}

class Broken extends Data.TaggedError("Broken")<{ readonly part: string; readonly message: string }> {}

describe("the device's runtime", () => {
  it("does what effect does, whatever the program, and whenever it is interrupted", async () => {
    await fc.assert(
      fc.asyncProperty(program, moment, async (program, interruptAt) => {
        const expected = await onEffect((tools) => build(tools, program), interruptAt)
        expect(onDevice((tools) => build(tools, program), interruptAt)).toEqual(expected)
      }),
      { numRuns: 4000 }
    )
  })

  it("runs one effect as often as it is asked to, each time afresh", async () => {
    await fc.assert(
      fc.asyncProperty(program, async (program) => {
        const twice: Parameters<typeof onDevice>[0] = (tools) => {
          const effect = tools.Effect.result(build(tools, program))
          return tools.Effect.andThen(effect, effect)
        }
        expect(onDevice(twice)).toEqual(await onEffect(twice))
      }),
      { numRuns: 500 }
    )
  })

  it("binds to the right without end", () => {
    const count = (n: number): Effect.Effect<number> =>
      n === 100_000 ? Device.succeed(n) : Device.flatMap(Device.suspend(() => Device.succeed(n + 1)), count)
    expect(now(count(0))).toBe(100_000)
    expect(now(Device.gen(function*() {
      let n = 0
      while (n < 100_000) n = yield* Device.map(Device.succeed(n), (n) => n + 1)
      return n
    }))).toBe(100_000)
  })

  it("keeps no frame of a loop that never ends", () => {
    let most = 0
    const around = (n: number): Effect.Effect<number> =>
      Device.flatMap(measure, () => n === 0 ? Device.succeed(n) : around(n - 1))
    const measure = Device.catch(Device.flatMap(Device.succeed(0), () => look as unknown as Effect.Effect<number>),
      Device.succeed)
    function look(): number {
      most = Math.max(most, Fiber.stack.length)
      return 0
    }
    expect(now(around(1000))).toBe(0)
    expect(most).toBe(5)
  })

  it("binds to the left a hundred thousand deep, and fails out of it", () => {
    let deep: Effect.Effect<number, string> = Device.sync(() => 0)
    for (let i = 0; i < 100_000; i++) {
      deep = Device.flatMap(deep, (n) => n < 99_999 ? Device.succeed(n + 1) : Device.fail("top"))
    }
    expect(now(Device.catch(deep, (error) => Device.succeed(error)))).toBe("top")
  })

  it("waits a hundred thousand times on the same stack", () => {
    const wait = Device.callback<number>((resume) => {
      setTimeout(() => resume(Device.succeed(1)), 1)
    })
    const loop = (n: number): Effect.Effect<number> =>
      n === 0 ? Device.succeed(n) : Device.flatMap(wait, () => loop(n - 1))
    inVirtualTime((pass) => {
      let end: unknown
      Fiber.start(
        Device.timeoutOrElse(loop(100_000), { duration: 1e9, orElse: () => Device.never }) as unknown as Fiber.Node,
        (exit) => {
          end = exit
        }
      )
      pass(() => end !== undefined)
      expect(end).toEqual({ v: 0 })
      expect(Date.now()).toBe(100_000)
    })
  })

  it("calls a program that gives no effect a defect, and does not fall silent", () => {
    const nothing = undefined as unknown as Effect.Effect<void>
    const some = Device.succeed(undefined)
    const ways: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
      Device.flatMap(Device.succeed(1), () => nothing),
      Device.flatMap(Device.result(Device.succeed(1)), () => nothing),
      Device.suspend(() => nothing),
      Device.catch(Device.fail(1), () => nothing),
      Device.catchCause(Device.fail(1), () => nothing),
      Device.ensuring(nothing, some),
      Device.ensuring(some, nothing)
    ]
    for (const way of ways) expect(now(way)).toEqual([2, expect.any(TypeError)])
  })

  it("gives a service to code that yields its tag", () => {
    const program = Device.gen(function*() {
      const port = yield* Port
      return yield* port.verb(20)
    })
    const port = Port.of({ verb: (n) => Device.succeed(n + 1) })
    expect(now(program.pipe(Device.provideService(Port, port)))).toBe(21)
  })

  it("fails with a tagged error that is yielded, and says what it is", () => {
    const broken = new Broken({ part: "pump", message: "it leaks" })
    expect({ ...broken }).toEqual({ _tag: "Broken", part: "pump", message: "it leaks" })
    expect(broken).toBeInstanceOf(Broken)
    const failed = now(Device.gen(function*() {
      return yield* broken
    })) as ReadonlyArray<unknown>
    expect(failed[0]).toBe(1)
    expect(failed[1]).toBe(broken)
    const say = (effect: Effect.Effect<unknown, unknown>) =>
      now(Device.catchCause(effect, (cause) => Device.succeed(Cause.pretty(cause))))
    expect(say(Device.fail(broken))).toBe("Broken: it leaks")
    expect(say(Device.sync(() => JSON.parse("{")))).toMatch(/^SyntaxError: /)
    expect(say(Device.sync(() => {
      throw undefined
    }))).toBe("undefined")
  })

  it("reads and changes a Ref when it gets there, not before", () => {
    expect(now(Device.gen(function*() {
      const ref = yield* Ref.make(1)
      const get = Ref.get(ref)
      const change = Ref.modify(ref, (n) => [n * 10, n + 1])
      yield* Ref.set(ref, 5)
      yield* Ref.update(ref, (n) => n + 1)
      return [yield* get, yield* change, yield* change, yield* get]
    }))).toEqual([6, 60, 70, 8])
  })
})
