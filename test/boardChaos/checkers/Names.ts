/**
 * The Server gets what the configuration says, byte for byte: topics, Client Identifier, user name and password.
 */
import type { DeviceConfig } from "../../../src/domain/config/DeviceConfig.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Checker } from "../Checker.ts"
import { lived, published } from "../ObservedState.ts"

const topics = ({ mqtt, sensors }: DeviceConfig): ReadonlyArray<string> => [
  mqtt.topicDataPrefix + "/config_status",
  ...(mqtt.publishStatus ? [mqtt.topicDataPrefix + "/status"] : []),
  ...(mqtt.topicCommand === "" ? [] : [mqtt.topicDataPrefix + "/command_result"]),
  ...sensors.flatMap(({ id, quantities = [{ key: "temperature" }, { key: "humidity" }] }) =>
    ["data", ...quantities.map(({ key }) => key)].map((name) => mqtt.topicDataPrefix + "/" + id + "/" + name)
  )
]

export const names: Checker = {
  name: "names",
  promise: "every name and topic reaches the Server as the configuration has it",
  begin: () => {
    const known = new Set<string>()
    return (wake) => {
      const { after, notes } = wake
      const config = lived(wake)
      for (const topic of [...topics(config), ...topics(after.config)]) known.add(topic)
      const strange = published(notes).find(({ packet }) => !known.has(packet.topic))
      if (strange !== undefined) return "published to " + JSON.stringify(strange.packet.topic)
      for (const note of notes) {
        if (note._tag !== "Got" || note.packet._tag !== "Connect") continue
        const { clientId, password, username } = note.packet
        const { mqtt } = config
        const given = [clientId, username ?? "", password === undefined ? "" : Bytes.toText(password)]
        const wanted = [mqtt.clientId, mqtt.username, mqtt.password]
        if (given.some((one, index) => one !== wanted[index]) && given[0] !== after.config.mqtt.clientId) {
          return "connected as " + JSON.stringify(given) + ", not as " + JSON.stringify(wanted)
        }
      }
      return undefined
    }
  }
}
