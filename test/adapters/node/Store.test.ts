/** The store of a Client as a directory: what is written outlives any end of the process, and one Client has it. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Store from "../../../src/adapters/node/Store.ts"
import type { OpenStore } from "../../../src/ports/Store.ts"
import * as Directory from "../../support/directory.ts"

const accepted = (number: number, bytes = 1): DeliveryLog.Event => ({
  _tag: "Accepted",
  number,
  message: { topic: "a" as TopicName, payload: new Uint8Array(bytes).fill(10), qos: 2, retain: false }
})

const within = <A>(use: (folder: string) => Effect.Effect<A, unknown>): Promise<A> =>
  Effect.runPromise(Effect.orDie(Effect.scoped(Effect.flatMap(Directory.temporary, use))))

/** Uses the store once. */
const using = <A>(folder: string, use: (store: OpenStore) => A, clientId = "c") =>
  Effect.scoped(Effect.map(Store.directory(folder).open(clientId), use))

const append = (...events: ReadonlyArray<DeliveryLog.Event>) => (store: OpenStore) =>
  Result.getOrThrow(store.append(events))

const numbers = ({ state }: OpenStore) => [...state.pending.keys()]

const logs = (folder: string): ReadonlyArray<string> =>
  fs.readdirSync(folder).filter((name) => name.startsWith("~delivery-"))

describe("a store", () => {
  it("has what was appended when it is opened again, in a directory that it makes", () =>
    within((folder) =>
      Effect.gen(function*() {
        const inner = path.join(folder, "a", "b")
        yield* using(inner, append(accepted(1), accepted(2)))
        yield* using(inner, append({ _tag: "Done", number: 1 }, { _tag: "Taken", packetIdentifier: 9 }))
        expect(yield* using(inner, (store) => [numbers(store), [...store.state.taken]])).toEqual([[2], [9]])
        expect(yield* using(inner, ({ state }) => state.pending.get(2)?.message)).toMatchObject({
          topic: "a",
          payload: new Uint8Array([10]),
          qos: 2
        })
      })
    ))

  it("loses nothing but what was torn, and goes on behind it", () =>
    within((folder) =>
      Effect.gen(function*() {
        yield* using(folder, append(accepted(1), accepted(2)))
        const file = path.join(folder, logs(folder)[0] as string)
        fs.truncateSync(file, fs.statSync(file).size - 5)
        expect(yield* using(folder, numbers)).toEqual([1])
        yield* using(folder, append(accepted(3)))
        expect(yield* using(folder, numbers)).toEqual([1, 3])
      })
    ))

  it("is as it was when its new beginning was cut off at any byte", () =>
    within((folder) =>
      Effect.gen(function*() {
        yield* using(folder, append(accepted(1), accepted(2)))
        const before = fs.readFileSync(path.join(folder, logs(folder)[0] as string))
        const name = logs(folder)[0] as string
        yield* using(folder, () => {})
        const next = logs(folder)[0] as string
        expect(next).not.toBe(name)
        const bytes = fs.readFileSync(path.join(folder, next))
        for (let at = 0; at <= bytes.length; at += 7) {
          for (const log of logs(folder)) fs.unlinkSync(path.join(folder, log))
          fs.writeFileSync(path.join(folder, name), before)
          fs.writeFileSync(path.join(folder, next), bytes.subarray(0, at))
          expect([at, yield* using(folder, numbers)]).toEqual([at, [1, 2]])
        }
      })
    ))

  it("does not grow with what is done with", () =>
    within((folder) =>
      Effect.gen(function*() {
        yield* using(folder, (store) => {
          for (let number = 1; number <= 60; number++) {
            append(accepted(number, 50_000), { _tag: "Done", number: number - 1 })(store)
          }
        })
        const [log = "", ...others] = logs(folder)
        expect(others).toEqual([])
        expect(fs.statSync(path.join(folder, log)).size).toBeLessThan(2_000_000)
        expect(yield* using(folder, numbers)).toEqual([60])
      })
    ))

  it("is in use by one Client at a time, and belongs to one Client Identifier", () =>
    within((folder) =>
      Effect.gen(function*() {
        yield* Effect.scoped(Effect.gen(function*() {
          yield* Store.directory(folder).open("c")
          expect(yield* Effect.flip(Store.directory(folder + "/.").open("c"))).toMatchObject({
            _tag: "StoreError",
            reason: "InUse",
            message: expect.stringContaining("another client of this program")
          })
        }))
        expect(yield* Effect.flip(using(folder, numbers, "d"))).toMatchObject({
          reason: "OtherClient",
          message: expect.stringContaining("give \"d\" a directory of its own")
        })
        // The refusal has let it go.
        expect(yield* using(folder, numbers)).toEqual([])
      })
    ))

  it("is in use by another process as long as that lives, and not by one that was killed", () =>
    within((folder) =>
      Effect.gen(function*() {
        const lock = path.join(folder, "~lock")
        const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"])
        fs.writeFileSync(lock, `${other.pid} `)
        expect(yield* Effect.flip(using(folder, numbers))).toMatchObject({
          reason: "InUse",
          message: expect.stringContaining(`process ${other.pid}`)
        })
        // A process that began later has the number of the one that was killed.
        fs.writeFileSync(lock, `${other.pid} 1`)
        expect(yield* using(folder, numbers)).toEqual([])
        fs.writeFileSync(lock, `${other.pid} `)
        const ended = once(other, "exit")
        other.kill("SIGKILL")
        yield* Effect.promise(() => ended)
        expect(yield* using(folder, numbers)).toEqual([])
        expect(fs.existsSync(lock)).toBe(false)
      })
    ))

  it("fails with the system's words where it cannot be", () =>
    within((folder) =>
      Effect.gen(function*() {
        const file = path.join(folder, "file")
        fs.writeFileSync(file, "")
        expect(yield* Effect.flip(using(path.join(file, "store"), numbers))).toMatchObject({
          _tag: "StoreError",
          reason: "Failed"
        })
      })
    ))
})
