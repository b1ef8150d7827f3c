/**
 * What a device learns from a connection that has ended in an unusual way: which message the Server may not accept,
 * whether the Server closes if packets arrive before its CONNACK, and that it acknowledged what nobody sent. The next
 * try uses all of it.
 *
 * A board keeps it in a separate file.
 */
import * as Backoff from "../delivery/Backoff.ts"
import { patch } from "../state/patch.ts"
import * as DeviceState from "../state/DeviceState.ts"
import * as Quarantine from "./Quarantine.ts"
import * as Violation from "../packet/Violation.ts"
import { again } from "./Servers.ts"
import type { Attempt } from "./Attempt.ts"

/** A board's bundle may come without it. */
const once: typeof again | undefined = again

/**
 * How many connections in a row get CONNECT alone, once this has helped. Then everything goes in one write again: there
 * may be another Server by now, and to save one round trip in each wake is worth a failed try.
 */
export const aloneFor = 24

/** How CONNECT goes the next time. */
const nextConnect = (alone: number, accepted: boolean): number =>
  accepted
    ? alone === 0 || alone >= aloneFor ? 0 : alone + 1
    // As long as it has not helped, both ways in turn.
    : alone === 0 ? 1 : alone === 1 ? 0 : alone

const blame = (attempt: Attempt): void => {
  const { delivered, sent, wake } = attempt
  const found = Quarantine.blame(wake.state, sent, delivered)
  if (found === undefined) return
  wake.state = found.state
  const { entry, failures, isAbandoned } = found
  const message = "the message for " + entry.topic
  wake.emit(
    isAbandoned
      ? {
        _tag: "MessageAbandoned",
        reason: message + ": " + failures + " connections ended on it and the Server took others"
      }
      : {
        _tag: "MessageSuspected",
        failures,
        reason: message + " was not acknowledged when the connection ended; it goes after the others"
      }
  )
}

/** Learns, and emits what is worth knowing. */
export const learn = (attempt: Attempt): void => {
  const { accepted, broken, delivered, wake, sent, unexpected } = attempt
  if (delivered > attempt.reported) {
    wake.emit({ _tag: "Delivered", count: delivered - attempt.reported, pending: DeviceState.pending(wake.state) })
  }
  // The Server is there and takes messages, and with each connection fewer are pending: the count of tries starts
  // again.
  if (delivered > 0 && sent.length > 0) {
    wake.state = patch(wake.state, { reconnect: Backoff.succeeded(wake.state.reconnect) })
    if (once !== undefined) once(wake)
  }
  if (unexpected !== undefined) {
    const name = unexpected._tag === "Suback" ? "SUBACK" : "PUBACK"
    wake.emit({ _tag: "Ignored", reason: Violation.unexpectedAck(name, unexpected.packetIdentifier) })
  }
  if (accepted) blame(attempt)
  // A Server that refuses by a return code has read CONNECT.
  if (accepted || broken === undefined) {
    const { connectAlone } = wake.state
    const next = nextConnect(connectAlone, accepted)
    wake.state = patch(wake.state, { connectAlone: next })
    if (connectAlone === 0 && next === 1) {
      if (once !== undefined) once(wake)
      wake.emit({
        _tag: "ConnectAlone",
        reason: "the connection ended before CONNACK; the next CONNECT goes alone, and the rest after CONNACK"
      })
    }
  }
}
