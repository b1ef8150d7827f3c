/**
 * How many power cuts cost a board its program or its state, on Espruino's own interpreter: run by `npm run powercuts`.
 *
 * Each of 200 points (`--points`) is one wake of a board whose log of states is as full as chance will, from empty to
 * the second round and on, so that its writes, its erasures and its changes from one half to the other all come up. The
 * power fails at one of the wake's flash operations; then the board wakes again and says what it has. ESPRUINO names
 * the interpreter.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as BoardFlash from "../../src/adapters/simulation/world/BoardFlash.ts"
import * as BoardValues from "../../src/adapters/simulation/world/BoardValues.ts"
import * as Chance from "../../src/adapters/simulation/faults/Chance.ts"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import { run } from "../../src/programs/dormouse/runCommand.ts"
import { Refusal } from "../../src/programs/dormouse/Refusal.ts"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Shared from "../../src/programs/dormouse/SharedOptions.ts"
import * as Bound from "../support/bound.ts"
import * as Espruino from "../support/espruino.ts"

const flags = {
  points: Shared.whole("points", "How many power cuts (200)", 1).pipe(Flag.withDefault(200)),
  seed: Shared.seed("Fixes all chance: the same seed gives the same cuts").pipe(Flag.withDefault("1"))
}

/** More than the writes of two rounds through the log of states. */
const manyWrites = 600

const directory = path.join(tmpdir(), "dormouse-cuts-" + process.pid)
const image = path.join(directory, "espruino.flash")

/** One wake without Wi-Fi. `pending` is what the device owes when it wakes; undefined: the program does not run. */
const wake = (cut?: number) => {
  const env = {
    ...process.env,
    ESPRUINO_FLASH: image,
    ESPRUINO_WIFI: "fail",
    ESPRUINO_SPEED: "20",
    ESPRUINO_CUT_REPORT: "1",
    ESPRUINO_CUT: "" + (cut ?? 0)
  }
  const [command, parameters] = Bound.bound(Espruino.interpreter)
  const { stderr, stdout } = spawnSync(command, parameters, {
    cwd: directory,
    env,
    encoding: "latin1",
    input: "",
    timeout: 20_000
  })
  const pending = /"Woke",\s*"pending": (\d+)/.exec(stdout)?.[1]
  return {
    operations: Number(/flash operations: (\d+)/.exec(stderr)?.[1]),
    pending: pending === undefined ? undefined : Number(pending),
    isSound: !/Storage is corrupt|MemoryLost/.test(stdout),
    isCompacting: stdout.includes("Compacting")
  }
}

/** A board that has woken once, and owes a reading. */
const flashed = async (): Promise<Uint8Array> => {
  const { config } = Result.getOrThrow(DeviceConfig.check(Espruino.document(1883, { reconnect: { enabled: false } })))
  Espruino.writeFlash(image, await Espruino.tokenised(await Espruino.device(config)))
  wake()
  return readFileSync(image)
}

/** The same board after so many writes of its state. */
const aged = (board: Uint8Array, writes: number): Uint8Array => {
  const flash = BoardFlash.make()
  flash.bytes.set(board)
  const state = Uint8Array.from(BoardValues.read(flash, "state") ?? [])
  for (let written = 0; written < writes; written++) BoardValues.write(flash, "state", state)
  return flash.bytes
}

const cuts = async ({ points, seed }: Command.Command.Config.Infer<typeof flags>) => {
  mkdirSync(directory)
  const chance = Chance.make(seed)
  const board = await flashed()
  const progress = Progress.make()
  let programs = 0
  let states = 0
  let compactions = 0
  for (let point = 0; point < points; point++) {
    progress.say(() => `${point} of ${points} power cuts`)
    const before = aged(board, Chance.whole(chance, 0, manyWrites))
    writeFileSync(image, before)
    const { isCompacting, operations } = wake()
    if (isCompacting) compactions++
    writeFileSync(image, before)
    const cut = Chance.whole(chance, 1, operations)
    wake(cut)
    const { isSound, pending } = wake()
    if (pending === undefined) programs++
    else if (pending < 1 || !isSound) states++
    if (pending !== undefined && pending >= 1 && isSound) continue
    progress.clear()
    console.log(
      `point ${point}: cut at ${cut} of ${operations} operations: ${
        pending === undefined ? "no program" : "pending " + pending
      }`
    )
  }
  progress.clear()
  console.log(
    `${points} power cuts: ${programs} cost the program, ${states} the state; ${compactions} of the wakes compacted Storage`
  )
}

const command = Command.make("powercuts", flags, (given) =>
  (Espruino.interpreter === ""
    ? Effect.fail(new Refusal({ message: "ESPRUINO must name an interpreter built for Linux" }))
    : Effect.promise(() => cuts(given))).pipe(
      Effect.ensuring(Effect.sync(() => rmSync(directory, { recursive: true, force: true }))),
      Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message))
    )).pipe(
    Command.withDescription("How many power cuts cost a board its program or its state, on Espruino's own interpreter.")
  )

run(command)
