/**
 * Where each thing is in a JSON text: one pass over its tokens, for the place of each key and value, and for the place
 * where it stops being JSON. The platform's own reader reads the values; this one finds the places.
 */

export interface Token {
  readonly text: string
  /** In UTF-16 units, from 0. */
  readonly offset: number
  /** `{` and `[` begin a value, `}` and `]` end one. Commas and colons are not reported. */
  readonly kind: "key" | "value" | "end"
}

/** Where a text stops being JSON, and why. */
export interface Fault {
  readonly offset: number
  readonly problem: string
}

/** Counted from 1; columns in UTF-16 units. */
export interface Place {
  readonly line: number
  readonly column: number
}

const token =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y
const space = /[ \t\r\n]*/y

type Expected = "a value" | "a value or ]" | "a key in double quotes" | "a key in double quotes or }" | ":" | "more"

/** What may follow `found` where `expected` was; undefined if `found` is not allowed there at all. */
const next = (expected: Expected, found: string, closer: string | undefined): Expected | undefined => {
  switch (expected) {
    case "more":
      return found !== "," || closer === undefined ? undefined : closer === "}" ? "a key in double quotes" : "a value"
    case ":":
      return found === ":" ? "a value" : undefined
    case "a key in double quotes":
    case "a key in double quotes or }":
      return found.startsWith("\"") ? ":" : undefined
    default:
      if (found === "{") return "a key in double quotes or }"
      if (found === "[") return "a value or ]"
      return "}],:".includes(found) ? undefined : "more"
  }
}

const kindOf = (expected: Expected): Token["kind"] | undefined =>
  expected.startsWith("a key") ? "key" : expected.startsWith("a value") ? "value" : undefined

const faultAt = (
  text: string,
  offset: number,
  expected: Expected,
  closer: string | undefined,
  isToken: boolean
): Fault => {
  const character = text.charAt(offset)
  if (character === "\"" && !isToken) {
    return { offset, problem: "this text has no closing quote on its line, or a \\ that begins no escape" }
  }
  const wanted = expected !== "more" ? expected : closer === undefined ? "the end of the file" : `a comma or ${closer}`
  const there = offset === text.length ? "the file ends" : `there is ${JSON.stringify(character)}`
  return { offset, problem: `${wanted} must be here, but ${there}` }
}

/**
 * Reports each token in order, as far as the text is JSON. Returns where it stops being JSON; undefined: it is JSON to
 * its end.
 */
export const scan = (text: string, onToken: (token: Token) => void): Fault | undefined => {
  const closers: Array<string> = []
  let expected: Expected = "a value"
  let offset = 0
  while (true) {
    space.lastIndex = offset
    offset += space.exec(text)?.[0].length ?? 0
    const closer = closers[closers.length - 1]
    if (offset === text.length && expected === "more" && closer === undefined) return undefined
    token.lastIndex = offset
    const found = token.exec(text)?.[0]
    const closes: boolean = found !== undefined && found === closer && (expected === "more" || expected.endsWith(found))
    const following: Expected | undefined = found === undefined ? undefined
      : closes ? "more" : next(expected, found, closer)
    if (found === undefined || following === undefined) {
      return faultAt(text, offset, expected, closer, found !== undefined)
    }
    const kind = closes ? "end" : kindOf(expected)
    if (kind !== undefined) onToken({ text: found, offset, kind })
    if (closes) closers.pop()
    else if (found === "{") closers.push("}")
    else if (found === "[") closers.push("]")
    expected = following
    offset += found.length
  }
}

/** Where a text stops being JSON, and why; undefined: it is JSON to its end. */
export const findFault = (text: string): Fault | undefined => scan(text, () => {})

/** The places of offsets, which must be asked for in ascending order. */
export const placesIn = (text: string): (offset: number) => Place => {
  let line = 1
  let begin = 0
  return (offset) => {
    for (let end = text.indexOf("\n", begin); end >= 0 && end < offset; end = text.indexOf("\n", begin)) {
      begin = end + 1
      line++
    }
    return { line, column: offset - begin + 1 }
  }
}

/** Where a text that is no JSON stops being it, and why. */
export const syntaxFault = (text: string): Place & { readonly problem: string } => {
  const { offset, problem } = findFault(text) ?? { offset: 0, problem: "this is not JSON" }
  return { ...placesIn(text)(offset), problem }
}
