/**
 * What is wrong with a value of a device's file, in words: `<field> must be <fix>, but <problem>`.
 */
import * as BrokerList from "./BrokerList.ts"
import type { Row } from "./ConfigRow.ts"
import { quote, shorten, utf8Length } from "../bytes/Text.ts"

/** One wrong value. A sentence is `<field> must be <fix>, but <problem>`. */
export interface Issue {
  /** The full path in the file: `mqtt.port`. */
  readonly field: string
  /** What is wrong: `is 70000`. Never contains a password or a key. */
  readonly problem: string
  /** What would be right: `a whole number from 1 to 65535`. */
  readonly fix: string
}

export const least = (row: Row): number => row[4] as number | undefined ?? 0

/** The most bytes that a text may have. */
export const most = (row: Row): number => row[5] ?? 65535

const kindOf = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "an array"
  const type = typeof value
  return type === "string" ? "text" : type === "object" ? "an object" : "a " + type
}

/** A value for a message: short, on one line. */
const show = (value: unknown): string => {
  if (typeof value === "string") return quote(shorten(value, 60))
  return typeof value === "number" || typeof value === "boolean" ? "" + value : kindOf(value)
}

const alone = "a host name or address alone, such as \"broker.local\""

/** A board's bundle may come without them. */
const listKind: typeof BrokerList.listKind | undefined = BrokerList.listKind
const listFix: typeof BrokerList.fix | undefined = BrokerList.fix
const listProblem: typeof BrokerList.problemOf | undefined = BrokerList.problemOf

export const levelFix = "one topic level: text without / + #"

/** What a row asks for, to follow "must be". */
export const fixFor = (row: Row): string => {
  const kind = row[2]
  if (typeof kind !== "string") return "\"" + kind.join("\" or \"") + "\""
  if (kind === "boolean") return "true or false"
  if (listKind !== undefined && kind === listKind) return alone + listFix
  if (kind === "host") return alone
  if (kind === "topic") return "a Topic Name: text of " + least(row) + " to " + most(row) + " bytes without + #"
  if (kind === "level") return levelFix
  if (kind === "text" || kind === "secret") return "text of " + least(row) + " to " + most(row) + " bytes"
  const noun = kind === "whole" ? "a whole number" : "a number"
  if (kind === "above") return noun + " above 0 and up to " + row[5]
  return noun + (row[5] === undefined ? " of at least " + least(row) : " from " + least(row) + " to " + row[5])
}

export const problemOf = (row: Row, value: unknown): string => {
  const kind = row[2]
  if (typeof value === "string" && typeof kind === "string") {
    const bytes = utf8Length(value)
    if (bytes < 0) return "holds U+0000 or a lone surrogate"
    if (bytes > most(row)) return "is longer"
    // A text that looks like a URL may contain a password.
    if ((kind === "host" || listKind !== undefined && kind === listKind) && value.indexOf("@") >= 0) return "holds an @"
  }
  if (listProblem !== undefined && kind === listKind && Array.isArray(value)) return listProblem(value) ?? ""
  return "is " + (kind === "secret" ? kindOf(value) : show(value))
}

export const notAnObject = (field: string, value: unknown): Issue => ({
  field,
  problem: value === undefined ? "is missing" : "is " + kindOf(value),
  fix: "an object"
})
