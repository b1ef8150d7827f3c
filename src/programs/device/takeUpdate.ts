/**
 * How a configuration update over MQTT becomes the next configuration: an accepted one is stored and used from the next
 * wake.
 */
import * as Effect from "effect/Effect"
import * as ConfigUpdate from "../../domain/config/ConfigUpdate.ts"
import * as Answers from "../../domain/wake/Answers.ts"
import * as Attempt from "../../domain/wake/Attempt.ts"
import { isAlone } from "../../domain/wake/incomingCommands.ts"
import { known, look } from "../../domain/wake/known.ts"
import { applyUpdate } from "./applyUpdate.ts"
import { type ConnectionError, deliver, type Open, publish, receive, receiveWithin } from "./connection.ts"
import { now } from "./ports.ts"
import { deadly, refuse } from "./refuse.ts"

/**
 * Why nothing is to be done about what has arrived, as far as that is known without reading it; undefined: it must be
 * read.
 */
const unremarkable = ({ tooLarge, update, wake }: Attempt.Attempt): string | undefined =>
  tooLarge !== undefined ? undefined
    : ConfigUpdate.isShort(update) ? "no configuration within " + wake.config.mqtt.configWaitTime + " s"
    : known(wake, update)

/** A board's bundle may come without it. */
const alone: typeof isAlone | undefined = isAlone

/** Acts on what has arrived. True: an update was stored. */
export const judge = (open: Open): Effect.Effect<boolean, ConnectionError> =>
  Effect.gen(function*() {
    const { attempt, ports } = open
    const { tooLarge, update, wake } = attempt
    let reason = unremarkable(attempt)
    let fault = tooLarge
    if (reason === undefined && fault === undefined) {
      // Reading and judging take much of a board's C stack. After a timer the stack is empty.
      yield* Effect.sleep(0)
      const looked = look(wake, update)
      reason = looked.reason
      fault = looked.fault
    }
    if (reason !== undefined) {
      wake.emit({ _tag: "ConfigUnchanged", reason })
      return false
    }
    fault ??= deadly(wake, update)
    const { isPending, isStored } = fault === undefined ? applyUpdate(ports, wake, update)
      : { isPending: refuse(ports, wake, update, fault), isStored: false }
    if (!isPending) return false
    yield* deliver(open)
    attempt.reported = attempt.delivered
    return isStored
  })

/**
 * Takes a newer configuration, if there is one: waits for the SUBACK, then up to `config_wait_time` for what is
 * retained. Only called after the data was delivered.
 */
export const takeUpdate = (open: Open): Effect.Effect<void, ConnectionError> =>
  Effect.gen(function*() {
    const { attempt, ports } = open
    const { wake } = attempt
    if (attempt.subscription === "none") return
    let until: number | undefined
    while (!Attempt.isConfigSettled(attempt)) {
      // A Server that gets no answers sends no more, once enough is in flight. Answers that need not be waited for go
      // with DISCONNECT.
      yield* publish(open)
      if (attempt.subscription === "waiting") yield* receive(open)
      else {
        const at = now(ports)
        until ??= at + wake.config.mqtt.configWaitTime * 1000
        if (until <= at || !(yield* receiveWithin(open, until - at))) break
      }
    }
    if (attempt.subscription === "refused") Answers.subscriptionRefused(attempt)
    else if (alone === undefined || !alone(attempt)) yield* judge(open)
  })

/** All that is done on a connection of a board that takes no commands (`swaps`). */
export { takeUpdate as settled }
