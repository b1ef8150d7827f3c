/**
 * Which messages with QoS 2 have arrived, by Packet Identifier, so that each is handed over once (MQTT 3.1.1, 4.3.3,
 * "Method B"; the same in MQTT 5).
 *
 *     unknown   PUBLISH         -> here: it is handed over
 *     here      PUBLISH         -> here: a repetition, whose PUBREC waits for the first one
 *     here      somebody has it -> taken: PUBREC goes out
 *     here      it is dropped   -> unknown: the Server has had no PUBREC, and sends it again
 *     taken     PUBLISH         -> taken: a repetition; PUBREC goes out again
 *     any       PUBREL          -> unknown: PUBCOMP goes out
 *     any       Session lost    -> unknown: nobody will send it again
 *     doubtful  PUBLISH, DUP 0  -> here: another message, of a Session that has begun without our knowledge
 *
 * A Session is in doubt when a CONNECT had no answer: the Server may have begun a new one. What it sends again in the old
 * one has DUP 1 (MQTT-3.3.1-1), so a message without it is another one.
 *
 * It belongs to the Session and outlives connections. A record that belongs to its Client and not a value: there may be
 * 65,535 of them. A receipt is known by itself and not by its identifier, which may be in use again when it is taken.
 */

/** One message that has arrived. */
export interface Receipt {
  readonly packetIdentifier: number
  isTaken: boolean
  /** It may be of a Session that is lost. */
  isDoubtful: boolean
  /** Sends the PUBRECs of repetitions that came meanwhile. */
  readonly waiting: Array<() => void>
}

export interface Receipts {
  readonly known: Map<number, Receipt>
}

/** No message has arrived. */
export const make = (): Receipts => ({ known: new Map() })

/** A PUBLISH has come. Undefined: it is a repetition, and `find` has the message. */
export const arrive = ({ known }: Receipts, packetIdentifier: number, dup: boolean): Receipt | undefined => {
  const before = known.get(packetIdentifier)
  if (before !== undefined && (dup || !before.isDoubtful)) return undefined
  const receipt: Receipt = { packetIdentifier, isTaken: false, isDoubtful: false, waiting: [] }
  known.set(packetIdentifier, receipt)
  return receipt
}

/** The message with this Packet Identifier, unless it was released. */
export const find = ({ known }: Receipts, packetIdentifier: number): Receipt | undefined => known.get(packetIdentifier)

/** Whether the Session still knows of it. */
export const isKnown = ({ known }: Receipts, receipt: Receipt): boolean =>
  known.get(receipt.packetIdentifier) === receipt

/** Somebody has it. The PUBRECs of its repetitions go out; that of the first is the caller's. */
export const take = (receipt: Receipt): void => {
  receipt.isTaken = true
  for (const send of receipt.waiting.splice(0)) send()
}

/** Nobody will get it. When the Server sends it again, it is new. */
export const drop = (receipts: Receipts, receipt: Receipt): void => {
  if (isKnown(receipts, receipt)) receipts.known.delete(receipt.packetIdentifier)
}

/** PUBREL has come. False: no such message is known, or not any more. */
export const release = ({ known }: Receipts, packetIdentifier: number): boolean => known.delete(packetIdentifier)

/** The Server has lost the Session. */
export const lose = ({ known }: Receipts): void => known.clear()

/** The Server may have lost the Session. */
export const doubt = ({ known }: Receipts): void => {
  for (const receipt of known.values()) receipt.isDoubtful = true
}
