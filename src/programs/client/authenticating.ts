/**
 * Enhanced authentication (MQTT 5, section 4.12): the Server asks, the Client answers, before the CONNACK; and again later,
 * when the Client begins it (4.12.1).
 */
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import { InvalidPacket, type ProtocolViolation } from "../../domain/packet/PacketError.ts"
import type { Auth } from "../../domain/packet/v5/Auth.ts"
import type { Connack5 } from "../../domain/packet/v5/Connack.ts"
import * as Fault from "../../domain/packet/v5/Fault.ts"
import { type AuthenticationOptions, bytesOf, type Payload } from "./options.ts"

/** More is asked for; it begins again. */
const continueAuthentication = 0x18
const reauthenticate = 0x19

/** The Server is content. */
export interface Authenticated {
  readonly _tag: "Authenticated"
}

/** What one connection has come to. */
export interface Progress {
  /** CONNECT or an AUTH of the Client waits for the last answer. */
  isRunning: boolean
  readonly authentication: AuthenticationOptions | undefined
}

/** A connection begins. */
export const begin = (authentication: AuthenticationOptions | undefined): Progress => ({
  isRunning: true,
  authentication
})

/** The AUTH with which the Client proves again who it is. */
export const again = (
  progress: Progress,
  authenticationData: Bytes | undefined
): Auth | InvalidPacket => {
  const { authentication } = progress
  if (authentication === undefined) {
    const message = "AUTH: there is no authentication option, so CONNECT has had no Authentication Method to go on with"
    return new InvalidPacket({ packet: "AUTH", field: "authenticationMethod", clause: "MQTT-4.12.0-6", message })
  }
  progress.isRunning = true
  const properties = { authenticationMethod: authentication.method, authenticationData }
  return { _tag: "Auth", reasonCode: reauthenticate, properties }
}

/** Why the Server must not send this: another method than in CONNECT, or one where CONNECT has none. */
const methodFault = (
  packet: "AUTH" | "CONNACK",
  wanted: string | undefined,
  method: string | undefined
): ProtocolViolation | undefined =>
  wanted === method ? undefined
    : wanted === undefined
    ? Fault.unexpected(packet, "MQTT-4.12.0-6", "has an Authentication Method, and CONNECT has none")
    : Fault.unexpected(packet, "MQTT-4.12.0-5", `has the Authentication Method ${method}, and CONNECT has ${wanted}`)

/** Checks a CONNACK. One that refuses need not name the method. */
export const connackFault = (
  { authentication }: Progress,
  { properties, reasonCode }: Connack5
): ProtocolViolation | undefined =>
  reasonCode === 0 ? methodFault("CONNACK", authentication?.method, properties?.authenticationMethod) : undefined

/** The types allow nothing else; JavaScript does, a Promise for one. */
const said = (answer: Payload | undefined): Bytes | undefined => {
  const data = bytesOf(answer)
  if (data === undefined || data instanceof Uint8Array) return data
  throw new TypeError(`respond gave ${typeof data}; it must give a string or a Uint8Array, at once`)
}

/** The answer to what the Server asks. */
export const answer = (
  progress: Progress,
  isAccepted: boolean,
  { properties = {}, reasonCode }: Auth
): Auth | Authenticated | ProtocolViolation => {
  const { authentication } = progress
  if (authentication === undefined) {
    return Fault.unexpected("AUTH", "MQTT-4.12.0-6", "comes, and CONNECT has no Authentication Method")
  }
  const fault = methodFault("AUTH", authentication.method, properties.authenticationMethod)
  if (fault !== undefined) return fault
  // Before it, CONNACK says so.
  if (isAccepted && progress.isRunning && reasonCode === 0) {
    progress.isRunning = false
    return { _tag: "Authenticated" }
  }
  const isAsking = progress.isRunning && reasonCode === continueAuthentication
  if (!isAsking || authentication.respond === undefined) {
    return Fault.unexpected("AUTH", "MQTT-4.12.0-2", "comes, and nothing was asked for")
  }
  try {
    const authenticationData = said(authentication.respond(properties.authenticationData))
    const { method } = authentication
    return {
      _tag: "Auth",
      reasonCode: continueAuthentication,
      properties: { authenticationMethod: method, authenticationData }
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return Fault.unexpected("AUTH", "4.12", `cannot be answered: ${why}`, 0x87)
  }
}
