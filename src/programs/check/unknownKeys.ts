/**
 * Keys of a device's file that mean nothing there, each with the key that the user perhaps meant.
 */
import * as ConfigTable from "../../domain/config/ConfigTable.ts"

export interface UnknownKey {
  /** `mqtt.brokr` */
  readonly path: string
  /** The key that was perhaps meant: one of the same object, or the whole path of one elsewhere. */
  readonly meant: string | undefined
}

type Rows = ConfigTable.Rows

/** How many letters must be put in, left out, or changed to make one of the other (Levenshtein). */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < other.length; j++) {
      const changed = (row[j] as number) + (one[i] === other[j] ? 0 : 1)
      next.push(Math.min(changed, (row[j + 1] as number) + 1, (next[j] as number) + 1))
    }
    row = next
  }
  return row[other.length] as number
}

/** A typing mistake, or another spelling: `brokr`, `keepAlive`. */
export const nearest = (word: string, candidates: ReadonlyArray<string>): string | undefined => {
  const plain = (text: string) => text.toLowerCase().replace(/[_-]/g, "")
  const rated = candidates.map((name) => [distance(plain(word), plain(name)), name] as const).sort(([a], [b]) => a - b)
  const [best] = rated
  return best !== undefined && best[0] <= Math.max(1, Math.floor(word.length / 4)) ? best[1] : undefined
}

/** Every path that exists, except those of sensors, which are under keys that the user chooses. */
const everywhere = (rows: Rows, path: string): ReadonlyArray<string> =>
  ConfigTable.rowsOf(rows).flatMap((row) => {
    const below = row[2] === "parts" ? undefined : ConfigTable.tableOf(row)
    return [path + row[0], ...(below === undefined ? [] : everywhere(below, path + row[0] + "."))]
  })

const paths = [...new Set(everywhere(ConfigTable.deviceRows, ""))]

/** The one other place where a key of this name belongs. */
const elsewhere = (key: string): string | undefined => {
  const found = paths.filter((path) => path.endsWith("." + key) || path === key)
  return found.length === 1 ? found[0] : undefined
}

const inObject = (table: Rows, value: unknown, path: string): ReadonlyArray<UnknownKey> => {
  if (!ConfigTable.isObject(value)) return []
  const rows = ConfigTable.rowsOf(table)
  const names = rows.map(([name]) => name)
  return Object.keys(value).flatMap((key): ReadonlyArray<UnknownKey> => {
    const inner = path === "" ? key : path + "." + key
    const row = rows.find(([name]) => name === key)
    if (row === undefined) return [{ path: inner, meant: nearest(key, names) ?? elsewhere(key) }]
    const below = ConfigTable.tableOf(row)
    const objects = value[key]
    if (below === undefined) return []
    if (row[2] !== "parts") return inObject(below, objects, inner)
    return ConfigTable.isObject(objects)
      ? Object.keys(objects).flatMap((name) => inObject(below, objects[name], inner + "." + name)) : []
  })
}

/** In the order of the file. */
export const unknownKeys = (document: { readonly [key: string]: unknown }): ReadonlyArray<UnknownKey> =>
  inObject(ConfigTable.deviceRows, document, "")
