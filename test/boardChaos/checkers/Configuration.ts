/**
 * An update is judged as on Node, whatever its bytes are: what Node refuses or finds unchanged, the board does not
 * take; what it takes lies in its flash as Node would have it there. And the board measures the sensors that its
 * configuration names.
 */
import * as ConfigUpdate from "../../../src/domain/config/ConfigUpdate.ts"
import type { Checker } from "../Checker.ts"
import { events, leaves, lived, type Wake } from "../ObservedState.ts"

/** What Node makes of what was retained at the board's topics. */
export const verdict = (wake: Pick<Wake, "before" | "ended" | "retained">): ConfigUpdate.Outcome => {
  const config = lived(wake)
  let update = ConfigUpdate.begin(config.mqtt, config.version, config)
  for (const topic of ConfigUpdate.topics(config.mqtt)) {
    const payload = wake.retained.get(topic)
    if (payload !== undefined) update = ConfigUpdate.receive(update, { topic, payload: new Uint8Array(payload) })
  }
  return ConfigUpdate.outcome(update)
}

const missing = (from: ReadonlySet<string>, all: ReadonlySet<string>): string | undefined =>
  [...from].find((each) => !all.has(each))

/** What the update changed is there, and nothing else is. */
const kept = (
  wake: Wake,
  outcome: Extract<ConfigUpdate.Outcome, { readonly _tag: "Accepted" }>
): string | undefined => {
  const { values } = wake.after
  if (values === undefined) return undefined
  const flashed = leaves(wake.baked)
  const wanted = leaves(outcome.config)
  const lacks = missing(new Set([...wanted].filter((each) => !flashed.has(each))), values)
  if (lacks !== undefined) {
    return "it keeps no " + JSON.stringify(lacks.slice(0, 80)) + ", which version " + outcome.version + " has"
  }
  const strange = missing(values, wanted)
  return strange === undefined ? undefined
    : "it keeps " + JSON.stringify(strange.slice(0, 80)) + ", which version " + outcome.version + " does not have"
}

export const configuration: Checker = {
  name: "configuration",
  promise: "a board judges an update as Node does, and keeps it as Node does",
  begin: () => (wake) => {
    const version = events(wake, "ConfigAccepted")[0]?.version
    if (version === undefined) return undefined
    const outcome = verdict(wake)
    if (outcome._tag !== "Accepted") {
      return "it took version " + version + ", which Node does not: " +
        ("reason" in outcome ? outcome.reason : outcome._tag)
    }
    if (outcome.version !== version) return "it took version " + version + ", Node takes " + outcome.version
    // Where the power went, the old one may count.
    if (wake.ended.end !== "slept") return undefined
    return wake.after.config.version === version ? kept(wake, outcome)
      : "it took version " + version + ", and flash has " + wake.after.config.version
  }
}
