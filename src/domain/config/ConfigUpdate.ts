/**
 * What has arrived of a new configuration, and what is to be done about it.
 *
 * Messages come in any order, so `receive` only keeps the newest of each topic and `outcome` judges what is there.
 * In the two-topic form the number is the word of the Server and the document must bear it. A new file is laid over the
 * present one (ConfigReview), so that an update which leaves out the network or the password does not cut the device
 * off. No reason shows any of the document's text: it may hold passwords, and reasons are published.
 */
import * as ConfigReview from "./ConfigReview.ts"
import type { ConfigUpdate } from "./ConfigUpdateFields.ts"
import { parse, versionIn } from "./Contents.ts"
import { crc32 } from "../bytes/Crc32.ts"
import type { DeviceConfig, MqttConfig } from "./DeviceConfig.ts"
import { isPresent } from "./isPresent.ts"
import * as Bytes from "../bytes/Bytes.ts"
import { quote } from "../bytes/Text.ts"
import type { TopicFilter } from "../packet/Topic.ts"

export type { ConfigUpdate } from "./ConfigUpdateFields.ts"

export type Outcome = { readonly _tag: "Waiting" } | ConfigReview.Verdict

/** What the status tells of a verdict. */
export type Judged =
  | Pick<ConfigReview.Verdict & { readonly _tag: "Accepted" }, "_tag" | "version">
  | Pick<Exclude<ConfigReview.Verdict, { readonly _tag: "Accepted" }>, "_tag" | "version" | "reason">

/** Nothing has arrived. Without `present` an update must be a complete file. */
export const begin = (mqtt: MqttConfig, version: number, present?: DeviceConfig): ConfigUpdate => ({
  mqtt,
  version,
  present,
  announced: undefined,
  document: undefined
})

const hasTwoTopics = (mqtt: MqttConfig): boolean => mqtt.topicConfigVersion !== ""

/** What to subscribe to: one topic or, where both are configured, the number's and the document's. */
export const topics = (mqtt: MqttConfig): ReadonlyArray<TopicFilter> => {
  if (!mqtt.enabled || !mqtt.loadConfigFromMqtt) return []
  // Checked with the configuration; a Topic Name is a Topic Filter too.
  const names = hasTwoTopics(mqtt) ? [mqtt.topicConfigVersion, mqtt.topicConfigData] : [mqtt.topicConfig]
  return names as ReadonlyArray<string> as ReadonlyArray<TopicFilter>
}

interface Received {
  readonly topic: string
  readonly payload: Bytes.Bytes
}

/** Takes a message that is not empty, of the form with two topics. */
const receiveOfTwo = (update: ConfigUpdate, { payload, topic }: Received): ConfigUpdate => {
  if (topic === update.mqtt.topicConfigVersion) return { ...update, announced: Bytes.toBinary(payload) }
  return topic === update.mqtt.topicConfigData ? { ...update, document: Bytes.toBinary(payload) } : update
}

/**
 * The version that the Server announces; undefined when it does not, or when that is not JSON. What nearly every
 * announcement is needs no reader.
 */
const announcedVersion = ({ announced }: ConfigUpdate): unknown =>
  announced !== undefined && announced.length < 16 && /^[1-9][0-9]*$/.test(announced) ? +announced : parse(announced)

/** Why nothing is to be done, in the form with two topics: the number is that of the present version. */
export const unremarkableOfTwo = (update: ConfigUpdate): string | undefined =>
  announcedVersion(update) === update.version ? isPresent(update.version) : undefined

const isNewer = (announced: unknown, update: ConfigUpdate): boolean =>
  typeof announced === "number" && announced > update.version

/** There is no number yet, or a newer one without the document that bears it. */
const isWaitingForTwo = (update: ConfigUpdate): boolean => {
  if (update.announced === undefined) return true
  const announced = announcedVersion(update)
  return isNewer(announced, update) && (update.document === undefined || versionIn(update.document) !== announced)
}

/** There is no number, or a newer one and no document. */
const isShortOfTwo = (update: ConfigUpdate): boolean =>
  update.announced === undefined || (update.document === undefined && isNewer(announcedVersion(update), update))

/**
 * Takes a message. Other topics change nothing, nor does an empty payload: that is how a retained message is removed.
 */
export const receive = (update: ConfigUpdate, message: Received): ConfigUpdate => {
  if (Bytes.length(message.payload) === 0) return update
  if (hasTwoTopics(update.mqtt)) return receiveOfTwo(update, message)
  return message.topic === update.mqtt.topicConfig ? { ...update, document: Bytes.toBinary(message.payload) } : update
}

/**
 * Whether more is likely to arrive: nothing is here yet, or a newer number without the document that bears it. Who has
 * waited long enough asks for the outcome all the same.
 */
export const isWaiting = (update: ConfigUpdate): boolean =>
  hasTwoTopics(update.mqtt) ? isWaitingForTwo(update) : update.document === undefined

/** Why nothing is to be done: the present version is still there, which is what nearly every wake finds. */
export const unremarkable = (update: ConfigUpdate): string | undefined =>
  hasTwoTopics(update.mqtt) ? unremarkableOfTwo(update)
    : versionIn(update.document) === update.version ? isPresent(update.version)
    : undefined

/** Tells a document from others, and whether it is the one judged last under the present version (`DeviceState`). */
export const mark = ({ document, version }: ConfigUpdate): number => crc32(Bytes.fromBinary(document ?? "")) ^ version

/** Whether what has arrived is too little to be judged. */
export const isShort = (update: ConfigUpdate): boolean =>
  hasTwoTopics(update.mqtt) ? isShortOfTwo(update) : update.document === undefined

/** What to do with what has arrived so far; everything but the usual is for ConfigReview. */
export const outcome = (update: ConfigUpdate): Outcome => {
  const { version } = update
  const reason = unremarkable(update)
  if (reason !== undefined) return { _tag: "Unchanged", version, age: "equal", reason }
  return isShort(update) ? { _tag: "Waiting" } : ConfigReview.review(update)
}

const said = (device: string, version: number | undefined, rest: string): string =>
  "{\"device\":" + quote(device) + (version === undefined ? "" : ",\"version\":" + version) + "," + rest + "}"

/** A reason is kept with what is owed, and one that names every fault of a large update is as large as that. Bytes. */
const maxReason = 240

/** Cut between two of its characters. */
const brief = (reason: string): string => {
  const bytes = Bytes.fromText(reason)
  if (Bytes.length(bytes) <= maxReason) return reason
  let end = maxReason - 4
  // Within a character all bytes but the first begin with the bits 10.
  while ((Bytes.at(bytes, end) & 0xc0) === 0x80) end--
  return Bytes.toText(Bytes.slice(bytes, 0, end)) + " ..."
}

/**
 * The text for `<prefix>/config_status`, to which every device below the prefix writes:
 * `{"device":"balcony","version":3,"status":"accepted"}`; with a `reason` unless accepted.
 */
export const status = (result: Judged, device: string): string => {
  switch (result._tag) {
    case "Accepted":
      return said(device, result.version, "\"status\":\"accepted\"")
    case "Unchanged":
      return said(device, result.version, "\"status\":\"unchanged\",\"reason\":" + quote(brief(result.reason)))
    case "Refused":
      return said(device, result.version, "\"status\":\"refused\",\"reason\":" + quote(brief(result.reason)))
  }
}
