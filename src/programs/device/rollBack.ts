/** Goes back to the configuration before an update. Rare, so a board keeps it in a separate file. */
import * as Context from "effect/Context"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as Snapshot from "../../domain/state/Snapshot.ts"
import * as Probation from "../../domain/wake/Probation.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { Storage } from "../../ports/Storage.ts"
import { configName, previousName } from "./files.ts"
import type { Ports } from "./ports.ts"
import { read, remember } from "./storage.ts"

/** The wake under the configuration before the update. */
export const rollBack = (ports: Ports, wake: Wake, baked: DeviceConfig): Wake => {
  const previous = read(ports, previousName, wake.emit)
  const back = Probation.rolledBack(wake, baked, previous)
  // First it stores that the update is over: if the power failed here, the update would be recognized by its version.
  remember(ports, back)
  Context.get(ports, Storage).write(configName, previous?.bytes ?? Snapshot.encode({ version: -1 }))
  return back
}
