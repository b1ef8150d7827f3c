/**
 * The Wifi port over Espruino's Wifi.
 *
 * Nothing is remembered to join faster by: Espruino's Wifi.connect on ESP32 takes no channel and no BSSID, and its
 * setIP does not stop the DHCP client (jswrap_esp32_network.c). Joining goes on in native code, on the other core where
 * there is one.
 */
import * as Effect from "effect/Effect"
import type { Network } from "../../domain/config/DeviceConfig.ts"
import type { Wifi, WifiError } from "../../ports/Wifi.ts"
import { noWifi } from "./faults.ts"
import { platform } from "./platform/platform.ts"

let networks: ReadonlyArray<Network> = []
let state: "off" | "joining" | "joined" = "off"
/** Of the network that is being joined; whoever calls back for an earlier one is late. */
let turn = 0
/** Of whoever waits for a network. */
let settled: (() => void) | undefined

const settle = (next: "off" | "joined") => {
  turn++
  state = next
  if (settled) settled()
}

const join = (index: number) => {
  const network = networks[index]
  if (!network) return settle("off")
  const mine = ++turn
  const end = (isJoined: boolean) => {
    if (mine !== turn) return
    if (isJoined) settle("joined")
    else join(index + 1)
  }
  // Not cleared: it comes late then, and costs a board less.
  setTimeout(end, network.timeout * 1000, false)
  state = "joining"
  platform.require("Wifi").connect(network.ssid, { password: network.password }, (error) => end(!error))
}

const joined = Effect.callback<void, WifiError>((resume) => {
  settled = () => {
    resume(state === "joined" ? Effect.void : noWifi(networks))
  }
  if (state === "joined") settled()
  // Nobody has asked yet, or all have failed before.
  else if (state === "off") join(0)
})

export const wifi: Wifi["Service"] = {
  start: (given) => {
    networks = given
    join(0)
  },
  joined,
  stop: () => {
    turn++
    state = "off"
    platform.require("Wifi").disconnect()
  }
}
