/** The configuration that lies beside a board's program. */
import type { DeviceConfig, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import { isSteady, publishesAlways } from "./sparedBy.ts"

/** Whether a board's program asks what its sensors compare: `quiet`, `onChange` and a status do. */
const asksForLimits = (config: DeviceConfig): boolean =>
  !isSteady(config) || !publishesAlways(config) || config.mqtt.publishStatus

/** What a board's program knows of a sensor. */
const residentSensor = (
  { humidity, id, interval, maxSilence, pin, temperature, type }: SensorConfig,
  compares: boolean
): object => {
  const { unit } = temperature
  const plain = { type, id, pin, interval, temperature: { unit } }
  if (!compares) return plain
  const { name: _temperature, ...warmth } = temperature
  const { name: _humidity, unit: _unit, ...wetness } = humidity
  return { ...plain, ...(maxSilence === undefined ? {} : { maxSilence }), temperature: warmth, humidity: wetness }
}

/**
 * A configuration, JSON, without what is only needed to merge an update into it: names for Home Assistant, the
 * certificates of a connection without TLS, and the keys of what the program does without.
 */
export const residentConfig = (json: string): string => {
  const whole = JSON.parse(json) as DeviceConfig
  const { deviceId, deviceName: _name, mqtt, sensors, time, ...config } = whole
  const { publishInterval: _interval, templates: _templates, useEsp32Client: _client, ...account } = mqtt
  const { sendInterval: _send, sendWhenPending: _pending, ...always } = account
  const kept = mqtt.sendInterval === 0 ? always : account
  const { sslCa: _ca, sslCert: _cert, sslKey: _key, ...plain } = kept
  return JSON.stringify({
    ...config,
    ...(mqtt.publishStatus ? { deviceId } : {}),
    ...(time.server === "" ? {} : { time }),
    sensors: sensors.map((sensor) => residentSensor(sensor, asksForLimits(whole))),
    mqtt: mqtt.ssl ? kept : plain
  })
}
