/**
 * In place of src/programs/dormouse/Place.ts in tests: parts start as bundlePrograms.ts has made them, in a fifth of
 * the time. Not in `npm run test:all`, where they start from their sources.
 */
import * as path from "node:path"
import type * as Real from "../../src/programs/dormouse/Place.ts"
import { program } from "./program.ts"

export const part: typeof Real.part = (name) => ({ file: program(name === "dormouse" ? name : "tools"), execArgv: [] })

export const sources: typeof Real.sources = path.join(import.meta.dirname, "../../src")
