/**
 * Enhanced authentication (MQTT 5, section 4.12): the Server asks, the Client answers, before the CONNACK.
 */
import type { ProtocolViolation } from "../../domain/packet/PacketError.ts"
import type { Auth } from "../../domain/packet/v5/Auth.ts"
import type { Connack5 } from "../../domain/packet/v5/Connack.ts"
import * as Fault from "../../domain/packet/v5/Fault.ts"
import type { AuthenticationOptions } from "./options.ts"

/** More is asked for. */
const continueAuthentication = 0x18

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
  authentication: AuthenticationOptions | undefined,
  { properties, reasonCode }: Connack5
): ProtocolViolation | undefined =>
  reasonCode === 0 ? methodFault("CONNACK", authentication?.method, properties?.authenticationMethod) : undefined

/** The answer to what the Server asks. */
export const answer = (
  authentication: AuthenticationOptions | undefined,
  { properties = {}, reasonCode }: Auth
): Auth | ProtocolViolation => {
  if (authentication === undefined) {
    return Fault.unexpected("AUTH", "MQTT-4.12.0-6", "comes, and CONNECT has no Authentication Method")
  }
  const fault = methodFault("AUTH", authentication.method, properties.authenticationMethod)
  if (fault !== undefined) return fault
  if (reasonCode !== continueAuthentication || authentication.respond === undefined) {
    return Fault.unexpected("AUTH", "MQTT-4.12.0-2", "comes, and nothing was asked for")
  }
  try {
    const authenticationData = authentication.respond(properties.authenticationData)
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
