/**
 * Any Control Packet of MQTT 5 that may be sent.
 */
import * as fc from "fast-check"
import type { Bytes } from "../../../../src/domain/bytes/Bytes.ts"
import type { Packet5 } from "../../../../src/domain/packet/v5/Packet.ts"
import {
  type Kind,
  type Owner,
  type Properties,
  type Row,
  rows
} from "../../../../src/domain/packet/v5/PropertyTable.ts"
import * as ReasonCode from "../../../../src/domain/packet/v5/ReasonCode.ts"
import type { TopicName } from "../../../../src/domain/packet/Topic.ts"
import { binary, identifier, qos, record, text, topicFilter, topicName } from "../arbitraries.ts"

const table: ReadonlyArray<Row> = rows

const whole = (minimum: number, maximum: number) =>
  fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: maximum }))

/** Values of a property, by its data type. */
const valueOf = (kind: Kind, minimum: number): fc.Arbitrary<unknown> => {
  switch (kind) {
    case "flag":
      return fc.boolean()
    case "bit":
      return fc.constantFrom(0, 1)
    case "u16":
      return whole(minimum, 0xffff)
    case "u32":
      return whole(minimum, 0xffff_ffff)
    case "variable":
      return fc.oneof(whole(minimum, 268_435_455), fc.constantFrom(127, 128, 16_383, 16_384, 2_097_151, 2_097_152))
    case "variables":
      return fc.array(valueOf("variable", minimum), { minLength: 1, maxLength: 3 })
    case "text":
      return text
    case "topic":
      return topicName
    case "binary":
      return binary
    case "pairs":
      return fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 })
  }
}

/** Any of the properties that a packet may have; often none. */
export const properties = <O extends Owner>(owner: O): fc.Arbitrary<Properties<O>> => {
  const own = table.filter(({ sections }) => sections[owner] !== undefined)
  const values = Object.fromEntries(own.map((row) => [row.name, valueOf(row.kind, row.minimum ?? 0)]))
  const some = fc.record(values, { requiredKeys: [], noNullPrototype: true }) as unknown as fc.Arbitrary<Properties<O>>
  return fc.oneof({ weight: 3, arbitrary: some }, { weight: 1, arbitrary: fc.constant({} as Properties<O>) })
}

const codes = <O extends ReasonCode.Owner>(owner: O): fc.Arbitrary<ReasonCode.ReasonCode<O>> =>
  fc.constantFrom(...ReasonCode.codesOf(owner))

const option = <A>(each: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> => fc.option(each, { nil: undefined })

/** No Authentication Data without its method. */
const authenticated = <P extends { authenticationMethod?: unknown; authenticationData?: Bytes }>(all: P): P => {
  if (all.authenticationMethod === undefined) delete all.authenticationData
  return all
}

const will = record({ topic: topicName, payload: binary, qos, retain: fc.boolean(), properties: properties("Will") })

const connect = record({
  _tag: fc.constant("Connect"),
  clientId: text,
  cleanStart: fc.boolean(),
  keepAlive: fc.integer({ min: 0, max: 65535 }),
  will: option(will),
  username: option(text),
  password: option(binary),
  properties: properties("CONNECT").map((all) => authenticated({ ...all } as never))
})

const connack = record({
  _tag: fc.constant("Connack"),
  sessionPresent: fc.boolean(),
  reasonCode: codes("CONNACK"),
  properties: properties("CONNACK")
}).map((fields) => ({ ...fields, sessionPresent: fields.sessionPresent && fields.reasonCode === 0 }))

const publish = record({
  _tag: fc.constant("Publish"),
  topic: fc.oneof({ weight: 4, arbitrary: topicName }, { weight: 1, arbitrary: fc.constant("" as TopicName) }),
  payload: fc.oneof({ weight: 9, arbitrary: binary }, {
    weight: 1,
    arbitrary: fc.uint8Array({ minLength: 16300, maxLength: 16500 })
  }),
  qos,
  retain: fc.boolean(),
  dup: fc.boolean(),
  packetIdentifier: identifier,
  properties: properties("PUBLISH")
}).map((fields) => ({
  ...fields,
  topic: fields.topic === "" && fields.properties.topicAlias === undefined ? "a" : fields.topic,
  dup: fields.dup && fields.qos > 0,
  packetIdentifier: fields.qos > 0 ? fields.packetIdentifier : undefined
}))

const acknowledgement = (["Puback", "Pubrec", "Pubrel", "Pubcomp"] as const).map((tag) => {
  const owner = tag.toUpperCase() as "PUBACK"
  return record({
    _tag: fc.constant(tag),
    packetIdentifier: identifier,
    reasonCode: codes(owner),
    properties: properties(owner)
  })
})

const subscribe = record({
  _tag: fc.constant("Subscribe"),
  packetIdentifier: identifier,
  subscriptions: fc.array(
    record({
      topicFilter,
      qos,
      noLocal: fc.boolean(),
      retainAsPublished: fc.boolean(),
      retainHandling: fc.constantFrom(0, 1, 2),
      share: option(fc.constantFrom("s", "é", "a b"))
    }).map(({ share, ...each }) =>
      share === undefined ? each : { ...each, topicFilter: `$share/${share}/${each.topicFilter}`, noLocal: false }
    ),
    { minLength: 1, maxLength: 5 }
  ),
  properties: properties("SUBSCRIBE")
})

const suback = (["Suback", "Unsuback"] as const).map((tag) => {
  const owner = tag.toUpperCase() as "SUBACK"
  return record({
    _tag: fc.constant(tag),
    packetIdentifier: identifier,
    reasonCodes: fc.array(codes(owner), { minLength: 1, maxLength: 5 }),
    properties: properties(owner)
  })
})

const unsubscribe = record({
  _tag: fc.constant("Unsubscribe"),
  packetIdentifier: identifier,
  topicFilters: fc.array(topicFilter, { minLength: 1, maxLength: 5 }),
  properties: properties("UNSUBSCRIBE")
})

const bare = record({ _tag: fc.constantFrom("Pingreq", "Pingresp") })

const disconnect = record({
  _tag: fc.constant("Disconnect"),
  reasonCode: codes("DISCONNECT"),
  properties: properties("DISCONNECT")
})

const auth = record({
  _tag: fc.constant("Auth"),
  reasonCode: codes("AUTH"),
  properties: fc.tuple(properties("AUTH"), text).map(([all, method]) => ({ authenticationMethod: method, ...all }))
})

/** By the tag of the packet. */
export const packets = {
  Connect: connect,
  Connack: connack,
  Publish: publish,
  Puback: acknowledgement[0],
  Pubrec: acknowledgement[1],
  Pubrel: acknowledgement[2],
  Pubcomp: acknowledgement[3],
  Subscribe: subscribe,
  Suback: suback[0],
  Unsubscribe: unsubscribe,
  Unsuback: suback[1],
  Ping: bare,
  Disconnect: disconnect,
  Auth: auth
} as unknown as Readonly<Record<string, fc.Arbitrary<Packet5>>>

export const packet: fc.Arbitrary<Packet5> = fc.oneof(...Object.values(packets))
