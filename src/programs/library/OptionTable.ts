/**
 * Which options a call takes, and what each must be. One check for all of them, at every depth: an option that does not
 * exist, and a value of another type, is an InvalidOption that names its place and what to write there.
 */
import { InvalidOption, kind } from "./mistakes.ts"

/** A call, and the path of an option in what it takes: `will.qos`. */
export interface Place {
  readonly call: string
  readonly path: string
}

/** What an option must be. */
export interface Kind {
  /** What is wrong with a value that is given. */
  readonly fault: (value: unknown, place: Place) => InvalidOption | undefined
  /** It cannot be left out. */
  readonly isRequired?: boolean
  /** Of an object: its own options. */
  readonly table?: Known
}

/** Every option by its name, and what others call them, with what to write in its place. */
export interface Known {
  readonly kinds: { readonly [name: string]: Kind }
  readonly elsewhere: { readonly [name: string]: string }
}

/** Each option of `T`, and no other: the compiler compares. */
export type Kinds<T> = { readonly [K in keyof T]-?: Kind }

/** The options of `T`. */
export const table = <T>(kinds: Kinds<T>, elsewhere: Known["elsewhere"] = {}): Known => ({ kinds, elsewhere })

const shown = (value: unknown): string =>
  typeof value === "number" || typeof value === "boolean" ? String(value)
    : typeof value === "string" && value.length < 30 ? JSON.stringify(value)
    : kind(value)

const wrong = ({ call, path }: Place, message: string) =>
  new InvalidOption({ option: path, message: `${call}: ${path} ${message}` })

/** `what` completes "must be". `show` names a value that is not so. */
export const checked = (what: string, is: (value: unknown) => boolean, show = shown): Kind => ({
  fault: (value, place) => is(value) ? undefined : wrong(place, `must be ${what}, but is ${show(value)}`)
})

/** The same, and it cannot be left out. */
export const required = (kind: Kind): Kind => ({ ...kind, isRequired: true })

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** An object with options of its own. */
export const nested = (known: Known): Kind => ({
  table: known,
  fault: (value, place) =>
    isObject(value) ? faultIn(known, value, place)
      : wrong(place, `must be an object with ${Object.keys(known.kinds).join(", ")}, but is ${shown(value)}`)
})

/** An array of objects with options of their own. */
export const list = (known: Known): Kind => ({
  fault: (value, place) => {
    const names = `{ ${Object.keys(known.kinds).join(", ")} }`
    if (!Array.isArray(value)) return wrong(place, `must be an array of ${names}, but is ${shown(value)}`)
    const each = nested(known)
    for (let i = 0; i < value.length; i++) {
      const fault = each.fault(value[i], { call: place.call, path: `${place.path}[${i}]` })
      if (fault !== undefined) return fault
    }
    return undefined
  }
})

/** `false` turns it off. */
export const orFalse = (kind: Kind): Kind => ({
  ...kind,
  fault: (value, place) => value === false ? undefined : kind.fault(value, place)
})

/** How many letters must change to get from one word to the other (Levenshtein). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const changed = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1)
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

/** Below 1: the user may have meant it. */
const farness = (unknown: string, name: string): number => {
  const [from, to] = [unknown.toLowerCase(), name.toLowerCase()]
  const isPart = from.length > 2 && (to.startsWith(from) || to.endsWith(from))
  return isPart ? 0.5 : distance(from, to) / (from.length / 3 + 1)
}

/** The option that is named almost so, or that is named so in an object beside it. */
const nearest = ({ kinds }: Known, unknown: string): string | undefined => {
  const names = Object.keys(kinds)
  const [near] = names.map((name) => ({ name, far: farness(unknown, name) })).sort((a, b) => a.far - b.far)
  if (near !== undefined && near.far < 1) return near.name
  const outer = names.find((name) => Object.hasOwn(kinds[name]?.table?.kinds ?? {}, unknown))
  return outer === undefined ? undefined : `${outer}.${unknown}`
}

const within = (path: string, name: string): string => path === "" ? name : `${path}.${name}`

const unknownOption = (known: Known, name: string, { call, path }: Place): InvalidOption => {
  const option = within(path, name)
  const near = nearest(known, name)
  const instead = Object.hasOwn(known.elsewhere, name) ? known.elsewhere[name]
    : near === undefined ? `known are ${Object.keys(known.kinds).map((each) => within(path, each)).join(", ")}`
    : `did you mean ${within(path, near)}?`
  return new InvalidOption({ option, message: `${call}: there is no option ${option}: ${instead}` })
}

const faultIn = (known: Known, options: object, { call, path }: Place): InvalidOption | undefined => {
  const { kinds } = known
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(kinds, name))
  if (unknown !== undefined) return unknownOption(known, unknown, { call, path })
  for (const name in kinds) {
    const kind = kinds[name] as Kind
    const value: unknown = options[name as keyof typeof options]
    if (value === undefined && kind.isRequired !== true) continue
    const place = { call, path: within(path, name) }
    const fault = value === undefined ? wrong(place, "is missing") : kind.fault(value, place)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** What is wrong with the options of a call; without any nothing is. */
export const fault = (call: string, known: Known, options: unknown): InvalidOption | undefined => {
  if (options === undefined) return undefined
  if (isObject(options)) return faultIn(known, options, { call, path: "" })
  return new InvalidOption({
    option: "options",
    message: `${call}: its options must be an object, not ${shown(options)}`
  })
}
