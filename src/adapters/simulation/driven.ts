/**
 * The simulated world as programs use it: made, lived in by a device, and observed. `simulate` and `chaos` define what
 * they need of a world in types of their own; this one has all of it.
 */
import * as Faults from "./faults/Faults.ts"
import * as FaultWords from "./faults/FaultWords.ts"
import { wakes } from "./layer.ts"
import type { Arrival } from "./world/ServerState.ts"
import * as Inject from "./world/Inject.ts"
import { run } from "./world/VirtualTime.ts"
import {
  journaled,
  journalEnd,
  addServer,
  make,
  serversOf,
  setServer,
  setWifi,
  simulateMessage,
  troubled,
  type World
} from "./world/World.ts"

const lived = {
  wakes,
  run,
  journalEnd,
  journaled,
  onArrival: (world: World, tell: (arrival: Arrival) => void): void => {
    for (const server of serversOf(world)) server.onArrival = tell
  }
}

/** For stories, in which the Server and the Wi-Fi come and go. */
export const simulated = { ...lived, make, addServer, setServer, setWifi, simulateMessage }

/** The same for a board, with the flash that it has. */
export const onBoard = { ...simulated, make: troubled([], "") }

/** For lives under the faults of a seed. */
export const underFaults = {
  ...lived,
  make: troubled,
  onFault: (world: World, tell: (fault: Faults.Fault) => void): void => {
    world.activeFaults.onFault = tell
  },
  onPowerCut: (world: World, tell: () => void): void => {
    world.activeFaults.onOff = tell
  },
  onCommand: (world: World, tell: (text: string) => void): void => {
    world.onCommand = tell
  },
  onCompact: (world: World, tell: () => void): void => {
    if (world.flash !== undefined) world.flash.onCompact = tell
  },
  heal: Inject.heal,
  addServer: (world: World, name: string, isShared: boolean): void =>
    addServer(world, name, isShared ? world.server : undefined),
  plan: (seed: string, wakeMillis: number, endMillis: number, hasSeveral: boolean): ReadonlyArray<Faults.Fault> => {
    const chances = Faults.swarm(seed)
    return Faults.plan(seed, hasSeveral ? chances : Faults.ofOneServer(chances), wakeMillis, endMillis)
  },
  describe: FaultWords.describe
}
