/**
 * The power is cut at every call that the Storage adapter makes to the system, and after bytes that it writes, while
 * the device's own values are written: the old value or the new one is there afterwards, whatever the disk has kept,
 * and the next write works. `npm test` cuts after some bytes of each write, `npm run test:all` after every one.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it, vi } from "vitest"
import * as NodeStorage from "../../../src/adapters/node/Storage.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { liveOn, prepare, situations } from "../../simulation/powerCut/situations.ts"
import * as CrashingDisk from "../../support/crashingDisk.ts"
import { temporary } from "../../support/directory.ts"
import { runs } from "../../support/runs.ts"

const under = vi.hoisted(() => ({ disk: undefined as CrashingDisk.Disk | undefined }))

vi.mock("node:fs", async (original) => {
  const { over } = await import("../../support/crashingDisk.ts")
  return over(await original<typeof import("node:fs")>(), () => under.disk)
})

interface Written {
  readonly name: string
  readonly old: Uint8Array | undefined
  readonly value: Uint8Array
}

/** What a device writes in the wakes of a situation, with what was there before. */
const writes = async (name: string): Promise<ReadonlyArray<Written>> => {
  const found: Array<Written> = []
  const known = new Map<string, Uint8Array>()
  const prepared = await prepare(situations.find((one) => one.name === name) as (typeof situations)[number])
  await liveOn(prepared, {
    plan: [],
    checkers: [],
    until: 5_000,
    onSeen: (_, seen, world) => {
      if (seen._tag !== "Stored") return
      const value = world.storage.get(seen.name) as Uint8Array
      found.push({ name: seen.name, old: known.get(seen.name), value })
      known.set(seen.name, value)
    }
  })
  return found
}

const open = (directory: string): Effect.Effect<Storage["Service"]> =>
  Effect.scoped(Effect.map(Layer.build(Layer.fresh(NodeStorage.layer(directory))), Context.get(Storage)))

const isOneOf = (value: Uint8Array | undefined, all: ReadonlyArray<Uint8Array | undefined>): boolean =>
  all.some((one) => one === value || (one !== undefined && value !== undefined && Bytes.equals(one, value)))

const later = Bytes.fromText("a later value")

/** Writes until the power goes. Gives the disk, and whether it went. */
const cut = (directory: string, { name, old, value }: Written, steps: number, bytes: number, ignoresFlush: boolean) =>
  Effect.gen(function*() {
    const disk = under.disk = CrashingDisk.make(directory)
    CrashingDisk.survive(disk, "everything issued")
    const storage = yield* open(directory)
    if (old !== undefined) yield* Effect.fromResult(storage.write(name, old))
    disk.ignoresFlush = ignoresFlush
    disk.steps = steps
    disk.bytes = bytes
    storage.write(name, value)
    under.disk = undefined
    return disk
  })

/** What is wrong with what the disk has kept. */
const wrong = (disk: CrashingDisk.Disk, { name, old, value }: Written) =>
  Effect.gen(function*() {
    const faults: Array<string> = []
    for (const what of CrashingDisk.survivors) {
      CrashingDisk.survive(disk, what)
      const storage = yield* open(disk.directory)
      if (!isOneOf(yield* Effect.fromResult(storage.read(name)), [old, value])) {
        faults.push(
          "with " + what + " the value is neither the old nor the new one"
        )
      }
      under.disk = CrashingDisk.make(disk.directory)
      yield* Effect.fromResult(storage.write(name, later))
      under.disk = undefined
      if (!isOneOf(yield* Effect.fromResult(storage.read(name)), [later])) {
        faults.push(
          "with " + what + " the next write did not work"
        )
      }
    }
    return faults
  })

/** Between two cuts in one write, in bytes: every byte is `npm run test:all`. */
const stride = runs(5, 1)

/** Every call, and in each write after its first byte, its last and many between. */
const sweep = (directory: string, written: Written, ignoresFlush = false) =>
  Effect.gen(function*() {
    const faults: Array<string> = []
    let cuts = 0
    for (let steps = 0;; steps++) {
      let size = 0
      for (let bytes = 0; bytes <= size; bytes = bytes < size ? Math.min(bytes + stride, size) : bytes + 1) {
        const disk = yield* cut(directory, written, steps, bytes, ignoresFlush)
        if (!disk.isDead) return { faults, cuts }
        size = disk.size
        cuts++
        faults.push(...yield* wrong(disk, written))
      }
    }
  }).pipe(Effect.orDie)

describe("a value on Node's files, with the power cut at every call and within what it writes,", () => {
  it.each(["a wake like any other", "an update waits that is good"])("is the old one or the new one when %s", {
    timeout: 300_000
  }, async (name) => {
    let cuts = 0
    for (const written of await writes(name)) {
      const swept = await Effect.runPromise(
        Effect.scoped(Effect.flatMap(temporary, (directory) => sweep(directory, written)))
      )
      expect(swept.faults).toEqual([])
      cuts += swept.cuts
    }
    if (process.env["SHOW"] !== undefined) console.log(name + ": " + cuts + " cuts, " + 3 * cuts + " disks")
    expect(cuts).toBeGreaterThan(runs(40, 200))
  })

  it("is lost on a disk that does not flush: the test sees it", async () => {
    const written = { name: "state", old: Bytes.fromText("old"), value: Bytes.fromText("new value") }
    const { faults } = await Effect.runPromise(
      Effect.scoped(Effect.flatMap(temporary, (directory) => sweep(directory, written, true)))
    )
    expect(faults).toContain(
      "with the directory's changes, and of the files what was flushed the value is neither the old nor the new one"
    )
  })
})
