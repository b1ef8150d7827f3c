/**
 * The board, battery and figures for the energy of a life, from the command line and from a file.
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as EnergyFile from "../../domain/energy/EnergyFile.ts"
import * as Setup from "../../domain/energy/Setup.ts"
import { loadJson } from "../dormouse/loadConfig.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import type { Given } from "./Options.ts"

/** The options replace those of the file. */
export const choose = (
  { battery, board, energy }: Pick<Given, "battery" | "board" | "energy">
): Effect.Effect<Setup.Choice, Refusal, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const named = (choice: Setup.Choice): Setup.Choice => ({
      ...choice,
      board: Option.getOrElse(board, () => choice.board),
      battery: Option.getOrElse(battery, () => choice.battery)
    })
    if (Option.isNone(energy)) return named(Setup.usual)
    const path = energy.value
    const json = yield* Effect.mapError(loadJson(path, "--energy takes a JSON file"),
      ({ message }) => new Refusal({ message }))
    const read = EnergyFile.read(json, Setup.usual)
    if (Result.isFailure(read)) {
      return yield* new Refusal({
        message: read.failure.map((fault) => path + ": " + fault).join("\n")
      })
    }
    return named(read.success)
  })
