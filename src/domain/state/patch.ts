import type { DeviceState } from "./DeviceStateFields.ts"

/**
 * A state with some of its fields changed; the state itself is not to be used again, and may be the one that is
 * returned.
 *
 * Each field by its name: V8 gives each copy of a copy that is made by `...` a hidden class of its own, and then takes
 * ten times as long. A fleet changes some hundred million states.
 */
export const patch = (state: DeviceState, change: Partial<DeviceState>): DeviceState => ({
  outbox: change.outbox ?? state.outbox,
  journal: change.journal ?? state.journal,
  journaled: change.journaled ?? state.journaled,
  session: change.session ?? state.session,
  reconnect: change.reconnect ?? state.reconnect,
  startedAt: change.startedAt ?? state.startedAt,
  readAt: change.readAt ?? state.readAt,
  refusedUpdate: change.refusedUpdate ?? state.refusedUpdate,
  probation: change.probation ?? state.probation,
  rolledBack: change.rolledBack ?? state.rolledBack,
  suspects: change.suspects ?? state.suspects,
  connectAlone: change.connectAlone ?? state.connectAlone,
  prefix: change.prefix ?? state.prefix,
  unfinished: change.unfinished ?? state.unfinished,
  review: change.review ?? state.review,
  selection: change.selection ?? state.selection,
  lastError: change.lastError ?? state.lastError,
  clock: change.clock ?? state.clock,
  thinned: change.thinned ?? state.thinned,
  isBatteryLow: change.isBatteryLow ?? state.isBatteryLow,
  commands: change.commands ?? state.commands,
  servers: change.servers ?? state.servers
})
