/**
 * What follows from the observations: the facts that the checkers use. Updated before the checkers are called.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import type { Packet } from "../../../domain/packet/Packet.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import type { ObservedState } from "./ObservedFields.ts"
import * as StoredState from "./StoredState.ts"
import * as Ledger from "./Ledger.ts"
import * as Line from "./Line.ts"
import * as Message from "./Message.ts"
import { stored } from "./stored.ts"
import type { Moment, Observation } from "./Observation.ts"

export type { ObservedState } from "./ObservedFields.ts"

export const make = (config: DeviceConfig): ObservedState => ({
  config,
  now: { at: 0, clock: 0, present: 0 },
  wake: 0,
  ledger: Ledger.make(),
  kept: undefined,
  isUnsaved: false,
  isCatchingUp: false,
  isMemoryLost: false,
  isUnread: false,
  isDamaged: false,
  isTorn: false,
  tornRecords: 0,
  dropped: 0,
  abandoned: 0,
  words: 0,
  isStored: false,
  isRadioOn: false,
  line: undefined,
  lines: 0,
  packets: [],
  statuses: [],
  lost: { power: 0, unsaved: 0, damaged: 0 },
  isHealed: false
})

const onEvent = (facts: ObservedState, event: WakeEvent): void => {
  if (event._tag === "Dropped") facts.dropped += event.count
  if (event._tag === "MessageAbandoned") facts.abandoned++
  if (event._tag === "NotSaved") facts.isUnsaved = true
  // Nothing is pending of a reading that is not published.
  if (event._tag === "Unchanged") Ledger.untake(facts.ledger, event.sensor)
  if (event._tag.startsWith("Config") || event._tag === "Command") facts.words++
  if (event._tag === "MemoryLost" && event.what === StoredState.stateName) facts.isMemoryLost = true
}

/** What was in RAM is gone: from here on the device knows what its flash has. */
const forget = (facts: ObservedState, kept: StoredState.StoredState | undefined): ReadonlyArray<Ledger.Pending> => {
  facts.kept = kept
  facts.isRadioOn = false
  facts.line = undefined
  return Ledger.forgot(facts.ledger, kept)
}

const sent = (facts: ObservedState, line: Line.Line, seen: Extract<Observation, { readonly _tag: "Sent" }>): void => {
  const packets = Line.sent(line, seen.bytes)
  const isStatus = (packet: Packet): boolean => packet._tag === "Publish" && Message.isStatus(packet.topic)
  facts.statuses = packets?.filter(isStatus) ?? []
  facts.packets = packets?.filter((packet) => !isStatus(packet))
  for (const packet of facts.packets ?? []) {
    if (packet._tag !== "Publish") continue
    const one = Ledger.find(facts.ledger, Message.key(packet.topic, packet.payload))
    if (one.sentTo !== packet.topic) one.sent = 0
    one.sentTo = packet.topic
  }
}

/** After the checkers, which compare the observation with the facts before it. */
export const settle = (facts: ObservedState): void => {
  facts.ledger.vanished = []
  if (facts.isStored) facts.dropped = facts.abandoned = facts.words = 0
  facts.isStored = false
  facts.statuses = []
  const { line } = facts
  if (line === undefined || facts.packets === undefined) return
  for (const packet of facts.packets) {
    if (packet._tag === "Disconnect") line.hasParted = true
    if (packet._tag !== "Publish" || packet.packetIdentifier === undefined) continue
    const one = Ledger.find(facts.ledger, Message.key(packet.topic, packet.payload))
    if (one.link !== line.number) one.sent++
    one.link = line.number
    one.isUncertain =
      one.isForgotten =
      one.isDoubtful =
      one.isAcknowledged =
        false
    one.packetIdentifier = packet.packetIdentifier
    line.sent.add(one.key)
    line.unacknowledged.set(packet.packetIdentifier, one.key)
  }
  facts.packets = []
}

const pulled = (
  facts: ObservedState,
  line: Line.Line,
  seen: Extract<Observation, { readonly _tag: "Pulled" }>
): void => {
  for (const key of Line.pulled(line, seen.bytes)) {
    const one = Ledger.find(facts.ledger, key)
    one.isAcknowledged = true
    if (line.isForged) one.isDoubtful = true
  }
  // What comes on a connection after a forged packet may or may not be read.
  if (line.isForged) {
    for (const key of line.unacknowledged.values()) {
      Ledger.find(facts.ledger, key).isDoubtful = true
    }
  }
}

/** What the device knows of its pending messages may be an older state. */
const doubt = (facts: ObservedState): void => {
  for (const one of facts.ledger.pending.values()) {
    one.isUncertain = true
    if (facts.isUnsaved) one.isForgotten = one.wasForgotten = true
  }
}

const slept = (facts: ObservedState, kept: StoredState.StoredState | undefined): void => {
  const lost = forget(facts, kept)
  if (!facts.isUnsaved) facts.ledger.vanished = lost
  else {
    doubt(facts)
    facts.lost.unsaved += lost.length
  }
}

const powerCut = (facts: ObservedState, kept: StoredState.StoredState | undefined): void => {
  // The write during which the power failed may have been complete.
  if (kept !== undefined && StoredState.isOther(kept, facts.kept)) Ledger.stored(facts.ledger, kept)
  const vanished = facts.ledger.vanished
  const lost = forget(facts, kept)
  doubt(facts)
  // On its way to the journal's end a message is in two places.
  for (const key of kept?.pending ?? []) {
    if (kept?.pending.indexOf(key) !== kept?.pending.lastIndexOf(key)) {
      Ledger.find(facts.ledger, key).wasForgotten = true
    }
  }
  if (facts.isDamaged) facts.lost.damaged += lost.length
  else {
    facts.lost.power += lost.length
    // What was in flash survives.
    facts.ledger.vanished = vanished.concat(lost.filter((one) => one.isRemembered))
  }
}

const began = (facts: ObservedState): void => {
  facts.wake++
  facts.isUnsaved = false
  facts.isMemoryLost = false
  facts.dropped = facts.abandoned = facts.words = 0
}

const struck = (facts: ObservedState, kind: string): void => {
  if (kind === "garbage" || kind === "doubleAcks" || kind === "staleAcks") {
    if (facts.line !== undefined) facts.line.isForged = true
  }
  if (kind === "tornWrite") facts.isTorn = true
  if (kind === "tornWrite" || kind === "bitRot") facts.isUnsaved = facts.isDamaged = true
}

export const see = (facts: ObservedState, seen: Observation, now: Moment): void => {
  facts.now = now
  const { line } = facts
  switch (seen._tag) {
    case "Began":
      return began(facts)
    case "Emitted":
      return onEvent(facts, seen.event)
    case "Read":
      if (!facts.config.mqtt.enabled) return
      for (const key of Message.expected(facts.config, seen.sensor, seen.measurement)) {
        Ledger.take(facts.ledger, key)
      }
      return
    case "Recalled":
      if (seen.name === StoredState.stateName) facts.isUnread = seen.failed
      return
    case "Stored":
      return stored(facts, seen)
    case "RadioOn":
    case "RadioOff":
      facts.isRadioOn = seen._tag === "RadioOn"
      return
    case "Opened":
      facts.line = Line.open(++facts.lines)
      return
    case "Closed":
      facts.line = undefined
      return
    case "Sent":
      return line === undefined ? undefined : sent(facts, line, seen)
    case "Pulled":
      return line === undefined ? undefined : pulled(facts, line, seen)
    case "Arrived":
      if (Message.isStatus(seen.topic)) return
      Ledger.find(facts.ledger, Message.key(seen.topic, seen.payload)).arrivals++
      return
    case "Slept":
      return slept(facts, seen.kept)
    case "PowerCut":
      return powerCut(facts, seen.kept)
    case "Injected":
      return struck(facts, seen.kind)
    case "Healed":
      facts.isHealed = true
      return
    default:
      return
  }
}
