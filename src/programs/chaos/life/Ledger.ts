/**
 * A list of the device's pending messages, kept from outside: a message is added when a sensor has answered, and
 * removed when the Server's PUBACK has reached the device. A message that leaves the device's flash in another way has
 * vanished, and the checkers ask why.
 */
import type { StoredState } from "./StoredState.ts"
import * as Message from "./Message.ts"

export interface Pending {
  readonly key: string
  readonly topic: string
  /** The count of its reading; undefined for what is no reading. */
  readonly count: number | undefined
  /** It was in flash at least once. */
  isRemembered: boolean
  /** The topic with which it was written last: under another prefix it is another message. */
  sentTo: string
  /** Connections on which it was written, at least in part. */
  sent: number
  /** Its last Packet Identifier, and the connection on which that was used. */
  packetIdentifier: number
  link: number
  /** Its PUBACK has reached the device. */
  isAcknowledged: boolean
  /**
   * Something other than the Server may have acknowledged it, or the PUBACK may have been lost on the device: both are
   * allowed.
   */
  isDoubtful: boolean
  /** The power was cut: it may be sent with DUP 1 although it was never sent, or again although it was acknowledged. */
  isUncertain: boolean
  /** The flash did not store what the device knew of it: even that it was sent may be forgotten. */
  isForgotten: boolean
  /** That happened at some time: even its eviction may have been forgotten, and it comes back after newer ones. */
  wasForgotten: boolean
  /** How often it has reached the Server. */
  arrivals: number
}

export interface Ledger {
  /** In the order of taking. */
  readonly pending: Map<string, Pending>
  /** Every message there was. */
  readonly all: Map<string, Pending>
  /** What was removed with the last entry, neither acknowledged nor in doubt. */
  vanished: ReadonlyArray<Pending>
  /** How many were removed with it in total. */
  gone: number
}

export const make = (): Ledger => ({ pending: new Map(), all: new Map(), vanished: [], gone: 0 })

const blank = (key: string): Pending => ({
  key,
  topic: Message.topic(key),
  count: Message.count(key),
  isRemembered: false,
  sentTo: "",
  sent: 0,
  packetIdentifier: 0,
  link: 0,
  isAcknowledged: false,
  isDoubtful: false,
  isUncertain: false,
  isForgotten: false,
  wasForgotten: false,
  arrivals: 0
})

/** The message of this key, which may be new. */
export const find = (ledger: Ledger, key: string): Pending => {
  const known = ledger.all.get(key)
  if (known !== undefined) return known
  const made = blank(key)
  ledger.all.set(key, made)
  return made
}

export const take = (ledger: Ledger, key: string): void => {
  ledger.pending.set(key, find(ledger, key))
}

/** The sensor's last reading is not published. */
export const untake = (ledger: Ledger, sensor: string): void => {
  const last = [...ledger.pending.values()].findLast((one) => one.topic.startsWith(sensor + "/"))
  if (last?.count === undefined) return
  for (const one of ledger.pending.values()) {
    if (one.count === last.count && one.topic.startsWith(sensor + "/")) ledger.pending.delete(one.key)
  }
}

/** The device has written some of this to its flash. */
export const remember = (ledger: Ledger, kept: StoredState): void => {
  for (const key of kept.pending) find(ledger, key).isRemembered = true
}

/** What was never in flash is lost. Gives how many. */
export const forgetNew = (ledger: Ledger, kept: StoredState | undefined): number => {
  const keys = new Set(kept?.pending)
  const lost = [...ledger.pending.values()].filter((one) => !one.isRemembered && !keys.has(one.key))
  for (const { key } of lost) ledger.pending.delete(key)
  return lost.length
}

/** The device has written this to its flash: what it knows is what it has stored. */
export const stored = (ledger: Ledger, kept: StoredState): void => {
  const vanished: Array<Pending> = []
  ledger.gone = 0
  const keys = new Set(kept.pending)
  for (const [key, one] of ledger.pending) {
    if (keys.has(key)) {
      one.isRemembered = true
      continue
    }
    ledger.pending.delete(key)
    ledger.gone++
    if (!one.isAcknowledged && !one.isDoubtful) vanished.push(one)
  }
  for (const key of kept.pending) {
    if (ledger.pending.has(key)) continue
    const one = find(ledger, key)
    one.isRemembered = true
    ledger.pending.set(key, one)
  }
  ledger.vanished = vanished
}

/** What was in the device's RAM is gone, and it knows only what its flash has. Returns what only RAM knew. */
export const forgot = (ledger: Ledger, kept: StoredState | undefined): ReadonlyArray<Pending> => {
  const keys = new Set(kept?.pending)
  const lost = [...ledger.pending.values()].filter((one) =>
    !keys.has(one.key) && !one.isAcknowledged && !one.isDoubtful
  )
  ledger.pending.clear()
  for (const key of kept?.pending ?? []) {
    const one = find(ledger, key)
    one.isRemembered = true
    ledger.pending.set(key, one)
  }
  return lost
}
