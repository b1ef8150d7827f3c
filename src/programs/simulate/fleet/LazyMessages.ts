/**
 * Messages whose text is not written yet.
 *
 * Nearly every reading of a fleet is delivered in the wake that took it, and nobody reads it; writing the document
 * would be half the cost of the wake. So the Outbox of a direct wake has messages that can write themselves, and they
 * do when the program or a test reads them.
 */
import type { DeviceConfig, SensorConfig } from "../../../domain/config/DeviceConfig.ts"
import type { DeviceState } from "../../../domain/state/DeviceState.ts"
import type * as Outbox from "../../../domain/delivery/Outbox.ts"
import * as MadeUp from "../../../domain/message/MadeUp.ts"
import * as Reading from "../../../domain/message/Reading.ts"

/** What a sensor gives at `now` milliseconds; `chance`, 0 to 1, is that reading's share of it. */
export type Measure = (now: number, chance: number) => Reading.Measurement

/** How to write the messages of one reading. */
export interface Source {
  readonly config: DeviceConfig
  readonly sensor: SensorConfig
  readonly measure: Measure
  readonly now: number
  readonly chance: number
  /** Seconds. */
  readonly uptime: number
}

interface LazyMessages extends Outbox.Message {
  readonly source: Source
  /** Which of the reading's messages it is. */
  readonly part: number
}

/** What a sensor measures at `now`, in milliseconds. */
export const measured = (
  { measure }: Pick<Source, "measure">,
  sensor: SensorConfig,
  now: number,
  chance: number
): Reading.Measurement => MadeUp.complete(sensor, measure(now, chance), now, chance)

const write = (source: Source): ReadonlyArray<Outbox.Message> => {
  const { chance, config, now, sensor, uptime } = source
  return Reading.toMessages({ sensor, uptime, ...measured(source, sensor, now, chance) }, config.mqtt.publishValues)
}

/** Topics do not depend on what was measured, as long as a sensor measures the same quantities. */
const topics = new WeakMap<SensorConfig, ReadonlyArray<string>>()

/** The messages of a reading, as `Reading.toMessages` returns them, but without payloads. */
export const messages = (source: Source): ReadonlyArray<Outbox.Message> => {
  let names = topics.get(source.sensor)
  if (names === undefined) {
    names = write(source).map((message) => message.topic)
    topics.set(source.sensor, names)
  }
  const unwritten: Array<LazyMessages> = []
  for (let part = 0; part < names.length; part++) {
    unwritten.push({ topic: names[part] as string, payload: "", source, part })
  }
  return unwritten
}

const written = (entry: Outbox.Entry): Outbox.Entry => {
  const { id, part, source } = entry as Outbox.Entry & Partial<LazyMessages>
  return source === undefined || part === undefined ? entry : { ...write(source)[part] as Outbox.Message, id }
}

/** The same state with every message written. */
export const finish = (state: DeviceState): DeviceState => ({
  ...state,
  outbox: { ...state.outbox, entries: state.outbox.entries.map(written) }
})

/** When the device took the reading of a message, in seconds since it was made; undefined: the message does not say. */
export const uptimeOf = (message: Outbox.Message): number | undefined => {
  const { source } = message as Outbox.Message & Partial<LazyMessages>
  if (source !== undefined) return source.uptime
  if (message.topic.slice(-5) !== "/data") return undefined
  return (JSON.parse(message.payload) as { readonly uptime: number }).uptime
}
