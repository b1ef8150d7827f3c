/**
 * What a device knows that knows nothing. A board keeps it in a file of its own: it is for its first wake, and for one whose
 * memory is lost.
 */
import type { ReconnectStart } from "./DeviceConfig.ts"
import type { DeviceState } from "./DeviceState.ts"
import * as Outbox from "./Outbox.ts"
import * as Session from "./Session.ts"

/** A device's first wake, at `now` milliseconds. The configuration may carry a reconnect state to start from. */
export const initial = (now: number, start: ReconnectStart, version = 0): DeviceState => ({
  outbox: Outbox.empty,
  session: Session.empty,
  reconnect: { attemptCount: start.attemptCount, lastAttemptTime: start.lastAttemptTime * 1000, draw: 0 },
  startedAt: now,
  readAt: {},
  refusedUpdate: 0,
  probation: { version, wakes: 0 },
  rolledBack: 0,
  suspects: [],
  connectAlone: 0,
  prefix: 0,
  unfinished: 0,
  review: [0, 0]
})
