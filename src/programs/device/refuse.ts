/**
 * Refuses an update, and makes the message that says so to the Server. A board refuses one that it has no memory to
 * judge without loading what judges.
 */
import { patch } from "../../domain/state/patch.ts"
import * as Outbox from "../../domain/delivery/Outbox.ts"
import * as ConfigUpdate from "../../domain/config/ConfigUpdate.ts"
import { crc32 } from "../../domain/bytes/Crc32.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { fullConfig } from "../../domain/wake/fullConfig.ts"
import * as Wake from "../../domain/wake/Wake.ts"
import { emitDropped } from "../../domain/wake/WakeEvent.ts"
import type { Ports } from "./ports.ts"
import { rememberBeforeSending } from "./storage.ts"

/** Puts a message about the update into the Outbox, so that it is sent with the next try at the latest. */
export const report = (ports: Ports, wake: Wake.Wake, status: string, seen: number): void => {
  const message = { topic: "config_status", payload: status }
  const pending = DeviceState.enqueue({ ...wake.state, refusedUpdate: seen }, message, wake.config.mqtt.outbox)
  wake.state = pending.state
  const { lastId } = pending.state.outbox
  // A Server that acknowledges nothing, and has ever new updates, must not fill the memory with words about them.
  if (Outbox.size(pending.state.outbox) > Outbox.mostEntries) wake.held = wake.held.concat([lastId])
  else Wake.assign(wake)
  emitDropped(wake.emit, pending.dropped.length)
  rememberBeforeSending(ports, wake)
}

/** It is the one judged last, which need not be judged again. */
export const leave = (wake: Wake.Wake, seen: number, reason: string): void => {
  wake.state = patch(wake.state, { refusedUpdate: seen })
  wake.emit({ _tag: "ConfigUnchanged", reason })
}

/** What identifies the update: its document or, if only a part of it came, the reason. */
export const markOf = (update: ConfigUpdate.ConfigUpdate, status: string): number =>
  update.document !== undefined && update.announced === undefined ? ConfigUpdate.mark(update)
    : crc32(Bytes.fromText(status))

/** True: a message about it is pending. It is reported once, and not at every wake that finds the update still there. */
export const refuse = (
  ports: Ports,
  wake: Wake.Wake,
  update: ConfigUpdate.ConfigUpdate,
  reason: string,
  version?: number
): boolean => {
  const { deviceId } = fullConfig(wake.config)
  const status = ConfigUpdate.status({ _tag: "Refused", version, reason }, deviceId)
  const seen = markOf(update, status)
  if (seen === wake.state.refusedUpdate) {
    leave(wake, seen, reason)
    return false
  }
  wake.emit({ _tag: "ConfigRefused", reason })
  report(ports, wake, status, seen)
  return true
}

/** Identifies the document under review. */
export const reviewMark = (update: ConfigUpdate.ConfigUpdate): number =>
  crc32(Bytes.fromText(update.announced + " " + update.document))

/** A review in which so many wakes have ended is not begun again. */
const maxDeaths = 2

/** Why an update is refused unread; undefined: it is not. */
export const deadly = (wake: Wake.Wake, update: ConfigUpdate.ConfigUpdate): string | undefined => {
  const [reviewed, deaths] = wake.state.review
  return deaths >= maxDeaths && reviewed === reviewMark(update)
    ? "the device ran out of memory or power twice while it checked this update; make it smaller" : undefined
}
