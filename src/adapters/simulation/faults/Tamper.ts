/**
 * A Server that does what no Server should do: acknowledgements lost, late, twice or on the wrong connection, bytes of
 * any kind, and configurations that make no sense.
 */
import * as Result from "effect/Result"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import * as Packet from "../../../domain/packet/Packet.ts"
import type { TopicName } from "../../../domain/packet/Topic.ts"
import * as Chance from "./Chance.ts"
import type { Fault } from "./Faults.ts"
import * as ActiveFaults from "./ActiveFaults.ts"

/** What is sent to the device, and how many milliseconds late. */
export type Out = (bytes: Bytes.Bytes, late: number) => void

const encode = (packet: Packet.Packet): Bytes.Bytes => Result.getOrThrow(Packet.encode(packet))

const noise = (chance: Chance.Chance, length: number): Bytes.Bytes =>
  Uint8Array.from({ length }, () => Math.floor(chance() * 256))

const publish = (chance: Chance.Chance, size: number, qos: 0 | 1): Bytes.Bytes =>
  encode({
    _tag: "Publish",
    topic: ("t" + Math.floor(chance() * 10)) as TopicName,
    payload: noise(chance, size),
    qos,
    retain: false,
    dup: false,
    packetIdentifier: qos === 0 ? undefined : Chance.whole(chance, 1, 65_535)
  })

const several = (count: number, one: () => Bytes.Bytes): Bytes.Bytes =>
  Bytes.concat([Bytes.empty].concat(Array.from({ length: count }, one)))

/** A whole packet in which one byte is another one. */
const bent = (chance: Chance.Chance): Bytes.Bytes => {
  const bytes = Uint8Array.from(publish(chance, 30, 1))
  bytes[Chance.whole(chance, 0, bytes.length - 1)] = Math.floor(chance() * 256)
  return bytes
}

const forms: ReadonlyArray<(chance: Chance.Chance) => Bytes.Bytes> = [
  (chance) => noise(chance, Chance.whole(chance, 1, 200)),
  (chance) => bent(chance),
  // A Remaining Length that never ends.
  () => Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  // The largest possible packet, and a part of its bytes.
  (chance) =>
    Bytes.concat([Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f), noise(chance, Chance.whole(chance, 1, 40_000))]),
  (chance) => several(Chance.whole(chance, 1, 300), () => publish(chance, Chance.whole(chance, 0, 200), 1)),
  (chance) => several(Chance.whole(chance, 1, 300), () => publish(chance, Chance.whole(chance, 0, 200), 0)),
  // Acknowledgements for packets that nobody may have sent.
  (chance) =>
    several(Chance.whole(chance, 1, 4),
      () => encode({ _tag: "Puback", packetIdentifier: Chance.whole(chance, 1, 80) })),
  (chance) => encode({ _tag: "Suback", packetIdentifier: Chance.whole(chance, 1, 80), returnCodes: [0] }),
  (chance) => encode({ _tag: "Unsuback", packetIdentifier: Chance.whole(chance, 1, 80) }),
  (chance) => encode({ _tag: "Connack", sessionPresent: chance() < 0.5, returnCode: 0 }),
  () => encode({ _tag: "Pingresp" }),
  // Packets that only Clients send.
  () => encode({ _tag: "Disconnect" }),
  (chance) => encode({ _tag: "Pubrec", packetIdentifier: Chance.whole(chance, 1, 80) })
]

/** The bytes of a garbage fault: the same each time. */
export const garbage = (fault: Fault): Bytes.Bytes => {
  const chance = Chance.make("garbage " + fault.share)
  const form = forms[Math.floor(chance() * forms.length)] as (typeof forms)[number]
  return form(chance)
}

/** A port at which nobody listens, on every Server. */
export const deadPort = 1

/** Messages below it are forbidden: every Server closes on them. */
export const closedPrefix = "home/closed"

const documents: ReadonlyArray<(version: number) => string> = [
  (version) => JSON.stringify({ version, device_name: "version " + version }),
  // With it the device reaches no Server: nobody listens there.
  (version) => JSON.stringify({ version, mqtt: { port: deadPort } }),
  // With it no message gets through.
  (version) => JSON.stringify({ version, mqtt: { topic_data_prefix: closedPrefix } }),
  (version) => JSON.stringify({ version: version + 0.5 }),
  (version) => JSON.stringify({ version, mqtt: { port: 70_000 } }),
  (version) => JSON.stringify({ version, device_name: "x".repeat(20_000) }),
  () => JSON.stringify({ version: -1 }),
  () => "{\"version\":",
  () => "null",
  () => "[]",
  () => "\u0000\ud800"
]

/** A configuration document that some other client publishes: sometimes a good one. */
export const document = (fault: Fault): string => {
  const version = 2 + Math.floor(fault.at / 1_000)
  return (documents[Math.floor(fault.share * documents.length)] as (typeof documents)[number])(version)
}

/** Whether a Server with these faults closes the connection on a message. */
export const closes = (activeFaults: ActiveFaults.ActiveFaults, topic: string, size: number): boolean => {
  if (topic.startsWith(closedPrefix)) return true
  const onTopic = ActiveFaults.on(activeFaults, "closesOnTopic")
  const onSize = ActiveFaults.on(activeFaults, "closesOnSize")
  const ending = ["s1/data", "s2/data", "config_status", "temperature"][Math.floor((onTopic?.share ?? 0) * 4)] as string
  return onTopic !== undefined && topic.endsWith(ending) ||
    onSize !== undefined && size % 5 === Math.floor(onSize.share * 5)
}

const isPuback = (bytes: Bytes.Bytes): boolean => Bytes.at(bytes, 0) === 0x40

/** One packet of the Server on its way to the device, as the active faults change it. */
export const pass = (activeFaults: ActiveFaults.ActiveFaults, bytes: Bytes.Bytes, out: Out): void => {
  if (activeFaults.spells.size === 0 || !isPuback(bytes)) return out(bytes, 0)
  const stale = ActiveFaults.on(activeFaults, "staleAcks")
  if (stale !== undefined) return void activeFaults.keptAcks.push({ puback: bytes, fault: stale })
  if (ActiveFaults.on(activeFaults, "noAcks") !== undefined) return
  const late = ActiveFaults.on(activeFaults, "lateAcks")?.amount ?? 0
  out(bytes, late)
  const double = ActiveFaults.on(activeFaults, "doubleAcks")
  if (double === undefined) return
  activeFaults.onFault(double)
  out(bytes, late)
}

/** What was kept from an earlier connection, the last first. */
export const stale = (activeFaults: ActiveFaults.ActiveFaults): ReadonlyArray<Bytes.Bytes> => {
  const [first] = activeFaults.keptAcks
  if (first === undefined) return []
  activeFaults.onFault(first.fault)
  return activeFaults.keptAcks.splice(0).toReversed().map(({ puback }) => puback)
}
