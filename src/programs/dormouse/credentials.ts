/**
 * Credentials that lie apart from a device's file: the networks, the account at the Server, and what is other on single
 * boards. `flash` puts them beside the program, so that one bundle serves many boards; `run` lays them over the file.
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as ConfigTable from "../../domain/config/ConfigTable.ts"
import * as DeviceConfig from "../../domain/config/DeviceConfig.ts"
import * as Machine from "../../domain/config/Machine.ts"
import * as Placeholder from "../../domain/config/Placeholder.ts"
import { loadJson } from "./loadConfig.ts"
import { Refusal } from "./Refusal.ts"

type Document = { readonly [key: string]: unknown }

/** What such a file may say, as in a device's file. */
const keys = ["network", "network_fallback", "mqtt"]
const mqttKeys = ["client_id", "username", "password"]

const refuse = (message: string) => new Refusal({ message })

const inside = (value: unknown): Document => ConfigTable.isObject(value) ? value : {}

/** What is wrong with one part: a key that is not known is a secret that would be missing. */
const faultsOf = (part: Document): ReadonlyArray<string> => {
  const { mqtt, network, network_fallback: fallback } = part
  const unknown = [
    ...Object.keys(part).filter((key) => !keys.includes(key)),
    ...Object.keys(inside(mqtt)).filter((key) => !mqttKeys.includes(key)).map((key) => "mqtt." + key)
  ]
  const checked = DeviceConfig.check({
    ...(network === undefined ? {} : { network }),
    ...(fallback === undefined ? {} : { network_fallback: fallback }),
    ...(mqtt === undefined ? {} : { mqtt })
  }, Machine.mac())
  return [
    ...unknown.map((key) =>
      `${key} is not a key of credentials: they have network, network_fallback, and of mqtt client_id, username and `
      + "password; and devices, with the same by MAC address"
    ),
    ...(Result.isSuccess(checked) ? []
      : checked.failure.issues.map(({ field, fix, problem }) => `${field} must be ${fix}, but ${problem}`))
  ]
}

export const digitsOf = (mac: string): string => mac.toLowerCase().replace(/[:-]/g, "")

/** The two laid over each other, `own` on top. */
const laid = (common: Document, own: Document): Document => {
  const mqtt = { ...inside(common["mqtt"]), ...inside(own["mqtt"]) }
  return { ...common, ...own, ...(Object.keys(mqtt).length === 0 ? {} : { mqtt }) }
}

export interface Credentials {
  /** What they are for the board with this MAC address, in the form of a device's file. */
  readonly of: (mac: string) => Document
  /** Whether they say something of this one. */
  readonly names: (mac: string) => boolean
}

/** Reads the file at `path`. Nothing in it is in a message but names of keys. */
export const read = (path: string): Effect.Effect<Credentials, Refusal, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const parsed = yield* Effect.mapError(loadJson(path, "--credentials takes a JSON file"), ({ message }) =>
      refuse(message))
    if (!ConfigTable.isObject(parsed)) return yield* refuse(`${path} must hold a JSON object, { ... }`)
    const { devices, ...common } = parsed
    const own = new Map<string, Document>()
    const shared = faultsOf(common)
    const faults = [...shared]
    if (devices !== undefined && !ConfigTable.isObject(devices)) {
      faults.push("devices must be an object, by MAC address")
    }
    for (const [mac, part] of Object.entries(inside(devices))) {
      const digits = digitsOf(mac)
      const place = `devices.${mac}`
      if (!/^[0-9a-f]{12}$/.test(digits)) faults.push(place + " must be a MAC address, 12 hexadecimal digits")
      else if (own.has(digits)) faults.push(place + " is there twice")
      // What is wrong for all is told once.
      for (const fault of faultsOf(laid(common, inside(part)))) {
        if (!shared.includes(fault)) faults.push(place + "." + fault)
      }
      own.set(digits, inside(part))
    }
    if (faults.length > 0) return yield* refuse(faults.map((fault) => `${path}: ${fault}`).join("\n"))
    return { of: (mac) => laid(common, own.get(mac) ?? {}), names: (mac) => own.has(mac) }
  })

const text = (value: unknown, mac: string): string | null =>
  typeof value === "string" ? Placeholder.fillMac(value, mac) : null

/** For a board's Storage, with the names that its program knows (`adapters/espruino/credentials`). */
export const toFile = (document: Document, mac: string): string => {
  const mqtt = inside(document["mqtt"])
  const { config } = Result.getOrThrow(DeviceConfig.check({
    ...("network" in document ? { network: document["network"] } : {}),
    ...("network_fallback" in document ? { network_fallback: document["network_fallback"] } : {})
  }))
  const networks = config.networks.map(({ password, ssid, timeout }) => [ssid, password, timeout])
  return JSON.stringify([networks.length === 0 ? null : networks, text(mqtt["username"], mac), mqtt["password"] ?? null,
    text(mqtt["client_id"], mac)])
}

/** In words, without a secret. */
export const inWords = (document: Document, mac: string): string => {
  const mqtt = inside(document["mqtt"])
  const networks = ["network", "network_fallback"].flatMap((key) => {
    const { ssid } = inside(document[key])
    return typeof ssid === "string" ? ["network " + JSON.stringify(ssid)] : []
  })
  const names = ([["user", "username"], ["client id", "client_id"]] as const).flatMap(([what, key]) => {
    const value = text(mqtt[key], mac)
    return value === null ? [] : [what + " " + JSON.stringify(value)]
  })
  return [...networks, ...names].join(", ")
}
