/** Another codec, mqtt-packet 9, and how the tests compare ours with it. */
import * as Result from "effect/Result"
import mqttPacket from "mqtt-packet"
import type { DecodeError } from "../../../src/domain/packet/PacketError.ts"
import * as fc from "fast-check"
import { isDeepStrictEqual } from "node:util"

/** A packet as mqtt-packet names its fields; those without a value are left out. */
export type Words = Readonly<Record<string, unknown>>

/** Its bytes are Buffers. */
export const plain = (value: unknown): unknown => value instanceof Uint8Array ? Buffer.from(value) : value

const fields = ["cmd", "clientId", "clean", "keepalive", "will", "username", "password", "sessionPresent", "returnCode",
  "reasonCode", "topic", "payload", "subscriptions", "granted", "unsubscriptions", "messageId", "properties"]

const wordsOf = (packet: mqttPacket.Packet, version: 4 | 5): Words => {
  const all = packet as unknown as Words
  // It sets them in every packet.
  const publish = packet.cmd === "publish" ? ["qos", "retain", "dup"] : []
  const connect = version === 5 ? ["protocolVersion"] : []
  return Object.fromEntries(
    [...fields, ...publish, ...connect].flatMap((field) =>
      all[field] === undefined || all[field] === null ? [] : [[field, all[field]]]
    )
  )
}

/** What mqtt-packet makes of a stream in chunks, or undefined when it does not take it whole. */
export const readAll = (version: 4 | 5, chunks: ReadonlyArray<Uint8Array>): ReadonlyArray<Words> | undefined => {
  const packets: Array<Words> = []
  let failed = false
  const parser = mqttPacket.parser({ protocolVersion: version })
  parser.on("packet", (value) => packets.push(wordsOf(value, version)))
  parser.on("error", () => {
    failed = true
  })
  let left = 0
  try {
    for (const chunk of chunks) left = parser.parse(Buffer.from(chunk))
  } catch {
    return undefined
  }
  return failed || left > 0 ? undefined : packets
}

/** What it makes of exactly one packet. */
export const read = (version: 4 | 5, frame: Uint8Array): Words | undefined => {
  const packets = readAll(version, [frame])
  return packets?.length === 1 ? packets[0] : undefined
}

export const write = (version: 4 | 5, words: Words): Uint8Array =>
  new Uint8Array(mqttPacket.generate(words as unknown as mqttPacket.Packet, { protocolVersion: version }))

/** Nothing without a value. */
const clean = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(clean)
    : value !== null && typeof value === "object" && !Buffer.isBuffer(value)
    ? Object.fromEntries(
      Object.entries(value).flatMap(([name, each]) => each === undefined ? [] : [[name, clean(each)]])
    )
    : value

const isSame = (ours: Words, theirs: Words): boolean => isDeepStrictEqual(clean(ours), clean(theirs))

/** Ours, and how to say what it reads in the words of mqtt-packet. */
export interface Ours<P> {
  readonly version: 4 | 5
  readonly decode: (frame: Uint8Array) => Result.Result<P, DecodeError>
  readonly words: (packet: P) => Words
}

export type Comparison =
  | { readonly _tag: "BothRefuse" }
  | { readonly _tag: "Same" }
  | { readonly _tag: "Otherwise"; readonly ours: Words; readonly theirs: Words }
  | { readonly _tag: "OnlyOurs"; readonly ours: Words }
  | { readonly _tag: "OnlyTheirs"; readonly theirs: Words; readonly fault: DecodeError }

/** What both make of these bytes. */
export const compare = <P>({ decode, version, words }: Ours<P>, frame: Uint8Array): Comparison => {
  const theirs = read(version, frame)
  const result = decode(frame)
  if (Result.isFailure(result)) {
    return theirs === undefined ? { _tag: "BothRefuse" } : { _tag: "OnlyTheirs", theirs, fault: result.failure }
  }
  const ours = words(result.success)
  return theirs === undefined ? { _tag: "OnlyOurs", ours }
    : isSame(ours, theirs) ? { _tag: "Same" }
    : { _tag: "Otherwise", ours, theirs }
}

/** What the two make of these bytes that no table lists; undefined: nothing. */
export const unlisted = <P>(
  ours: Ours<P>,
  frame: Uint8Array,
  isListed: (controlPacket: number, clause: string) => boolean
): string | undefined => {
  const compared = compare(ours, frame)
  const hex = Buffer.from(frame).toString("hex")
  switch (compared._tag) {
    case "BothRefuse":
    case "Same":
      return undefined
    case "OnlyTheirs": {
      const { clause, message } = compared.fault
      return isListed((frame[0] ?? 0) >> 4, clause) ? undefined : `only mqtt-packet takes ${hex}: ${message}`
    }
    case "OnlyOurs":
      return `only ours takes ${hex}`
    case "Otherwise":
      return `they read ${hex} otherwise: ${JSON.stringify(compared.ours)}, ${JSON.stringify(compared.theirs)}`
  }
}

/** Rows of bytes that only mqtt-packet takes, with the clause that forbids them. */
export type OnlyTheirs = ReadonlyArray<readonly [title: string, hex: string, clause: string]>

/** Whether a row says so of this Control Packet, or `everywhere` of all. */
export const listing = (rows: OnlyTheirs, everywhere: ReadonlySet<string>) => {
  const listed = new Set(rows.map(([, hex, clause]) => `${parseInt(hex[0] ?? "", 16)} ${clause}`))
  return (controlPacket: number, clause: string): boolean =>
    everywhere.has(clause) || listed.has(`${controlPacket} ${clause}`)
}

/** Sizes of chunks, used over and over. */
export const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

/** All of them in one stream, in chunks of these sizes. */
export const inChunks = (
  frames: ReadonlyArray<Uint8Array>,
  sizes: ReadonlyArray<number>
): ReadonlyArray<Uint8Array> => {
  const stream = new Uint8Array(Buffer.concat(frames))
  const chunks: Array<Uint8Array> = []
  for (let at = 0; at < stream.length;) {
    const size = sizes[chunks.length % sizes.length] ?? 1
    chunks.push(stream.slice(at, at + size))
    at += size
  }
  return chunks
}

/** How long to look for a fault that was planted: nobody reads the example. */
export const search = { numRuns: 5_000, endOnFailure: true, seed: 1 }
