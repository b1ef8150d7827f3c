/**
 * All properties of MQTT 5 (table 2-4): identifier, data type, bounds, and the packets that may have it, each with the
 * section that describes it there. The types of the packets follow from this table.
 */
import type { Bytes } from "../../bytes/Bytes.ts"
import type { TopicName } from "../Topic.ts"

/** What may have properties: the Control Packets but PINGREQ and PINGRESP, and the Will inside a CONNECT. */
export type Owner =
  | "CONNECT"
  | "Will"
  | "CONNACK"
  | "PUBLISH"
  | "PUBACK"
  | "PUBREC"
  | "PUBREL"
  | "PUBCOMP"
  | "SUBSCRIBE"
  | "SUBACK"
  | "UNSUBSCRIBE"
  | "UNSUBACK"
  | "DISCONNECT"
  | "AUTH"

/** A name and a value; the same name may appear several times, and the order is kept (1.5.7). */
export type UserProperty = readonly [name: string, value: string]

/** What the value of each data type is here. `flag` is a byte that is 0 or 1, `bit` the same as a number. */
interface Values {
  readonly flag: boolean
  readonly bit: 0 | 1
  readonly u16: number
  readonly u32: number
  readonly variable: number
  readonly text: string
  readonly topic: TopicName
  readonly binary: Bytes
  readonly variables: ReadonlyArray<number>
  readonly pairs: ReadonlyArray<UserProperty>
}

/** The data type of a property. `variables` and `pairs` may appear more than once, all others may not. */
export type Kind = keyof Values

/** One property (2.2.2.2). */
export interface Row {
  readonly identifier: number
  readonly name: string
  readonly kind: Kind
  /** The smallest number that is allowed; 0 if it is left out. */
  readonly minimum?: 1
  /** The packets that may have it, and the section about it there. */
  readonly sections: { readonly [owner in Owner]?: string }
}

/** Sections in which every packet but CONNECT, its Will and CONNACK describes a Reason String. */
const reasonStrings = {
  CONNACK: "3.2.2.3.9",
  PUBACK: "3.4.2.2.2",
  PUBREC: "3.5.2.2.2",
  PUBREL: "3.6.2.2.2",
  PUBCOMP: "3.7.2.2.2",
  SUBACK: "3.9.2.1.2",
  UNSUBACK: "3.11.2.1.2",
  DISCONNECT: "3.14.2.2.3",
  AUTH: "3.15.2.2.4"
} as const

const userProperties = {
  CONNECT: "3.1.2.11.8",
  Will: "3.1.3.2.8",
  CONNACK: "3.2.2.3.10",
  PUBLISH: "3.3.2.3.7",
  PUBACK: "3.4.2.2.3",
  PUBREC: "3.5.2.2.3",
  PUBREL: "3.6.2.2.3",
  PUBCOMP: "3.7.2.2.3",
  SUBSCRIBE: "3.8.2.1.3",
  SUBACK: "3.9.2.1.3",
  UNSUBSCRIBE: "3.10.2.1.2",
  UNSUBACK: "3.11.2.1.3",
  DISCONNECT: "3.14.2.2.4",
  AUTH: "3.15.2.2.5"
} as const

/** By identifier. */
export const rows = [
  {
    identifier: 0x01,
    name: "payloadFormatIndicator",
    kind: "bit",
    sections: { PUBLISH: "3.3.2.3.2", Will: "3.1.3.2.3" }
  },
  {
    identifier: 0x02,
    name: "messageExpiryInterval",
    kind: "u32",
    sections: { PUBLISH: "3.3.2.3.3", Will: "3.1.3.2.4" }
  },
  { identifier: 0x03, name: "contentType", kind: "text", sections: { PUBLISH: "3.3.2.3.9", Will: "3.1.3.2.5" } },
  { identifier: 0x08, name: "responseTopic", kind: "topic", sections: { PUBLISH: "3.3.2.3.5", Will: "3.1.3.2.6" } },
  { identifier: 0x09, name: "correlationData", kind: "binary", sections: { PUBLISH: "3.3.2.3.6", Will: "3.1.3.2.7" } },
  {
    identifier: 0x0b,
    name: "subscriptionIdentifiers",
    kind: "variables",
    minimum: 1,
    sections: { PUBLISH: "3.3.2.3.8" }
  },
  {
    identifier: 0x0b,
    name: "subscriptionIdentifier",
    kind: "variable",
    minimum: 1,
    sections: { SUBSCRIBE: "3.8.2.1.2" }
  },
  {
    identifier: 0x11,
    name: "sessionExpiryInterval",
    kind: "u32",
    sections: { CONNECT: "3.1.2.11.2", CONNACK: "3.2.2.3.2", DISCONNECT: "3.14.2.2.2" }
  },
  { identifier: 0x12, name: "assignedClientIdentifier", kind: "text", sections: { CONNACK: "3.2.2.3.7" } },
  { identifier: 0x13, name: "serverKeepAlive", kind: "u16", sections: { CONNACK: "3.2.2.3.14" } },
  {
    identifier: 0x15,
    name: "authenticationMethod",
    kind: "text",
    sections: { CONNECT: "3.1.2.11.9", CONNACK: "3.2.2.3.17", AUTH: "3.15.2.2.2" }
  },
  {
    identifier: 0x16,
    name: "authenticationData",
    kind: "binary",
    sections: { CONNECT: "3.1.2.11.10", CONNACK: "3.2.2.3.18", AUTH: "3.15.2.2.3" }
  },
  { identifier: 0x17, name: "requestProblemInformation", kind: "flag", sections: { CONNECT: "3.1.2.11.7" } },
  { identifier: 0x18, name: "willDelayInterval", kind: "u32", sections: { Will: "3.1.3.2.2" } },
  { identifier: 0x19, name: "requestResponseInformation", kind: "flag", sections: { CONNECT: "3.1.2.11.6" } },
  { identifier: 0x1a, name: "responseInformation", kind: "text", sections: { CONNACK: "3.2.2.3.15" } },
  {
    identifier: 0x1c,
    name: "serverReference",
    kind: "text",
    sections: { CONNACK: "3.2.2.3.16", DISCONNECT: "3.14.2.2.5" }
  },
  { identifier: 0x1f, name: "reasonString", kind: "text", sections: reasonStrings },
  {
    identifier: 0x21,
    name: "receiveMaximum",
    kind: "u16",
    minimum: 1,
    sections: { CONNECT: "3.1.2.11.3", CONNACK: "3.2.2.3.3" }
  },
  {
    identifier: 0x22,
    name: "topicAliasMaximum",
    kind: "u16",
    sections: { CONNECT: "3.1.2.11.5", CONNACK: "3.2.2.3.8" }
  },
  { identifier: 0x23, name: "topicAlias", kind: "u16", minimum: 1, sections: { PUBLISH: "MQTT-3.3.2-8" } },
  { identifier: 0x24, name: "maximumQos", kind: "bit", sections: { CONNACK: "3.2.2.3.4" } },
  { identifier: 0x25, name: "retainAvailable", kind: "flag", sections: { CONNACK: "3.2.2.3.5" } },
  { identifier: 0x26, name: "userProperties", kind: "pairs", sections: userProperties },
  {
    identifier: 0x27,
    name: "maximumPacketSize",
    kind: "u32",
    minimum: 1,
    sections: { CONNECT: "3.1.2.11.4", CONNACK: "3.2.2.3.6" }
  },
  { identifier: 0x28, name: "wildcardSubscriptionAvailable", kind: "flag", sections: { CONNACK: "3.2.2.3.11" } },
  { identifier: 0x29, name: "subscriptionIdentifiersAvailable", kind: "flag", sections: { CONNACK: "3.2.2.3.12" } },
  { identifier: 0x2a, name: "sharedSubscriptionAvailable", kind: "flag", sections: { CONNACK: "3.2.2.3.13" } }
] as const satisfies ReadonlyArray<Row>

type Rows = (typeof rows)[number]

type RowOf<O extends Owner, R extends Rows = Rows> = R extends { readonly sections: { readonly [owner in O]: string } }
  ? R :
  never

/** The properties that a packet may have. Numbers have the units of the standard: intervals are in seconds, sizes in bytes. */
export type Properties<O extends Owner> = {
  readonly [R in RowOf<O> as R["name"]]?: Values[R["kind"]] | undefined
}
