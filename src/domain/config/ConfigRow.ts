/**
 * What a row of ConfigTable may say, and the types of the values that rows have checked. Only types: the table, its
 * messages (ConfigFault), and the types that follow from it (ConfigFile) are built on them.
 */

export type Kind =
  /** Text; its range is in bytes. A `secret` is a text that no message may show. */
  | "text"
  | "secret"
  /** A host name or an IP address, or empty. */
  | "host"
  /** The same, or a list of Servers (BrokerList). */
  | "hosts"
  /** A Topic Name (4.7); may be empty when its range begins at 0. */
  | "topic"
  /** One level of a Topic Name. */
  | "level"
  | "boolean"
  | "whole"
  | "number"
  /** A number above 0. */
  | "above"
  /** An object with rows of its own, which stand in place of the default. */
  | "table"
  /** An object with rows of its own, or none. It is passed on unchecked: DeviceConfig reads it. */
  | "part"
  /** The same, with an object for each key that the user chooses. */
  | "parts"

export type Row = readonly [
  key: string,
  property: string,
  /** A list: one of these texts. */
  kind: Kind | ReadonlyArray<string>,
  /** Undefined: a value that is not given is not there. */
  fallback: string | number | boolean | undefined | null | Rows,
  /** The rows of a part. */
  least?: number | Rows,
  most?: number
]

/** In parts, each made when it is read and dropped afterwards: all of them together take 700 of a board's variables. */
export type Rows = ReadonlyArray<() => ReadonlyArray<Row>>

/** What `ConfigTable.read` makes of an object of the file: everything except the refused values. */
export type Values<T> = { -readonly [K in keyof T]: (T[K] extends object ? Values<T[K]> : T[K]) | undefined }
