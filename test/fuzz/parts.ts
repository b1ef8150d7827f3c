/**
 * The pieces of packets, right and wrong, of which Input and Input5 make streams. Written by hand and not by the codec
 * under test.
 */
import type * as Chance from "./Chance.ts"

export type Make = (chance: Chance.Chance) => Array<number>

export const bytes = (chance: Chance.Chance, most: number): Array<number> => {
  const all: Array<number> = []
  for (let left = chance.below(most + 1); left > 0; left--) all.push(chance.below(256))
  return all
}

/** Behind a right fixed header. */
export const framed = (first: number, body: ReadonlyArray<number>): Array<number> => {
  const all = [first]
  let left = body.length
  do {
    all.push(left > 127 ? left & 127 | 128 : left)
    left >>= 7
  } while (left > 0)
  for (const byte of body) all.push(byte)
  return all
}

export const sized = (body: ReadonlyArray<number>): Array<number> => [body.length >> 8, body.length & 255, ...body]

export const identifier: Make = (chance) => [chance.oneOf([0, 0, 1, 255]), chance.oneOf([1, 1, 2, 7, 0, 255])]

const texts = ["a", "home/data", "é", "日本", "💡", "", "a/+", "#", "+", "a#b", "/", "\0", "￾", "﻿a", "$SYS/x"].map((
  text
) => Array.from(Buffer.from(text)))

/** Where a text stops being UTF-8: overlong forms, surrogates, beyond U+10FFFF, cut short. */
const textEdges = [0, 0x2b, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
  0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff]

export const many = (chance: Chance.Chance, one: Make, most: number): Array<number> => {
  const all: Array<number> = []
  for (let left = chance.below(most) + 1; left > 0; left--) all.push(...one(chance))
  return all
}

export const topic: Make = (chance) =>
  sized(
    chance.below(4) === 0 ? many(chance, (each) => [each.oneOf(textEdges)], 5) :
      many(chance, (each) => each.oneOf(texts), 3)
  )
