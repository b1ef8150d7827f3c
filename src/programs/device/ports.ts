/**
 * The ports of a device program, found once. What does not wait is called as it is:
 * `Context.get(ports, Storage).read(...)`.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Random from "effect/Random"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { Events } from "../../ports/Events.ts"
import type { Journal } from "../../ports/Journal.ts"
import type { Sensor } from "../../ports/Sensor.ts"
import type { Sleep } from "../../ports/Sleep.ts"
import type { Socket } from "../../ports/Socket.ts"
import type { Storage } from "../../ports/Storage.ts"
import type { TimeSource } from "../../ports/TimeSource.ts"
import type { Wifi } from "../../ports/Wifi.ts"

export type DevicePorts = Events | Journal | Socket | Storage | Sleep | Sensor | TimeSource | Wifi

export type Ports = Context.Context<DevicePorts>

/** The device's clock, in milliseconds. */
export const now = (ports: Ports): number => Context.get(ports, Clock.Clock).currentTimeMillisUnsafe()

/** A random number, 0 to 1, for the wait after a try. None is drawn if it would have no effect. */
export const draw = (ports: Ports, { mqtt }: DeviceConfig): number =>
  mqtt.reconnect.jitter > 0 ? Context.get(ports, Random.Random).nextDoubleUnsafe() : 0
