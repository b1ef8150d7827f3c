/**
 * Where each value of a JSON text stands, by its path: `mqtt.port`.
 *
 * Paths are joined as the faults of a configuration name them, so a fault's field finds its place.
 */
import { parse, type ValueNode } from "@humanwhocodes/momoa"

/** Counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Places {
  /** The value at a path; the key of what should hold it, where it is missing. */
  readonly of: (path: string) => Place
  /** The key at a path. */
  readonly ofKey: (path: string) => Place
  /** Keys that stand a second time in their object, at each place but the first. */
  readonly repeated: ReadonlyArray<{ readonly path: string; readonly place: Place }>
}

interface Found {
  readonly key: Place
  readonly value: Place
}

const start: Place = { line: 1, column: 1 }

const placeOf = ({ loc }: { readonly loc: { readonly start: Place } }): Place => ({ line: loc.start.line, column: loc.start.column })

/** `text` must be JSON. Where it is nested deeper than the stack goes, everything stands at its beginning. */
export const find = (text: string): Places => {
  const found = new Map<string, Found>()
  const repeated: Array<{ readonly path: string; readonly place: Place }> = []
  const visit = (node: ValueNode, path: string): void => {
    if (node.type !== "Object") return
    const seen = new Set<string>()
    for (const { name, value } of node.members) {
      const key = name.type === "Identifier" ? name.name : name.value
      const inner = path === "" ? key : path + "." + key
      if (seen.has(key)) repeated.push({ path: inner, place: placeOf(name) })
      seen.add(key)
      found.set(inner, { key: placeOf(name), value: placeOf(value) })
      visit(value, inner)
    }
  }
  try {
    visit(parse(text).body, "")
  } catch {
    found.clear()
  }
  /** The value itself, or the nearest key around it. */
  const of = (path: string): Place => {
    const own = found.get(path)
    if (own !== undefined) return own.value
    for (let end = path.lastIndexOf("."); end > 0; end = path.lastIndexOf(".", end - 1)) {
      const around = found.get(path.slice(0, end))
      if (around !== undefined) return around.key
    }
    return start
  }
  return { of, ofKey: (path) => found.get(path)?.key ?? of(path), repeated }
}
