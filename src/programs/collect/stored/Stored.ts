/** The file of a collector, for commands that read it. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import Database from "libsql"
import { existsSync } from "node:fs"
import { Refusal } from "../../dormouse/Refusal.ts"
import * as tables from "../sinks/tables.ts"

const faultOf = (db: Database.Database, option: string, file: string): string | undefined => {
  const pragma = (name: string) => (db.prepare("PRAGMA " + name).raw().get() as ReadonlyArray<unknown> | undefined)?.[0]
  if (pragma("application_id") !== tables.applicationId) {
    return `${option} ${file} is a database of another program: give a file of dormouse collect`
  }
  const found = pragma("user_version")
  return found === tables.form ? undefined
    : found === 1 ?
    `${option} ${file} was made by an earlier version: start dormouse collect with it once, which makes it fit`
    : `${option} ${file} was made by another version of Dormouse (form ${String(found)})`
}

const words = (option: string, file: string, { message }: Error): string =>
  `${option} ${file}: ` +
  (message === "file is not a database" ? "it is no SQLite database: give a file of dormouse collect" : message)

/** Opens the file for reading. Nothing is changed in it, and a collector may write to it meanwhile. */
export const open = (option: string, file: string): Effect.Effect<Database.Database, Refusal, Scope.Scope> =>
  Effect.gen(function*() {
    if (!existsSync(file)) {
      return yield* new Refusal({ message: `${option} ${file} does not exist: give a file of dormouse collect` })
    }
    const refused = (fault: unknown) => new Refusal({ message: words(option, file, fault as Error) })
    const db = yield* Effect.acquireRelease(
      Effect.try({ try: () => new Database(file, { readonly: true }), catch: refused }),
      (opened) => Effect.sync(() => opened.close())
    )
    const fault = yield* Effect.try({
      try: () => {
        db.exec("PRAGMA busy_timeout = 5000")
        return faultOf(db, option, file)
      },
      catch: refused
    })
    if (fault !== undefined) return yield* new Refusal({ message: fault })
    return db
  })
