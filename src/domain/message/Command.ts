/**
 * A command as it comes over MQTT, and the answer to it.
 *
 * Text (`interval 60`) or JSON (`{"command":"interval","seconds":60,"id":"a1","until":"2026-12-01T06:00:00Z"}`). Whatever else comes
 * is answered, too, and the answer repeats no more of it than a few printable characters.
 */
import * as Json from "../bytes/Json.ts"
import { quote, utf8Length } from "../bytes/Text.ts"

/** All commands that a device knows. */
export const names: ReadonlyArray<string> = ["read", "send", "report", "restart", "stay_awake", "interval"]

export interface Command {
  /** As it was given; what is not printable is `?`. */
  readonly name: string
  /** A number behind it; undefined: none. */
  readonly seconds: number | undefined
  /** Empty: none. */
  readonly id: string
  /** It is not to be done after this time, in milliseconds since 1970; undefined: at any time. */
  readonly until: number | undefined
  /** Why it cannot be done as it stands; undefined: it can. */
  readonly fault: string | undefined
}

export type Status = "done" | "failed" | "refused" | "repeated" | "unknown"

/** Bytes of a command, and of an `id`. */
export const maxBytes = 256
export const maxIdBytes = 64

/** The longest that a device stays awake for one command, and the longest interval. Seconds. */
export const longest = 86_400

/** For `stay_awake` without seconds. */
export const standardStay = 300

/** What is shown of a name that is not known. */
const shown = 32

const printable = (text: string): string => {
  let all = ""
  for (let at = 0; at < text.length && at < shown; at++) {
    const character = text.charAt(at)
    all += /^[ -~]$/.test(character) ? character : "?"
  }
  return all
}

const faulty = (name: string, fault: string, id = ""): Command => ({
  name: printable(name),
  seconds: undefined,
  id,
  until: undefined,
  fault
})

/** Milliseconds since 1970; NaN: it is no time. */
const timeOf = (value: unknown): number => {
  if (typeof value === "number") return value * 1000
  const isTime = typeof value === "string" && value.length > 19 && value.charAt(10) === "T" && value.slice(-1) === "Z"
  return isTime ? Date.parse(value) : NaN
}

/** Keys in quotes: what comes from elsewhere has its own names. */
type Document = Readonly<Record<string, unknown>>

const fromDocument = (document: Document): Command => {
  const command = document["command"]
  const seconds = document["seconds"]
  const until = document["until"]
  const id = document["id"] ?? ""
  const known = typeof id === "number" ? "" + id : id
  if (typeof command !== "string") return faulty("", "it has no text `command`")
  if (typeof known !== "string" || utf8Length(known) < 0 || utf8Length(known) > maxIdBytes) {
    return faulty(command, "its id must be a text of at most " + maxIdBytes + " bytes, or a number")
  }
  if (seconds !== undefined && typeof seconds !== "number") {
    return faulty(command, "its seconds must be a number", known)
  }
  const at = until === undefined ? undefined : timeOf(until)
  if (at !== undefined && isNaN(at)) {
    return faulty(command, "its until must be a time like 2026-12-01T06:00:00Z, or seconds since 1970", known)
  }
  return { name: printable(command), seconds, id: known, until: at, fault: undefined }
}

const fromWords = (text: string): Command => {
  const words = text.split(" ").filter((word) => word !== "")
  const [name = "", number] = words
  if (words.length > 2) return faulty(name, "it has more than a name and a number")
  if (number !== undefined && !/^[0-9]+$/.test(number)) return faulty(name, "what follows its name must be a number")
  return {
    name: printable(name),
    seconds: number === undefined ? undefined : +number,
    id: "",
    until: undefined,
    fault: undefined
  }
}

/** What is wrong with the number of a command that is known. */
const secondsFault = ({ name, seconds }: Command): string | undefined => {
  if (name === "interval" && seconds === undefined) return "it needs seconds, 1 to " + longest + "; 0: as configured"
  if (name !== "interval" && name !== "stay_awake" || seconds === undefined) return undefined
  return seconds >= 0 && seconds <= longest && seconds % 1 === 0 ? undefined
    : "its seconds must be a whole number, 0 to " + longest
}

/** A command from its bytes, one character for each. What has more than `maxBytes` may be cut behind one more. */
export const parse = (bytes: string): Command => {
  if (bytes.length > maxBytes) return faulty("", "it has more than " + maxBytes + " bytes")
  const text = bytes.trim()
  let command: Command
  if (text.charAt(0) === "{") {
    const document = Json.read(text)
    command = typeof document === "object" && document !== null ? fromDocument(document as Document)
      : faulty("", "it is no JSON")
  } else command = fromWords(text)
  const fault = command.fault ?? secondsFault(command)
  return fault === command.fault ? command : faulty(command.name, fault ?? "", command.id)
}

/** Why a command that is not known is not done. */
export const unknownReason = (): string => "this device knows " + names.join(", ")

/** The answer, for `<prefix>/command_result`. */
export const result = (device: string, { id, name, seconds }: Command, status: Status, reason?: string): string =>
  "{\"device\":" + quote(device) + ",\"command\":" + quote(name) +
  (id === "" ? "" : ",\"id\":" + quote(id)) +
  (seconds === undefined ? "" : ",\"seconds\":" + seconds) +
  ",\"status\":\"" + status + "\"" +
  (reason === undefined ? "}" : ",\"reason\":" + quote(reason) + "}")
