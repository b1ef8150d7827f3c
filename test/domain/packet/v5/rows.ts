/**
 * Control Packets beside their bytes, worked out by hand from MQTT 5. Read in both directions by Packet.test.ts.
 */
import type { Packet5 } from "../../../../src/domain/packet/v5/Packet.ts"
import type { TopicFilter, TopicName } from "../../../../src/domain/packet/Topic.ts"
import { bytes } from "../hex.ts"

const name = (text: string) => text as TopicName
const filter = (text: string) => text as TopicFilter

const message = {
  _tag: "Publish",
  topic: name("a/b"),
  payload: bytes(""),
  qos: 0,
  retain: false,
  dup: false,
  packetIdentifier: undefined
} as const

const connect = {
  _tag: "Connect",
  clientId: "a",
  cleanStart: false,
  keepAlive: 60,
  will: undefined,
  username: undefined,
  password: undefined
} as const

export const rows: ReadonlyArray<readonly [title: string, packet: Packet5, hex: string]> = [
  ["CONNECT with nothing but a Client Identifier", { ...connect, properties: {} },
    "10 0e 0004 4d515454 05 00 003c 00 0001 61"],
  ["CONNECT without a Client Identifier, and with a password alone", {
    ...connect,
    clientId: "",
    cleanStart: true,
    password: bytes("70"),
    properties: {}
  }, "10 10 0004 4d515454 05 42 003c 00 0000 0001 70"],
  ["CONNECT with all properties", {
    ...connect,
    properties: {
      sessionExpiryInterval: 0xffff_ffff,
      receiveMaximum: 1,
      maximumPacketSize: 65_536,
      topicAliasMaximum: 10,
      requestResponseInformation: true,
      requestProblemInformation: false,
      userProperties: [["k", "1"], ["k", "2"]],
      authenticationMethod: "m",
      authenticationData: bytes("00ff")
    }
  }, "10 39 0004 4d515454 05 00 003c 2b" +
    "11 ffffffff 21 0001 27 00010000 22 000a 19 01 17 00 26 0001 6b 0001 31 26 0001 6b 0001 32 15 0001 6d 16 0002 00ff" +
    "0001 61"],
  ["CONNECT with a Will that has all properties", {
    ...connect,
    will: {
      topic: name("w"),
      payload: bytes("ff"),
      qos: 1,
      retain: true,
      properties: {
        willDelayInterval: 5,
        payloadFormatIndicator: 1,
        messageExpiryInterval: 60,
        contentType: "t",
        responseTopic: name("r"),
        correlationData: bytes("01"),
        userProperties: [["", ""]]
      }
    },
    properties: {}
  }, "10 32 0004 4d515454 05 2c 003c 00 0001 61" +
    "1d 18 00000005 01 01 02 0000003c 03 0001 74 08 0001 72 09 0001 01 26 0000 0000 0001 77 0001 ff"],
  ["CONNACK that accepts", { _tag: "Connack", sessionPresent: true, reasonCode: 0, properties: {} }, "20 03 01 00 00"],
  ["CONNACK that refuses, and says why", {
    _tag: "Connack",
    sessionPresent: false,
    reasonCode: 0x9d,
    properties: { reasonString: "gone", serverReference: "b" }
  }, "20 0e 00 9d 0b 1f 0004 676f6e65 1c 0001 62"],
  ["CONNACK with the properties of a Server", {
    _tag: "Connack",
    sessionPresent: false,
    reasonCode: 0,
    properties: {
      sessionExpiryInterval: 30,
      receiveMaximum: 20,
      maximumQos: 1,
      retainAvailable: false,
      maximumPacketSize: 100,
      assignedClientIdentifier: "x",
      topicAliasMaximum: 3,
      wildcardSubscriptionAvailable: false,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: true,
      serverKeepAlive: 9,
      responseInformation: "i"
    }
  }, "20 28 00 00 25" +
    "11 0000001e 21 0014 24 01 25 00 27 00000064 12 0001 78 22 0003 28 00 29 00 2a 01 13 0009 1a 0001 69"],
  ["PUBLISH without properties", { ...message, properties: {} }, "30 06 0003 612f62 00"],
  ["PUBLISH with QoS 2 and all properties", {
    ...message,
    payload: bytes("31"),
    qos: 2,
    dup: true,
    packetIdentifier: 10,
    properties: {
      payloadFormatIndicator: 0,
      messageExpiryInterval: 0,
      topicAlias: 65_535,
      responseTopic: name("r"),
      correlationData: bytes(""),
      userProperties: [["a", "b"]],
      subscriptionIdentifiers: [1, 128, 268_435_455],
      contentType: ""
    }
  }, "3c 2e 0003 612f62 000a 25" +
    "01 00 02 00000000 23 ffff 08 0001 72 09 0000 26 0001 61 0001 62 0b 01 0b 8001 0b ffffff7f 03 0000 31"],
  ["PUBLISH with a Topic Alias in place of its topic", {
    ...message,
    topic: name(""),
    properties: { topicAlias: 1 }
  }, "30 06 0000 03 23 0001"],
  ["PUBLISH whose properties have a length of two bytes", {
    ...message,
    properties: { correlationData: new Uint8Array(125).fill(7) }
  }, `30 8701 0003 612f62 8001 09 007d ${"07".repeat(125)}`],
  ["PUBACK of success", { _tag: "Puback", packetIdentifier: 1, reasonCode: 0, properties: {} }, "40 02 0001"],
  ["PUBACK with a Reason Code alone", { _tag: "Puback", packetIdentifier: 1, reasonCode: 0x10, properties: {} },
    "40 03 0001 10"],
  ["PUBREC that refuses", {
    _tag: "Pubrec",
    packetIdentifier: 256,
    reasonCode: 0x97,
    properties: { reasonString: "r", userProperties: [["k", "v"]] }
  }, "50 0f 0100 97 0b 1f 0001 72 26 0001 6b 0001 76"],
  ["PUBREL for an unknown identifier", { _tag: "Pubrel", packetIdentifier: 2, reasonCode: 0x92, properties: {} },
    "62 03 0002 92"],
  ["PUBCOMP with properties and Reason Code 0", {
    _tag: "Pubcomp",
    packetIdentifier: 3,
    reasonCode: 0,
    properties: { reasonString: "" }
  }, "70 07 0003 00 03 1f 0000"],
  ["SUBSCRIBE with options", {
    _tag: "Subscribe",
    packetIdentifier: 7,
    subscriptions: [
      { topicFilter: filter("a/+"), qos: 1, noLocal: true, retainAsPublished: false, retainHandling: 0 },
      { topicFilter: filter("#"), qos: 0, noLocal: false, retainAsPublished: true, retainHandling: 1 },
      { topicFilter: filter("$share/g/c"), qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 2 }
    ],
    properties: { subscriptionIdentifier: 300, userProperties: [["k", "v"]] }
  }, "82 24 0007 0a 0b ac02 26 0001 6b 0001 76 0003 612f2b 05 0001 23 18 000a 2473686172652f672f63 22"],
  ["SUBACK that grants and refuses", {
    _tag: "Suback",
    packetIdentifier: 7,
    reasonCodes: [0, 1, 2, 0x87],
    properties: {}
  }, "90 07 0007 00 00 01 02 87"],
  ["UNSUBSCRIBE", {
    _tag: "Unsubscribe",
    packetIdentifier: 8,
    topicFilters: [filter("a/#"), filter("b")],
    properties: { userProperties: [["", "v"]] }
  }, "a2 11 0008 06 26 0000 0001 76 0003 612f23 0001 62"],
  ["UNSUBACK", { _tag: "Unsuback", packetIdentifier: 8, reasonCodes: [0, 0x11], properties: { reasonString: "r" } },
    "b0 09 0008 04 1f 0001 72 00 11"],
  ["PINGREQ", { _tag: "Pingreq" }, "c0 00"],
  ["PINGRESP", { _tag: "Pingresp" }, "d0 00"],
  ["DISCONNECT of success", { _tag: "Disconnect", reasonCode: 0, properties: {} }, "e0 00"],
  ["DISCONNECT that asks for the Will", { _tag: "Disconnect", reasonCode: 4, properties: {} }, "e0 01 04"],
  ["DISCONNECT with properties", {
    _tag: "Disconnect",
    reasonCode: 0x9c,
    properties: { sessionExpiryInterval: 0, serverReference: "s" }
  }, "e0 0b 9c 09 11 00000000 1c 0001 73"],
  ["AUTH of success without properties", { _tag: "Auth", reasonCode: 0, properties: {} }, "f0 00"],
  ["AUTH that continues", {
    _tag: "Auth",
    reasonCode: 0x18,
    properties: { authenticationMethod: "m", authenticationData: bytes("01") }
  }, "f0 0a 18 08 15 0001 6d 16 0001 01"]
]
