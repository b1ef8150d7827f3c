/**
 * Failures of the platform, in words.
 */
import * as Effect from "effect/Effect"
import type { Network } from "../../domain/config/DeviceConfig.ts"
import type { SocketErrorReason } from "../../ports/Socket.ts"
import { StorageError } from "../../ports/Storage.ts"
import { WifiError } from "../../ports/Wifi.ts"

/**
 * Espruino reports what happened only as text, and uses the same text for a refused connection and for an unreachable
 * host. Not by indexOf: Espruino's finds "tls" in "socket", because the end of "socket" is the beginning of "tls".
 */
export const reasonOf = (message: string): SocketErrorReason =>
  message.lastIndexOf("locate") >= 0 ? "NotFound"
    : message.lastIndexOf("internet") >= 0 ? "Unreachable"
    : message.lastIndexOf("tls") >= 0 ? "Tls"
    : "Refused"

/** What the flash has thrown. */
export const storageError = (operation: "read" | "write", name: string, thrown: unknown): StorageError =>
  new StorageError({ operation, name, message: name + ": " + (thrown as Error).message })

/** None of the networks could be joined. */
export const noWifi = (networks: ReadonlyArray<Network>): Effect.Effect<never, WifiError> =>
  Effect.fail(new WifiError({ message: "no Wi-Fi: " + networks.map((network) => network.ssid).join(", ") }))
