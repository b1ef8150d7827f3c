/** A DHT22, by Espruino's module, which must lie in the board's Storage. */
import type { SensorConfig } from "../../../domain/DeviceConfig.ts"
import type { Measurement } from "../../../domain/Reading.ts"
import { platform } from "../platform.ts"

/** It is tried so often, 0.55 s each. */
const tries = 5

export const dht22 = ({ pin }: SensorConfig, done: (measurement: Measurement | undefined) => void): void =>
  platform.require("DHT22").connect(pin).read(
    (got) => done(got.err ? undefined : { temperature: got.temp, humidity: got.rh }),
    tries
  )
