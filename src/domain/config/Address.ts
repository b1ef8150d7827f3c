/**
 * Addresses that are valid texts but that no network can reach. For Node: a board carries none of it.
 */

import { addressesOf, type Brokers } from "./BrokerList.ts"

/** What is wrong, in the form of a configuration's fault: `mqtt.broker must be <fix>, but <problem>`. */
export interface AddressFault {
  readonly fix: string
  readonly problem: string
}

/** A number of an IPv4 address that every program reads in the same way: some read a leading 0 as octal. */
const isOctet = (text: string): boolean => /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255

/** What is wrong with a host: an address in the brackets of a URL, or numbers and dots that are not an IPv4 address. */
export const faultOf = (host: string): AddressFault | undefined => {
  if (host.includes(",")) {
    const list = JSON.stringify(host.split(",").map((one) => one.trim()).filter((one) => one !== ""))
    return { fix: "one host name or address, or in the file a list: " + list, problem: "is " + host }
  }
  if (/[[\]]/.test(host)) {
    const bare = host.replace(/[[\]]/g, "")
    return {
      fix: bare === "" ? "a host name or an address" : "an address without brackets, as " + bare,
      problem: "is " + host
    }
  }
  // A name that is all digits and dots must be an address: no top level domain is a number.
  if (!/^\d[\d.]*$/.test(host)) return undefined
  const parts = host.split(".")
  if (parts.length === 4 && parts.every(isOctet)) return undefined
  return {
    fix: "a host name or an IPv4 address: four numbers from 0 to 255, without leading zeros",
    problem: "is " + host
  }
}

/** What is wrong with the Servers of a configuration, with the first of them that is wrong. */
export const faultOfServers = (mqtt: { readonly broker: Brokers; readonly port: number }): AddressFault | undefined => {
  for (const { host } of addressesOf(mqtt)) {
    const fault = faultOf(host)
    if (fault !== undefined) return fault
  }
  return undefined
}

const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|::1?|(0+:){7}0*1)\.?$/i

/** Whether a host is the machine itself, from its own point of view. */
export const isLoopback = (host: string): boolean => loopback.test(host)
