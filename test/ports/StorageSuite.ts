/** What every adapter of the Storage port must keep to, one test for each thing a caller may rely on. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../src/domain/packet/Bytes.ts"
import { isName, type Storage } from "../../src/ports/Storage.ts"

export interface StorageHarness {
  /** Runs a test to its end; moves the clock along when time is virtual. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) => Promise<A>
  /** A new place with nothing in it. What it gives opens that place, each time as after a restart. */
  readonly place: Effect.Effect<Effect.Effect<Storage["Service"]>, never, Scope.Scope>
}

const allBytes = Uint8Array.from({ length: 256 }, (_, i) => i)

export const storageSuite = (name: string, harness: StorageHarness): void => {
  const { place, run } = harness
  const open = Effect.flatten(place)

  describe(`Storage on ${name}`, () => {
    it("gives undefined for what was never written", () =>
      run(Effect.gen(function*() {
        const storage = yield* open
        expect(yield* storage.read("state")).toBeUndefined()
      })))

    it.each([
      ["every byte there is", allBytes],
      ["nothing at all, which is not the same as never written", Bytes.empty],
      ["20 kB", Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7) & 0xff)]
    ])("gives back %s", (_, value) =>
      run(Effect.gen(function*() {
        const storage = yield* open
        yield* storage.write("state", value)
        const read = yield* storage.read("state")
        expect(read !== undefined && Bytes.equals(read, value)).toBe(true)
      })))

    it("gives the last value written, also when it is shorter", () =>
      run(Effect.gen(function*() {
        const storage = yield* open
        yield* storage.write("state", allBytes)
        yield* storage.write("state", Uint8Array.of(1, 2))
        expect(yield* storage.read("state")).toEqual(Uint8Array.of(1, 2))
      })))

    it("keeps values of different names apart", () =>
      run(Effect.gen(function*() {
        const storage = yield* open
        yield* storage.write("a", Uint8Array.of(1))
        yield* storage.write("a.b", Uint8Array.of(2))
        yield* storage.write("a-b", Uint8Array.of(3))
        expect(yield* storage.read("a")).toEqual(Uint8Array.of(1))
        expect(yield* storage.read("a.b")).toEqual(Uint8Array.of(2))
        expect(yield* storage.read("a-b")).toEqual(Uint8Array.of(3))
      })))

    it("still has everything after a restart", () =>
      run(Effect.gen(function*() {
        const reopen = yield* place
        yield* (yield* reopen).write("state", allBytes)
        expect(yield* (yield* reopen).read("state")).toEqual(allBytes)
        yield* (yield* reopen).write("state", Uint8Array.of(1))
        expect(yield* (yield* reopen).read("state")).toEqual(Uint8Array.of(1))
      })))

    it.each(["a", "0", "state.json", "a-b.c", "abcdefghijklmnopqrstuvwxyz-."])("takes the name %s", (valid) =>
      run(Effect.gen(function*() {
        expect(isName(valid)).toBe(true)
        const storage = yield* open
        yield* storage.write(valid, Uint8Array.of(1))
        expect(yield* storage.read(valid)).toEqual(Uint8Array.of(1))
      })))

    it.each(["", ".", "..", ".boot0", "Upper", "a_b", "a/b", "../a", "a b", "abcdefghijklmnopqrstuvwxyz-.0", "\u00e9"])(
      "refuses to write under the name %j, and has nothing under it",
      (invalid) =>
        run(Effect.gen(function*() {
          expect(isName(invalid)).toBe(false)
          const storage = yield* open
          expect(yield* Effect.flip(storage.write(invalid, Uint8Array.of(1)))).toMatchObject({ _tag: "StorageError", operation: "write", name: invalid })
          expect(yield* storage.read(invalid)).toBe(undefined)
        }))
    )

    it("gives the whole old value or the whole new one when a write is interrupted", () =>
      run(Effect.gen(function*() {
        const reopen = yield* place
        const storage = yield* reopen
        const value = (round: number) => new Uint8Array(3_000).fill(round)
        let last = 0
        yield* storage.write("state", value(last))
        for (let round = 1; round <= 20; round++) {
          const writer = yield* Effect.forkChild(storage.write("state", value(round)))
          for (let i = 0; i < round % 4; i++) yield* Effect.yieldNow
          yield* Fiber.interrupt(writer)
          const read = (yield* (yield* reopen).read("state")) ?? Bytes.empty
          expect([last, round]).toContain(read[0])
          last = read[0] as number
          expect(Bytes.equals(read, value(last))).toBe(true)
        }
      })))

    it("gives one of the whole values when several are written at once", () =>
      run(Effect.gen(function*() {
        const storage = yield* open
        const values = Array.from({ length: 8 }, (_, i) => new Uint8Array(2_000 + i).fill(i))
        yield* Effect.all(values.map((value) => storage.write("state", value)), { concurrency: "unbounded" })
        const read = (yield* storage.read("state")) ?? Bytes.empty
        expect(values.some((value) => Bytes.equals(read, value))).toBe(true)
      })))
  })
}
