/**
 * What is done about a command, and what is remembered of it: the effect, the answer and the mark of what was done come into the
 * snapshot in one write, and only then the command is acknowledged. So a power cut at any time leaves all of it or nothing, and a
 * command that comes again is known.
 *
 * Rare, so a board keeps it in a separate file.
 */
import * as Bytes from "../bytes/Bytes.ts"
import { crc32 } from "../bytes/Crc32.ts"
import * as Command from "../message/Command.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import * as Commands from "../state/Commands.ts"
import * as DeviceState from "../state/DeviceState.ts"
import { patch } from "../state/patch.ts"
import { isKnown } from "../time/known.ts"
import type { Attempt } from "./Attempt.ts"
import { configured, pace } from "./commands.ts"
import type { Given } from "./CommandFields.ts"
import { identifierIn, isElsewhere, isOfOther, markOf } from "./Servers.ts"
import * as Wake from "./Wake.ts"
import { emitDropped } from "./WakeEvent.ts"

/** A command that was read, and what is to be done about it. */
export interface Order {
  readonly given: Given
  readonly command: Command.Command
  /** Undefined: it was answered before, and nothing is said. */
  readonly status: Command.Status | undefined
  readonly reason: string | undefined
}

/** A board's bundle may come without them. */
const inMark: typeof identifierIn | undefined = identifierIn
const elsewhere: typeof isElsewhere | undefined = isElsewhere
const ofOther: typeof isOfOther | undefined = isOfOther
const marking: typeof markOf | undefined = markOf

/** Below the prefix. */
export const level = "command_result"

const kept = ({ commands = Commands.none }: DeviceState.DeviceState): Commands.Commands => commands

/** A retained one is found by every wake, and answered once. */
const isToldOnce = ({ isTooLarge, retain }: Given): boolean => retain || isTooLarge === true

const keyOf = ({ text }: Given, { id }: Command.Command): number =>
  crc32(id === "" ? Bytes.fromBinary(text) : Bytes.fromText("id " + id))

/**
 * Whether it was done already: its id was, or the Server has sent it again, because it lacks the acknowledgement. Some Servers do so
 * with DUP 0, against the standard (4.4): then it is answered, because it may be another one after all.
 */
const isDone = ({ isSessionPresent, wake }: Attempt, given: Given, command: Command.Command): boolean => {
  const key = keyOf(given, command)
  for (const [crc, mark] of kept(wake.state)[3]) {
    if (crc !== key) continue
    if (command.id !== "") return true
    if (isSessionPresent && (inMark === undefined ? mark : inMark(mark)) === given.packetIdentifier) return true
  }
  return false
}

/** Why a command that is known is not done at `now`, in milliseconds; undefined: it is. */
const refusal = ({ retain }: Given, { fault, name, until }: Command.Command, now: number): string | undefined => {
  if (fault !== undefined) return fault
  if (retain && name !== "stay_awake") return "only stay_awake may be retained; publish it without retain"
  if (until === undefined) return undefined
  if (!isKnown(now)) return "it has an until, but this device does not know the time; set time.server"
  return now > until ? "its until has passed" : undefined
}

/** Reads a command, at `now`, in milliseconds of the device's clock. */
export const judge = (attempt: Attempt, given: Given, now: number): Order => {
  const command = Command.parse(given.text)
  const order = (status: Command.Status | undefined, reason?: string): Order => ({ given, command, status, reason })
  const isBefore = isDone(attempt, given, command)
  if (isBefore && !given.retain) {
    const isOther = elsewhere !== undefined && command.id === "" &&
      elsewhere(attempt.wake, keyOf(given, command), given.packetIdentifier)
    return order(given.dup && !isOther ? undefined : "repeated")
  }
  const isKnown = Command.names.indexOf(command.name) >= 0
  const reason = refusal(given, command, now) ?? (isKnown ? undefined : Command.unknownReason())
  const isAnswered = isBefore || isToldOnce(given) && keyOf(given, command) === kept(attempt.wake.state)[1]
  return order(isAnswered ? undefined : !isKnown && command.fault === undefined && !given.retain ? "unknown"
    : reason === undefined ? "done" : "refused", reason)
}

/** Stays awake from `now` on, in milliseconds. */
const stay = (wake: Wake.Wake, { given, command }: Order, now: number): void => {
  const seconds = command.seconds ?? (given.retain ? Command.longest : Command.standardStay)
  const end = now + seconds * 1000
  const until = command.until !== undefined && command.until < end ? command.until : end
  // An order for less does not end another one, but for 0.
  if (seconds === 0) wake.stay = undefined
  else if (wake.stay === undefined || given.retain || until > wake.stay.until) {
    wake.stay = { from: now, until, isRetained: given.retain }
  }
}

/** What a command changes at once. The readings of `read` are there already. */
const change = (wake: Wake.Wake, order: Order, now: number): void => {
  const { command: { name, seconds = 0 } } = order
  const [interval, retained, reports, done] = kept(wake.state)
  if (name === "interval") {
    wake.state = patch(wake.state, { commands: [seconds, retained, reports, done] })
    pace(wake)
  }
  if (name === "report") wake.state = patch(wake.state, { commands: [interval, retained, 1, done] })
  if (name === "stay_awake") stay(wake, order, now)
  if (name === "send") Wake.readAgain(wake)
  if (name === "restart") wake.isRestarting = true
}

/** It is not done again. */
const mark = (wake: Wake.Wake, { command, given }: Order): void => {
  const [interval, before, reports, done] = kept(wake.state)
  const key = keyOf(given, command)
  // Of a retained one there is a copy that is not, where the device was subscribed: one answer is enough.
  const retained = isToldOnce(given) || command.name === "stay_awake" ? key : before
  // What is retained comes with every connection, and of what has no id and QoS 0 nothing comes again.
  const comesAgain = !isToldOnce(given) && (command.id !== "" || given.packetIdentifier !== undefined)
  const others = done.filter(([crc]) => command.id === "" || crc !== key)
  const packetIdentifier = command.id === "" ? given.packetIdentifier ?? 0 : 0
  const marked = marking === undefined || packetIdentifier === 0 ? packetIdentifier : marking(wake, packetIdentifier)
  const all = comesAgain ? others.concat([[key, marked]]).slice(-Commands.maxDone) : done
  wake.state = patch(wake.state, { commands: [interval, retained, reports, all] })
}

/** The answer is pending. */
const answer = (wake: Wake.Wake, { command, reason }: Order, status: Command.Status): void => {
  const message = { topic: level, payload: Command.result(configured(wake).deviceId, command, status, reason) }
  const pending = DeviceState.enqueue(wake.state, message, wake.config.mqtt.outbox)
  wake.state = pending.state
  emitDropped(wake.emit, pending.dropped.length)
}

/** A retained `stay_awake` holds in every wake. */
const holds = ({ command, given, reason, status }: Order): boolean =>
  given.retain && status === undefined && reason === undefined && command.name === "stay_awake"

/**
 * Does what is ordered, at `now`, in milliseconds, and puts the answer into the Outbox. `failure`: why it could not be done. Then the
 * state is to be stored, and the command to be acknowledged (`acknowledge`).
 */
export const settle = (attempt: Attempt, order: Order, now: number, failure: string | undefined): void => {
  const { wake } = attempt
  const { status } = order
  if (status === undefined) {
    if (holds(order)) stay(wake, order, now)
    // Its copy that was not retained was answered.
    if (order.given.retain) mark(wake, order)
    return
  }
  const told = failure === undefined ? order : { ...order, status: "failed" as const, reason: failure }
  const before = wake.stay
  if (told.status === "done") change(wake, order, now)
  mark(wake, order)
  answer(wake, told, told.status ?? status)
  Wake.assign(wake)
  const { id, name, seconds } = order.command
  wake.emit({
    _tag: "Command",
    command: name,
    ...(id === "" ? {} : { id }),
    ...(seconds === undefined ? {} : { seconds }),
    status: told.status ?? status,
    reason: told.reason
  })
  // How long it is now, which an order for less does not change.
  if (name === "stay_awake" && before !== undefined && wake.stay !== undefined) {
    wake.emit({ _tag: "Staying", millis: wake.stay.until - now })
  }
}

/**
 * Whether a command must wait for another connection: as many as can be remembered are done, and the Server lacks their
 * acknowledgements; or an answer is held back that the Server may not accept. So only one answer takes room in the Outbox.
 */
export const isTooSoon = ({ repeated = [], wake }: Attempt, { status }: Order): boolean =>
  status !== undefined &&
  (repeated.length >= Commands.maxDone || wake.state.outbox.entries.some(({ topic }) => topic === level))

/** Whether the sensors are to be read for it. */
export const reads = ({ command, status }: Order): boolean => status === "done" && command.name === "read"

/**
 * The Server may forget a command: all that it does is stored. `report` is what the device says of itself, if that was asked for: before
 * the acknowledgement, so that a Server which has the one has the other.
 */
export const acknowledge = (attempt: Attempt, { given, status }: Order, report: Outgoing.Outgoing): void => {
  const { packetIdentifier } = given
  attempt.replies = Outgoing.join(attempt.replies, report)
  if (packetIdentifier === undefined) return
  attempt.replies = Outgoing.join(attempt.replies, Outgoing.puback(packetIdentifier))
  // Its acknowledgement may be lost again, as it was before.
  if (status === undefined) attempt.repeated = (attempt.repeated ?? []).concat([packetIdentifier])
}

/**
 * The Server has acknowledged what was sent behind the acknowledgements of commands, so it has those, too: a command without an id does
 * not come again from it, and the status has arrived.
 */
export const confirmed = (attempt: Attempt): void => {
  const { commands } = attempt.wake.state
  attempt.repeated = []
  if (commands === undefined) return
  const done = commands[3].filter(([, mark]) => mark === 0 || ofOther !== undefined && ofOther(attempt.wake, mark))
  attempt.wake.state = patch(attempt.wake.state, { commands: [commands[0], commands[1], 0, done] })
}
