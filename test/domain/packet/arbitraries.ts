/**
 * Any Control Packet that may be sent.
 */
import * as fc from "fast-check"
import type { ReturnCode } from "../../../src/domain/packet/Connack.ts"
import type { Packet } from "../../../src/domain/packet/Packet.ts"
import type { TopicFilter, TopicName } from "../../../src/domain/packet/Topic.ts"

/** Plain and strange characters, never a lone surrogate or U+0000. */
const characters = (excluded: string) =>
  fc.oneof(fc.string({ unit: "grapheme-ascii" }), fc.string({ unit: "binary" }))
    .map((text) => Array.from(text).filter((character) => character !== "\0" && !excluded.includes(character)).join(""))

// Objects as a program makes them: fast-check's own have no prototype at times.
export const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>

export const text = characters("")
export const identifier = fc.integer({ min: 1, max: 65535 })
export const qos = fc.constantFrom(0, 1, 2)
export const binary = fc.uint8Array({ maxLength: 200 })

export const topicName: fc.Arbitrary<TopicName> = characters("+#").filter((name) => name !== "").map((name) =>
  name as TopicName
)

export const topicFilter: fc.Arbitrary<TopicFilter> = fc.tuple(
  fc.array(fc.oneof(characters("+#/"), fc.constant("+")), { maxLength: 4 }),
  fc.boolean()
).map(([levels, rest]) => [...levels, ...(rest ? ["#"] : [])].join("/")).filter((filter) => filter !== "")
  .map((filter) => filter as TopicFilter)

const connect = record({
  clientId: text,
  cleanSession: fc.boolean(),
  keepAlive: fc.integer({ min: 0, max: 65535 }),
  will: fc.option(record({ topic: topicName, payload: binary, qos, retain: fc.boolean() }), { nil: undefined }),
  username: fc.option(text, { nil: undefined }),
  password: fc.option(binary, { nil: undefined })
}).map((fields): Packet => ({
  _tag: "Connect",
  ...fields,
  cleanSession: fields.cleanSession || fields.clientId === "",
  password: fields.username === undefined ? undefined : fields.password
}))

const connack = fc.oneof(
  fc.boolean().map((sessionPresent): Packet => ({ _tag: "Connack", sessionPresent, returnCode: 0 })),
  fc.constantFrom<Array<ReturnCode>>(1, 2, 3, 4, 5).map((returnCode): Packet => ({
    _tag: "Connack",
    sessionPresent: false,
    returnCode
  }))
)

const publish = record({
  topic: topicName,
  payload: fc.oneof({ weight: 9, arbitrary: binary }, {
    weight: 1,
    arbitrary: fc.uint8Array({ minLength: 16300, maxLength: 16500 })
  }),
  qos,
  retain: fc.boolean(),
  dup: fc.boolean(),
  packetIdentifier: identifier
}).map((fields): Packet => ({
  _tag: "Publish",
  ...fields,
  dup: fields.dup && fields.qos > 0,
  packetIdentifier: fields.qos > 0 ? fields.packetIdentifier : undefined
}))

const acknowledgement = record({
  _tag: fc.constantFrom("Puback" as const, "Pubrec" as const, "Pubrel" as const, "Pubcomp" as const,
    "Unsuback" as const),
  packetIdentifier: identifier
})

const subscribe = record({
  _tag: fc.constant("Subscribe" as const),
  packetIdentifier: identifier,
  subscriptions: fc.array(record({ topicFilter, qos }), { minLength: 1, maxLength: 5 })
})

const suback = record({
  _tag: fc.constant("Suback" as const),
  packetIdentifier: identifier,
  returnCodes: fc.array(fc.constantFrom<Array<0 | 1 | 2 | 0x80>>(0, 1, 2, 0x80), { minLength: 1, maxLength: 5 })
})

const unsubscribe = record({
  _tag: fc.constant("Unsubscribe" as const),
  packetIdentifier: identifier,
  topicFilters: fc.array(topicFilter, { minLength: 1, maxLength: 5 })
})

const bare = record({ _tag: fc.constantFrom("Pingreq" as const, "Pingresp" as const, "Disconnect" as const) })

export const packet: fc.Arbitrary<Packet> = fc.oneof(
  connect,
  connack,
  publish,
  acknowledgement,
  subscribe,
  suback,
  unsubscribe,
  bare
) as fc.Arbitrary<Packet>

/** The bytes with a few of them changed, left out, or repeated. */
export const mutation = fc.array(
  record({
    at: fc.nat(),
    kind: fc.constantFrom("set", "flip", "cut", "insert"),
    value: fc.integer({ min: 0, max: 255 })
  }),
  { minLength: 1, maxLength: 3 }
)

export const mutate = (
  bytes: Uint8Array,
  changes: ReadonlyArray<{ at: number; kind: string; value: number }>
): Uint8Array => {
  const list = Array.from(bytes)
  for (const { at, kind, value } of changes) {
    // The first bytes decide most.
    const index = at % 3 === 0 ? at % Math.min(16, list.length + 1) : at % (list.length + 1)
    if (kind === "insert") list.splice(index, 0, value)
    else if (index < list.length && kind === "cut") list.splice(index, 1)
    else if (index < list.length) list[index] = kind === "set" ? value : (list[index] as number) ^ 1 << (value & 7)
  }
  return new Uint8Array(list)
}
