/**
 * The radio of a device that sleeps is never on without a reason: it is off while the device sleeps, every wake that
 * turns it on uses it, and the device waits for nobody longer than allowed.
 */
import type { DeviceConfig, ReconnectPolicy } from "../../../domain/config/DeviceConfig.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import type { Checker } from "../life/Checker.ts"
import type { Observation } from "../life/Observation.ts"

/** The longest that each sensor may take, and the rest of a wait that is not slept. */
const sensorMillis = 5_000
const restMillis = 1_000

/** Between two tries in a row the radio stays on, for at most this time after the first of them began. */
const betweenTries = (event: WakeEvent, { maxAttempts, tryInterval = 0 }: ReconnectPolicy): number | undefined =>
  event._tag === "TryFailed" && event.attempt < maxAttempts ? tryInterval * 1_000 + restMillis : undefined

/** How long it may take until something else is observed. Undefined: this says nothing about the radio. */
const maxSilence = (seen: Observation, config: DeviceConfig): number | undefined => {
  switch (seen._tag) {
    case "RadioOn":
      return config.sensors.length * sensorMillis + restMillis
    case "Joining":
      return config.networks.reduce((sum, { timeout }) => sum + timeout * 1_000, 0) + 1_000
    case "Joined":
    case "Connecting":
    case "Opened":
    case "Taken":
    case "Pulled":
    case "Closed":
      // A Server that does not accept a connection, or from which an answer is missing, gets this long.
      // A command may ask for a reading then.
      return Math.max(config.mqtt.timeout * 1_000, config.mqtt.configWaitTime * 1_000) +
        (config.mqtt.topicCommand === "" ? 0 : config.sensors.length * sensorMillis + restMillis)
    case "Emitted":
      return betweenTries(seen.event, config.mqtt.reconnect)
    // Bytes that are sent slowly are not silence.
    case "Sent":
      return Infinity
    default:
      return undefined
  }
}

export const radio: Checker = {
  name: "radio",
  promise: "the radio is never on without a reason",
  begin: (config) => {
    let since = 0
    let allowed = Infinity
    let isUsed = true
    let isAsked = false
    let isClockMoved = false
    let isOn = false
    return (seen, { isRadioOn, now }) => {
      if (!config.deepSleep) return undefined
      if (seen._tag === "PowerCut" || seen._tag === "RadioOff") allowed = Infinity
      // A command keeps it connected, whatever happens or not.
      if (seen._tag === "Began") isAsked = false
      if (seen._tag === "Emitted" && seen.event._tag === "Staying") isAsked = true
      if (now.at - since > allowed && !isAsked) {
        return "on for " + (now.at - since) / 1_000 + " s in which nothing happened, at most " + allowed / 1_000 +
          " s are enough"
      }
      const next = maxSilence(seen, config)
      if (next !== undefined && isRadioOn) {
        since = now.at
        allowed = next
      }
      if (seen._tag === "Began") isClockMoved = false
      // By a clock that moves, the time may be over for which a command keeps it awake.
      if (isAsked && seen._tag === "Injected" && /^clock(Jump|Reset)$/.test(seen.kind)) isClockMoved = isUsed = true
      if (seen._tag === "RadioOn") isUsed = isClockMoved
      if (seen._tag !== "Slept") isOn = isRadioOn
      if (seen._tag === "Joining" || seen._tag === "PowerCut") isUsed = true
      if (seen._tag !== "Slept") return undefined
      if (!isUsed) return "turned on in a wake that did not try"
      return isOn ? "on in deep sleep" : undefined
    }
  }
}
