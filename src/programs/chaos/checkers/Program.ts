/**
 * The program stays where it was flashed: Storage never compacts, because that rewrites what comes after a freed place,
 * and a power cut meanwhile loses all of it.
 */
import type { Checker } from "../life/Checker.ts"

export const program: Checker = {
  name: "program",
  promise: "the program is never moved in flash, and never lost",
  begin: () => (seen) =>
    seen._tag === "Compacting" ? "Storage compacts, and a power cut would lose the program" : undefined
}
