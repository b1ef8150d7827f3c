/**
 * The properties of one packet, to bytes and back (2.2.2).
 *
 *     Property Length (Variable Byte Integer): bytes that follow
 *     once for each | identifier (one byte) | value, by the data type of the property |
 */
import type { TopicName } from "../Topic.ts"
import type { Bytes } from "../../bytes/Bytes.ts"
import * as Reader from "../Reader.ts"
import * as TopicField from "../TopicField.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"
import * as Fields from "./Fields.ts"
import { type Owner, type Properties, type Row, rows, type UserProperty } from "./PropertyTable.ts"

/** No properties. A packet that was read without any has this very object. */
export const none: object = Object.freeze({})

const table: ReadonlyArray<Row> = rows

const mapsOf = (owner: Owner) => {
  const own = table.filter(({ sections }) => sections[owner] !== undefined)
  return {
    byIdentifier: own.reduce<Array<Row>>((rows, row) => {
      rows[row.identifier] = row
      return rows
    }, []),
    byName: new Map(own.map((row) => [row.name, row]))
  }
}

const maps = new Map<Owner, ReturnType<typeof mapsOf>>()

const of = (owner: Owner): ReturnType<typeof mapsOf> => {
  const known = maps.get(owner)
  if (known !== undefined) return known
  const made = mapsOf(owner)
  maps.set(owner, made)
  return made
}

const largest = { flag: 1, bit: 1, u16: 0xffff, u32: 0xffff_ffff, variable: Fields.maximumVariable } as const

type NumberKind = keyof typeof largest

/** A Topic Alias that is not allowed has a Reason Code of its own (3.3.2.3.4). */
const topicAliasInvalid = 0x94

const nameOf = ({ name }: Row): string =>
  name.replace(/[A-Z]/g, (letter) => " " + letter).replace(/^./, (letter) => letter.toUpperCase())

const readNumber = (reader: Reader.Reader, row: Row, section: string, kind: NumberKind): number => {
  const value = kind === "u32" ? Fields.readU32(reader)
    : kind === "u16" ? Reader.u16(reader)
    : kind === "variable" ? Fields.readVariable(reader)
    : Reader.u8(reader)
  if (value >= (row.minimum ?? 0) && value <= largest[kind]) return value
  const reasonCode = row.name === "topicAlias" ? topicAliasInvalid : undefined
  Fault.violation(reader, section, `has ${nameOf(row)} ${value}`, reasonCode)
  return value
}

const responseTopicClause = "MQTT-3.3.2-14"

const readTopic = (reader: Reader.Reader): TopicName => {
  const topic = Reader.text(reader)
  if (topic === "") Fault.violation(reader, "MQTT-4.7.3-1", "has an empty Response Topic")
  if (topic.indexOf("+") >= 0 || topic.indexOf("#") >= 0) {
    Fault.violation(reader, responseTopicClause, "has a Response Topic with a wildcard")
  }
  return topic as TopicName
}

const readValue = (reader: Reader.Reader, row: Row, section: string): unknown => {
  switch (row.kind) {
    case "flag":
      return readNumber(reader, row, section, "flag") === 1
    case "text":
      return Reader.text(reader)
    case "topic":
      return readTopic(reader)
    case "binary":
      return Reader.binary(reader)
    case "variables":
      return readNumber(reader, row, section, "variable")
    case "pairs": {
      const name = Reader.text(reader)
      return [name, Reader.text(reader)]
    }
    default:
      return readNumber(reader, row, section, row.kind)
  }
}

const unknown = (reader: Reader.Reader, owner: Owner, identifier: number): void => {
  const elsewhere = table.find((row) => row.identifier === identifier)
  const what = elsewhere === undefined ? `an unknown property 0x${identifier.toString(16).padStart(2, "0")}`
    : `the property ${nameOf(elsewhere)}, which is not for ${owner === "Will" ? "a Will" : owner}`
  Fault.malformed(reader, "2.2.2.2", "has " + what)
}

const readOne = (
  reader: Reader.Reader,
  owner: Owner,
  known: ReadonlyArray<Row>,
  found: Record<string, unknown>
): void => {
  const identifier = Fields.readVariable(reader)
  const row = known[identifier]
  if (row === undefined) return unknown(reader, owner, identifier)
  const section = row.sections[owner] as string
  const value = readValue(reader, row, section)
  const before = found[row.name]
  if (row.kind === "variables" || row.kind === "pairs") {
    if (before === undefined) found[row.name] = [value]
    else (before as Array<unknown>).push(value)
  } else if (before === undefined) {
    found[row.name] = value
  } else {
    Fault.violation(reader, section, `has ${nameOf(row)} more than once`)
  }
}

/**
 * Reads the Property Length and as many bytes. The first fault is kept in `reader`: a property that is not for this
 * packet (2.2.2.2), one that is repeated or out of its bounds (its own section), bytes that do not add up.
 */
export const read = <O extends Owner>(reader: Reader.Reader, owner: O): Properties<O> => {
  const size = Fields.readVariable(reader)
  if (size === 0) return none as Properties<O>
  const end = reader.offset + size
  if (end > reader.end) Fault.malformed(reader, "2.2.2.1", "has a Property Length beyond its end")
  const found: Record<string, unknown> = {}
  const known = of(owner).byIdentifier
  while (reader.offset < end && reader.error === undefined) readOne(reader, owner, known, found)
  if (reader.offset > end) Fault.malformed(reader, "2.2.2.1", "has a property beyond its Property Length")
  return found as Properties<O>
}

const whole = (value: unknown, minimum: number, maximum: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum

const writeNumber = (
  writer: Writer.Writer,
  row: Row,
  field: string,
  section: string,
  value: unknown,
  kind: NumberKind
): void => {
  const minimum = row.minimum ?? 0
  if (!whole(value, minimum, largest[kind])) {
    const bounds = `it must be a whole number from ${minimum} to ${largest[kind]}`
    return Fault.invalid(writer, field, section, `is ${String(value)}; ${bounds}`)
  }
  if (kind === "u32") Fields.writeU32(writer, value)
  else if (kind === "u16") Writer.u16(writer, value)
  else if (kind === "variable") Fields.writeVariable(writer, value)
  else Writer.u8(writer, value)
}

/** Bytes after their 16-bit length (1.5.6). */
export const writeBinary = (writer: Writer.Writer, bytes: Bytes, field: string): void => {
  // JavaScript allows a text, which would become as many zeros.
  if (!(bytes instanceof Uint8Array)) return Fault.invalid(writer, field, "1.5.6", "must be a Uint8Array")
  if (bytes.length > 0xffff) {
    return Fault.invalid(writer, field, "1.5.6", `has ${bytes.length} bytes; at most 65535 fit`)
  }
  Writer.binary(writer, bytes, field)
}

const writeTopic = (writer: Writer.Writer, topic: TopicName, field: string): void => {
  if (/[+#]/.test(topic)) {
    return Fault.invalid(writer, field, responseTopicClause, "holds a wildcard, + or #; give one topic")
  }
  TopicField.writeName(writer, topic, field)
}

const writeOne = (writer: Writer.Writer, row: Row, field: string, section: string, value: unknown): void => {
  Writer.u8(writer, row.identifier)
  switch (row.kind) {
    case "flag":
      if (typeof value !== "boolean") Fault.invalid(writer, field, section, "must be true or false")
      return Writer.u8(writer, value === true ? 1 : 0)
    case "text":
      return Writer.text(writer, value as string, field)
    case "topic":
      return writeTopic(writer, value as TopicName, field)
    case "binary":
      return writeBinary(writer, value as Bytes, field)
    case "variables":
      return writeNumber(writer, row, field, section, value, "variable")
    case "pairs": {
      const [name, text] = value as UserProperty
      Writer.text(writer, name, field)
      return Writer.text(writer, text, field)
    }
    default:
      return writeNumber(writer, row, field, section, value, row.kind)
  }
}

/** Whether there is any. */
export const isEmpty = (properties: object | undefined): boolean => {
  if (properties === undefined || properties === none) return true
  return Object.values(properties).every((value) => value === undefined || (Array.isArray(value) && value.length === 0))
}

/**
 * Writes the Property Length and the properties. Kept as the fault of `writer`: a property that is not for this packet
 * (2.2.2.2), a value out of its bounds (its own section), a text that is not valid (1.5.4).
 */
export const write = <O extends Owner>(
  writer: Writer.Writer,
  owner: O,
  properties: Properties<O> | undefined,
  field = "properties"
): void => {
  const at = writer.offset - writer.body
  Writer.u8(writer, 0)
  if (properties === undefined || properties === none) return
  const { byName } = of(owner)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue
    const row = byName.get(name)
    if (row === undefined) {
      Fault.invalid(writer, `${field}.${name}`, "2.2.2.2", `is no property of ${owner === "Will" ? "a Will" : owner}`)
      continue
    }
    const values: ReadonlyArray<unknown> = row.kind === "variables" || row.kind === "pairs"
      ? value as ReadonlyArray<unknown> : [value]
    for (const each of values) writeOne(writer, row, `${field}.${name}`, row.sections[owner] as string, each)
  }
  Fields.prefixLength(writer, at)
}
