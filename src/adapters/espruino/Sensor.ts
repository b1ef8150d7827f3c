/**
 * The Sensor port over Espruino's own modules, and made-up weather for a board without a sensor.
 */
import * as Effect from "effect/Effect"
import type { SensorConfig } from "../../domain/config/DeviceConfig.ts"
import type { Measurement } from "../../domain/message/Reading.ts"
import type { Sensor, SensorError } from "../../ports/Sensor.ts"
import { volts } from "./Battery.ts"
import { drive } from "./drivers/drive.ts"
import { driveOwn, hasOwn } from "./drivers/own.ts"
import { simulated } from "./drivers/simulated.ts"

/** A board's bundle may come without them. */
const isOwn: typeof hasOwn | undefined = hasOwn
const own: typeof driveOwn | undefined = driveOwn
const battery: typeof volts | undefined = volts

const ask = (sensor: SensorConfig) =>
  Effect.callback<Measurement, SensorError>((resume) =>
    isOwn !== undefined && own !== undefined && isOwn(sensor) ? own(sensor, resume) : drive(sensor, resume)
  )

const weather = Effect.sync(() => simulated())

const read: Sensor["Service"]["read"] = (sensor) =>
  sensor.type === "simulated" && (isOwn === undefined || !isOwn(sensor)) ? weather : ask(sensor)

export const sensor: Sensor["Service"] = battery === undefined ? { read } as Sensor["Service"]
  : { read, volts: battery }
