/**
 * What has arrived of a new configuration, and what is to be done about it.
 *
 * Messages come in any order, so `receive` only keeps the newest of each topic, and `outcome` decides about what is
 * there. In the two-topic form the Server announces a number, and the document must have this number as its version. A
 * new file is merged into the present one (ConfigReview), so that an update without the network or the password does
 * not cut the device off. No reason shows any of the document's text: the text may have passwords, and reasons are
 * published.
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

/** What the status says about a verdict. */
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

/** Takes a message that is not empty, in the form with two topics. */
const receiveOfTwo = (update: ConfigUpdate, { payload, topic }: Received): ConfigUpdate => {
  if (topic === update.mqtt.topicConfigVersion) return { ...update, announced: Bytes.toBinary(payload) }
  return topic === update.mqtt.topicConfigData ? { ...update, document: Bytes.toBinary(payload) } : update
}

/**
 * The version that the Server announces; undefined if it does not, or if the text is not JSON. Nearly every
 * announcement is a plain number, for which no JSON reader is needed.
 */
const announcedVersion = ({ announced }: ConfigUpdate): unknown =>
  announced !== undefined && announced.length < 16 && /^[1-9][0-9]*$/.test(announced) ? +announced : parse(announced)

/** Why nothing is to be done, in the form with two topics: the number is that of the present version. */
export const unremarkableOfTwo = (update: ConfigUpdate): string | undefined =>
  announcedVersion(update) === update.version ? isPresent(update.version) : undefined

const isNewer = (announced: unknown, update: ConfigUpdate): boolean =>
  typeof announced === "number" && announced > update.version

/** There is no number yet, or a newer number without its document. */
const isWaitingForTwo = (update: ConfigUpdate): boolean => {
  if (update.announced === undefined) return true
  const announced = announcedVersion(update)
  return isNewer(announced, update) && (update.document === undefined || versionIn(update.document) !== announced)
}

/** There is no number, or a newer one and no document. */
const isShortOfTwo = (update: ConfigUpdate): boolean =>
  update.announced === undefined || (update.document === undefined && isNewer(announcedVersion(update), update))

/**
 * Takes a message. Messages on other topics change nothing. An empty payload changes nothing either: this is how a
 * retained message is removed.
 */
export const receive = (update: ConfigUpdate, message: Received): ConfigUpdate => {
  if (Bytes.length(message.payload) === 0) return update
  if (hasTwoTopics(update.mqtt)) return receiveOfTwo(update, message)
  return message.topic === update.mqtt.topicConfig ? { ...update, document: Bytes.toBinary(message.payload) } : update
}

/**
 * Whether more is likely to arrive: nothing is here yet, or a newer number without its document. A caller that has
 * waited long enough asks for the outcome anyway.
 */
export const isWaiting = (update: ConfigUpdate): boolean =>
  hasTwoTopics(update.mqtt) ? isWaitingForTwo(update) : update.document === undefined

/** Why nothing is to be done: the present version is still there. Nearly every wake finds this. */
export const unremarkable = (update: ConfigUpdate): string | undefined =>
  hasTwoTopics(update.mqtt) ? unremarkableOfTwo(update)
    : versionIn(update.document) === update.version ? isPresent(update.version)
    : undefined

/**
 * Identifies a document, and says whether it is the one that was judged last under the present version (`DeviceState`).
 */
export const mark = ({ document, version }: ConfigUpdate): number => crc32(Bytes.fromBinary(document ?? "")) ^ version

/** Whether too little has arrived to decide. */
export const isShort = (update: ConfigUpdate): boolean =>
  hasTwoTopics(update.mqtt) ? isShortOfTwo(update) : update.document === undefined

/** What to do with what has arrived so far. Everything but the usual case is in ConfigReview. */
export const outcome = (update: ConfigUpdate): Outcome => {
  const { version } = update
  const reason = unremarkable(update)
  if (reason !== undefined) return { _tag: "Unchanged", version, age: "equal", reason }
  return isShort(update) ? { _tag: "Waiting" } : ConfigReview.review(update)
}

const said = (device: string, version: number | undefined, rest: string): string =>
  "{\"device\":" + quote(device) + (version === undefined ? "" : ",\"version\":" + version) + "," + rest + "}"

/**
 * A reason is stored with the pending messages, and one that names every fault of a large update would be as large as
 * the update. Bytes.
 */
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
 * The text for `<prefix>/config_status`, to which every device with this prefix writes:
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
