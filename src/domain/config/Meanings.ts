/** How the meanings of keys are written (`configDocs`). */
import type { PathIn } from "./ConfigFile.ts"
import type { Rows } from "./ConfigRow.ts"

/** The meaning, with its unit at the end in brackets, and the default in words if the table has none. */
export type Meaning = readonly [meaning: string, fallback?: string]

export type Meanings<R extends Rows> = Readonly<Record<PathIn<R>, Meaning>>
