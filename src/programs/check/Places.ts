/**
 * Where each value of a JSON text is, by its path: `mqtt.port`.
 *
 * Paths have the same form as in the faults of a configuration, so a fault's field finds its place.
 */
import { type Place, placesIn, scan, type Token } from "../dormouse/JsonScan.ts"

export type { Place } from "../dormouse/JsonScan.ts"

export interface Places {
  /** The value at a path; if it is missing, the key that should have it. */
  readonly of: (path: string) => Place
  /** The key at a path. */
  readonly ofKey: (path: string) => Place
  /** Keys that are given a second time in their object, at each place but the first. */
  readonly repeated: ReadonlyArray<{ readonly path: string; readonly place: Place }>
}

interface Found {
  readonly key: Place
  readonly value: Place
}

const start: Place = { line: 1, column: 1 }

/**
 * An object that is open, and the keys that it has had. Without a path it is in an array, or deeper than any
 * configuration.
 */
interface Open {
  readonly path: string | undefined
  readonly keys: Set<string>
}

const maxDepth = 32

/** `text` must be JSON. */
export const find = (text: string): Places => {
  const found = new Map<string, Found>()
  const repeated: Array<{ readonly path: string; readonly place: Place }> = []
  const placeOf = placesIn(text)
  const open: Array<Open> = []
  /** The key whose value comes next. */
  let member: { readonly path: string; readonly key: Place } | undefined
  const onKey = (token: Token, { keys, path }: Open): void => {
    if (path === undefined) return
    const key = JSON.parse(token.text) as string
    const inner = path === "" ? key : path + "." + key
    const place = placeOf(token.offset)
    if (keys.has(key)) repeated.push({ path: inner, place })
    keys.add(key)
    member = { path: inner, key: place }
  }
  const onValue = (token: Token): void => {
    const path = member === undefined ? open.length === 0 ? "" : undefined : member.path
    if (member !== undefined) found.set(member.path, { key: member.key, value: placeOf(token.offset) })
    member = undefined
    const isOpening = token.text === "{" || token.text === "["
    if (isOpening) open.push({ path: token.text === "{" && open.length < maxDepth ? path : undefined, keys: new Set() })
  }
  scan(text, (token) => {
    const around = open[open.length - 1]
    if (token.kind === "end") open.pop()
    else if (token.kind === "key" && around !== undefined) onKey(token, around)
    else onValue(token)
  })
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
