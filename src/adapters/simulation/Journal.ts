/**
 * The Journal port on a simulated flash. A board's takes a record byte by byte into the ring of its journal
 * (BoardJournal), and a power cut at any step leaves the record whole or not there. A world without one keeps it in
 * memory.
 */
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import type { Sheet, Writer } from "../../domain/state/Journal.ts"
import * as JournalSheets from "../../domain/state/JournalSheets.ts"
import * as JournalMemory from "../../domain/state/JournalMemory.ts"
import { Journal, JournalError } from "../../ports/Journal.ts"
import * as ActiveFaults from "./faults/ActiveFaults.ts"
import * as BoardJournal from "./world/BoardJournal.ts"
import * as Inject from "./world/Inject.ts"
import type { World } from "./world/World.ts"

const fail = (message: string): Result.Result<never, JournalError> =>
  Result.fail(new JournalError({ message: "journal: " + message }))

const attempt = <A>(run: () => A): Result.Result<A, JournalError> =>
  Result.try({ try: run, catch: (fault) => new JournalError({ message: "journal: " + (fault as Error).message }) })

/** What goes with each record. */
const around = 16

/** To erase a page its first bytes are written. */
const eraseSteps = 9 * JournalSheets.pages

/** The power goes after so many steps. */
const cutOff = (world: World, run: () => unknown, through: number): void => {
  const { flash } = world
  if (flash === undefined) return
  flash.left = through
  try {
    run()
  } catch {
    // That was to be.
  }
  flash.left = Infinity
}

const append = (
  world: World,
  record: Bytes.Bytes,
  keep: number,
  bytes: number
): Result.Result<number, JournalError> => {
  const { flash, activeFaults } = world
  const run = () =>
    flash === undefined ? JournalMemory.journal(world.journal).append(record, keep, bytes)
      : attempt(() => BoardJournal.append(flash, record, keep, bytes))
  const size = Bytes.length(record) + around
  const through = Inject.step(world, size)
  if (through !== undefined) return cutNow(world, run, through)
  if (ActiveFaults.on(activeFaults, "flashFull") !== undefined) return fail("the flash is full")
  if (ActiveFaults.struck(activeFaults, "writeFails") !== undefined) return fail("the flash could not be written")
  world.writes++
  world.written.journalBytes += size
  const tear = ActiveFaults.struck(activeFaults, "tornWrite")
  if (tear === undefined) return run()
  // It says that it has written all of it.
  const before = JournalMemory.journal(world.journal).end()
  cutOff(world, run, Math.floor(tear.share * size))
  return flash === undefined ? before : attempt(() => BoardJournal.end(flash))
}

/** The power goes in the midst of it. */
const cutNow = (world: World, run: () => unknown, through: number): never => {
  cutOff(world, run, through)
  throw Inject.powerOff(world)
}

/** A sheet as BoardJournal has it, each record written in an operation of its own. */
const openedOf = (world: World, sheet: Sheet, bytes: number): Result.Result<Writer<JournalError>, JournalError> => {
  const { flash } = world
  if (flash === undefined) return JournalMemory.journal(world.journal).sheets.open(sheet, bytes)
  return Result.map(attempt(() => BoardJournal.openSheet(flash, sheet, bytes)), (open) => ({
    put: (record) => attempt(() => JournalSheets.put(open, record)),
    close: () => Result.succeed(open.count)
  }))
}

const openSheet = (world: World, sheet: Sheet, bytes: number): Result.Result<Writer<JournalError>, JournalError> => {
  const { activeFaults } = world
  const through = Inject.step(world, eraseSteps)
  if (through !== undefined) return cutNow(world, () => openedOf(world, sheet, bytes), through)
  if (ActiveFaults.on(activeFaults, "flashFull") !== undefined) return fail("the flash is full")
  if (ActiveFaults.struck(activeFaults, "writeFails") !== undefined) return fail("the flash could not be written")
  world.writes++
  world.written.sheets++
  return Result.map(openedOf(world, sheet, bytes), ({ close, put }) => ({
    put: (record) => {
      const cut = Inject.step(world, Bytes.length(record) + around)
      return cut === undefined ? put(record) : cutNow(world, () => put(record), cut)
    },
    close
  }))
}

const reading = <A>(world: World, run: () => Result.Result<A, JournalError>): Result.Result<A, JournalError> =>
  Inject.poweredNow(world, () =>
    ActiveFaults.struck(world.activeFaults, "readFails") === undefined ? run() : fail("the flash did not answer"))

export const layer = (world: World): Layer.Layer<Journal> => {
  const { flash } = world
  const memory = JournalMemory.journal(world.journal)
  return Layer.succeed(Journal, {
    append: (record, keep, bytes) => append(world, record, keep, bytes),
    read: (from, most) =>
      reading(world, () =>
        flash === undefined ? memory.read(from, most) : attempt(() => BoardJournal.read(flash, from, most))),
    end: () => reading(world, () => flash === undefined ? memory.end() : attempt(() => BoardJournal.end(flash))),
    sheets: {
      open: (sheet, bytes) => openSheet(world, sheet, bytes),
      read: (sheet, from, most) =>
        reading(world, () =>
          flash === undefined ? memory.sheets.read(sheet, from, most)
            : attempt(() => BoardJournal.readSheet(flash, sheet, from, most)))
    }
  })
}
