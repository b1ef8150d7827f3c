/**
 * The types of a device's file, as they follow from the rows of ConfigTable: `...File` as the check reads it, with the
 * program's names and every default filled in, and `DeviceDocument` as it is written in a file. configDocs says what
 * each key means, with its unit.
 */
import type * as ConfigTable from "./ConfigTable.ts"
import type { Brokers } from "./BrokerList.ts"
import type { Row, Rows } from "./ConfigRow.ts"

export type { Values } from "./ConfigRow.ts"

/** Every row of a table. */
export type RowIn<R extends Rows> = ReturnType<R[number]>[number]

/** The type of one value, in the file and in the program. */
type Plain<Kind> = Kind extends ReadonlyArray<infer Word> ? Word
  : Kind extends "boolean" ? boolean
  : Kind extends "whole" | "number" | "above" ? number
  : Kind extends "hosts" ? Brokers
  : string

type Value<R extends Row> = R[2] extends "part" | "parts" ? unknown
  : R[3] extends Rows ? File<R[3]>
  : Plain<R[2]>

/** One object of two. */
type Flat<T> = { readonly [Key in keyof T]: T[Key] }

/** An object of the file as `ConfigTable.read` returns it. */
export type File<R extends Rows> = Flat<
  & { readonly [Each in RowIn<R> as Each[3] extends undefined ? never : Each[1]]: Value<Each> }
  & { readonly [Each in RowIn<R> as Each[3] extends undefined ? Each[1] : never]?: Value<Each> | undefined }
>

type Written<R extends Row> = R[4] extends Rows
  ? R[2] extends "parts" ? { readonly [key: string]: Document<R[4]> } : Document<R[4]>
  : R[3] extends Rows ? Document<R[3]>
  : Plain<R[2]>

/** An object of the file as it is written. */
export type Document<R extends Rows> =
  & { readonly [Each in RowIn<R> as Each[3] extends null ? Each[0] : never]: Written<Each> }
  & { readonly [Each in RowIn<R> as Each[3] extends null ? never : Each[0]]?: Written<Each> }

/** The path of each value in an object: `reconnect.jitter`. */
export type PathIn<R extends Rows> = RowIn<R> extends infer Each
  ? Each extends Row ?
    Each[2] extends "part" | "parts" ? never : Each[3] extends Rows ? `${Each[0]}.${PathIn<Each[3]>}` : Each[0]
  : never
  : never

/** A device's file as it is written: snake_case keys, nearly all of them optional. */
export type DeviceDocument = Document<typeof ConfigTable.deviceRows>

/** The keys of a device's file; its parts are read by tables of their own. */
export interface DeviceFile extends File<typeof ConfigTable.deviceRows> {}

export interface NetworkFile extends File<typeof ConfigTable.networkRows> {}

export interface SensorFile extends File<typeof ConfigTable.sensorRows> {}

export interface BatteryFile extends File<typeof ConfigTable.batteryRows> {}

/** A quantity of a sensor but temperature and humidity, whose keys differ. */
export interface QuantityFile extends File<typeof ConfigTable.quantityRows> {}

export interface OutboxFile extends File<typeof ConfigTable.outboxRows> {}

export interface ReconnectFile extends File<typeof ConfigTable.reconnectRows> {}

/** The keys of `mqtt` in the file, some of which become other properties. */
export interface MqttFile extends File<typeof ConfigTable.mqttRows> {}
