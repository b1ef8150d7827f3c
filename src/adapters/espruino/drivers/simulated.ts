/** Made-up weather, for a board without a sensor. */
import type { Measurement } from "../../../domain/message/Reading.ts"
import * as Weather from "../../../domain/message/Weather.ts"

export const simulated = (): Measurement => Weather.at(Date.now(), Math.random())
