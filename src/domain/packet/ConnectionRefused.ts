/**
 * The Server's refusal of a CONNECT (MQTT 3.1.1, section 3.2.2.3, table 3.1).
 */
import * as Data from "effect/Data"

/**
 * Connect Return codes 1 to 5, or Reason Codes of MQTT 5 from 0x80 on (3.2.2.2). `message` says what the Server meant and
 * what to correct.
 */
export class ConnectionRefused extends Data.TaggedError("ConnectionRefused")<{
  readonly returnCode: number
  readonly message: string
  /** In MQTT 5: another Server to use, if this one names any (3.2.2.3.16). */
  readonly serverReference?: string | undefined
}> {}

// Made when it is needed: otherwise a board would keep it in memory as long as it is awake.
const reasons = () => [
  "it does not speak MQTT 3.1.1; use another Server or port",
  "it does not accept this client_id; choose another",
  "the MQTT service is unavailable; try again later",
  "wrong user name or password; check username and password",
  "not authorized; check username and password, or ask the Server's administrator to admit this client"
]

/** From the Connect Return code of a CONNACK, 1 to 5; any other is refused for an "unknown reason". */
export const make = (returnCode: number): ConnectionRefused =>
  new ConnectionRefused({
    returnCode,
    message: "the Server refused the connection (return code " + returnCode + "): " +
      (reasons()[returnCode - 1] ?? "unknown reason")
  })
