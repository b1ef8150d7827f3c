/**
 * Streams of a Server that speaks MQTT 5, as Input makes those of MQTT 3.1.1: packets with properties and Reason Codes,
 * right and wrong.
 */
import type * as Chance from "./Chance.ts"
import { bytes, framed, identifier, type Make, many, sized, topic } from "./parts.ts"

const u16: Make = (chance) => [chance.oneOf([0, 0, 1, 255]), chance.oneOf([0, 1, 2, 255])]
const u32: Make = (chance) => [...u16(chance), ...u16(chance)]
const bit: Make = (chance) => [chance.oneOf([0, 1, 0, 1, 2, 255])]
const text: Make = (chance) => topic(chance)
const binary: Make = (chance) => sized(bytes(chance, 6))
const pair: Make = (chance) => [...text(chance), ...text(chance)]
const variable: Make = (chance) =>
  chance.oneOf([[1], [127], [0x80, 1], [0xff, 0xff, 0xff, 0x7f], [0], [0x81, 0], [0x80, 0x80, 0x80, 0x80, 1]])

/** Every identifier of the standard, with its data type. */
const values: Readonly<Record<number, Make>> = {
  0x01: bit,
  0x02: u32,
  0x03: text,
  0x08: text,
  0x09: binary,
  0x0b: variable,
  0x11: u32,
  0x12: text,
  0x13: u16,
  0x15: text,
  0x16: binary,
  0x17: bit,
  0x18: u32,
  0x19: bit,
  0x1a: text,
  0x1c: text,
  0x1f: text,
  0x21: u16,
  0x22: u16,
  0x23: u16,
  0x24: bit,
  0x25: bit,
  0x26: pair,
  0x27: u32,
  0x28: bit,
  0x29: bit,
  0x2a: bit
}

const all = Object.keys(values).map(Number)

/** One property: mostly one that the packet may have. */
const property = (allowed: ReadonlyArray<number>): Make => (chance) => {
  const identifier = chance.below(12) === 0 ? chance.oneOf([...all, 0, 0x7f, 0x80]) : chance.oneOf(allowed)
  return [identifier, ...values[identifier]?.(chance) ?? []]
}

/** With their length, which is sometimes wrong. */
const properties = (allowed: ReadonlyArray<number>): Make => (chance) => {
  const made = chance.below(3) === 0 ? [] : many(chance, property(allowed), 4)
  const size = made.length + (chance.below(20) === 0 ? chance.oneOf([-1, 1, 100]) : 0)
  return size < 0 ? [0] : size < 128 ? [size, ...made] : [size & 127 | 128, size >> 7, ...made]
}

const publishIdentifiers = [0x01, 0x02, 0x03, 0x08, 0x09, 0x0b, 0x23, 0x26]
const willIdentifiers = [0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26]
const answerIdentifiers = [0x1f, 0x26]

const reasonCode: Make = (
  chance
) => [chance.oneOf([0, 0, 0, 1, 2, 4, 0x10, 0x11, 0x18, 0x19, 0x80, 0x87, 0x92, 0x97, 0x8c, 0xa2, 0xa3])]

const connect: Make = (chance) => {
  const flags = chance.oneOf([0, 2, 0x06, 0x2e, 0x80, 0xc2, 0xee, 0x40, 1, 0x1e, 0x20])
  const will = (flags & 4) === 0 ? [] : [...properties(willIdentifiers)(chance), ...topic(chance), ...binary(chance)]
  const account = [flags & 0x80, flags & 0x40].filter((flag) => flag !== 0)
  return framed(0x10, [...sized([0x4d, 0x51, 0x54, 0x54]), chance.oneOf([5, 5, 5, 4]), flags, 0, chance.below(256),
    ...properties([0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27])(chance), ...topic(chance), ...will,
    ...account.flatMap(() => text(chance))])
}

const connack: Make = (chance) =>
  framed(0x20, [chance.oneOf([0, 0, 0, 1, 2]), ...reasonCode(chance),
    ...properties([0x11, 0x12, 0x13, 0x15, 0x16, 0x1a, 0x1c, 0x1f, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29,
      0x2a])(chance)])

const publish: Make = (chance) => {
  const flags = chance.oneOf([0, 1, 2, 3, 10, 11, 4, 6, 8, 13])
  return framed(0x30 | flags, [...topic(chance), ...(flags & 6 ? identifier(chance) : []),
    ...properties(publishIdentifiers)(chance), ...bytes(chance, 12)])
}

/** The Reason Code, and the properties after it, may be left out. */
const answer = (first: number, head: Make, identifiers: ReadonlyArray<number>): Make => (chance) =>
  framed(first, [...head(chance), ...(chance.below(3) === 0 ? [] : reasonCode(chance)),
    ...(chance.below(3) === 0 ? [] : properties(identifiers)(chance))])

const none: Make = () => []

const acknowledgement: Make = (chance) =>
  answer(chance.oneOf([0x40, 0x50, 0x62, 0x70]), identifier, answerIdentifiers)(chance)

const suback: Make = (chance) =>
  framed(chance.oneOf([0x90, 0xb0]), [...identifier(chance), ...properties(answerIdentifiers)(chance),
    ...(chance.below(10) === 0 ? [] : many(chance, reasonCode, 4))])

const filter: Make = (chance) =>
  chance.below(3) === 0
    ? sized(Array.from(Buffer.from(chance.oneOf(["$share/g/a", "$share/g/#", "$share/g", "$share//a", "$share/+/a"]))))
    : topic(chance)

const subscribe: Make = (chance) =>
  framed(0x82, [...identifier(chance), ...properties([0x0b, 0x26])(chance),
    ...many(chance, (each) => [...filter(each), each.oneOf([0, 1, 2, 3, 4, 0x2c, 0x30, 0x40])], 3)])

const unsubscribe: Make = (chance) =>
  framed(0xa2, [...identifier(chance), ...properties([0x26])(chance), ...many(chance, filter, 3)])

const makes: ReadonlyArray<Make> = [connect, connack, connack, publish, publish, publish, acknowledgement,
  acknowledgement, suback, suback, subscribe, unsubscribe, answer(0xe0, none, [0x11, 0x1c, 0x1f, 0x26]),
  answer(0xf0, none, [0x15, 0x16, 0x1f, 0x26])]

const packet: Make = (chance) => chance.oneOf(makes)(chance)

/** Some packets of MQTT 5. */
export const stream = (chance: Chance.Chance): Array<number> => many(chance, packet, 3)
