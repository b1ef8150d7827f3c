/**
 * The twin of domain/bytes/Json.ts for a board: a strict reader of JSON over bytes.
 *
 * Espruino's JSON.parse stops where the value ends and ignores what follows. It accepts comments, single quotes and
 * control characters, makes one byte of each `\u` escape, keeps both of two equal keys, takes `__proto__` for a
 * prototype, and needs minutes for a number such as 1e2000000000. So it is not used at all. Tables are kept in a list
 * and not on the C stack, of which a board has little. Where one native step can do the work, it does.
 */
import type * as Original from "../../../domain/bytes/Json.ts"
import { isText } from "./isText.ts"

type Table = { [key: string]: unknown }

let text = ""
let at = 0

const fail = (): never => {
  throw new Error("not JSON")
}

const chr = String.fromCharCode

/** Skips white space and returns what is there: "" at the end. */
const next = (): string => {
  while (text.charCodeAt(at) < 33 && " \t\n\r".indexOf(text.charAt(at)) >= 0) at++
  return text.charAt(at)
}

/** The number in the four hexadecimal digits here, which are skipped. */
const unit = (): number => {
  let code = 0
  for (const end = at + 4; at < end; at++) {
    const digit = "0123456789abcdefABCDEF".indexOf(text.charAt(at) || " ")
    if (digit < 0) fail()
    code = code * 16 + (digit > 15 ? digit - 6 : digit)
  }
  return code
}

/** The UTF-8 bytes of a character; of a surrogate without its other half, three bytes. */
const encoded = (code: number): string => {
  if (code < 0x80) return chr(code)
  if (code < 0x800) return chr(0xc0 | code >> 6, 0x80 | code & 63)
  const rest = chr(0x80 | code >> 6 & 63, 0x80 | code & 63)
  return code < 0x10000 ? chr(0xe0 | code >> 12) + rest : chr(0xf0 | code >> 18, 0x80 | code >> 12 & 63) + rest
}

/** The text whose opening quote is here. */
const quoted = (): string => {
  const begin = ++at
  const end = text.indexOf("\"", begin)
  let value = text.substring(begin, end)
  if (end >= 0 && /^[ !#-Z^-~]*$/.test(value)) {
    at = end + 1
    return value
  }
  value = ""
  let from = begin
  for (let byte = text.charCodeAt(at); byte !== 34; byte = text.charCodeAt(at)) {
    // Neither a control character nor the end.
    if (!(byte > 31)) fail()
    at++
    if (byte !== 92) continue
    value += text.substring(from, at - 1)
    const letter = text.charAt(at++)
    if (letter === "u") {
      let code = unit()
      if (code >> 10 === 0x36 && text.charAt(at) === "\\" && text.charAt(at + 1) === "u") {
        const back = at
        at += 2
        const low = unit()
        if (low >> 10 === 0x37) code = 0x10000 + ((code & 1023) << 10 | low & 1023)
        else at = back
      }
      value += encoded(code)
    } else {
      const known = "\"\\/bfnrt".indexOf(letter || " ")
      value += known < 0 ? fail() : "\"\\/\b\f\n\r\t".charAt(known)
    }
    from = at
  }
  if (!isText(text.substring(begin, at))) fail()
  return value + text.substring(from, at++)
}

/** Of the digits read last, as many as a number can have, and how many came after them. */
let mantissa = 0
let surplus = 0

/** Adds digits to the mantissa and returns how many there were. There must be one. */
const digits = (): number => {
  const from = at
  for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit < 10; digit = text.charCodeAt(++at) - 48) {
    if (mantissa < 1e16) mantissa = mantissa * 10 + digit
    else surplus++
  }
  return at > from ? at - from : fail()
}

/** More digits than a number can have. */
const maxPlaces = 400

/**
 * `size` times 10 to the power of `places`. Powers up to 10^22 are exact, so numbers with up to 15 digits are the same
 * as on Node; Espruino's own way adds up tenths.
 */
const scaled = (size: number, places: number): number => {
  let result = size
  let power = 1
  for (let left = size === 0 ? 0 : Math.min(Math.abs(places), maxPlaces); left > 0; left--) {
    power *= 10
    if (left % 22 === 1) {
      result = places < 0 ? result / power : result * power
      power = 1
    }
  }
  return result
}

const number = (): number => {
  const isNegative = text.charAt(at) === "-"
  if (isNegative) at++
  mantissa = 0
  surplus = 0
  if (text.charAt(at) === "0") at++
  else digits()
  let places = 0
  if (text.charAt(at) === ".") {
    at++
    places -= digits()
  }
  const size = mantissa
  places += surplus
  if (text.charAt(at).toLowerCase() === "e") {
    const sign = text.charAt(++at)
    if (sign === "-" || sign === "+") at++
    mantissa = 0
    digits()
    places += sign === "-" ? -mantissa : mantissa
  }
  const value = scaled(size, places)
  return isNegative ? -value : value
}

const word = (name: string): boolean => {
  const isThere = text.substring(at, at + name.length) === name
  if (isThere) at += name.length
  return isThere
}

const key = (): string => {
  if (next() !== "\"") fail()
  const name = quoted()
  if (next() !== ":") fail()
  at++
  return name
}

/** The value of the text, if nothing follows it. */
const whole = (): unknown => {
  /** The tables around the present one, each with the key under which it is in the one before. */
  const outer: Array<unknown> = []
  let inside: Table | Array<unknown> | undefined
  let name = ""
  while (true) {
    const first = next()
    let found: unknown
    if (first === "{" || first === "[") {
      at++
      found = first === "{" ? {} : []
      if (next() !== (first === "{" ? "}" : "]")) {
        outer.push(name, inside)
        inside = found as Table
        if (first === "{") name = key()
        continue
      }
      at++
    } else if (first === "\"") found = quoted()
    else if (word("true")) found = true
    else if (word("false")) found = false
    else found = word("null") ? null : number()
    while (true) {
      if (inside === undefined) return next() === "" ? found : fail()
      const isList = Array.isArray(inside)
      if (isList) (inside as Array<unknown>).push(found)
      else if (name !== "__proto__") (inside as Table)[name] = found
      const after = next()
      at++
      if (after === ",") {
        if (!isList) name = key()
        break
      }
      if (after !== (isList ? "]" : "}")) fail()
      found = inside
      inside = outer.pop() as Table | undefined
      name = outer.pop() as string
    }
  }
}

export const read: typeof Original.read = (document) => {
  text = document
  at = document.substring(0, 3) === "\xef\xbb\xbf" ? 3 : 0
  try {
    return whole()
  } catch {
    return undefined
  }
}
