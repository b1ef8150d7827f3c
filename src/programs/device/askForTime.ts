/**
 * Asks a server for the time, if that is due, and sets the clock. It takes some seconds at most and never fails: who
 * gets no answer goes on without.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { move } from "../../domain/wake/commands.ts"
import * as Timing from "../../domain/wake/Timing.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { TimeError, TimeSource } from "../../ports/TimeSource.ts"
import { now, type Ports } from "./ports.ts"
import { rememberBeforeSending } from "./storage.ts"

/** A board's bundle may come without it. */
const moving: typeof move | undefined = move

const inVain = (wake: Wake, at: number, reason: string, doubted?: number): void => {
  wake.state = Timing.unanswered(wake.config, wake.state, at, doubted)
  wake.emit({ _tag: "TimeUnknown", reason })
}

/**
 * What is kept is remembered as it will be, and then the clock is set: where it was not, because the device was reset
 * in between, the next wake finds it behind and takes that back. A clock that were set first would seem to have gone on.
 */
const set = (ports: Ports, wake: Wake, at: number, millis: number): void => {
  const { adjust } = Context.get(ports, TimeSource)
  if (adjust === undefined) {
    wake.state = Timing.answered(wake.config, wake.state, at, 0)
    return wake.emit({ _tag: "TimeTold", millis, isSet: false })
  }
  const before = wake.state
  wake.state = Timing.answered(wake.config, before, at, millis)
  rememberBeforeSending(ports, wake)
  if (wake.isUnsaved) {
    wake.state = before
    return inVain(wake, at, "the clock is not set, for flash did not take it")
  }
  adjust(millis)
  wake.clockMoved = (wake.clockMoved ?? 0) + millis
  if (moving !== undefined) moving(wake, millis)
  wake.emit({ _tag: "TimeTold", millis, isSet: true })
}

export const askForTime = (ports: Ports, wake: Wake): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { server: host, port } = wake.config.time
    wake.state = Timing.setBack(wake.config, wake.state, now(ports))
    if (!Timing.isDue(wake, now(ports))) return Effect.void
    const name = host + ":" + port
    const answer = Effect.timeoutOrElse(Context.get(ports, TimeSource).ask({ host, port }), {
      duration: Timing.answerMillis,
      orElse: () =>
        Effect.fail(new TimeError({ reason: "TimedOut", message: name + " did not tell the time within 2 s" }))
    })
    return Effect.map(Effect.result(answer), (asked) => {
      const at = now(ports)
      wake.state = Timing.setBack(wake.config, wake.state, at)
      if (Result.isFailure(asked)) return inVain(wake, at, asked.failure.message)
      const reason = Timing.disbelief(wake.state, at, asked.success)
      if (reason === undefined) set(ports, wake, at, asked.success)
      else inVain(wake, at, name + ": " + reason, asked.success)
    })
  })
