/** Commands to a device as buttons of Home Assistant. */
import type { DeviceConfig } from "../config/DeviceConfig.ts"

/** A button that sends a command. */
export interface Button {
  readonly platform: "button"
  readonly unique_id: string
  readonly name: string
  readonly device_class?: string
  readonly entity_category?: "diagnostic" | "config"
  readonly command_topic: string
  readonly payload_press: string
  readonly qos: 1
}

type Meaning = Pick<Button, "name" | "device_class" | "entity_category">

/** Commands without a number, by their names. A device that sleeps does them when it connects the next time. */
const buttons: Readonly<Record<string, Meaning>> = {
  read: { name: "Read now" },
  report: { name: "Report status", entity_category: "diagnostic" },
  restart: { name: "Restart", device_class: "restart", entity_category: "config" }
}

export const buttonComponents = ({ mqtt }: DeviceConfig): ReadonlyArray<readonly [id: string, button: Button]> =>
  Object.entries(buttons).map(([command, meaning]) => ["command_" + command, {
    platform: "button",
    unique_id: mqtt.clientId + "_command_" + command,
    ...meaning,
    command_topic: mqtt.topicCommand,
    payload_press: command,
    qos: 1
  }])
