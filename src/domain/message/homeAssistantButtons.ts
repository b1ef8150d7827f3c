/** Commands to a device as buttons of Home Assistant. */
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import type { Component } from "./HomeAssistant.ts"

type ButtonMeaning = Pick<Component, "name" | "device_class" | "entity_category">

/** Commands without a number, by their names. A device that sleeps does them when it connects the next time. */
const buttons: Readonly<Record<string, ButtonMeaning>> = {
  read: { name: "Read now" },
  report: { name: "Report status", entity_category: "diagnostic" },
  restart: { name: "Restart", device_class: "restart", entity_category: "config" }
}

export const buttonComponents = ({ mqtt }: DeviceConfig): ReadonlyArray<readonly [id: string, component: Component]> =>
  Object.entries(buttons).map(([command, meaning]) => ["command_" + command, {
    platform: "button",
    unique_id: mqtt.clientId + "_command_" + command,
    ...meaning,
    command_topic: mqtt.topicCommand,
    payload_press: command,
    qos: 1
  }])
