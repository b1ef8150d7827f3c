/**
 * What must hold for any bytes from a Server, whatever they are and however they are split.
 *
 * The framer with each decoder: the chunks give what the whole stream gives, no more is held than the packet that is
 * arriving, a fault is typed and names its clause. Each packet that was read can be written and read again as the same.
 * A board comes to the same packets and the same verdict. An input that throws breaks this too.
 */
import * as Result from "effect/Result"
import { isDeepStrictEqual } from "node:util"
import type * as Bytes from "../../src/domain/bytes/Bytes.ts"
import type { ClientPacket } from "../../src/domain/packet/ClientPacket.ts"
import type * as FramerTypes from "../../src/domain/packet/Framer.ts"
import type { Oversized } from "../../src/domain/packet/Oversized.ts"
import type { Packet } from "../../src/domain/packet/Packet.ts"
import type { Packet5 } from "../../src/domain/packet/v5/Packet.ts"
import type { DecodeError, InvalidPacket, PacketTooLarge } from "../../src/domain/packet/PacketError.ts"
import * as twins from "../support/twins.ts"
import type { Codecs } from "./codecs.ts"
import { type Input, split } from "./Input.ts"

type Failure = DecodeError | PacketTooLarge
type Decode<P> = (frame: Bytes.Bytes) => Result.Result<P, DecodeError>

/** What this input did to a codec. */
class Broken extends Error {}

/** For people: bytes in hex. */
export const show = (value: unknown): string =>
  JSON.stringify(value, (_, each) => each instanceof Uint8Array ? Buffer.from(each).toString("hex") : each)

const ensure = (holds: boolean, what: string, ...values: ReadonlyArray<unknown>): void => {
  if (!holds) throw new Broken([what, ...values.map(show)].join(" "))
}

/** Most streams hold no packet at all. */
const same = (some: ReadonlyArray<unknown>, others: ReadonlyArray<unknown>): boolean =>
  some.length === others.length && (some.length === 0 || isDeepStrictEqual(some, others))

/** Whose fault it is, in which packet, by which clause, or which size is too large: all but the wording. */
const verdict = (failure: Failure | undefined): string =>
  failure === undefined ? ""
    : failure._tag === "PacketTooLarge" ? `${failure._tag} ${failure.size}`
    : `${failure._tag} ${failure.packet} ${failure.clause}`

const checkFailure = (failure: Failure, maximum: number): void => {
  if (failure._tag === "PacketTooLarge") {
    return ensure(failure.maximum === maximum && failure.size > maximum, "a packet is too large, and is not:", failure)
  }
  ensure(failure._tag === "MalformedPacket" || failure._tag === "ProtocolViolation", "a fault of no known type:",
    failure)
  ensure(/^(MQTT-\d[\d.-]+|\d(\.\d+)+)$/.test(failure.clause), "a fault that names no clause:", failure)
  ensure(failure.packet !== "" && failure.message !== "", "a fault that does not tell its packet:", failure)
}

interface Framed<P> {
  readonly packets: ReadonlyArray<P | Oversized>
  readonly failure: Failure | undefined
  readonly received: number
  /** Of the packet that has begun to arrive; 0: not known yet. */
  readonly size: number
}

/** How many bytes, in how many runs, a framer keeps. */
const held = (framer: FramerTypes.Framer): readonly [bytes: number, runs: number] => {
  let bytes = 0
  let runs = 0
  for (let part = framer.parts; part !== undefined; part = part.before) {
    bytes += part.last.length
    runs++
  }
  return [bytes, runs]
}

/** A framer with its decoder. */
interface Cutter<P> {
  readonly make: (maximum: number) => FramerTypes.Framer
  readonly push: (framer: FramerTypes.Framer, chunk: Uint8Array) => FramerTypes.Pushed<P>
}

const cutter = <P>({ Framer }: Codecs, decode: Decode<P>): Cutter<P> => ({
  make: Framer.make,
  push: (framer, chunk) => Framer.push(framer, chunk, decode)
})

const frame = <P>(cut: Cutter<P>, chunks: ReadonlyArray<Uint8Array>, maximum: number): Framed<P> => {
  let framer = cut.make(maximum)
  let packets: Array<P | Oversized> = []
  for (const chunk of chunks) {
    const before = framer.failure
    const pushed = cut.push(framer, chunk)
    framer = pushed.framer
    packets = packets.concat(pushed.packets)
    const [bytes, runs] = held(framer)
    const isSkipping = framer.oversized !== undefined
    ensure(bytes === (isSkipping ? 0 : framer.received) && bytes < maximum + 7,
      "the framer holds more than the packet that is arriving:", bytes, framer.received)
    ensure(isSkipping <= (framer.size > maximum), "the framer skips what is not too large:", framer.size)
    ensure(runs <= Math.log2(bytes + 1) + 1, "the framer holds too many parts:", runs, bytes)
    ensure(pushed.failure === framer.failure, "the framer does not stay failed")
    ensure(before === undefined || (framer.failure === before && pushed.packets.length === 0),
      "the framer goes on after a fault")
  }
  return { packets, failure: framer.failure, received: framer.received, size: framer.size }
}

/** The same for a board, which reads where the bytes are; what it keeps is one string. A program stops at a failure. */
const frameOnBoard = ({ board: { Incoming } }: Codecs, chunks: ReadonlyArray<Uint8Array>, maximum: number) => {
  const incoming = Incoming.make(maximum)
  const packets: Array<unknown> = []
  for (const chunk of chunks) {
    Incoming.add(incoming, twins.toBoard(chunk) as unknown as Bytes.Bytes)
    for (let found = Incoming.next(incoming); found !== undefined; found = Incoming.next(incoming)) {
      if ("message" in found) return { packets, failure: found }
      packets.push(found)
    }
    const { rest } = incoming as unknown as { readonly rest: string }
    // The beginning of a PUBLISH that is too large: a fixed header and the length of its topic.
    ensure(rest.length < maximum + 7, "a board holds more than a packet:", rest.length)
  }
  return { packets, failure: undefined }
}

const checkSplit = <P>(cut: Cutter<P>, input: Input, chunks: ReadonlyArray<Uint8Array>): Framed<P> => {
  const whole = frame(cut, [input.stream], input.maximum)
  const pieces = frame(cut, chunks, input.maximum)
  ensure(verdict(whole.failure) === verdict(pieces.failure), "chunking changes the verdict:", verdict(whole.failure),
    verdict(pieces.failure))
  ensure(whole.received === pieces.received, "chunking changes what is held:", whole.received, pieces.received)
  ensure(same(whole.packets, pieces.packets), "chunking changes the packets:", whole.packets, pieces.packets)
  if (whole.failure !== undefined) checkFailure(whole.failure, input.maximum)
  return whole
}

/** A codec that reads and writes all packets of a version. */
interface Codec<P> {
  readonly decode: Decode<P>
  readonly encode: (packet: P) => Result.Result<Bytes.Bytes, InvalidPacket>
}

const checkWriting = <P>(codec: Codec<P>, packet: P): void => {
  const written = codec.encode(packet)
  if (Result.isFailure(written)) {
    return ensure(false, "what was read cannot be written:", packet, written.failure.message)
  }
  const again = codec.decode(written.success)
  ensure(Result.isSuccess(again) && isDeepStrictEqual(again.success, packet),
    "what was read is written as something else:", packet, written.success)
}

/** What a device answers with must be sendable in both forms, with the same bytes. */
const checkAnswer = (codecs: Codecs, packet: Packet | Oversized): void => {
  if ((packet._tag !== "Publish" && packet._tag !== "Oversized") || packet.packetIdentifier === undefined) return
  const puback: ClientPacket = { _tag: "Puback", packetIdentifier: packet.packetIdentifier }
  const ours = Result.getOrThrow(codecs.ClientPacket.encode(puback))
  const theirs = codecs.board.Outgoing.bytes(codecs.board.Outgoing.puback(packet.packetIdentifier))
  ensure(Buffer.compare(ours, twins.fromBoard(theirs)) === 0, "a board answers otherwise:", puback)
}

/** Decoders are also given what no framer would give them: the stream as one frame, whatever its length says. */
const checkFrame = (codecs: Codecs, stream: Uint8Array): void => {
  const ours = codecs.ServerPacket.decode(stream)
  if (Result.isFailure(ours)) checkFailure(ours.failure, 0)
  const any = codecs.Packet.decode(stream)
  if (Result.isFailure(any)) checkFailure(any.failure, 0)
}

/** Which violations only a half of the codec finds: a packet that is for a Server, and QoS 2 for who never asks for it. */
const ofClient: ReadonlyArray<string> = ["2.2.1"]
const ofDevice: ReadonlyArray<string> = ["2.2.1", "MQTT-3.8.4-6"]

const checkHalf = (whole: Framed<Packet>, half: Framed<Packet>, name: string, own: ReadonlyArray<string>): void => {
  const { failure, packets } = half
  ensure(same(whole.packets.slice(0, packets.length), packets), `Packet and ${name} read other packets:`, whole.packets,
    packets)
  const isOwn = failure !== undefined && failure._tag === "ProtocolViolation" && own.includes(failure.clause)
  ensure(isOwn || verdict(whole.failure) === verdict(failure), `Packet and ${name} find another fault:`,
    verdict(whole.failure), verdict(failure))
}

/** A board reads the same packets, what is too large among them, and finds the same fault. */
const checkBoard = (half: Framed<unknown>, board: ReturnType<typeof frameOnBoard>): void => {
  ensure(same(board.packets, half.packets.map(twins.valueToBoard)), "a board reads other packets:", half.packets,
    board.packets)
  ensure(verdict(board.failure) === verdict(half.failure), "a board comes to another verdict:", verdict(half.failure),
    verdict(board.failure))
}

/** How the device sees this input: the packets it reads, and its verdict on the rest. */
export interface Seen {
  readonly packets: ReadonlyArray<Packet | Oversized>
  readonly verdict: string
  /** What a Client of MQTT 3.1.1 reads, which knows QoS 2. */
  readonly client: ReadonlyArray<Packet | Oversized>
  /** The same bytes as a Client of MQTT 5 sees them. */
  readonly version5: { readonly packets: ReadonlyArray<Packet5>; readonly verdict: string }
}

/** The Reason Codes with which a fault of the Server may be answered (MQTT 5, 4.13). */
const reasonCodes = new Set([0x81, 0x82, 0x84, 0x94])

const checkReasonCode = (failure: Failure): void => {
  if (failure._tag === "PacketTooLarge") return
  ensure(failure.reasonCode !== undefined && reasonCodes.has(failure.reasonCode), "a fault without a Reason Code:",
    failure)
  ensure(failure.message.endsWith(`(MQTT 5, ${failure.clause})`), "a fault that names another standard:", failure)
}

/** A Client of MQTT 5 may be sent the same bytes. */
const check5 = (codecs: Codecs, input: Input, chunks: ReadonlyArray<Uint8Array>): Seen["version5"] => {
  const { failure, packets } = checkSplit<Packet5>(codecs.Framer5, input, chunks)
  const read: Array<Packet5> = []
  for (const packet of packets) {
    if (packet._tag === "Oversized") ensure(false, "a packet of MQTT 5 was skipped:", packet)
    else read.push(packet)
  }
  for (const packet of read) checkWriting(codecs.Packet5, packet)
  if (failure !== undefined) checkReasonCode(failure)
  const any = codecs.Packet5.decode(input.stream)
  if (Result.isFailure(any)) {
    checkFailure(any.failure, 0)
    checkReasonCode(any.failure)
  }
  return { packets: read, verdict: verdict(failure) }
}

const checkAll = (codecs: Codecs, input: Input): Seen => {
  const chunks = split(input)
  const whole = checkSplit(cutter(codecs, codecs.Packet.decode), input, chunks)
  const half = checkSplit(cutter(codecs, codecs.ServerPacket.decode), input, chunks)
  checkHalf(whole, half, "ServerPacket", ofDevice)
  const client = checkSplit<Packet>(cutter(codecs, codecs.AnyServerPacket.decode), input, chunks)
  checkHalf(whole, client, "AnyServerPacket", ofClient)
  for (const packet of whole.packets) if (packet._tag !== "Oversized") checkWriting(codecs.Packet, packet)
  for (const packet of half.packets) checkAnswer(codecs, packet)
  const board = frameOnBoard(codecs, chunks, input.maximum)
  checkBoard(half, board)
  checkFrame(codecs, input.stream)
  return {
    packets: half.packets,
    verdict: verdict(half.failure),
    client: client.packets,
    version5: check5(codecs, input, chunks)
  }
}

/** What the device sees, or a sentence that says what this input breaks. */
export const check = (codecs: Codecs, input: Input): Seen | string => {
  try {
    return checkAll(codecs, input)
  } catch (fault) {
    return fault instanceof Broken ? fault.message
      : "it throws: " + String(fault instanceof Error ? fault.stack ?? fault.message : fault)
  }
}
