/** What reaches the Server in a simulated life, as the report of a collector shows it. */
import * as Result from "effect/Result"
import * as documents from "../../../domain/collect/documents.ts"
import * as Topics from "../../../domain/collect/Topics.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as Status from "../../../domain/message/Status.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import type { Fleet } from "../../../domain/observed/Fleet.ts"
import * as Observing from "../../../domain/observed/Observing.ts"
import type { Entry, Message } from "./Wake.ts"

export interface Arrivals {
  readonly add: (entry: Entry) => void
  readonly end: () => Fleet
}

/** `millis`: how long the life is. */
export const make = (
  { deviceId, mqtt: { publishStatus, topicDataPrefix } }: DeviceConfig,
  millis: number
): Arrivals => {
  const observing = Observing.make({ from: 0, to: millis, isDated: false })
  /** By topic: a reading that comes again has no later uptime. */
  const last = new Map<string, number>()
  let [wokeAt, attempt] = [0, 1]

  const take = ({ dup, payload, topic }: Message): void => {
    const meaning = Topics.meaning(topic)
    if (meaning._tag !== "Reading" || !topic.startsWith(topicDataPrefix + "/")) return
    const read = documents.reading(payload)
    if (Result.isFailure(read)) return
    const { humidity, quantities, temperature, unit, uptime } = read.success
    if (dup && uptime <= (last.get(topic) ?? -1)) return
    last.set(topic, uptime)
    const own = [["temperature", temperature], ["humidity", humidity]] as const
    const values = [...own.flatMap(([name, value]) => value === undefined ? [] : [[name, value] as const]),
      ...quantities]
    observing.reading(deviceId, { sensor: meaning.sensor, at: uptime * 1_000, values, unit })
  }

  const takeStatus = ({ at, payload }: Message): void => {
    const read = documents.status(payload)
    if (Result.isFailure(read)) return
    const { awakeMillis, batteryPercent: percent, batteryVolts: volts, lastError, pending, tries } = read.success
    observing.connection(deviceId, { at, tries, awakeMillis, pending, percent, volts, lastError })
  }

  /** What the device has emitted tells of a connection, if the device itself says nothing. */
  const hear = (at: number, event: WakeEvent): void => {
    if (event._tag === "Woke") wokeAt = at
    if (event._tag === "Trying") attempt = event.attempt
    if (event._tag !== "Delivered" || publishStatus) return
    const unknown = { percent: undefined, volts: undefined, lastError: undefined }
    observing.connection(deviceId, { at, tries: attempt, awakeMillis: at - wokeAt, pending: event.pending, ...unknown })
  }

  const add = (entry: Entry): void => {
    if (entry._tag === "Emitted") hear(entry.at, entry.event)
    if (entry._tag !== "Message" || entry.toDevice) return
    if (entry.topic === topicDataPrefix + "/" + Status.level) takeStatus(entry)
    else take(entry)
  }

  return { add, end: observing.end }
}
