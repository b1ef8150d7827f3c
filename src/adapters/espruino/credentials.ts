/**
 * Credentials that `flash` has put beside the program: the bundle has none of its own. A board whose configuration does
 * not say so does without this.
 */
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { platform } from "./platform/platform.ts"

/** It is not a name of the Storage port. */
const file = ".own"

/** What is null is as in the configuration. Its timeouts are in seconds. */
type Own = readonly [
  networks: ReadonlyArray<readonly [ssid: string, password: string, timeout: number]> | null,
  username: string | null,
  password: string | null,
  clientId: string | null
]

/** The same configuration with them. */
export const withCredentials = (config: DeviceConfig): DeviceConfig => {
  const bytes = platform.require("Storage").read(file)
  if (bytes === undefined) return config
  const own = JSON.parse(bytes as unknown as string) as Own
  const { mqtt, networks } = config
  const [given, username, password, clientId] = own
  return {
    ...config,
    networks: given === null ? networks
      : given.map((network) => ({ ssid: network[0], password: network[1], timeout: network[2] })),
    mqtt: {
      ...mqtt,
      username: username ?? mqtt.username,
      password: password ?? mqtt.password,
      clientId: clientId ?? mqtt.clientId
    }
  }
}
