/**
 * DUP and Packet Identifiers, as the Server sees them: one identifier for one packet at a time (MQTT-2.3.1-4), nothing
 * twice on one connection, and what is sent again in the same Session says so and keeps its identifier (MQTT-3.3.1-1,
 * MQTT-4.4.0-1).
 */
import type { Publish } from "../../../src/domain/packet/Publish.ts"
import type { Checker } from "../Checker.ts"
import { key, type Ledger, type Wake } from "../ObservedState.ts"

interface Sent {
  readonly topic: string
  readonly identifier: number | undefined
}

interface Line {
  readonly open: Map<number, string>
  readonly keys: Set<string>
  isResumed: boolean
  hasConnected: boolean
  hasParted: boolean
}

const judge = (packet: Publish, line: Line, known: Map<string, Sent>, book: Ledger): string | undefined => {
  const { packetIdentifier: identifier } = packet
  const name = key(packet.topic, packet.payload) ?? packet.topic + " " + Buffer.from(packet.payload).toString()
  if (packet.qos === 1 && identifier !== undefined) {
    const other = line.open.get(identifier)
    if (other !== undefined) {
      return name + " has the Packet Identifier " + identifier + " of " + other + ", which is in flight"
    }
    line.open.set(identifier, name)
  }
  if (key(packet.topic, packet.payload) === undefined || book.readings.get(name)?.isAmbiguous === true) return undefined
  if (line.keys.has(name)) return name + " was sent twice on one connection"
  line.keys.add(name)
  const before = known.get(name)
  known.set(name, { topic: packet.topic, identifier })
  if (before === undefined || !line.isResumed || before.topic !== packet.topic) return undefined
  if (!packet.dup) return name + " was sent again without DUP"
  return before.identifier === identifier ? undefined
    : name + " was sent with Packet Identifier " + before.identifier + " and now with " + identifier
}

const follow = (wake: Wake, known: Map<string, Sent>, book: Ledger): string | undefined => {
  const lines = new Map<number, Line>()
  for (const note of wake.notes) {
    if (note._tag === "Opened") {
      lines.set(note.line, {
        open: new Map(),
        keys: new Set(),
        isResumed: false,
        hasConnected: false,
        hasParted: false
      })
      continue
    }
    const line = lines.get(note.line)
    if (line === undefined || note._tag === "Closed") {
      if (note._tag === "Closed" && note.why.startsWith("what is no packet")) return "it sent " + note.why
      continue
    }
    const { packet } = note
    if (note._tag === "Sent") {
      if (packet._tag === "Puback") line.open.delete(packet.packetIdentifier)
      continue
    }
    if (line.hasParted) return packet._tag.toUpperCase() + " was sent after DISCONNECT"
    if (line.hasConnected === (packet._tag === "Connect")) {
      return packet._tag.toUpperCase() + " was sent " + (line.hasConnected ? "twice" : "first")
    }
    line.hasConnected = true
    line.hasParted = packet._tag === "Disconnect"
    const wrong = packet._tag === "Publish" ? judge(packet, line, known, book) : undefined
    if (wrong !== undefined) return wrong
  }
  return undefined
}

export const packets: Checker = {
  name: "packets",
  promise: "a Packet Identifier stands for one packet at a time, and only what is sent again says so",
  begin: () => {
    const known = new Map<string, Sent>()
    return (wake, book) => {
      const isForgotten = wake.ended.events.some(({ _tag }) => _tag === "MemoryLost" || _tag === "NotSaved")
      if (isForgotten) known.clear()
      return follow(wake, known, book)
    }
  }
}
