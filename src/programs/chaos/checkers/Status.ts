/**
 * What a device says of itself is so: how many messages are pending and were evicted, which try it was, and for how long
 * it is awake; and it says so at the end of each connection that ended well, where the configuration wants that.
 */
import { level } from "../../../domain/message/Status.ts"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { Packet } from "../../../domain/packet/Packet.ts"
import type { Checker } from "../life/Checker.ts"
import { doublesIn } from "../life/StoredState.ts"

interface Said {
  readonly pending: number
  readonly tries: number
  readonly awake_ms: number
  readonly radio_ms: number
  readonly uptime: number
  readonly battery?: number | null
  readonly battery_low?: boolean
}

const textOf = (packet: Packet): string => packet._tag === "Publish" ? Bytes.toText(packet.payload) : ""

/** How much longer a wake may be by the world's time than the device knows of: its sensors were asked before. */
const slackMillis = 1_000

export const status: Checker = {
  name: "status",
  promise: "what a device says of itself is so",
  begin: (config) => {
    const isWanted = config.mqtt.publishStatus
    let beganAt = 0
    let hasJumped = false
    let battery: number | null = null
    let isLow = false
    return (seen, facts) => {
      if (seen._tag === "Began") {
        beganAt = facts.now.at
        hasJumped = false
        battery = null
        isLow = facts.kept?.isBatteryLow ?? false
      }
      if (seen._tag === "Emitted" && seen.event._tag === "Battery") battery = seen.event.percent
      if (seen._tag === "Emitted" && seen.event._tag === "BatteryLow") isLow = seen.event.isLow
      if (seen._tag === "Injected" && (seen.kind === "clockJump" || seen.kind === "clockReset")) hasJumped = true
      const [packet, more] = facts.statuses
      if (more !== undefined) return "said twice at once how it is"
      if (packet === undefined) {
        const isEnd = facts.packets?.some(({ _tag }) => _tag === "Disconnect") ?? false
        return isWanted && isEnd && config.deepSleep ? "took its leave without a word at " + level : undefined
      }
      if (!isWanted && config.mqtt.topicCommand === "") return "said how it is, though nobody asked"
      const said = JSON.parse(textOf(packet)) as Said
      // What flash did not take the device knows better than who only sees its flash.
      if (facts.isUnsaved || facts.isUnread || facts.isDamaged || facts.isMemoryLost) return undefined
      if (config.battery !== undefined && (said.battery !== battery || said.battery_low !== isLow)) {
        return "said that its battery has " + said.battery + " % and is low: " + said.battery_low + ", but it has " +
          battery + " % and that is " + isLow
      }
      const { ledger } = facts
      const pending = [...ledger.pending.values()].filter((one) => !one.isAcknowledged).length
      // In the midst of a connection, for a command, messages may be held back that an earlier one had acknowledged.
      // Whose acknowledgement was not stored before a power cut, that is pending again.
      const again = [...ledger.pending.values()].filter((one) => one.isAcknowledged && one.isUncertain).length
      const most = config.mqtt.topicCommand === "" ? pending + again : ledger.pending.size
      if (said.pending < pending || said.pending > most + facts.tornRecords + doublesIn(facts.kept)) {
        return "said that " + said.pending + " messages are pending, but " + pending + " are"
      }
      if (!hasJumped && said.radio_ms > said.awake_ms) return "said that its radio was on for longer than it was awake"
      const awake = facts.now.at - beganAt
      if (!hasJumped && Math.abs(said.awake_ms - awake) > slackMillis) {
        return "said to be awake for " + said.awake_ms + " ms, but it was " + awake
      }
      return undefined
    }
  }
}
