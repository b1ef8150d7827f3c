/**
 * The book of what a device owes, kept from outside: a message comes in when a sensor has answered, and goes out when
 * the Server's PUBACK has reached the device. What leaves the device's flash in another way has vanished, and the
 * checkers ask why.
 */
import type { StoredState } from "./StoredState.ts"
import * as Message from "./Message.ts"

export interface Owed {
  readonly key: string
  readonly topic: string
  /** The count of its reading; undefined for what is no reading. */
  readonly count: number | undefined
  /** It was in flash at least once. */
  isRemembered: boolean
  /** The topic that it was written to last: under another prefix it is another message. */
  sentTo: string
  /** Connections on which it was written, at least in part. */
  sent: number
  /** Its last Packet Identifier, and the connection on which that was used. */
  packetIdentifier: number
  link: number
  /** Its PUBACK has reached the device. */
  isAcknowledged: boolean
  /**
   * Something other than the Server may have acknowledged it, or the PUBACK may have been lost on the device: both is
   * well.
   */
  isDoubtful: boolean
  /** The power was cut: it may be sent with DUP 1 though it never was, or once more though it was acknowledged. */
  isUncertain: boolean
  /** The flash did not take what the device knew of it: even that it was sent may be forgotten. */
  isForgotten: boolean
  /**
   * That was so at any time: even that it gave way may have been forgotten, and it comes back behind what came after
   * it.
   */
  wasForgotten: boolean
  /** How often it has reached the Server. */
  arrivals: number
}

export interface Ledger {
  /** In the order of taking. */
  readonly owed: Map<string, Owed>
  /** Every message there was. */
  readonly all: Map<string, Owed>
  /** What has gone with the last entry, neither acknowledged nor in doubt. */
  vanished: ReadonlyArray<Owed>
  /** How much has gone with it in all. */
  gone: number
}

export const make = (): Ledger => ({ owed: new Map(), all: new Map(), vanished: [], gone: 0 })

const blank = (key: string): Owed => ({
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
export const find = (ledger: Ledger, key: string): Owed => {
  const known = ledger.all.get(key)
  if (known !== undefined) return known
  const made = blank(key)
  ledger.all.set(key, made)
  return made
}

export const take = (ledger: Ledger, key: string): void => {
  ledger.owed.set(key, find(ledger, key))
}

/** The device has written some of this to its flash. */
export const remember = (ledger: Ledger, kept: StoredState): void => {
  for (const key of kept.owed) find(ledger, key).isRemembered = true
}

/** What was never in flash is lost. Gives how many. */
export const forgetNew = (ledger: Ledger, kept: StoredState | undefined): number => {
  const keys = new Set(kept?.owed)
  const lost = [...ledger.owed.values()].filter((one) => !one.isRemembered && !keys.has(one.key))
  for (const { key } of lost) ledger.owed.delete(key)
  return lost.length
}

/** The device has written this to its flash: what it knows is what it keeps. */
export const stored = (ledger: Ledger, kept: StoredState): void => {
  const vanished: Array<Owed> = []
  ledger.gone = 0
  const keys = new Set(kept.owed)
  for (const [key, one] of ledger.owed) {
    if (keys.has(key)) {
      one.isRemembered = true
      continue
    }
    ledger.owed.delete(key)
    ledger.gone++
    if (!one.isAcknowledged && !one.isDoubtful) vanished.push(one)
  }
  for (const key of kept.owed) {
    if (ledger.owed.has(key)) continue
    const one = find(ledger, key)
    one.isRemembered = true
    ledger.owed.set(key, one)
  }
  ledger.vanished = vanished
}

/** The device's RAM is gone, and what it knows is what its flash holds. Gives what only RAM knew. */
export const forgot = (ledger: Ledger, kept: StoredState | undefined): ReadonlyArray<Owed> => {
  const keys = new Set(kept?.owed)
  const lost = [...ledger.owed.values()].filter((one) => !keys.has(one.key) && !one.isAcknowledged && !one.isDoubtful)
  ledger.owed.clear()
  for (const key of kept?.owed ?? []) {
    const one = find(ledger, key)
    one.isRemembered = true
    ledger.owed.set(key, one)
  }
  return lost
}
