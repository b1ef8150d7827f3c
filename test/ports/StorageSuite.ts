/** What every adapter of the Storage port must keep to, one test for each thing a caller may rely on. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
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
        expect(yield* Effect.fromResult(storage.read("state"))).toBeUndefined()
      })))

    it.each([
      ["every byte there is", allBytes],
      ["nothing at all, which is not the same as never written", Bytes.empty],
      ["20 kB", Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7) & 0xff)]
    ])("gives back %s", (_, value) =>
      run(Effect.gen(function*() {
        const storage = yield* open
        yield* Effect.fromResult(storage.write("state", value))
        const read = yield* Effect.fromResult(storage.read("state"))
        expect(read !== undefined && Bytes.equals(read, value)).toBe(true)
      })))

    it("gives the last value written, also when it is shorter", () =>
      run(Effect.gen(function*() {
        const storage = yield* open
        yield* Effect.fromResult(storage.write("state", allBytes))
        yield* Effect.fromResult(storage.write("state", Uint8Array.of(1, 2)))
        expect(yield* Effect.fromResult(storage.read("state"))).toEqual(Uint8Array.of(1, 2))
      })))

    it("keeps values of different names apart", () =>
      run(Effect.gen(function*() {
        const storage = yield* open
        yield* Effect.fromResult(storage.write("a", Uint8Array.of(1)))
        yield* Effect.fromResult(storage.write("a.b", Uint8Array.of(2)))
        yield* Effect.fromResult(storage.write("a-b", Uint8Array.of(3)))
        expect(yield* Effect.fromResult(storage.read("a"))).toEqual(Uint8Array.of(1))
        expect(yield* Effect.fromResult(storage.read("a.b"))).toEqual(Uint8Array.of(2))
        expect(yield* Effect.fromResult(storage.read("a-b"))).toEqual(Uint8Array.of(3))
      })))

    it("still has everything after a restart", () =>
      run(Effect.gen(function*() {
        const reopen = yield* place
        Result.getOrThrow((yield* reopen).write("state", allBytes))
        expect(Result.getOrThrow((yield* reopen).read("state"))).toEqual(allBytes)
        Result.getOrThrow((yield* reopen).write("state", Uint8Array.of(1)))
        expect(Result.getOrThrow((yield* reopen).read("state"))).toEqual(Uint8Array.of(1))
      })))

    it.each(["a", "0", "state.json", "a-b.c", "abcdefghijklmnopqrstuvwxyz-."])("takes the name %s",
      (valid) =>
        run(Effect.gen(function*() {
          expect(isName(valid)).toBe(true)
          const storage = yield* open
          yield* Effect.fromResult(storage.write(valid, Uint8Array.of(1)))
          expect(yield* Effect.fromResult(storage.read(valid))).toEqual(Uint8Array.of(1))
        })))

    it.each(["", ".", "..", ".boot0", "Upper", "a_b", "a/b", "../a", "a b", "abcdefghijklmnopqrstuvwxyz-.0", "\u00e9"])(
      "refuses to write under the name %j, and has nothing under it",
      (invalid) =>
        run(Effect.gen(function*() {
          expect(isName(invalid)).toBe(false)
          const storage = yield* open
          expect(Result.getOrThrow(Result.flip(storage.write(invalid, Uint8Array.of(1))))).toMatchObject({
            _tag: "StorageError",
            operation: "write",
            name: invalid
          })
          expect(yield* Effect.fromResult(storage.read(invalid))).toBe(undefined)
        }))
    )

    it("has a value when its write returns, however many come in a row", () =>
      run(Effect.gen(function*() {
        const reopen = yield* place
        const storage = yield* reopen
        for (let round = 0; round < 20; round++) {
          const value = new Uint8Array(3_000 + round).fill(round)
          Result.getOrThrow(storage.write("state", value))
          expect(Bytes.equals(Result.getOrThrow(storage.read("state")) ?? Bytes.empty, value)).toBe(true)
          expect(Bytes.equals(Result.getOrThrow((yield* reopen).read("state")) ?? Bytes.empty, value)).toBe(true)
        }
      })))
  })
}
