/** The codec as a board has it: the same sources with the byte-string twins in place, on Node's effect. */
import { build } from "esbuild"
import * as path from "node:path"
import { twinOf } from "../../src/programs/bundle/swaps.ts"

const source = path.join(import.meta.dirname, "../../src")

/** What `entry`, TypeScript with imports relative to src, exports, with every twin swapped in. */
export const load = async <T>(entry: string): Promise<T> => {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: source, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    plugins: [{
      name: "twins",
      setup: (each) => {
        each.onResolve({ filter: /^\.\.?\// }, ({ importer, path: from, resolveDir }) => {
          const file = path.resolve(resolveDir, from)
          const twin = importer.includes("node_modules") ? undefined : twinOf(source, file, { sleeps: true })
          return twin === undefined || twin === importer ? undefined : { path: twin }
        })
      }
    }]
  })
  return import("data:text/javascript;base64," + Buffer.from(outputFiles[0]?.text ?? "").toString("base64")) as Promise<
    T
  >
}

/** As a board holds them: a character for each byte. */
export const toBoard = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

export const fromBoard = (bytes: unknown): Uint8Array => new Uint8Array(Buffer.from(bytes as string, "latin1"))

/** A value as a board holds it: its texts and bytes as byte strings. */
export const valueToBoard = (value: unknown): unknown =>
  typeof value === "string" ? toBoard(Buffer.from(value))
    : value instanceof Uint8Array ? toBoard(value)
    : Array.isArray(value) ? value.map(valueToBoard)
    : typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === "_tag" ? each : valueToBoard(each)]))
    : value
