/** Runs the text of a module, or a bundled file, in this process, on this process's effect. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as esbuild from "esbuild"
import * as path from "node:path"
import * as BoardClock from "../../../src/adapters/espruino/runtime/Clock.ts"
import * as BoardData from "../../../src/adapters/espruino/runtime/Data.ts"
import * as BoardEffect from "../../../src/adapters/espruino/runtime/Effect.ts"
import * as BoardRandom from "../../../src/adapters/espruino/runtime/Random.ts"
import * as BoardResult from "../../../src/adapters/espruino/runtime/Result.ts"
import { compiling } from "../../../src/programs/bundle/compiling.ts"

const effects: { readonly [name: string]: unknown } = {
  "effect/Cause": Cause,
  "effect/Clock": Clock,
  "effect/Context": Context,
  "effect/Data": Data,
  "effect/Duration": Duration,
  "effect/Effect": Effect,
  "effect/Function": Function,
  "effect/Random": Random,
  "effect/Ref": Ref,
  "effect/Result": Result,
  "effect/Schedule": Schedule
}

/** The same modules of the board's runtime; what it lacks and a test needs is given. */
export const onBoard = (lacking: { readonly [name: string]: unknown }): { readonly [name: string]: unknown } => ({
  "effect/Clock": BoardClock,
  "effect/Data": BoardData,
  // Not a copy: its stack is another with each program that starts.
  "effect/Effect": Object.create(BoardEffect, Object.getOwnPropertyDescriptors(lacking)) as unknown,
  "effect/Random": BoardRandom,
  "effect/Result": BoardResult
})

const load = (
  code: string,
  modules: { readonly [name: string]: unknown } = effects
): { readonly [name: string]: unknown } => {
  const module = { exports: {} }
  const require = (name: string) => {
    if (!(name in modules)) throw new Error("no module " + name)
    return modules[name]
  }
  // eslint-disable-next-line typescript/no-implied-eval -- the code is what the compiler has made
  new globalThis.Function("module", "exports", "require", code)(module, module.exports, require)
  return module.exports
}

/** The exports of a module given as TypeScript. */
export const evaluate = (code: string, modules = effects): { readonly [name: string]: unknown } =>
  load(esbuild.transformSync(code, { loader: "ts", format: "cjs" }).code, modules)

/** The exports of `file` with all of its own modules compiled. */
export const evaluateCompiled = async (file: string): Promise<{ readonly [name: string]: unknown }> => {
  const result = await esbuild.build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "cjs",
    external: ["effect/*"],
    plugins: [compiling(path.resolve("src"), false)]
  })
  return load(result.outputFiles[0]?.text ?? "")
}
