/**
 * Does what commands ask for, one after the other, on an open connection. What is decided about each is in domain/wake/obey.
 */
import * as Effect from "effect/Effect"
import type { Attempt } from "../../domain/wake/Attempt.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import * as Held from "../../domain/wake/Held.ts"
import { hasMemory } from "../../domain/wake/commandRoom.ts"
import { asked } from "../../domain/wake/commands.ts"
import * as Obey from "../../domain/wake/obey.ts"
import { type ConnectionError, deliver, type Open, publish, receiveWithin } from "./connection.ts"
import { measure } from "./measure.ts"
import { now } from "./ports.ts"
import { statusFor } from "./status.ts"
import { rememberBeforeSending } from "./storage.ts"

/** When nothing has come for so long, in milliseconds, the Server is through; and so often it is waited for at most. */
const quietMillis = 20
const mostWaits = 64

/**
 * Takes in what the Server is sending, such as a retained message that is too large: while sensors are read it would pile
 * up in memory.
 */
const takeIn = (open: Open) =>
  Effect.gen(function*() {
    let isMore = true
    for (let left = mostWaits; isMore && left > 0; left--) isMore = yield* receiveWithin(open, quietMillis)
  })

/** Reads all sensors. Returns why nothing came of it; undefined: there are readings in the Outbox. */
const readNow = (open: Open) =>
  Effect.gen(function*() {
    yield* takeIn(open)
    const { attempt: { wake }, ports } = open
    const { journaled, outbox: { lastId } } = wake.state
    const { config } = wake
    wake.config = asked(config)
    yield* measure(ports, wake)
    wake.config = config
    if (wake.held.length > 0) Held.follow(wake, lastId)
    return wake.state.outbox.lastId + wake.state.journaled > lastId + journaled ? undefined
      : "no sensor could be read"
  })

/** The Server keeps the others, and sends them again. */
const leaveRest = (attempt: Attempt): void => {
  attempt.leavesCommands = true
  attempt.commands = []
}

/** Does the first of the commands that wait. */
const obeyOne = (open: Open) =>
  Effect.gen(function*() {
    const { attempt, ports } = open
    const { wake } = attempt
    const given = attempt.commands?.shift()
    if (given === undefined) return
    // Reading it takes much of a board's C stack. After a timer the stack is empty.
    yield* Effect.sleep(0)
    if (!hasMemory()) return leaveRest(attempt)
    const order = Obey.judge(attempt, given, now(ports))
    if (Obey.isTooSoon(attempt, order)) return leaveRest(attempt)
    const failure = Obey.reads(order) ? yield* readNow(open) : undefined
    Obey.settle(attempt, order, now(ports), failure)
    rememberBeforeSending(ports, wake)
    Obey.acknowledge(attempt, order, statusFor(ports, wake))
    // What is behind it is done by the device that starts anew.
    if (wake.isRestarting) leaveRest(attempt)
  })

/** Does all commands that wait. Each is through, and its answer, before the next one is begun. */
export const obey = (open: Open): Effect.Effect<void, ConnectionError> =>
  Effect.gen(function*() {
    const { attempt } = open
    while (attempt.commands !== undefined && attempt.commands.length > 0) {
      const { delivered } = attempt
      yield* obeyOne(open)
      yield* publish(open)
      yield* deliver(open)
      if (attempt.delivered > delivered) Obey.confirmed(attempt)
    }
  })

/** The same in a wake, in which the Server had its time to send them. */
export const obeyInWake = (open: Open): Effect.Effect<void, ConnectionError> =>
  Effect.map(obey(open), () => {
    const { attempt } = open
    const { delivered, reported, wake: { emit, state } } = attempt
    if (delivered > reported) {
      emit({
        _tag: "Delivered",
        count: delivered - reported,
        pending: DeviceState.pending(state)
      })
    }
    attempt.reported = delivered
  })
