/** The simulated world as the chaos program takes it. */
import * as Faults from "../../../src/adapters/simulation/faults/Faults.ts"
import * as FaultWords from "../../../src/adapters/simulation/faults/FaultWords.ts"
import * as SimulationLayer from "../../../src/adapters/simulation/layer.ts"
import * as Inject from "../../../src/adapters/simulation/world/Inject.ts"
import * as VirtualTime from "../../../src/adapters/simulation/world/VirtualTime.ts"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import type { Adapters } from "../../../src/programs/chaos/Life.ts"

export const adapters: Adapters<World.World, Faults.Fault> = {
  make: World.troubled,
  wakes: SimulationLayer.wakes,
  run: VirtualTime.run,
  onArrival: (world, tell) => {
    world.server.onArrival = tell
  },
  onFault: (world, tell) => {
    world.trouble.onFault = tell
  },
  onPowerCut: (world, tell) => {
    world.trouble.onOff = tell
  },
  onCompact: (world, tell) => {
    if (world.flash !== undefined) world.flash.onCompact = tell
  },
  heal: Inject.heal,
  plan: (seed, wakeMillis, endMillis) => Faults.plan(seed, Faults.swarm(seed), wakeMillis, endMillis),
  describe: FaultWords.describe
}
