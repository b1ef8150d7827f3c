/**
 * What a failure of the platform means, in words.
 */
import * as Effect from "effect/Effect"
import type { Network } from "../../domain/config/DeviceConfig.ts"
import type { SocketErrorReason } from "../../ports/Socket.ts"
import { StorageError } from "../../ports/Storage.ts"
import { WifiError } from "../../ports/Wifi.ts"

/**
 * Espruino says what happened in its words only; of a refused connection and of an unreachable host in the same ones.
 * Not by indexOf: Espruino's finds "tls" in "socket", whose end is the beginning of it.
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
