/** The packets of the codec's benchmark, as ours and as mqtt-packet's. */
import type mqttPacket from "mqtt-packet"
import type { Packet } from "../../../src/domain/packet/Packet.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import type { Packet5 } from "../../../src/domain/packet/v5/Packet.ts"

/** Several packets are taken in turn. */
export interface Row<P> {
  readonly name: string
  readonly ours: ReadonlyArray<P>
  readonly theirs: ReadonlyArray<mqttPacket.Packet>
}

const payload = Buffer.from(`{"temperature":21.4,"humidity":48.2,"uptime":123456,"unit":"C"} `)

const publish = (topic: string, packetIdentifier = 4711) => ({
  _tag: "Publish",
  topic: topic as TopicName,
  payload: new Uint8Array(payload),
  qos: 1,
  retain: false,
  dup: false,
  packetIdentifier
} as const)

const theirPublish = (topic: string, properties?: mqttPacket.IPublishPacket["properties"]): mqttPacket.Packet => ({
  cmd: "publish",
  topic,
  payload,
  qos: 1,
  retain: false,
  dup: false,
  messageId: 4711,
  ...(properties === undefined ? {} : { properties })
})

const topic = "/homecontrol/device/data/livingroom-dht22/data"
const topics = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `/homecontrol/device/data/livingroom-dht2${i}/data`)

const puback = { _tag: "Puback", packetIdentifier: 4711 } as const
const theirPuback = { cmd: "puback", messageId: 4711 } as const

const connect = {
  _tag: "Connect",
  clientId: "esp_livingroom",
  keepAlive: 60,
  will: undefined,
  username: "sensor",
  password: new Uint8Array(Buffer.from("correct horse"))
} as const

const theirConnect = {
  cmd: "connect",
  clientId: "esp_livingroom",
  clean: false,
  keepalive: 60,
  username: "sensor",
  password: Buffer.from("correct horse")
} as const

export const rows4: ReadonlyArray<Row<Packet>> = [
  { name: "PUBLISH, QoS 1, 64 bytes", ours: [publish(topic)], theirs: [theirPublish(topic)] },
  {
    name: "PUBLISH, 8 topics in turn",
    ours: topics.map((each) => publish(each)),
    theirs: topics.map((each) => theirPublish(each))
  },
  { name: "PUBACK", ours: [puback], theirs: [theirPuback] },
  { name: "CONNECT", ours: [{ ...connect, cleanSession: false }], theirs: [theirConnect] }
]

const userProperties = [["unit", "C"], ["room", "livingroom"]] as const
const usual = { messageExpiryInterval: 3600, contentType: "application/json", userProperties } as const
const theirUsual = {
  messageExpiryInterval: 3600,
  contentType: "application/json",
  userProperties: { unit: "C", room: "livingroom" }
}
const request = { responseTopic: "answers/4711" as TopicName, correlationData: new Uint8Array([1, 2, 3, 4]) } as const
const theirRequest = { responseTopic: "answers/4711", correlationData: Buffer.from([1, 2, 3, 4]) }

export const rows5: ReadonlyArray<Row<Packet5>> = [
  { name: "PUBLISH, QoS 1, 64 bytes", ours: [publish(topic)], theirs: [theirPublish(topic)] },
  {
    name: "PUBLISH, 8 topics in turn",
    ours: topics.map((each) => publish(each)),
    theirs: topics.map((each) => theirPublish(each))
  },
  {
    name: "PUBLISH, 4 properties",
    ours: [{ ...publish(topic), properties: usual }],
    theirs: [theirPublish(topic, theirUsual)]
  },
  {
    name: "PUBLISH, a Topic Alias",
    ours: [{ ...publish(""), properties: { topicAlias: 7 } }],
    theirs: [theirPublish("", { topicAlias: 7 })]
  },
  {
    name: "PUBLISH, a request",
    ours: [{ ...publish(topic), properties: request }],
    theirs: [theirPublish(topic, theirRequest)]
  },
  { name: "PUBACK", ours: [puback], theirs: [theirPuback] },
  {
    name: "PUBACK, with a Reason Code",
    ours: [{ ...puback, reasonCode: 0x10 }],
    theirs: [{ ...theirPuback, reasonCode: 0x10 }]
  },
  {
    name: "CONNECT, 3 properties",
    ours: [{
      ...connect,
      cleanStart: false,
      properties: { sessionExpiryInterval: 3600, receiveMaximum: 64, topicAliasMaximum: 64 }
    }],
    theirs: [{
      ...theirConnect,
      protocolVersion: 5,
      properties: { sessionExpiryInterval: 3600, receiveMaximum: 64, topicAliasMaximum: 64 }
    }]
  }
]

/** Sixteen of these come in one chunk. */
export const many = theirPublish(topic)
