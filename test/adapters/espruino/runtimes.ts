/** Runs a program of programs.ts on either runtime, in virtual time, and reports what it did. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Result from "effect/Result"
import * as DeviceEffect from "../../../src/adapters/espruino/runtime/Effect.ts"
import * as Fiber from "../../../src/adapters/espruino/runtime/Fiber.ts"
import * as DeviceResult from "../../../src/adapters/espruino/runtime/Result.ts"
import * as VirtualTime from "../../../src/adapters/simulation/world/VirtualTime.ts"
import type { End, Toolbox } from "./programs.ts"

export interface Life {
  /** [milliseconds, what, value] */
  readonly notes: ReadonlyArray<readonly [number, string, unknown]>
  readonly end: End
}

export type Build = (tools: Toolbox) => Effect.Effect<unknown, unknown>

const why = (cause: Cause.Cause<unknown>): End => {
  let end: End = { end: "interrupted" }
  const isDefect = cause.reasons.some(Cause.isDieReason)
  for (const reason of cause.reasons) {
    if (reason._tag === "Interrupt" || end.end !== "interrupted") continue
    end = { end: isDefect ? "defect" : "failure", error: reason._tag === "Die" ? reason.defect : reason.error }
  }
  return end
}

const endOf = (exit: Exit.Exit<unknown, unknown>): End =>
  exit._tag === "Success" ? { end: "success", value: exit.value } : why(exit.cause)

/** On effect, interrupted after `interruptAt` milliseconds if it still runs then. */
export const onEffect = (build: Build, interruptAt?: number): Promise<Life> => {
  const notes: Array<readonly [number, string, unknown]> = []
  const life = Effect.gen(function*() {
    const context = yield* Effect.context<never>()
    const clock = yield* Clock.Clock
    const fork = Effect.runForkWith(context)
    const after = (millis: number, f: () => void) => {
      const fiber = fork(Effect.andThen(Effect.sleep(millis), Effect.sync(f)))
      return () => fiber.interruptUnsafe()
    }
    const tools: Toolbox = {
      Effect,
      Result,
      note: (what, value) => void notes.push([clock.currentTimeMillisUnsafe(), what, value]),
      after,
      why: (cause) => why(cause as Cause.Cause<unknown>)
    }
    const exit = yield* Effect.callback<Exit.Exit<unknown, unknown>>((resume) => {
      const fiber = fork(build(tools))
      if (interruptAt !== undefined) after(interruptAt, () => fiber.interruptUnsafe())
      fiber.addObserver((exit) => resume(Effect.succeed(exit)))
    })
    return endOf(exit)
  })
  const stuck: End = { end: "stuck" }
  return Effect.runPromise(
    Effect.map(Effect.catchDefect(VirtualTime.run(life), () => Effect.succeed(stuck)), (end) => ({ notes, end }))
  )
}

/**
 * Puts virtual timers in place of the platform's while `f` runs; `f` is given what lets time pass, and counts what is
 * left.
 */
export const inVirtualTime = <A>(f: (pass: (done: () => boolean) => number) => A): A => {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now }
  const timers: Array<{ readonly id: number; readonly at: number; readonly f: () => void }> = []
  let now = 0
  let id = 0
  const set = (f: (...given: ReadonlyArray<unknown>) => void, millis: number, ...given: ReadonlyArray<unknown>) => {
    timers.push({ id: ++id, at: now + millis, f: () => f(...given) })
    timers.sort((a, b) => a.at - b.at || a.id - b.id)
    return id
  }
  // As strict as Espruino: a board's runtime must not clear a timer that has fired, or none.
  const clear = (id: unknown) => {
    const index = timers.findIndex((timer) => timer.id === id)
    if (index < 0) throw new Error("no such timer: " + String(id))
    timers.splice(index, 1)
  }
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear })
  Date.now = () => now
  try {
    return f((done) => {
      for (
        let next = done() ? undefined : timers.shift();
        next !== undefined;
        next = done() ? undefined : timers.shift()
      ) {
        now = next.at
        next.f()
      }
      return timers.length
    })
  } finally {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout })
    Date.now = real.now
  }
}

const deviceEnd = (exit: unknown): End => {
  const { e, k } = exit as Partial<Fiber.Failure>
  if (k === undefined) return { end: "success", value: (exit as { readonly v: unknown }).v }
  return k === 0 ? { end: "interrupted" } : { end: k === 1 ? "failure" : "defect", error: e }
}

/** The same on the device's runtime. */
export const onDevice = (build: Build, interruptAt?: number): Life =>
  inVirtualTime((pass) => {
    const notes: Array<readonly [number, string, unknown]> = []
    const forgettable = new Set<number>()
    const tools: Toolbox = {
      Effect: DeviceEffect,
      Result: DeviceResult,
      note: (what, value) => void notes.push([Date.now(), what, value]),
      after: (millis, f) => {
        const timer = setTimeout(() => {
          forgettable.delete(timer as unknown as number)
          f()
        }, millis)
        forgettable.add(timer as unknown as number)
        return () => {
          if (forgettable.delete(timer as unknown as number)) clearTimeout(timer)
        }
      },
      why: deviceEnd
    }
    let end: End = { end: "stuck" }
    const level = Fiber.start(build(tools) as unknown as Fiber.Node, (exit) => {
      end = deviceEnd(exit)
    })
    if (interruptAt !== undefined && end.end === "stuck") tools.after(interruptAt, () => Fiber.interrupt(level))
    const left = pass(() => end.end !== "stuck") - forgettable.size
    if (left > 0) throw new Error("the runtime has left " + left + " timers, which keep a board awake")
    return { notes, end }
  })
