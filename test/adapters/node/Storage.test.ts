import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as NodeStorage from "../../../src/adapters/node/Storage.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { storageSuite } from "../../ports/StorageSuite.ts"
import { temporary } from "../../support/directory.ts"
import { program } from "../../support/program.ts"

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))

const open = (directory: string): Effect.Effect<Storage["Service"]> =>
  Effect.scoped(Effect.map(Layer.build(Layer.fresh(NodeStorage.layer(directory))), Context.get(Storage)))

storageSuite("node", { run, place: Effect.map(temporary, open) })

describe("Storage in a directory", () => {
  it("makes the directory with the first write", () =>
    run(Effect.gen(function*() {
      const storage = yield* open(path.join(yield* temporary, "not", "there"))
      expect(yield* Effect.fromResult(storage.read("state"))).toBeUndefined()
      yield* Effect.fromResult(storage.write("state", Uint8Array.of(1)))
      expect(yield* Effect.fromResult(storage.read("state"))).toEqual(Uint8Array.of(1))
    })))

  it("keeps one file for each name and nothing else", () =>
    run(Effect.gen(function*() {
      const directory = yield* temporary
      const storage = yield* open(directory)
      yield* Effect.fromResult(storage.write("one", Uint8Array.of(1)))
      yield* Effect.fromResult(storage.write("two", Uint8Array.of(2)))
      yield* Effect.fromResult(storage.write("one", Uint8Array.of(3)))
      expect(readdirSync(directory).sort()).toEqual(["one", "two"])
    })))

  it("reads the old value beside a temporary file that a power cut left, and replaces that file", () =>
    run(Effect.gen(function*() {
      const directory = yield* temporary
      const storage = yield* open(directory)
      yield* Effect.fromResult(storage.write("state", Uint8Array.of(1)))
      writeFileSync(path.join(directory, "state~"), "half a val")
      expect(yield* Effect.fromResult(storage.read("state"))).toEqual(Uint8Array.of(1))
      yield* Effect.fromResult(storage.write("state", Uint8Array.of(2)))
      expect(yield* Effect.fromResult(storage.read("state"))).toEqual(Uint8Array.of(2))
      expect(readdirSync(directory)).toEqual(["state"])
    })))

  it.skipIf(process.platform !== "linux")("fails, and does not hang, below a directory that lets nothing be made in it",
    () =>
      run(Effect.gen(function*() {
        const storage = yield* open("/proc/not/there")
        expect(Result.getOrThrow(Result.flip(storage.write("state", Uint8Array.of(1)))).message).toBe(
          "write of \"state\": ENOENT: no such file or directory, mkdir '/proc/not'"
        )
        expect(yield* Effect.flip(NodeStorage.prepare("/proc/not/there"))).toBe(
          "ENOENT: no such file or directory, mkdir '/proc/not'"
        )
      })))

  it("is made beforehand, and left empty, when asked to be prepared", () =>
    run(Effect.gen(function*() {
      const directory = path.join(yield* temporary, "not", "there")
      yield* NodeStorage.prepare(directory)
      yield* NodeStorage.prepare(directory)
      expect(readdirSync(directory)).toEqual([])
      writeFileSync(path.join(directory, "file"), "")
      expect(yield* Effect.flip(NodeStorage.prepare(path.join(directory, "file")))).toContain("EEXIST")
      expect(yield* Effect.flip(NodeStorage.prepare(path.join(directory, "file", "below")))).toContain("EEXIST")
    })))

  it("fails with StorageError, the value's name and the system's words when the disk says no", () =>
    run(Effect.gen(function*() {
      const directory = yield* temporary
      const storage = yield* open(directory)
      mkdirSync(path.join(directory, "state"))
      const reading = Result.getOrThrow(Result.flip(storage.read("state")))
      expect(reading).toMatchObject({ _tag: "StorageError", operation: "read", name: "state" })
      expect(reading.message).toContain("EISDIR")
      const writing = Result.getOrThrow(Result.flip(storage.write("state", Uint8Array.of(1))))
      expect(writing).toMatchObject({ _tag: "StorageError", operation: "write", name: "state" })
    })))

  it("has a whole value whenever the process is killed", () =>
    run(Effect.gen(function*() {
      const directory = yield* temporary
      const storage = yield* open(directory)
      const writer = spawn(process.execPath, [program("writeForEver"), directory], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => writer.kill("SIGKILL")))
      // Some values have been written when it is killed, and most likely one is being written.
      yield* Effect.callback<void>((resume) => {
        let written = 0
        writer.stdout.on("data", (dots: Buffer) => {
          written += dots.length
          if (written >= 10) writer.kill("SIGKILL")
        })
        writer.once("exit", () => resume(Effect.void))
      })
      const value = yield* Effect.fromResult(storage.read("state"))
      expect(value).toHaveLength(50_000)
      expect(new Set(value).size).toBe(1)
    })))
})
