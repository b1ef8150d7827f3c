/**
 * Deliberate bugs of a Client of MQTT 5, and of one with a store, each between the Client and its network or its store.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import type { Properties } from "../../../src/domain/packet/v5/PropertyTable.ts"
import type { Connection } from "../../../src/ports/Socket.ts"
import type { OpenStore } from "../../../src/ports/Store.ts"
import { connection } from "./mutants.ts"
import * as Seen from "./Seen.ts"
import type { FaultKind } from "./Step.ts"
import type { KindName } from "./Story.ts"
import type { Mutant } from "./User.ts"

const codec = Seen.codecs[5]

/** The packets of some bytes, changed; bytes that do not begin and end with one stay as they are. */
const changed = (bytes: Uint8Array, change: (packet: Seen.Seen) => Seen.Seen | undefined): Uint8Array => {
  const all = Seen.reader(codec)(bytes)
  const length = all.reduce((sum, sized) => sum + (sized?.frame.length ?? Infinity), 0)
  if (length !== bytes.length) return bytes
  const packets = all.flatMap((sized) => {
    const packet = sized === undefined ? undefined : change(sized.packet)
    return packet === undefined ? [] : [packet]
  })
  return codec.encode(packets)
}

const pulled = (change: (packet: Seen.Seen) => Seen.Seen): Mutant =>
  connection((inner) => ({ ...inner, pull: Effect.map(inner.pull, (bytes) => changed(bytes, change)) }))

/** Does not see what CONNACK says, or sees something else. */
const ignores = (seen: Properties<"CONNACK">): Mutant =>
  pulled((packet) => packet._tag === "Connack" ? { ...packet, properties: { ...packet.properties, ...seen } } : packet)

const takesRefusals = pulled((packet) =>
  packet._tag === "Puback" || packet._tag === "Pubrec" ? { ...packet, reasonCode: 0 } : packet
)

const saysNothing = connection((inner) => ({
  ...inner,
  write: (bytes) => {
    const left = changed(bytes, (packet) => packet._tag === "Disconnect" && packet.reasonCode ? undefined : packet)
    return left.length === 0 ? Effect.void : inner.write(left)
  }
}))

const ignoresExpiry = connection((inner) => ({
  ...inner,
  write: (bytes) =>
    inner.write(
      changed(bytes, (packet) =>
        packet._tag !== "Publish" || packet.properties?.messageExpiryInterval === undefined ? packet
          : { ...packet, properties: { ...packet.properties, messageExpiryInterval: 40 } })
    )
}))

/** Overlooks a read that brings what cannot be read. */
const readsOn = connection((inner) => {
  const read = Seen.reader(Seen.codecs[4])
  const pull: Connection["pull"] = Effect.flatMap(inner.pull,
    (bytes) => read(bytes).includes(undefined) ? pull : Effect.succeed(bytes))
  return { ...inner, pull }
})

const opened = (change: (store: OpenStore) => OpenStore): Mutant => ({
  store: (inner) => ({ open: (clientId) => Effect.map(inner.open(clientId), change) })
})

/** Of what a killed process has left, the Client sees something else. */
const finds = (change: (state: DeliveryLog.State) => void): Mutant =>
  opened((store) => {
    const state = { ...store.state, pending: new Map(store.state.pending), taken: new Set(store.state.taken) }
    change(state)
    const append: OpenStore["append"] = (events) => {
      const written = store.append(events)
      if (Result.isSuccess(written)) { for (const event of events) DeliveryLog.apply(state, event) }
      return written
    }
    return { state, append }
  })

const losesSome = finds((state) => {
  for (const number of state.pending.keys()) if (number % 3 === 0) state.pending.delete(number)
})

const reversed = finds(({ pending }) => {
  const all = [...pending.values()].toReversed()
  pending.clear()
  for (const each of all) pending.set(each.number, { ...each, assignedAt: -each.assignedAt })
})

const forgetsIdentifiers = finds(({ pending }) => {
  for (const [number, each] of pending) pending.set(number, { ...each, packetIdentifier: undefined })
})

/** Says that events are on the disk, and writes them together with the next ones. */
const writesBehind = opened((store) => {
  let before: ReadonlyArray<DeliveryLog.Event> = []
  const append: OpenStore["append"] = (events) => {
    const late = before
    before = events
    return late.length === 0 ? Result.void : store.append(late)
  }
  return { ...store, append }
})

export interface Row {
  readonly checker: string
  readonly bug: string
  readonly mutant: Mutant
  readonly kind: KindName
  /** Faults that lead there. */
  readonly wanted: ReadonlyArray<FaultKind>
}

const row = (
  kind: KindName,
  checker: string,
  bug: string,
  mutant: Mutant,
  ...wanted: ReadonlyArray<FaultKind>
): Row => ({
  kind,
  checker,
  bug,
  mutant,
  wanted
})

export const mutants: ReadonlyArray<Row> = [
  row("mqtt5", "limits", "sends more at once than the Receive Maximum", ignores({ receiveMaximum: undefined }),
    "receiveMaximum"),
  row("mqtt5", "limits", "uses more Topic Aliases than there may be", ignores({ topicAliasMaximum: 50 })),
  row("mqtt5", "limits", "sends more bytes than the Maximum Packet Size", ignores({ maximumPacketSize: undefined }),
    "maximumPacketSize"),
  row("mqtt5", "limits", "publishes with a higher QoS than the Server has", ignores({ maximumQos: undefined }),
    "maximumQos"),
  row("mqtt5", "limits", "publishes retained messages to a Server that keeps none",
    ignores({ retainAvailable: undefined }), "retainUnavailable"),
  row("mqtt5", "keep alive", "does not heed the Server Keep Alive", ignores({ serverKeepAlive: undefined }),
    "serverKeepAlive"),
  row("mqtt5", "success", "takes a refusal for an acknowledgement", takesRefusals, "publishRefused"),
  row("mqtt5", "integrity", "does not count down the time that a message has to live", ignoresExpiry),
  row("mqtt5", "closing", "closes without a word", saysNothing, "unasked"),
  row("mqtt4", "closing", "reads on after what cannot be read", readsOn, "unasked"),
  row("mqtt4-store", "durable", "loses some of what a killed process has left", losesSome, "kill"),
  row("mqtt5-store", "success", "says that it is in the store before it is", writesBehind),
  row("mqtt4-store", "exactly once in", "forgets with its process what it has had", finds(({ taken }) => taken.clear()),
    "kill", "othersPublish"),
  row("mqtt5-store", "identifiers", "gives what a killed process has sent another Packet Identifier",
    forgetsIdentifiers, "kill", "ackLate"),
  row("mqtt4-store", "order out", "sends first what a killed process has accepted last", reversed, "kill", "refusing")
]
