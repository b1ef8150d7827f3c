/**
 * Replaces domain/config/sendInterval for a board whose configuration names no battery: it sends as often as it is told.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"

export const sendIntervalOf = ({ mqtt }: Pick<DeviceConfig, "mqtt">): number => mqtt.sendInterval

export const longestSendInterval = sendIntervalOf
