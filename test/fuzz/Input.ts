/**
 * What a hostile Server may send, made from a seed and a number: a stream of bytes and how the network splits it.
 *
 * Noise alone gets no further than the first byte. So most streams begin as packets, written here by hand and not by
 * the codec under test, and are then spoilt; others play with one part each: the Remaining Length, the UTF-8 of a
 * topic, the sizes where its length grows by a byte.
 */
import * as Chance from "./Chance.ts"
import * as Input5 from "./Input5.ts"
import { bytes, framed, identifier, type Make, many, sized, topic } from "./parts.ts"

export interface Input {
  readonly stream: Uint8Array
  /** Sizes of the chunks, over and over until the stream is at its end. Each at least 1. */
  readonly sizes: ReadonlyArray<number>
  /** The most that the framer may keep: bytes of one packet. */
  readonly maximum: number
}

const publish: Make = (chance) => {
  const flags = chance.oneOf([0, 1, 2, 3, 10, 11, 2, 2, 4, 6, 8, 13])
  return framed(0x30 | flags, [...topic(chance), ...(flags & 6 ? identifier(chance) : []), ...bytes(chance, 12)])
}

/** With a payload that makes the Remaining Length grow by a byte, or nearly so. */
const largePublish: Make = (chance) => {
  const size = chance.oneOf([120, 121, 122, 123, 124, 125, 480, 501, 16_377, 16_378, 16_379, 16_380])
  const byte = chance.below(256)
  return framed(0x30, [0, 1, 0x61, ...Array.from({ length: size }, () => byte)])
}

const connect: Make = (chance) => {
  const flags = chance.oneOf([0, 2, 0x06, 0x2e, 0x80, 0xc2, 0xee, 0x40, 1, 0x1e, 0x20])
  const fields = [flags & 4, flags & 4, flags & 0x80, flags & 0x40].filter((flag) => flag !== 0)
  const protocol = chance.below(8) === 0 ? sized(bytes(chance, 6)) : sized([0x4d, 0x51, 0x54, 0x54])
  return framed(0x10, [...protocol, chance.oneOf([4, 4, 4, 3, 5, 0x84]), flags, 0, chance.below(256), ...topic(chance),
    ...fields.flatMap(() => topic(chance))])
}

const connack: Make = (chance) => [0x20, 2, chance.oneOf([0, 0, 0, 1, 2]), chance.oneOf([0, 0, 0, 1, 5, 6, 255])]

const acknowledgement: Make = (chance) => framed(chance.oneOf([0x40, 0x40, 0x50, 0x62, 0x70, 0xb0]), identifier(chance))

const subscribe: Make = (chance) =>
  framed(0x82, [...identifier(chance), ...many(chance, (each) => [...topic(each), each.oneOf([0, 1, 2, 3, 0x80])], 3)])

const unsubscribe: Make = (chance) => framed(0xa2, [...identifier(chance), ...many(chance, topic, 3)])

const suback: Make = (chance) =>
  framed(0x90, [...identifier(chance),
    ...(chance.below(10) === 0 ? [] : many(chance, (each) => [each.oneOf([0, 1, 2, 0x80, 0, 0x80, 3])], 5))])

const bare: Make = (chance) => [chance.oneOf([0xc0, 0xd0, 0xd0, 0xe0]), 0]

const fromServer = [connack, publish, publish, acknowledgement, suback, bare]
const fromAnybody = [...fromServer, connect, subscribe, unsubscribe]

const packet: Make = (chance) => chance.oneOf(chance.below(4) === 0 ? fromAnybody : fromServer)(chance)

/** Any first byte, and a length that is right for any body. */
const headed: Make = (chance) => framed(chance.below(256), bytes(chance, 30))

/** A Remaining Length that is longer than it need be, longer than it may be, or a promise that is not kept. */
const lengthy: Make = (chance) => [
  chance.oneOf([0x20, 0x30, 0x32, 0x40, 0x90, 0xd0, chance.below(256)]),
  ...many(chance, (each) => [each.oneOf([0x80, 0x81, 0xff, 0xff])], 5),
  chance.oneOf([0, 0, 1, 2, 0x7f, 0x80]),
  ...bytes(chance, 8)
]

const repeated: Make = (chance) => {
  const one = packet(chance)
  const all: Array<number> = []
  for (let left = chance.below(40) + 1; left > 0 && all.length < 2_000; left--) all.push(...one)
  return all
}

/** Changes a few bytes in place, leaves some out, doubles some. */
const spoil = (chance: Chance.Chance, stream: Array<number>): void => {
  for (let left = chance.below(3) + 1; left > 0; left--) {
    // The first bytes decide most.
    const at = chance.below(chance.below(3) === 0 ? Math.min(16, stream.length + 1) : stream.length + 1)
    const value = chance.below(2) === 0 ? chance.below(256) : chance.oneOf([0, 1, 0x7f, 0x80, 0xff])
    switch (chance.below(6)) {
      case 0:
      case 1:
        stream[at] = value
        break
      case 2:
        stream[at] = (stream[at] ?? 0) ^ 1 << chance.below(8)
        break
      case 3:
        stream.splice(at, 1 + chance.below(3))
        break
      case 4:
        stream.splice(at, 0, value)
        break
      case 5:
        stream.splice(at, 0, ...stream.slice(at, at + 1 + chance.below(8)))
    }
  }
}

const streams: ReadonlyArray<Make> = [
  (chance) => bytes(chance, 40),
  headed,
  headed,
  lengthy,
  packet,
  packet,
  packet,
  (chance) => many(chance, packet, 5),
  (chance) => many(chance, packet, 5),
  (chance) => [...packet(chance), ...headed(chance)],
  repeated
]

const stream: Make = (chance) => {
  if (chance.below(1_000) === 0) return [...largePublish(chance), ...packet(chance)]
  const made = chance.below(3) === 0 ? Input5.stream(chance) : chance.oneOf(streams)(chance)
  if (chance.below(5) < 3) spoil(chance, made)
  return made
}

const falling = (most: number): Array<number> => Array.from({ length: most }, (_, i) => most - i)

/** Byte by byte (a long stream's headers at least), in falling sizes, by chance, or in two. */
const sizes = (chance: Chance.Chance, length: number): Array<number> => {
  switch (chance.below(4)) {
    case 0:
      return length > 1_000 ? [1, 1, 1, 1, 1, 1, 1_000] : [1]
    case 1:
      return falling(Math.min(length, 40))
    case 2:
      return many(chance, (each) => [each.below(each.oneOf([3, 10, 700])) + 1], 10)
    default:
      return [chance.below(length) + 1, length + 1]
  }
}

/** Input `number`, a whole number of at least 0, of this seed. */
export const make = (seed: number, number: number): Input => {
  const chance = Chance.make(seed, number)
  const made = stream(chance)
  return {
    stream: Uint8Array.from(made),
    sizes: sizes(chance, made.length),
    maximum: chance.oneOf([20_000, 20_000, 500, 40])
  }
}

/** The stream as the network brings it. */
export const split = ({ sizes, stream }: Input): ReadonlyArray<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  for (let at = 0; at < stream.length;) {
    const size = sizes[chunks.length % sizes.length] as number
    chunks.push(stream.subarray(at, at + size))
    at += size
  }
  return chunks
}
