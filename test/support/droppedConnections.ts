/** Where a device's connection may be dropped while it delivers one message and reads a configuration that it has. */
import * as DelayedServer from "./delayedServer.ts"

/** CONNACK and PUBACK are 4 bytes each; the Server answers in this order. With what the device then still owes. */
export const stages: ReadonlyArray<readonly [DelayedServer.Faults, pending: number]> = ([
  [{ refuse: true }, 1],
  [{ cutAfterClientBytes: 0 }, 1],
  [{ cutAfterClientBytes: 1 }, 1],
  [{ cutAfterClientBytes: 20 }, 1],
  [{ cutAfterClientBytes: 70 }, 1],
  [{ cutAfterServerBytes: 0 }, 1],
  [{ cutAfterServerBytes: 2 }, 1],
  [{ cutAfterServerBytes: 4 }, 1],
  [{ cutAfterServerBytes: 6 }, 1],
  [{ cutAfterServerBytes: 8 }, 0],
  [{ cutAfterServerBytes: 10 }, 0]
] as const).map(([faults, pending]) => [{ ...DelayedServer.healthy, ...faults }, pending])
