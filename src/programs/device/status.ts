/**
 * The status of a device, where the configuration asks for one: gathered while it is awake, and published as the last
 * message of a connection, in the write that ends it. It costs no round trip, and no Server that does not take it keeps
 * a reading from it.
 */
import * as Context from "effect/Context"
import * as Status from "../../domain/message/Status.ts"
import * as Outgoing from "../../domain/packet/Outgoing.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import { patch } from "../../domain/state/patch.ts"
import { isKnown, isoText } from "../../domain/time/known.ts"
import { version } from "../../domain/version.ts"
import { uptime } from "../../domain/wake/Measuring.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { isReportDue, withoutReport } from "../../domain/wake/commands.ts"
import { errorIn } from "../../domain/wake/errorIn.ts"
import { nameOf } from "../../domain/wake/Servers.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { Sleep } from "../../ports/Sleep.ts"
import { now, type Ports } from "./ports.ts"

/** The same wake, which from now on remembers its last error. It began at `wokeAt`, in milliseconds. */
export const recordingErrors = (wake: Wake, wokeAt: number): Wake => {
  const recorded: Wake = {
    ...wake,
    wokeAt,
    emit: (event) => {
      const lastError = errorIn(event)
      if (lastError !== undefined) recorded.state = patch(recorded.state, { lastError })
      wake.emit(event)
    }
  }
  return recorded
}

/** The radio is turned on at `at`, in milliseconds. */
export const radioOn = (wake: Wake, at: number): void => {
  wake.radioOnAt = at
}

/** A board's bundle may come without them. */
const isDue: typeof isReportDue | undefined = isReportDue
const answered: typeof withoutReport | undefined = withoutReport

/** A board's bundle may come without it. */
const named: typeof nameOf | undefined = nameOf

/** Whether a device with this configuration can say something of itself. */
export const isKept = ({ mqtt }: DeviceConfig): boolean =>
  mqtt.publishStatus || isDue !== undefined && mqtt.topicCommand !== ""

/** The status, if a command has asked for it. */
export const statusFor = (ports: Ports, wake: Wake): Outgoing.Outgoing =>
  isDue !== undefined && isDue(wake.state) ? statusOf(ports, wake) : Outgoing.none

/** The status as it is now, to be written; none where it is not asked for. */
export const statusOf = (ports: Ports, wake: Wake): Outgoing.Outgoing => {
  const { config, state, wokeAt } = wake
  if (wokeAt === undefined || isDue !== undefined && !config.mqtt.publishStatus && !isDue(state)) return Outgoing.none
  const at = now(ports)
  const millisSince = (began: number): number => Math.max(0, Math.round(at - began - (wake.clockMoved ?? 0)))
  const fields: Status.Status = {
    device: config.deviceId,
    uptime: uptime(state, at),
    time: isKnown(at) ? isoText(at) : undefined,
    pending: DeviceState.pending(state),
    evicted: state.outbox.dropped,
    tries: state.reconnect.attemptCount,
    awakeMillis: millisSince(wokeAt),
    // Of a device that is always on the radio is, too.
    radioMillis: millisSince(wake.radioOnAt ?? wokeAt),
    wokenBy: Context.get(ports, Sleep).wokenBy(),
    program: version,
    configVersion: config.version,
    lastError: state.lastError ?? "",
    nextConnection: config.wakePin === undefined ? Status.nextConnection(config, state.isBatteryLow) : null,
    battery: config.battery === undefined ? undefined : {
      percent: wake.battery?.percent ?? null,
      volts: wake.battery?.volts ?? null,
      isLow: state.isBatteryLow === true
    }
  }
  const text = Status.toText(named === undefined ? fields : { ...fields, server: named(wake) })
  return Outgoing.retained(config.mqtt.topicDataPrefix + "/" + Status.level, text)
}

/** The status was written: what went wrong is reported once. */
export const reported = (wake: Wake): void => {
  if (wake.state.lastError) wake.state = patch(wake.state, { lastError: "" })
  if (answered !== undefined) answered(wake)
}
