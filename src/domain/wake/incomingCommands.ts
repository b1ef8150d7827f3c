/**
 * Commands that arrive: each waits until it is done (`obey`), and is acknowledged then. A board whose configuration has no topic for them
 * does without this.
 */
import * as Bytes from "../bytes/Bytes.ts"
import { maxBytes } from "../message/Command.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import type { Oversized } from "../packet/Oversized.ts"
import type { Publish } from "../packet/Publish.ts"
import type { Attempt } from "./Attempt.ts"
import type { Given } from "./CommandFields.ts"
import { hasRoom } from "./commandRoom.ts"
import * as Probation from "./Probation.ts"
import { isCareful, type Wake } from "./Wake.ts"

/** The configuration was not asked for on this connection, but commands were. */
export const isAlone = ({ filters, wake }: Attempt): boolean => filters === 1 && wake.config.mqtt.topicCommand !== ""

const acknowledge = (attempt: Attempt, packetIdentifier: number | undefined): void => {
  if (packetIdentifier !== undefined) {
    attempt.replies = Outgoing.join(attempt.replies, Outgoing.puback(packetIdentifier))
  }
}

/** The retained command is no more. */
const cleared = (wake: Wake): void => {
  if (wake.stay?.isRetained) wake.stay = undefined
}

/**
 * Takes a command, which then waits until it is done. One that cannot wait is left: it is not acknowledged, so the
 * Server sends it again on the next connection, and so is all behind it, because their order counts. What is retained
 * comes again anyway.
 */
const wait = (attempt: Attempt, given: Given): void => {
  const { wake } = attempt
  const waiting = attempt.commands ??= []
  attempt.leavesCommands ||= wake.config.deepSleep && isCareful(wake) || !hasRoom(waiting.length)
  if (!attempt.leavesCommands) waiting.push(given)
  else if (given.retain) acknowledge(attempt, given.packetIdentifier)
}

/**
 * On probation what comes to another topic is not acknowledged: after a rollback it may be that of the commands, and then the Server
 * sends it again.
 */
export const isKeptBack = ({ wake }: Attempt): boolean => Probation.isOn(wake)

/** A command has arrived. */
export const received = (attempt: Attempt, { dup, packetIdentifier, payload, retain }: Publish): undefined => {
  // A retained one that comes again may have been cleared since: if not, it is there a second time.
  const isStale = retain && dup
  if (Bytes.length(payload) === 0) cleared(attempt.wake)
  if (isStale || Bytes.length(payload) === 0) return void acknowledge(attempt, packetIdentifier)
  wait(attempt, { text: Bytes.toBinary(Bytes.slice(payload, 0, maxBytes + 1)), retain, dup, packetIdentifier })
}

/**
 * The same for one that this device cannot even read: its length stands for it. Whether it is retained is not known, so one of
 * each length is answered, as with what is retained.
 */
export const tooLarge = (attempt: Attempt, { packetIdentifier, size }: Oversized): void => {
  let text = size + " bytes"
  while (text.length <= maxBytes) text += " "
  wait(attempt, { text, retain: false, isTooLarge: true, dup: false, packetIdentifier })
}
