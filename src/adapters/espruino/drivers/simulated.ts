/** Made-up weather, for a board without a sensor. */
import type { Measurement } from "../../../domain/Reading.ts"
import * as Weather from "../../../domain/Weather.ts"

export const simulated = (): Measurement => Weather.at(Date.now(), Math.random())
