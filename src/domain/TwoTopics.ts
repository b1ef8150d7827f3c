/**
 * The form of an update that comes on two topics: its version on one, the document on the other. A board keeps it in a file of
 * its own unless its configuration has both.
 */
import type { ConfigUpdate } from "./ConfigUpdate.ts"
import { parse, versionIn } from "./Contents.ts"
import { isPresent } from "./isPresent.ts"
import * as Bytes from "./packet/Bytes.ts"

/** Takes a message that is not empty. */
export const receive = (update: ConfigUpdate, { payload, topic }: { readonly topic: string; readonly payload: Bytes.Bytes }): ConfigUpdate => {
  if (topic === update.mqtt.topicConfigVersion) return { ...update, announced: Bytes.toBinary(payload) }
  return topic === update.mqtt.topicConfigData ? { ...update, document: Bytes.toBinary(payload) } : update
}

/**
 * The version that the Server announces; undefined when it does not, or when that is not JSON. What nearly every announcement is
 * needs no reader.
 */
const version = ({ announced }: ConfigUpdate): unknown =>
  announced !== undefined && announced.length < 16 && /^[1-9][0-9]*$/.test(announced) ? +announced : parse(announced)

/** Why nothing is to be done: the number is that of the present version. */
export const unremarkable = (update: ConfigUpdate): string | undefined =>
  version(update) === update.version ? isPresent(update.version) : undefined

const isNewer = (announced: unknown, update: ConfigUpdate): boolean => typeof announced === "number" && announced > update.version

/** There is no number yet, or a newer one without the document that bears it. */
export const isWaiting = (update: ConfigUpdate): boolean => {
  if (update.announced === undefined) return true
  const announced = version(update)
  return isNewer(announced, update) && (update.document === undefined || versionIn(update.document) !== announced)
}

/** There is no number, or a newer one and no document. */
export const isShort = (update: ConfigUpdate): boolean =>
  update.announced === undefined || (update.document === undefined && isNewer(version(update), update))
