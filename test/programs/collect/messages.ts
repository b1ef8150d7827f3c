/** Messages as a collector gets them, and what it makes of them, for its tests. */
import * as Result from "effect/Result"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { KnownMoment } from "../../../src/domain/collect/Dating.ts"
import * as documents from "../../../src/domain/collect/documents.ts"
import type { Row, StatusRow } from "../../../src/domain/collect/Row.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import type { Received } from "../../../src/programs/client/Handler.ts"
import type { Entry } from "../../../src/programs/collect/sinks/Entry.ts"

export const received = (topic: string, payload: string, more: Partial<Received> = {}): Received => ({
  topic: topic as TopicName,
  payload: Bytes.fromText(payload),
  qos: 1,
  retain: false,
  dup: false,
  ...more
})

const now = Date.UTC(2026, 10, 29, 22, 0)

/** A reading of the pond without a time, in the device's second week, that has just arrived. */
export const row = (more: Partial<Row> = {}): Row => ({
  time: now,
  dated: "arrival",
  topic: "garden/pond/data",
  sensor: "pond",
  temperature: 21.4,
  humidity: undefined,
  unit: "C",
  quantities: [],
  uptime: 1_000_000,
  arrived: now,
  earliest: now,
  payload: `{"temperature":21.4,"uptime":1000000,"unit":"C"}`,
  ...more
})

export const entry = (
  more: Partial<Row> = {},
  flags: { readonly dup?: boolean; readonly retain?: boolean } = {}
): Entry => ({
  _tag: "Reading",
  row: row(more),
  dup: false,
  retain: false,
  ...flags
})

/** A status of the pond, without a time. */
export const statusRow = (more: Partial<StatusRow> = {}): StatusRow => {
  const payload = `{"device":"pond","uptime":1000000,"pending":0,"evicted":0,"tries":1,"awake_ms":2140,"radio_ms":1893,`
    + `"woken_by":"timer","program":"0.1.0","config_version":7,"last_error":null,"next_connection":300,`
    + `"battery":71,"battery_volts":3.91,"battery_low":false}`
  const said = Result.getOrThrow(documents.status(payload))
  return { ...said, time: now, dated: "arrival", topic: "garden/status", arrived: now, earliest: now, payload, ...more }
}

export const status = (
  more: Partial<StatusRow> = {},
  flags: { readonly dup?: boolean; readonly retain?: boolean; readonly moment?: KnownMoment } = {}
): Entry => ({ _tag: "Status", row: statusRow(more), moment: undefined, dup: false, retain: false, ...flags })

/** Moves a row on by so many seconds of this machine's time. */
export const later = (seconds: number): Partial<Row> => ({
  arrived: now + seconds * 1_000,
  earliest: now + seconds * 1_000
})
