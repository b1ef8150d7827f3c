/**
 * Which of a device's messages are answers, to commands or to updates: its events count them with its readings.
 */
import * as Result from "effect/Result"
import type { MqttConfig } from "../../domain/config/DeviceConfig.ts"
import type { Outbox } from "../../domain/delivery/Outbox.ts"
import type { Packet } from "../../domain/packet/Packet.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import type { WakeEvent } from "../../domain/wake/WakeEvent.ts"
import type { Storage } from "../../ports/Storage.ts"
import { snapshotName } from "../device/files.ts"

const levels = ["command_result", "config_status"]

/** What lies in the journal is old, and not looked at: an answer is new. */
const pendingIn = ({ entries }: Outbox): number => entries.filter(({ topic }) => levels.includes(topic)).length

export interface Answers {
  /** What is sent on a connection. */
  readonly sent: (packet: Packet) => void
  readonly received: (packet: Packet) => void
  /** How many of those that an event counts are answers. */
  readonly among: (event: WakeEvent) => number
}

export const make = (
  { topicDataPrefix }: Pick<MqttConfig, "topicDataPrefix">,
  storage: Pick<Storage["Service"], "read">
): Answers => {
  const topics = levels.map((level) => topicDataPrefix + "/" + level)
  const inFlight = new Set<number>()
  let acknowledged = 0
  const pending = (): number => {
    const bytes = Result.getOrUndefined(storage.read(snapshotName))
    const state = bytes === undefined ? undefined : Result.getOrUndefined(DeviceState.decode(bytes))
    return state === undefined ? 0 : pendingIn(state.outbox)
  }
  return {
    sent: (packet) => {
      if (packet._tag !== "Publish" || packet.packetIdentifier === undefined) return
      if (topics.includes(packet.topic)) inFlight.add(packet.packetIdentifier)
      else inFlight.delete(packet.packetIdentifier)
    },
    received: (packet) => {
      if (packet._tag === "Puback" && inFlight.delete(packet.packetIdentifier)) acknowledged++
    },
    among: (event) => {
      if (event._tag === "Delivered") {
        const count = acknowledged
        acknowledged = 0
        return Math.min(count, event.count)
      }
      return event._tag === "Woke" || event._tag === "Trying" || event._tag === "Sleeping"
        ? Math.min(pending(), event.pending) : 0
    }
  }
}
