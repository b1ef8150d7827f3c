/**
 * What a device is, in a few words: how often it wakes, what it measures, and where that goes.
 */
import * as BrokerList from "../../../domain/config/BrokerList.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import { wholeWakes } from "../../../domain/config/limits.ts"
import * as Format from "./Format.ts"

/** What ends its sleep, where that is no timer: Espruino's firmware arms none beside a pin. */
const byPin = (pin: number, on: DeviceConfig["wakeOn"], interval: string): string =>
  "wakes when pin " + pin + (on === "high" || on === "low" ? " is " + on : " changes") + ", and every " + interval +
  " only while something is pending"

/** `wakes every 5 min and sends every 1 h`; `wakes when pin 33 changes, and every 5 min only while something is pending` */
export const rhythm = (
  { deepSleep, mqtt: { enabled, sendInterval }, publishInterval, wakeOn, wakePin }: Pick<
    DeviceConfig,
    "deepSleep" | "publishInterval" | "mqtt" | "wakeOn" | "wakePin"
  >
): string =>
  deepSleep && wakePin !== undefined ? byPin(wakePin, wakeOn, Format.duration(publishInterval * 1_000)) :
    (deepSleep ? "wakes" : "is always on and measures") + " every " + Format.duration(publishInterval * 1_000) +
    // At the first wake after the interval.
    (enabled && deepSleep && sendInterval > publishInterval
      ? " and sends every " + Format.duration(wholeWakes(sendInterval, publishInterval) * 1_000) : "")

/** `dht22 "balcony"` */
export const sensors = ({ sensors: all }: Pick<DeviceConfig, "sensors">): string =>
  all.length === 0 ? "no sensor" : all.map(({ id, type }) => type + " " + JSON.stringify(id)).join(", ")

/** `mqtt://broker.local:1883`; of several Servers, `mqtt://one:1883 or mqtt://two:1883` */
export const server = ({ mqtt }: Pick<DeviceConfig, "mqtt">): string =>
  mqtt.enabled
    ? BrokerList.addressesOf(mqtt).map((address) => (mqtt.ssl ? "mqtts://" : "mqtt://") + BrokerList.nameOf(address))
      .join(" or ")
    : "MQTT is off"
