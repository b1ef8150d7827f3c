/** All promises that are checked on a board, each in a file of its own. */
import type { Checker } from "../Checker.ts"
import { atLeastOnce } from "./AtLeastOnce.ts"
import { awakeTime } from "./AwakeTime.ts"
import { commands } from "./Commands.ts"
import { configuration } from "./Configuration.ts"
import { failover } from "./Failover.ts"
import { liveness } from "./Liveness.ts"
import { names } from "./Names.ts"
import { order } from "./Order.ts"
import { packets } from "./Packets.ts"
import { readable } from "./Readable.ts"
import { sleeps } from "./Sleeps.ts"
import { survives } from "./Survives.ts"
import { tries } from "./Tries.ts"

export const checkers: ReadonlyArray<Checker> = [survives, readable, atLeastOnce, order, packets, tries, awakeTime,
  sleeps, configuration, names, commands, failover, liveness]
