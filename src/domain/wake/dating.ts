/**
 * Readings say when they were taken: `time` follows from the `uptime` in the message and the moment from which that
 * counts, so it can be told as soon as the clock is known, also of readings from before.
 *
 * What may have been sent is sent again byte for byte, and so never dated.
 */
import type { DeviceState } from "../state/DeviceStateFields.ts"
import type { Message } from "../delivery/Outbox.ts"
import { isKnown, isoText } from "../time/known.ts"

/** Whether the Outbox entry was sent, or may have been. */
const isSent = ({ session }: DeviceState, id: number): boolean =>
  session.inFlight.some(({ dup, entry }) => dup && entry === id)

/** Keys in quotes: what leaves the board keeps its names. */
interface Document {
  readonly uptime?: number
  readonly time?: string
}

/** A reading with its time; the same text where that is not known. */
const dated = (payload: string, startedAt: number): string => {
  const document = JSON.parse(payload) as Document
  const at = startedAt + Number(document["uptime"]) * 1000
  return document["time"] === undefined && isKnown(at) ? payload.slice(0, -1) + ",\"time\":\"" + isoText(at) + "\"}"
    : payload
}

const isReading = ({ topic }: Message): boolean => topic.slice(-5) === "/data"

/** The same message, with its time if it is a reading and that is known: it is kept for later, outside the Outbox. */
export const datedMessage = ({ startedAt }: DeviceState, message: Message): Message =>
  isReading(message) ? { topic: message.topic, payload: dated(message.payload, startedAt) } : message

/**
 * The same state with its readings dated, those that have a Packet Identifier and were not sent yet; `all`: those that
 * have none, too. `now` is the clock, in milliseconds.
 */
export const date = (state: DeviceState, now: number, all = false): DeviceState => {
  if (!isKnown(now)) return state
  const { clock, outbox, session, startedAt } = state
  let isChanged = false
  const entries = outbox.entries.map((entry) => {
    const { id, payload, topic } = entry
    const isTurn = all || session.inFlight.some((one) => one.entry === id)
    const isLost = clock !== undefined && id <= clock.lost
    if (!isTurn || isLost || !isReading(entry) || isSent(state, id)) return entry
    const text = dated(payload, startedAt)
    if (text === payload) return entry
    isChanged = true
    return { id, topic, payload: text }
  })
  return isChanged ? { ...state, outbox: { ...outbox, entries } } : state
}
