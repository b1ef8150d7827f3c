/** Lives a scenario of deviceWorld.ts on either runtime, in virtual time. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as esbuild from "esbuild"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as VirtualTime from "../../../src/adapters/simulation/world/VirtualTime.ts"
import * as modules from "./deviceModules.ts"
import type * as OnRuntime from "./deviceOnRuntime.ts"
import { live, type Note, type Scenario } from "./deviceWorld.ts"
import { inVirtualTime } from "./runtimes.ts"

const here = dirname(fileURLToPath(import.meta.url))
const runtime = resolve(here, "../../../src/adapters/espruino/runtime")

/** The entry with effect's modules swapped for the device's; a name that they lack is an error. */
export const bundle = async (contents: string): Promise<string> => {
  const result = await esbuild.build({
    stdin: { contents, resolveDir: here, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    minifySyntax: true,
    logLevel: "silent",
    logOverride: { "import-is-undefined": "error" },
    plugins: [{
      name: "swap",
      setup: (build) => {
        build.onResolve({ filter: /^effect\// },
          ({ path }) => ({ path: join(runtime, path.slice("effect/".length) + ".ts") }))
        build.onResolve({ filter: /\/shape\.ts$/ }, () => ({ path: join(here, "uncompiled.ts") }))
      }
    }]
  })
  return result.outputFiles[0]?.text ?? ""
}

/** The device program on the device's runtime. */
export const onRuntime = async (): Promise<typeof OnRuntime> => {
  const code = await bundle(`export * from "./deviceOnRuntime.ts"`)
  return import("data:text/javascript;base64," + Buffer.from(code).toString("base64")) as Promise<typeof OnRuntime>
}

/** The same chance for both. */
const inFairWorld = <A>(f: () => A): A => {
  const real = Math.random
  let draw = 0.1
  Math.random = () => (draw = (draw * 7 + 0.3) % 1)
  try {
    return f()
  } finally {
    Math.random = real
  }
}

export const liveOnEffect = async (scenario: Scenario): Promise<ReadonlyArray<Note>> => {
  const notes: Array<Note> = []
  const life = Effect.gen(function*() {
    const context = yield* Effect.context<never>()
    const clock = yield* Clock.Clock
    const fork = Effect.runForkWith(context)
    const now = () => clock.currentTimeMillisUnsafe()
    yield* Effect.callback<void>((resume) =>
      live(modules, {
        now,
        after: (millis, f) => void fork(Effect.andThen(Effect.sleep(millis), Effect.sync(f))),
        fork,
        done: () => resume(Effect.void)
      }, scenario, notes)
    )
  })
  await inFairWorld(() => Effect.runPromise(VirtualTime.run(life)))
  return notes
}

export const liveOnDevice = (lib: typeof OnRuntime, scenario: Scenario): ReadonlyArray<Note> =>
  inFairWorld(() =>
    inVirtualTime((pass) => {
      const notes: Array<Note> = []
      let isOver = false
      live(lib, {
        now: Date.now,
        after: (millis, f) => void setTimeout(f, millis),
        fork: (effect) =>
          void lib.start(effect as unknown as () => unknown, (exit) => notes.push([Date.now(), "ended", exit])),
        done: () => {
          isOver = true
        }
      }, scenario, notes)
      pass(() => isOver)
      return notes
    })
  )
