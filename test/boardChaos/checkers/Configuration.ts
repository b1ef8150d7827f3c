/**
 * An update is judged as on Node, whatever its bytes are: what Node refuses or finds unchanged, the board does not take; what it
 * takes lies in its flash as Node would have it there. And the board measures the sensors that its configuration names.
 */
import * as ConfigUpdate from "../../../src/domain/ConfigUpdate.ts"
import type { Checker } from "../Checker.ts"
import { events, type Wake } from "../Facts.ts"

/** What Node makes of what was retained at the board's topics. */
const verdict = ({ before: { config }, retained }: Wake): ConfigUpdate.Outcome => {
  let update = ConfigUpdate.begin(config.mqtt, config.version, config)
  for (const topic of ConfigUpdate.topics(config.mqtt)) {
    const payload = retained.get(topic)
    if (payload !== undefined) update = ConfigUpdate.receive(update, { topic, payload: new Uint8Array(payload) })
  }
  return ConfigUpdate.outcome(update)
}

/** A board's strings are bytes. */
const text = (value: string): string => {
  const read = [...value].every((one) => one <= "\xff") ? Buffer.from(value, "latin1").toString("utf8") : value
  return read.includes("\ufffd") ? value : read
}

const plain = (value: unknown): string => JSON.stringify(value, (_, each: unknown) => typeof each === "string" ? text(each) : each)

export const configuration: Checker = {
  name: "configuration",
  promise: "a board judges an update as Node does, and keeps it as Node does",
  begin: () => (wake) => {
    const { after, before, scene } = wake
    const version = events(wake, "ConfigAccepted")[0]?.version
    if (version === undefined) return undefined
    const outcome = verdict(wake)
    if (outcome._tag !== "Accepted") return "it took version " + version + ", which Node does not: " + ("reason" in outcome ? outcome.reason : outcome._tag)
    if (outcome.version !== version) return "it took version " + version + ", Node takes " + outcome.version
    // Where the power went, the old one may count.
    if (wake.ended.end !== "slept" || after.config.version !== version) return undefined
    const [ours, theirs] = [plain(after.config), plain(outcome.config)]
    if (ours === theirs || scene.config.version !== 1) return undefined
    const at = [...ours].findIndex((one, index) => one !== theirs[index])
    return "it keeps version " + version + " as ..." + ours.slice(Math.max(0, at - 20), at + 60) + ", Node as ..." + theirs.slice(Math.max(0, at - 20), at + 60)
      + (before.config.version === version ? " (the same version)" : "")
  }
}
