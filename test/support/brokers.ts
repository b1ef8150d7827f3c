/** The real brokers that tests run against: Aedes always, Mosquitto where it is installed. */
import { describe } from "vitest"
import * as Aedes from "./aedes.ts"
import type { MakeBroker } from "./broker.ts"
import * as Mosquitto from "./mosquitto.ts"

export interface BrokerKind {
  readonly name: "Aedes" | "Mosquitto"
  readonly available: boolean
  readonly make: MakeBroker
}

export const kinds: ReadonlyArray<BrokerKind> = [
  { name: "Aedes", available: true, make: Aedes.make },
  { name: "Mosquitto", available: Mosquitto.executable !== undefined, make: Mosquitto.make }
]

/** Describes `what` against every broker; one that is not installed is reported as skipped. */
export const describeEach = (what: string, body: (broker: BrokerKind) => void): void => {
  for (const kind of kinds) {
    const note = kind.available ? "" : " (not installed)"
    describe.skipIf(!kind.available)(`${what} against ${kind.name}${note}`, () => body(kind))
  }
}
