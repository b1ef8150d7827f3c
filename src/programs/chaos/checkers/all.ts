/**
 * All promises that are checked, each in a file of its own.
 */
import type { Checker } from "../life/Checker.ts"
import { abandoning } from "./Abandoning.ts"
import { atLeastOnce } from "./AtLeastOnce.ts"
import { awakeTime } from "./AwakeTime.ts"
import { commands } from "./Commands.ts"
import { confession } from "./Confession.ts"
import { connectAlone } from "./ConnectAlone.ts"
import { coverage } from "./Coverage.ts"
import { daily } from "./Daily.ts"
import { deepSleep } from "./DeepSleep.ts"
import { drops } from "./Drops.ts"
import { dup } from "./Dup.ts"
import { duplicates } from "./Duplicates.ts"
import { failover } from "./Failover.ts"
import { liveness } from "./Liveness.ts"
import { measuring } from "./Measuring.ts"
import { memoryBound } from "./MemoryBound.ts"
import { needlessTry } from "./NeedlessTry.ts"
import { order } from "./Order.ts"
import { packetIdentifiers } from "./PacketIdentifiers.ts"
import { parting } from "./Parting.ts"
import { program } from "./Program.ts"
import { publishing } from "./Publishing.ts"
import { radio } from "./Radio.ts"
import { readable } from "./Readable.ts"
import { rememberedFirst } from "./RememberedFirst.ts"
import { status } from "./Status.ts"
import { time } from "./Time.ts"
import { tries } from "./Tries.ts"
import { uptime } from "./Uptime.ts"
import { withheld } from "./Withheld.ts"

export const checkers: ReadonlyArray<Checker> = [
  atLeastOnce,
  drops,
  coverage,
  abandoning,
  order,
  duplicates,
  rememberedFirst,
  confession,
  measuring,
  publishing,
  packetIdentifiers,
  dup,
  parting,
  connectAlone,
  tries,
  daily,
  failover,
  needlessTry,
  withheld,
  radio,
  awakeTime,
  deepSleep,
  readable,
  program,
  memoryBound,
  status,
  time,
  uptime,
  commands,
  liveness
]
