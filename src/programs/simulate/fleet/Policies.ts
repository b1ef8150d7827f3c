/**
 * What can be done if many devices connect at once: the same device three times.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"

export interface Policy {
  readonly name: string
  readonly config: DeviceConfig
}

const withJitter = (config: DeviceConfig, jitter: number): DeviceConfig => ({
  ...config,
  mqtt: { ...config.mqtt, reconnect: { ...config.mqtt.reconnect, jitter } }
})

/**
 * `config` without jitter and with wakes in phase; with its jitter, or all there can be; with wakes spread by client
 * id.
 */
export const of = (config: DeviceConfig): ReadonlyArray<Policy> => {
  const { jitter } = config.mqtt.reconnect
  const inPhase = { ...config, spreadWakes: false }
  return [
    { name: "no jitter", config: withJitter(inPhase, 0) },
    {
      name: jitter === 0 || jitter === 1 ? "full jitter" : "jitter " + Math.round(jitter * 100) + " %",
      config: withJitter(inPhase, jitter || 1)
    },
    { name: "spread wakes", config: withJitter({ ...config, spreadWakes: true }, 0) }
  ]
}
