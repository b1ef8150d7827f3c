/** The configuration that lies beside a board's program. */
import type { DeviceConfig, Quantity, SensorConfig } from "../../domain/config/DeviceConfig.ts"
import { isDeaf, isSteady, publishesAlways, sendsAlways } from "./sparedBy.ts"

/** Whether a board's program asks what its sensors compare: `quiet`, `onChange` and a status do. */
const asksForLimits = (config: DeviceConfig): boolean =>
  !isSteady(config) || !publishesAlways(config) || config.mqtt.publishStatus || !isDeaf(config)

/** Without what is for people and Home Assistant. */
const bare = <A extends Partial<Omit<Quantity, "key">>>(quantity: A) => {
  const { deviceClass: _class, name: _name, ...rest } = quantity
  return rest
}

/** What a board's program knows of a sensor. */
const residentSensor = (sensor: SensorConfig, compares: boolean): object => {
  const { humidity, id, interval, key, maxSilence, pin, quantities, temperature, type } = sensor
  const named = { type, id, pin, interval, ...(key === undefined ? {} : { key }) }
  const silence = maxSilence === undefined ? {} : { maxSilence }
  const { unit: _unit, ...wetness } = bare(humidity)
  if (quantities !== undefined) {
    const list = quantities.map((quantity) => {
      const { unit: _percent, ...rest } = bare(quantity)
      return rest
    })
    return { ...named, ...silence, temperature: bare(temperature), humidity: wetness, quantities: list }
  }
  if (!compares) return { ...named, temperature: { unit: temperature.unit } }
  return { ...named, ...silence, temperature: bare(temperature), humidity: wetness }
}

/**
 * A configuration, JSON, without what is only needed to merge an update into it: names for Home Assistant, the
 * certificates of a connection without TLS, and the keys of what the program does without.
 */
export const residentConfig = (json: string): string => {
  const whole = JSON.parse(json) as DeviceConfig
  const { credentials: _credentials, deviceId, deviceName: _name, mqtt, sensors, time, ...config } = whole
  const { publishInterval: _interval, templates: _templates, useEsp32Client: _client, ...account } = mqtt
  const { sendInterval: _send, sendWhenPending: _pending, ...always } = account
  // A status says when the device connects next.
  const isSaid = mqtt.publishStatus || !isDeaf(whole)
  const kept = sendsAlways(whole) && !isSaid ? always : account
  const { sslCa: _ca, sslCert: _cert, sslKey: _key, ...plain } = kept
  return JSON.stringify({
    ...config,
    ...(isSaid ? { deviceId } : {}),
    ...(time.server === "" ? {} : { time }),
    sensors: sensors.map((sensor) => residentSensor(sensor, asksForLimits(whole))),
    mqtt: mqtt.ssl ? kept : plain
  })
}
