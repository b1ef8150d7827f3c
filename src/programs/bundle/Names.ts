/**
 * Short names for the properties that only a board's own files use: one table for the program and its overlays, and for
 * the configuration beside them. What is used most gets the shortest.
 *
 * Another bundle has other names. A board stores an update with them, and `flash` erases everything that is stored.
 */
import { BundleError } from "./BundleError.ts"
import { mark, renamed } from "./compile/keys.ts"

const keywords: ReadonlyArray<string> = ["as", "do", "if", "in", "is", "of"]

/** Both grow with each script. */
export interface Names {
  /** Marked name -> short name. */
  readonly short: Map<string, string>
  /** Short names that some key has already. */
  readonly taken: Set<string>
}

export const make = (): Names => ({ short: new Map(), taken: new Set(keywords) })

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
const characters = letters + "0123456789"

/** a to Z, then aa to Z9: at most four characters are one variable of the interpreter. */
const candidate = (index: number): string => {
  if (index < letters.length) return letters.charAt(index)
  const rest = index - letters.length
  return letters.charAt(Math.floor(rest / characters.length)) + characters.charAt(rest % characters.length)
}

/** Short names that some key of the scripts has already, as a name or in a text. */
const keysIn = (codes: ReadonlyArray<string>): ReadonlyArray<string> =>
  codes.flatMap((code) =>
    [...code.matchAll(/\.([A-Za-z_$][\w$]?)(?![\w$])|(?<![\w$])([A-Za-z_$][\w$]?)["'`]?\s*:|["'`]([\w$]{1,2})["'`]/g)]
      .map(([, a, b, c]) => a ?? b ?? c ?? "")
  )

/** A use in the program counts as many: it is there at every wake, and an overlay is not. */
const programWeight = 8

/**
 * Gives a name to each property of these scripts (lowered, not yet small) that has none. The first of them is the
 * program, if there is one.
 */
export const extend = ({ short, taken }: Names, codes: ReadonlyArray<string>): void => {
  const counts = new Map<string, number>()
  codes.forEach((code, index) => {
    const weight = index === 0 ? programWeight : 1
    for (const [name] of code.matchAll(/[\w$]+_\$(?![\w$])/g)) {
      if (!short.has(name)) counts.set(name, (counts.get(name) ?? 0) + weight)
    }
  })
  for (const key of keysIn(codes)) taken.add(key)
  let index = 0
  for (const [name] of [...counts].toSorted(([, one], [, other]) => other - one)) {
    while (taken.has(candidate(index))) index++
    short.set(name, candidate(index))
    taken.add(candidate(index))
  }
}

/** The short name of a property; one that nobody uses keeps its own. */
export const of = (names: Names, property: string): string => names.short.get(property + mark) ?? property

/** JSON under short names with the long ones. */
export const long = (names: Names, json: string): string => {
  const longNames = new Map([...names.short].map(([name, short]) => [short, name.slice(0, -mark.length)]))
  return renamed(json, (key) => longNames.get(key) ?? key)
}

/** As terser takes and gives it, which writes a `$` before each. */
export const toCache = (names: Names) => ({
  props: { props: Object.fromEntries([...names.short].map(([name, short]) => ["$" + name, short])) }
})

/** Throws a BundleError if terser has renamed what had no name: the files of one board would not agree. */
export const check = (names: Names, cache: object): void => {
  const { props } = (cache as ReturnType<typeof toCache>).props
  const unknown = Object.keys(props).filter((name) => !names.short.has(name.slice(1)))
  if (unknown.length > 0) {
    throw new BundleError({
      message: "properties got names of their own in one file of several: " + unknown.join(", ")
    })
  }
}
