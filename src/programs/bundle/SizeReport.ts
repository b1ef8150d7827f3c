/**
 * The size of a script and where it comes from, from its source map.
 */
import { SourceMap } from "node:module"
import { relative } from "node:path"
import { parseSync, traverse } from "@babel/core"
import type { Script } from "./modules.ts"

export interface SizeReport {
  readonly bytes: number
  readonly functions: number
  /** Source files by bytes, the largest first. */
  readonly files: ReadonlyArray<{ readonly file: string; readonly bytes: number }>
}

const nowhere = "(made by the bundler)"

const bytesByFile = ({ code, map }: Script): ReadonlyMap<string, number> => {
  const sources = new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0])
  const totals = new Map<string, number>()
  code.split("\n").forEach((line, lineNumber) => {
    for (let column = 0; column < line.length; column++) {
      const entry = sources.findEntry(lineNumber, column)
      const file = "originalSource" in entry ? entry.originalSource ?? nowhere : nowhere
      totals.set(file, (totals.get(file) ?? 0) + Buffer.byteLength(line.charAt(column)))
    }
  })
  return totals
}

/** Paths are shown relative to `folder`. */
export const of = (script: Script, folder: string): SizeReport => {
  let functions = 0
  const ast = parseSync(script.code, { babelrc: false, configFile: false, sourceType: "script" })
  if (ast) traverse(ast, { Function: () => void functions++ })
  const files = [...bytesByFile(script)].map(([file, bytes]) => ({ file: relative(folder, file), bytes }))
  return { bytes: Buffer.byteLength(script.code), functions, files: files.sort((a, b) => b.bytes - a.bytes) }
}

/** As lines for a terminal: the largest files, then the rest as one line. */
export const show = (report: SizeReport, most = 15): string => {
  const lines = [`${report.bytes} bytes, ${report.functions} functions`]
  for (const { bytes, file } of report.files.slice(0, most)) lines.push(`${String(bytes).padStart(7)}  ${file}`)
  const rest = report.files.slice(most)
  if (rest.length > 0) {
    lines.push(`${String(rest.reduce((sum, { bytes }) => sum + bytes, 0)).padStart(7)}  in ${rest.length} more files`)
  }
  return lines.join("\n")
}

/** Why the script is too large; undefined when it is not. */
export const overBudget = (report: SizeReport, budget: number): string | undefined =>
  report.bytes <= budget
    ? undefined
    : `the bundle has ${report.bytes} bytes, ${
      report.bytes - budget
    } more than the ${budget} that are allowed; most is in ${report.files[0]?.file}`
