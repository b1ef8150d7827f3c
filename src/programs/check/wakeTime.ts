/**
 * Whether what a wake may have to wait for fits into `awake_timeout`, which ends the wake whatever it waits for.
 *
 * Only warnings: a wake that has its network and its Server at once needs a second or two.
 */
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import type { Remark } from "./Remark.ts"

/** What a wake may have to wait for: the key, and its seconds. */
type Wait = readonly [path: string, seconds: number]

const networkFields = ["network.timeout", "network_fallback.timeout"]

/** Both networks are tried, one after the other. */
const joining = ({ networks }: DeviceConfig): ReadonlyArray<Wait> =>
  networks.map(({ timeout }, index) => [networkFields[index] as string, timeout])

const sum = (waits: ReadonlyArray<Wait>): number => Math.ceil(waits.reduce((total, [, seconds]) => total + seconds, 0))

/** `a (20), b (10) and c (1)` */
const listed = (waits: ReadonlyArray<Wait>): string =>
  waits.map(([path, seconds]) => `${path} (${seconds})`).join(", ").replace(/, ([^,]*)$/, " and $1")

/** A wake in which everything comes as late as it may. */
const oneTry = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const { awakeTimeout, mqtt } = config
  const waits: ReadonlyArray<Wait> = [
    ...joining(config),
    ["mqtt.timeout", mqtt.timeout],
    ...(mqtt.loadConfigFromMqtt || mqtt.topicCommand !== "" ? [["mqtt.config_wait_time", mqtt.configWaitTime] as const]
      : [])
  ]
  const needed = sum(waits)
  return needed <= awakeTimeout ? [] : [{
    path: "awake_timeout",
    message:
      `awake_timeout (${awakeTimeout}) is less than ${
        listed(waits)
      } take together (${needed}): it may end a wake that would still get its `
      + `readings through; set it to at least ${needed}, or lower the others`
  }]
}

/** The row of tries of the first wake of an outage. */
const allTries = (config: DeviceConfig): ReadonlyArray<Remark> => {
  const { awakeTimeout, mqtt } = config
  const { enabled, maxAttempts, tryInterval = 0 } = mqtt.reconnect
  if (!enabled || tryInterval === 0 || maxAttempts < 2) return []
  const waits: ReadonlyArray<Wait> = [...joining(config), ["mqtt.timeout", mqtt.timeout]]
  const needed = Math.ceil((maxAttempts - 1) * tryInterval + sum(waits))
  if (needed <= awakeTimeout) return []
  const most = Math.floor((awakeTimeout - sum(waits)) / (maxAttempts - 1))
  return [{
    path: "mqtt.reconnect.try_interval",
    message:
      `mqtt.reconnect.try_interval is ${tryInterval}, and ${maxAttempts} tries with ${
        listed(waits)
      } may take ${needed} s, longer than awake_timeout `
      + `(${awakeTimeout}), which then ends the wake before the last of them; set it to ${
        most >= 1 ? "at most " + most : "0"
      }, or awake_timeout to at least ${needed}`
  }]
}

/** A device that is always on gives the Server `awake_timeout` to acknowledge what it was sent. */
const alwaysOn = ({ awakeTimeout, mqtt }: DeviceConfig): ReadonlyArray<Remark> =>
  mqtt.timeout <= awakeTimeout ? [] : [{
    path: "awake_timeout",
    message:
      `awake_timeout (${awakeTimeout}) is less than mqtt.timeout (${mqtt.timeout}): a Server that needs the time it is given is cut off; `
      + `set it to at least ${mqtt.timeout}, or lower mqtt.timeout`
  }]

export const wakeTime = (config: DeviceConfig): ReadonlyArray<Remark> => {
  if (!config.mqtt.enabled) return []
  if (!config.deepSleep) return alwaysOn(config)
  const one = oneTry(config)
  // If both are wrong, the first must be corrected first, and its numbers change the second's.
  return one.length > 0 ? one : allTries(config)
}
