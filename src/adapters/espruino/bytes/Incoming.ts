/**
 * The twin of domain/packet/Incoming.ts for a board: it cuts the stream and reads its packets in one module of a few
 * functions, because each function costs a board half a dozen variables as long as it is awake.
 *
 * What is not a whole packet yet is one string. A board's packets are small and come in chunks of 536 bytes, so joining
 * them costs little. This file reads the packets that a wake usually gets, in as few steps as possible; `unusual` reads
 * all others, right or wrong. A stream that has failed must not be read again.
 */
import type * as Original from "../../../domain/packet/Incoming.ts"
import { oversized, unusual } from "./unusual.ts"

export type Incoming = Original.Incoming

interface State {
  readonly maximum: number
  rest: string
}

export const make = ((maximum: number): State => ({ maximum, rest: "" })) as unknown as typeof Original.make

export const add = ((state: State, chunk: string) => state.rest += chunk) as unknown as typeof Original.add

export const isEmpty = ((state: State) => state.rest === "") as unknown as typeof Original.isEmpty

const read = (state: State): object | undefined => {
  const bytes = state.rest
  // The Remaining Length: seven bits a byte, the lowest first, four bytes at most. NaN if it has not arrived yet.
  let size = bytes.charCodeAt(1)
  let at = 2
  // A byte with its highest bit set says that another one follows. That bit is not part of the length, so it is
  // subtracted.
  if (size > 127) {
    for (; at < 5 && size >> 7 * at - 7 > 0; at++) {
      size += (bytes.charCodeAt(at) - 1) * (1 << 7 * at - 7)
    }
  }
  const end = at + size
  if (end > state.maximum) {
    const found = oversized(state, end, at)
    return found === false ? read(state) : found
  }
  if (!(end <= bytes.length)) return undefined
  state.rest = bytes.substring(end)
  // Comparing a character costs a board a third of comparing its code.
  const first = bytes[0] as string
  // A Packet Identifier, the flags and the return code of CONNACK, or the length of a topic.
  const word = bytes.charCodeAt(at) << 8 | bytes.charCodeAt(at + 1)
  if (first === "@" && size === 2 && word > 0) return { _tag: "Puback", packetIdentifier: word }
  if (first === " " && size === 2 && (word < 6 || word === 256)) {
    return { _tag: "Connack", sessionPresent: word > 5, returnCode: word & 255 }
  }
  at += 2
  if (first === "\x90" && size === 3 && word > 0 && bytes.charCodeAt(at) < 3) {
    return { _tag: "Suback", packetIdentifier: word, returnCodes: [bytes.charCodeAt(at)] }
  }
  if (first === "0" || first === "1") {
    const to = at + word
    const topic = bytes.substring(at, to)
    // Matches nearly every topic, in one native step: a loop over its bytes costs fifty times as much.
    if (to <= end && /^[ !"$-*,-~]+$/.test(topic)) {
      return {
        _tag: "Publish",
        topic,
        payload: bytes.substring(to, end),
        qos: 0,
        retain: first === "1",
        dup: false,
        packetIdentifier: undefined
      }
    }
  }
  return unusual(bytes.substring(0, end), bytes.charCodeAt(0), at - 2)
}

export const next = read as unknown as typeof Original.next
