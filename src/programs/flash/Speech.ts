/**
 * What a board prints, taken apart into lines and events.
 *
 * The program logs its events with `console.log`, and Espruino prints an object over several lines, nearly as JSON.
 * What the console does to a terminal (its prompt, clearing a line) is left out.
 */
import type { WakeEvent } from "../../domain/wake/WakeEvent.ts"

export type Said =
  | { readonly _tag: "Line"; readonly text: string }
  | { readonly _tag: "Event"; readonly event: WakeEvent }

/** Longer than this, what began like an object is none. */
const maxLines = 64

/** How long an unfinished line may become. */
const maxCharacters = 65_536

/** Of one line as it came, bytes as characters. */
const clean = (line: string): string => {
  const text = Buffer.from(line, "latin1").toString("utf8")
  return text.replaceAll("\u001b[J", "").replaceAll("\r", "").replaceAll("\u0000", "").replace(/^>+/, "").trimEnd()
}

const quoted = /"(?:[^"\\]|\\.)*"/gs

/** How many braces are open at the end. */
const depth = (text: string): number => {
  let open = 0
  for (const character of text.replace(quoted, "")) open += character === "{" ? 1 : character === "}" ? -1 : 0
  return open
}

/** What an escape of Espruino's is in JSON: it writes \x1f, \1 and \v, and each byte of a character as \xc3. */
const toEscape = (escape: string): string => {
  const kind = escape.charAt(1)
  if (kind === "x") return "\\u00" + escape.slice(2)
  if (kind >= "0" && kind <= "7") return "\\u000" + kind
  return kind === "v" ? "\\u000b" : escape
}

/** Of bytes above ASCII, which follow each other in a character. */
const toText = (escapes: string): string => Buffer.from(escapes.replaceAll("\\x", ""), "hex").toString("utf8")

const quotedToJson = (quoted: string): string =>
  quoted.replace(/(?:\\x[89a-fA-F][0-9a-fA-F])+|\\x[0-7][0-9a-fA-F]|\\[\s\S]/g, (found) =>
    /^\\x[89a-fA-F]/.test(found) ? toText(found) : toEscape(found))

/** Espruino prints what JSON does not know. */
const toJson = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\bundefined\b|-?\bInfinity\b|\bNaN\b/gs, (found) =>
    found.startsWith("\"") ? quotedToJson(found) : "null")

const toEvent = (text: string): WakeEvent | undefined => {
  try {
    const value: unknown = JSON.parse(toJson(text), (_, each: unknown) => each === null ? undefined : each)
    return typeof value === "object" && value !== null &&
        typeof (value as { readonly _tag?: unknown })._tag === "string" ? value as WakeEvent : undefined
  } catch {
    return undefined
  }
}

export interface Speech {
  /** What is complete with this piece. */
  readonly push: (piece: string) => ReadonlyArray<Said>
  /** What is left when no more comes. */
  readonly end: () => ReadonlyArray<Said>
}

export const make = (): Speech => {
  let rest = ""
  let object: Array<string> = []

  const flush = (): ReadonlyArray<Said> => {
    const lines = object
    object = []
    return lines.map((text) => ({ _tag: "Line", text }))
  }

  const take = (text: string): ReadonlyArray<Said> => {
    if (object.length === 0 && !text.startsWith("{")) return text === "" ? [] : [{ _tag: "Line", text }]
    object.push(text)
    const whole = object.join("\n")
    if (depth(whole) > 0) return object.length < maxLines ? [] : flush()
    const event = toEvent(whole)
    if (event === undefined) return flush()
    object = []
    return [{ _tag: "Event", event }]
  }

  const push = (piece: string): ReadonlyArray<Said> => {
    const lines = (rest + piece).split("\n")
    rest = (lines.pop() as string).slice(-maxCharacters)
    return lines.flatMap((line) => take(clean(line)))
  }

  const end = (): ReadonlyArray<Said> => {
    const last = clean(rest)
    rest = ""
    return (last === "" ? [] : take(last)).concat(flush())
  }

  return { push, end }
}
