/**
 * Control Packets beside their bytes, worked out by hand from MQTT 3.1.1. Read in both directions by Packet.test.ts.
 */
import type { Packet } from "../../../src/domain/packet/Packet.ts"
import type { TopicFilter, TopicName } from "../../../src/domain/packet/Topic.ts"
import { bytes } from "./hex.ts"

const name = (text: string) => text as TopicName
const filter = (text: string) => text as TopicFilter

export const rows: ReadonlyArray<readonly [title: string, packet: Packet, hex: string]> = [
  [
    "CONNECT with nothing but a client identifier",
    {
      _tag: "Connect",
      clientId: "a",
      cleanSession: false,
      keepAlive: 60,
      will: undefined,
      username: undefined,
      password: undefined
    },
    "10 0d 0004 4d515454 04 00 003c 0001 61"
  ],
  [
    "CONNECT that lets the Server choose the client identifier",
    {
      _tag: "Connect",
      clientId: "",
      cleanSession: true,
      keepAlive: 0,
      will: undefined,
      username: undefined,
      password: undefined
    },
    "10 0c 0004 4d515454 04 02 0000 0000"
  ],
  [
    "CONNECT with a user name and an empty password",
    {
      _tag: "Connect",
      clientId: "a",
      cleanSession: true,
      keepAlive: 65535,
      will: undefined,
      username: "",
      password: bytes("")
    },
    "10 11 0004 4d515454 04 c2 ffff 0001 61 0000 0000"
  ],
  [
    "CONNECT with all fields",
    {
      _tag: "Connect",
      clientId: "id",
      cleanSession: true,
      keepAlive: 10,
      will: { topic: name("w"), payload: bytes("00ff"), qos: 2, retain: true },
      username: "u",
      password: bytes("7077")
    },
    "10 1c 0004 4d515454 04 f6 000a 0002 6964 0001 77 0002 00ff 0001 75 0002 7077"
  ],
  ["CONNACK that accepts", { _tag: "Connack", sessionPresent: false, returnCode: 0 }, "20 02 00 00"],
  ["CONNACK that has our Session", { _tag: "Connack", sessionPresent: true, returnCode: 0 }, "20 02 01 00"],
  ["CONNACK that refuses", { _tag: "Connack", sessionPresent: false, returnCode: 5 }, "20 02 00 05"],
  [
    "PUBLISH with QoS 0 and no payload",
    {
      _tag: "Publish",
      topic: name("a/b"),
      payload: bytes(""),
      qos: 0,
      retain: false,
      dup: false,
      packetIdentifier: undefined
    },
    "30 05 0003 612f62"
  ],
  [
    "PUBLISH with QoS 1, retained",
    {
      _tag: "Publish",
      topic: name("a/b"),
      payload: bytes("00ff"),
      qos: 1,
      retain: true,
      dup: false,
      packetIdentifier: 10
    },
    "33 09 0003 612f62 000a 00ff"
  ],
  [
    "PUBLISH with QoS 2, repeated",
    {
      _tag: "Publish",
      topic: name("/"),
      payload: bytes("31"),
      qos: 2,
      retain: false,
      dup: true,
      packetIdentifier: 65535
    },
    "3c 06 0001 2f ffff 31"
  ],
  [
    "PUBLISH whose Topic Name is not ASCII and begins with U+FEFF",
    {
      _tag: "Publish",
      topic: name("\ufeffé€😀"),
      payload: bytes(""),
      qos: 0,
      retain: false,
      dup: false,
      packetIdentifier: undefined
    },
    "30 0e 000c efbbbf c3a9 e282ac f09f9880"
  ],
  ...([[119, "7f"], [120, "8001"], [16375, "ff7f"], [16376, "808001"]] as const).map((
    [size, length]
  ): [string, Packet, string] => [
    `PUBLISH with a payload of ${size} bytes`,
    {
      _tag: "Publish",
      topic: name("topic/"),
      payload: new Uint8Array(size).fill(0xaa),
      qos: 0,
      retain: false,
      dup: false,
      packetIdentifier: undefined
    },
    `30 ${length} 0006 746f7069632f ${"aa".repeat(size)}`
  ]),
  ["PUBACK", { _tag: "Puback", packetIdentifier: 1 }, "40 02 0001"],
  ["PUBREC", { _tag: "Pubrec", packetIdentifier: 256 }, "50 02 0100"],
  ["PUBREL", { _tag: "Pubrel", packetIdentifier: 65535 }, "62 02 ffff"],
  ["PUBCOMP", { _tag: "Pubcomp", packetIdentifier: 4660 }, "70 02 1234"],
  [
    "SUBSCRIBE to three Topic Filters",
    {
      _tag: "Subscribe",
      packetIdentifier: 7,
      subscriptions: [
        { topicFilter: filter("a/+"), qos: 1 },
        { topicFilter: filter("#"), qos: 0 },
        { topicFilter: filter("c"), qos: 2 }
      ]
    },
    "82 10 0007 0003 612f2b 01 0001 23 00 0001 63 02"
  ],
  [
    "SUBACK that grants and refuses",
    { _tag: "Suback", packetIdentifier: 7, returnCodes: [0, 1, 2, 0x80] },
    "90 06 0007 00 01 02 80"
  ],
  [
    "UNSUBSCRIBE from two Topic Filters",
    { _tag: "Unsubscribe", packetIdentifier: 8, topicFilters: [filter("a/#"), filter("b")] },
    "a2 0a 0008 0003 612f23 0001 62"
  ],
  ["UNSUBACK", { _tag: "Unsuback", packetIdentifier: 8 }, "b0 02 0008"],
  ["PINGREQ", { _tag: "Pingreq" }, "c0 00"],
  ["PINGRESP", { _tag: "Pingresp" }, "d0 00"],
  ["DISCONNECT", { _tag: "Disconnect" }, "e0 00"]
]
