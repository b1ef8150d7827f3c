/**
 * What is done on a connection after the data was delivered: the configuration is taken, and commands are done.
 */
import * as Effect from "effect/Effect"
import type { ConnectionError, Open } from "./connection.ts"
import { obeyInWake } from "./obeying.ts"
import { takeUpdate } from "./takeUpdate.ts"

export const settled = (open: Open): Effect.Effect<void, ConnectionError> =>
  Effect.andThen(takeUpdate(open), Effect.suspend(() => obeyInWake(open)))
