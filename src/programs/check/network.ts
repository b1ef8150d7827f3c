/**
 * What keeps a device from its network or its Server, although each single value is right.
 */
import { faultOf, faultOfServers, isLoopback } from "../../domain/config/Address.ts"
import { networkFields } from "../../domain/config/BoardRules.ts"
import { addressesOf } from "../../domain/config/BrokerList.ts"
import { isObject, standardPort } from "../../domain/config/ConfigTable.ts"
import type { DeviceConfig, Network } from "../../domain/config/DeviceConfig.ts"
import type { Remark } from "./Remark.ts"

type Document = { readonly [key: string]: unknown }

/** WPA2 takes 8 to 63 characters, or 64 hexadecimal digits; an open network has none. */
const minPassword = 8

const password = ({ password: given }: Network, path: string): ReadonlyArray<Remark> =>
  given === "" || given.length >= minPassword
    ? []
    : [{
      path,
      message:
        `${path} is shorter than ${minPassword} characters, which no WPA2 network has: give the whole password, or none for an open network`
    }]

const broker = ({ mqtt }: DeviceConfig): ReadonlyArray<Remark> => {
  const path = "mqtt.broker"
  const hosts = addressesOf(mqtt).map(({ host }) => host)
  const fault = faultOfServers(mqtt)
  if (fault !== undefined) {
    return [{ path, message: `${path} must be ${fault.fix}, but ${fault.problem}`, fails: "check" }]
  }
  const own = mqtt.enabled ? hosts.find(isLoopback) : undefined
  if (own === undefined) return []
  return [{
    path,
    message: `${path} ${hosts.length === 1 ? "is" : "has"} ${own}, which is the board itself on a board: ` +
      "give the Server's address in your network",
    fails: "board"
  }]
}

/** Each try goes to one Server, so those behind the tries in a row must wait. */
const turns = ({ mqtt }: DeviceConfig): ReadonlyArray<Remark> => {
  const count = addressesOf(mqtt).length
  const { enabled, maxAttempts, minInterval } = mqtt.reconnect
  if (!mqtt.enabled || enabled && maxAttempts >= count || count === 1) return []
  const path = enabled ? "mqtt.reconnect.max_attempts" : "mqtt.reconnect.enabled"
  return [{
    path,
    message: enabled
      ? `${path} (${maxAttempts}) is less than the ${count} Servers in mqtt.broker, and each try goes to one of them: `
        + `the next ones are tried after a wait of ${minInterval} s; set it to ${count} or more`
      : `${path} is false, so each wake tries one of the ${count} Servers in mqtt.broker, and the next wake the next one; `
        + "leave it out to try all of them in one wake"
  }]
}

const timeServer = ({ deepSleep, time }: DeviceConfig, given: Document): ReadonlyArray<Remark> => {
  const path = "time.server"
  if (time.server === "") {
    return Object.keys(given).filter((key) => key !== "server").map((key) => ({
      path: "time." + key,
      message: `time.${key} does nothing without a server to ask: give one as ${path}, such as pool.ntp.org`
    }))
  }
  const fault = faultOf(time.server)
  if (fault !== undefined) {
    return [{ path, message: `${path} must be ${fault.fix}, but ${fault.problem}`, fails: "check" }]
  }
  return [
    ...(isLoopback(time.server)
      ? [{
        path,
        message:
          `${path} is ${time.server}, which is the board itself on a board: give the address of a server in your network`,
        fails: "board" as const
      }]
      : []),
    ...(deepSleep ? [] : [{
      path,
      message:
        `${path} is asked when a connection begins, and deep_sleep false keeps one open: the clock may drift by seconds a day as long as that lasts`
    }])
  ]
}

const port = ({ mqtt }: DeviceConfig, given: Document): ReadonlyArray<Remark> => {
  const path = "mqtt.port"
  if (given["port"] === undefined || !mqtt.enabled) return []
  const [right, wrong] = [standardPort(mqtt.ssl), standardPort(!mqtt.ssl)]
  if (mqtt.port !== wrong) return []
  const fault = mqtt.ssl
    ? `speak without TLS, but mqtt.ssl is true: use ${right}, or set mqtt.ssl to false`
    : `speak TLS, but mqtt.ssl is false: set mqtt.ssl to true, or use ${right}`
  return [{ path, message: `${path} is ${wrong}, where Servers ${fault}` }]
}

const awake = ({ awakeTimeout, deepSleep, publishInterval }: DeviceConfig): ReadonlyArray<Remark> =>
  !deepSleep || awakeTimeout <= publishInterval
    ? []
    : [{
      path: "awake_timeout",
      message:
        `awake_timeout (${awakeTimeout}) is above the interval (${publishInterval}): a wake that hangs delays the next ones; `
        + `set it to ${publishInterval} or less`
    }]

const inside = (value: unknown): Document => isObject(value) ? value : {}

export const network = (config: DeviceConfig, document: Document, mqtt: Document): ReadonlyArray<Remark> => {
  const named = networkFields.filter((key) => document[key] !== undefined)
  return [
    ...config.networks.flatMap((each, index) => password(each, named[index] + ".password")),
    ...broker(config),
    ...turns(config),
    ...port(config, mqtt),
    ...timeServer(config, inside(document["time"])),
    ...awake(config)
  ]
}
