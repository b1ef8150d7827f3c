/**
 * The import table of this project, as a check of sources: `check` gives one line for each thing that breaks it.
 *
 * Imports are found by their form at the beginning of a line, which the formatter keeps; what is imported as a type is
 * gone at run time, and where only that matters it is left out of account.
 */
import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"

/** What the interpreter brings along, reached by `require`. */
const espruinoModules = ["net", "tls", "dgram", "crypto", "Storage", "Flash", "Wifi", "DHT22", "BME280"]

/** Path below the repository, with `/` -> text. */
export type Sources = Readonly<Record<string, string>>

export interface Import {
  readonly from: string
  readonly isType: boolean
}

export const imports = (text: string): ReadonlyArray<Import> => {
  const found: Array<Import> = []
  for (
    const match of text.matchAll(
      /^(?:import|export)\b(\s+type\b(?!\s*from))?(?:[^"'`;=()]*?\bfrom)?\s*["']([^"']+)["']/gm
    )
  ) {
    found.push({ from: match[2] as string, isType: match[1] !== undefined })
  }
  // Inside the code, also as a type.
  for (const match of text.matchAll(/\b(?:import|require)\(\s*["'`]([^"'`]+)["'`]/g)) {
    found.push({ from: match[1] as string, isType: false })
  }
  return found
}

/** The file that a relative import means; undefined for a package. */
const target = (file: string, { from }: Import): string | undefined =>
  from.startsWith(".") ? path.posix.normalize(path.posix.join(path.posix.dirname(file), from)) : undefined

/** domain, ports, adapters/node and so on, programs; anything else is no room. */
const room = (file: string): string => /^src\/(domain|ports|programs|adapters\/[^/]+)\//.exec(file)?.[1] ?? "no room"

/**
 * The programs that join a program to adapters, and the modules of the library that bring a socket along. Nobody imports
 * them but the one command that has them all.
 */
const isEntry = (file: string): boolean =>
  /^src\/programs\/(dormouse|(?!report\/)(\w+)\/\2|client\/example|library\/(effect|browser|effectBrowser|testing|store)|device\/main(\.[^/]+)?)\.ts$/
    .test(
      file
    ) &&
  !isProgram(file)

/** What runs beside a device, too: `device` itself and the client. They know nothing of the commands. */
const isProgram = (file: string): boolean => /^src\/programs\/(device|client)\/(?!main|example)/.test(file)

/** Tools of the workbench, which never run beside a device program: they build with what they need. */
const isTool = (file: string): boolean =>
  /^src\/programs\/(bundle|flash|monitor|sign|run|announce|collect|check|init|schema|report|dormouse)(\.ts$|\/)/.test(
    file
  )

const pure = ["Result", "Data", "Brand", "Option"]

/** What a file may take from effect at run time; undefined: anything. */
const effectModules = (file: string): ReadonlyArray<string> | undefined => {
  switch (file) {
    case "src/domain/delivery/Backoff.ts":
      return pure.concat("Effect", "Schedule", "Duration", "Random")
    case "src/domain/config/DeviceConfigSchema.ts":
      return pure.concat("Schema", "SchemaIssue")
    case "src/ports/Clock.ts":
      return ["Clock"]
    case "src/ports/restarting.ts":
      return ["Deferred", "Effect"]
  }
  return room(file) === "domain" ? pure : room(file) === "ports" ? ["Context", "Data"] : undefined
}

const mayImportRoom = (file: string, to: string, each: Import): boolean => {
  const own = room(file)
  if (room(to) === "no room" || (isEntry(to) && file !== "src/programs/dormouse.ts")) return false
  if (isProgram(file) && room(to) === "programs" && !isProgram(to)) return false
  if (room(to) === own) return true
  // What several platforms have in common.
  if (room(to) === "adapters/shared" && own.startsWith("adapters/")) return true
  if (own === "domain") return false
  if (own === "ports") return room(to) === "domain" && each.isType
  if (room(to) === "domain" || room(to) === "ports") return true
  return own === "programs" && isEntry(file)
}

const isNode = (from: string): boolean =>
  from.startsWith("node:") || /^@effect\/platform-node(-shared)?(\/|$)/.test(from)

const importFault = (file: string, each: Import): string | undefined => {
  const to = target(file, each)
  if (to !== undefined) {
    if (!to.endsWith(".ts")) return "a relative import names its file, .ts included"
    return mayImportRoom(file, to, each) ? undefined
      : room(file) + " may not import " +
        (isEntry(to) ? "an entry"
          : isProgram(file) && room(to) === "programs" && !isProgram(to) ? "a command" : room(to))
  }
  if (each.from === "effect") return "the barrel more than doubles a bundle; import a module"
  if (each.from.startsWith("effect/testing")) return "a test's tool"
  if (each.from.startsWith("effect/")) {
    const allowed = effectModules(file)
    if (allowed === undefined || allowed.includes(each.from.slice("effect/".length))) return undefined
    // A type costs nothing; but the domain is not to speak of effects at all.
    return room(file) === "ports" && each.isType ? undefined : room(file) + " may not import this of effect"
  }
  if (isTool(file)) return undefined
  // WebSocket for Node, which has none before version 22.
  if (file === "src/adapters/node/WebSocket.ts" && each.from === "ws") return undefined
  if (isNode(each.from) && (room(file) === "adapters/node" || isEntry(file))) return undefined
  // Pure, and the one thing that the domain does not write itself.
  if (file === "src/domain/bytes/Hmac.ts" && each.from.startsWith("@noble/hashes/")) return undefined
  if (room(file) === "adapters/espruino" && espruinoModules.includes(each.from)) return undefined
  return room(file) + " may not import this package"
}

/** Comments gone, as far as they stand where comments usually stand. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "")

const maximumLines = 250

const textFaults = (text: string): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const lines = text.trimEnd().split("\n").length
  if (lines > maximumLines) faults.push("has " + lines + " lines, more than " + maximumLines)
  if (/[:<,|&([=]\s*any\b(?!\w|\s*[(.:=])|\bas\s+any\b|\bany\[\]/.test(code(text))) faults.push("says any")
  if (/@ts-(ignore|expect-error|nocheck)/.test(text)) faults.push("silences the compiler")
  return faults
}

/** What must not come to a board, however indirectly. */
const tooLarge = ["Schema", "Stream", "Layer", "Queue", "PubSub", "Fiber"]

/** Files that `roots` carry with them at run time, each with the way it was reached. */
const carried = (sources: Sources, roots: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const reached = new Map<string, string>(roots.map((file) => [file, file]))
  for (const [file, way] of reached) {
    for (const each of imports(sources[file] ?? "")) {
      const to = target(file, each)
      if (to !== undefined && !each.isType && !reached.has(to)) reached.set(to, way + " -> " + to)
    }
  }
  return reached
}

const deviceFaults = (sources: Sources): ReadonlyArray<string> => {
  const faults: Array<string> = []
  for (
    const [file, way] of carried(sources,
      Object.keys(sources).filter((name) => name.startsWith("src/programs/device/")))
  ) {
    for (const each of imports(sources[file] ?? "")) {
      if (each.isType) continue
      if (isNode(each.from) || tooLarge.some((name) => each.from === "effect/" + name)) {
        faults.push(`${way}: a board may not carry ${each.from}`)
      }
    }
  }
  return faults
}

/** Ways that lead from a node back to itself; `edges` says where one leads. */
const cycles = (
  nodes: ReadonlyArray<string>,
  edges: (node: string) => ReadonlyArray<string>
): ReadonlyArray<string> => {
  const done = new Set<string>()
  const found: Array<string> = []
  const visit = (node: string, way: ReadonlyArray<string>): void => {
    const before = way.indexOf(node)
    if (before >= 0) return void found.push(way.slice(before).concat(node).join(" -> ") + ": a circle")
    if (done.has(node)) return
    for (const next of edges(node)) visit(next, way.concat(node))
    done.add(node)
  }
  for (const node of nodes) visit(node, [])
  return found
}

const circles = (sources: Sources): ReadonlyArray<string> => {
  const files = Object.keys(sources)
  // Types too: a file that is told of one above it cannot be understood, or moved, without it.
  const leadsTo = (file: string) =>
    imports(sources[file] ?? "").flatMap((each) => {
      const to = target(file, each)
      return to === undefined || !(to in sources) ? [] : [to]
    })
  const folders = [...new Set(files.map((file) => path.posix.dirname(file)))]
  const foldersOf = (name: string) =>
    [...new Set(
      files.filter((file) => path.posix.dirname(file) === name).flatMap((file) => leadsTo(file)).map((to) =>
        path.posix.dirname(to)
      )
    )]
      .filter((to) => to !== name)
  return cycles(files, leadsTo).concat(cycles(folders, foldersOf))
}

export const check = (sources: Sources): ReadonlyArray<string> => {
  const faults: Array<string> = []
  for (const [file, text] of Object.entries(sources)) {
    if (room(file) === "no room") faults.push(file + ": belongs to no room")
    for (const fault of textFaults(text)) faults.push(file + ": " + fault)
    for (const each of imports(text)) {
      const fault = importFault(file, each)
      if (fault !== undefined) faults.push(`${file}: imports ${each.from}: ${fault}`)
    }
  }
  return faults.concat(deviceFaults(sources), circles(sources))
}

/** Everything below src of the repository at `root`. */
export const read = (root: string): Sources => {
  const sources: Record<string, string> = {}
  for (const name of readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".ts")) {
      sources["src/" + name.split(path.sep).join("/")] = readFileSync(path.join(root, "src", name), "utf8")
    }
  }
  return sources
}
