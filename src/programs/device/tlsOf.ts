/** What a connection over TLS is made with. A board that makes none keeps it in a file of its own. */
import type { MqttConfig } from "../../domain/DeviceConfig.ts"
import type { Tls } from "../../ports/Socket.ts"

/** What the configuration does not give is not there. */
export const tlsOf = (mqtt: MqttConfig): Tls => ({
  ...(mqtt.sslCa === "" ? {} : { ca: mqtt.sslCa }),
  ...(mqtt.sslCert === "" ? {} : { cert: mqtt.sslCert }),
  ...(mqtt.sslKey === "" ? {} : { key: mqtt.sslKey })
})
