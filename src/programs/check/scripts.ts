/** The JavaScript of sensors: the files that hold it, and whether it can be read as JavaScript. */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import { Script } from "node:vm"
import * as ConfigTable from "../../domain/config/ConfigTable.ts"
import { scriptText } from "../dormouse/loadConfig.ts"
import type { Remark } from "./Remark.ts"

/** What is wrong with it as JavaScript; undefined: nothing. It is not run. */
const syntaxFault = (text: string): string | undefined => {
  try {
    // Around it on the same line, so that the numbers of lines are right.
    return new Script(`(function (pin, done, require) {${text}\n})`, { filename: "script" }) instanceof Script
      ? undefined : "it cannot be read"
  } catch (thrown) {
    const { message, stack = "" } = thrown as Error
    const line = Number(/^script:(\d+)/.exec(stack)?.[1] ?? 1)
    return line > text.split("\n").length ? "it ends where a bracket, a brace or a value should follow"
      : `${message}, in line ${line}`
  }
}

/** What would stop every reading, of the device's file at `path`. */
export const scripts = (
  sensors: unknown,
  path: string
): Effect.Effect<ReadonlyArray<Remark>, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const found: Array<Remark> = []
    for (const [key, sensor] of Object.entries(ConfigTable.isObject(sensors) ? sensors : {})) {
      const script = ConfigTable.isObject(sensor) ? sensor["script"] : undefined
      if (typeof script !== "string") continue
      const place = `sensors.${key}.script`
      const text = yield* Effect.result(scriptText(path, key, script))
      const fault = Result.isSuccess(text) ? syntaxFault(text.success) : undefined
      if (Result.isFailure(text)) found.push({ path: place, message: text.failure.message, fails: "check" })
      if (fault !== undefined) {
        found.push({ path: place, message: `${place} is no valid JavaScript: ${fault}`, fails: "check" })
      }
    }
    return found
  })
