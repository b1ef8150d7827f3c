import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { configDocs } from "../../../src/domain/config/configDocs.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"

/** A file that names every documented key with its documented default, as far as the default is a value. */
const documented = (): { [key: string]: unknown } => {
  const file: { [key: string]: unknown } = {}
  for (const { default: standard, key } of configDocs) {
    // What is a part of its own is not there by default.
    if (key.startsWith("network") || key.startsWith("battery") || key === "credentials" || key.startsWith("wake_")) {
      continue
    }
    const path = key.replace("<type>", "simulated").split(".")
    // A quantity that is named is one more, and numbers behind the point are the same as none that are given.
    if (key.includes("<quantity>") || /\.(decimals|offset|scale|sck|miso|wait|bus)$/.test(key)) continue
    let value: unknown
    try {
      value = JSON.parse(standard)
    } catch {
      continue
    }
    let inner = file
    for (const level of path.slice(0, -1)) inner = (inner[level] ??= {}) as { [key: string]: unknown }
    inner[path[path.length - 1] as string] = value
  }
  return file
}

describe("the documentation of the configuration", () => {
  it("names only keys that the check knows, and defaults that change nothing", () => {
    const checked = Result.getOrThrow(DeviceConfig.check(documented()))
    expect(checked.warnings).toEqual([])
    expect(checked.config).toEqual(Result.getOrThrow(DeviceConfig.check({ sensors: { simulated: {} } })).config)
  })

  it("explains every key once", () => {
    expect(configDocs.filter(({ meaning }) => meaning === "")).toEqual([])
    expect(new Set(configDocs.map(({ key }) => key)).size).toBe(configDocs.length)
  })

  it("lists every key of the file", () => {
    const keys = configDocs.map(({ key }) => key)
    const mqtt = keys.filter((key) => key.startsWith("mqtt.")).map((key) => key.slice(5))
    expect(keys.filter((key) => !key.startsWith("mqtt."))).toEqual([
      "device_id",
      "device_name",
      "version",
      "update_interval",
      "deep_sleep",
      "awake_timeout",
      "spread_wakes",
      "credentials",
      "wake_pin",
      "wake_on",
      "time.server",
      "time.port",
      "time.sync_interval",
      "battery.pin",
      "battery.command",
      "battery.divider",
      "battery.chemistry",
      "battery.cells",
      "battery.full",
      "battery.empty",
      "battery.low",
      "battery.low_send_interval",
      "network.ssid",
      "network.password",
      "network.timeout",
      "network_fallback.ssid",
      "network_fallback.password",
      "network_fallback.timeout",
      "sensors.<type>.id",
      "sensors.<type>.name",
      "sensors.<type>.pin",
      "sensors.<type>.interval",
      "sensors.<type>.max_silence",
      "sensors.<type>.temperature.name",
      "sensors.<type>.temperature.unit",
      "sensors.<type>.temperature.change",
      "sensors.<type>.temperature.above",
      "sensors.<type>.temperature.below",
      "sensors.<type>.temperature.hysteresis",
      "sensors.<type>.temperature.decimals",
      "sensors.<type>.temperature.offset",
      "sensors.<type>.temperature.scale",
      "sensors.<type>.temperature.measured_low",
      "sensors.<type>.temperature.true_low",
      "sensors.<type>.temperature.measured_high",
      "sensors.<type>.temperature.true_high",
      "sensors.<type>.temperature.device_class",
      "sensors.<type>.humidity.name",
      "sensors.<type>.humidity.unit",
      "sensors.<type>.humidity.change",
      "sensors.<type>.humidity.above",
      "sensors.<type>.humidity.below",
      "sensors.<type>.humidity.hysteresis",
      "sensors.<type>.humidity.decimals",
      "sensors.<type>.humidity.offset",
      "sensors.<type>.humidity.scale",
      "sensors.<type>.humidity.measured_low",
      "sensors.<type>.humidity.true_low",
      "sensors.<type>.humidity.measured_high",
      "sensors.<type>.humidity.true_high",
      "sensors.<type>.humidity.device_class",
      "sensors.<type>.driver",
      "sensors.<type>.scl",
      "sensors.<type>.sck",
      "sensors.<type>.miso",
      "sensors.<type>.echo",
      "sensors.<type>.address",
      "sensors.<type>.device",
      "sensors.<type>.bus",
      "sensors.<type>.module",
      "sensors.<type>.connect",
      "sensors.<type>.read",
      "sensors.<type>.wait",
      "sensors.<type>.script",
      "sensors.<type>.command",
      "sensors.<type>.quantities.<quantity>.name",
      "sensors.<type>.quantities.<quantity>.unit",
      "sensors.<type>.quantities.<quantity>.change",
      "sensors.<type>.quantities.<quantity>.above",
      "sensors.<type>.quantities.<quantity>.below",
      "sensors.<type>.quantities.<quantity>.hysteresis",
      "sensors.<type>.quantities.<quantity>.decimals",
      "sensors.<type>.quantities.<quantity>.offset",
      "sensors.<type>.quantities.<quantity>.scale",
      "sensors.<type>.quantities.<quantity>.measured_low",
      "sensors.<type>.quantities.<quantity>.true_low",
      "sensors.<type>.quantities.<quantity>.measured_high",
      "sensors.<type>.quantities.<quantity>.true_high",
      "sensors.<type>.quantities.<quantity>.device_class"
    ])
    expect(mqtt).toEqual([
      "enabled",
      "client_id",
      "broker",
      "port",
      "username",
      "password",
      "keepalive",
      "timeout",
      "ssl",
      "ssl_ca",
      "ssl_cert",
      "ssl_key",
      "use_esp32_client",
      "topic_data_prefix",
      "topic_config",
      "topic_config_version",
      "topic_config_data",
      "topic_command",
      "load_config_from_mqtt",
      "config_secret",
      "config_wait_time",
      "publish_interval",
      "update_interval",
      "publish_values",
      "publish_status",
      "send_interval",
      "send_when_pending",
      "reconnect.enabled",
      "reconnect.max_attempts",
      "reconnect.try_interval",
      "reconnect.backoff_factor",
      "reconnect.min_interval",
      "reconnect.max_interval",
      "reconnect.jitter",
      "reconnect.attempt_count",
      "reconnect.last_attempt_time",
      "outbox.capacity",
      "outbox.bytes",
      "outbox.when_full"
    ])
  })

  it("says the range in the words of the error", () => {
    expect(configDocs.find(({ key }) => key === "mqtt.port")).toEqual({
      key: "mqtt.port",
      default: "1883; 8883 with `ssl`",
      meaning: "Port of the Server",
      range: "a whole number from 1 to 65535"
    })
    expect(configDocs.find(({ key }) => key === "network.ssid")?.default).toBe("required")
  })
})
