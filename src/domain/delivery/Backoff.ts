/**
 * The reconnect policy as an Effect `Schedule`.
 *
 * Up to `maxAttempts` tries follow each other without delay, or `tryInterval` apart. Then the wait before the next try
 * is min(maxInterval, minInterval * backoffFactor ^ (attemptCount - maxAttempts)), measured from the start of the last
 * try. A Schedule is in RAM, but the policy must survive deep sleep: so the Schedule is made from the stored `State`,
 * and each of its steps gives the State to store before the next try.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { ReconnectPolicy } from "../config/DeviceConfig.ts"

/** What survives deep sleep. */
export interface State {
  /** Tries since the last one that led to a healthy connection. */
  readonly attemptCount: number
  /** When the last try began, in milliseconds of the device's clock. */
  readonly lastAttemptTime: number
  /**
   * A random number, 0 to 1, that shortens the wait after the last try. It is drawn once, or each wake would draw again
   * until it may try.
   */
  readonly draw: number
}

export const initial: State = { attemptCount: 0, lastAttemptTime: 0, draw: 0 }

/** A connection that has lasted this long was a good one, even if it then ends. Milliseconds. */
export const healthyMillis = 10_000

/** Whether the next try is one of those in a row. */
export const isInRow = (policy: ReconnectPolicy, attemptCount: number): boolean =>
  policy.enabled && attemptCount < policy.maxAttempts

/** In seconds, for a try that is not one of those in a row. */
const longWait = (policy: ReconnectPolicy, attemptCount: number): number =>
  Math.min(policy.maxInterval, policy.minInterval * Math.pow(policy.backoffFactor, attemptCount - policy.maxAttempts))

const wholeWait = (policy: ReconnectPolicy, attemptCount: number, draw: number): number =>
  !policy.enabled || attemptCount === 0 ? 0
    : attemptCount < policy.maxAttempts ? (policy.tryInterval ?? 0) * 1000
    : Math.round(longWait(policy, attemptCount) * 1000 * (1 - policy.jitter * draw))

/** The wait, in milliseconds, from the start of try number `attemptCount` to the start of the next. */
export const waitMillis = (policy: ReconnectPolicy, attemptCount: number, draw = 0): number =>
  wholeWait(policy, attemptCount, draw)

/**
 * How long from `now`, in milliseconds, until the next try may begin; 0: at once. If the clock is before the stored
 * time, it has been set back, and nobody knows how long ago the last try was: the next try may then begin at once, so
 * that the device does not wait for ever.
 */
export const remainingMillis = (policy: ReconnectPolicy, state: State, now: number): number => {
  const wait = wholeWait(policy, state.attemptCount, state.draw)
  const elapsed = now - state.lastAttemptTime
  return elapsed < 0 || wait < elapsed ? 0 : wait - elapsed
}

/** A try begins at `now`, in milliseconds. `draw` is a random number, 0 to 1, for the wait after it. */
export const begun = (state: State, now: number, draw: number): State => ({
  attemptCount: state.attemptCount + 1,
  lastAttemptTime: now,
  draw
})

/**
 * The policy, resumed from `state`. Each step takes the present time and gives the delay before the next try and the
 * State from then on. With `Effect.retry`, which makes the first try itself, resume from the State of that try. It
 * never ends: a program that must not wait that long in RAM stores the State and sleeps.
 */
export const schedule = (policy: ReconnectPolicy, state: State): Schedule.Schedule<State> =>
  Schedule.fromStep(Effect.sync(() => {
    let current = state
    return (now: number) =>
      Effect.map(policy.jitter > 0 ? Random.next : Effect.succeed(0), (draw): [State, Duration.Duration] => {
        const delay = remainingMillis(policy, current, now)
        current = begun(current, now + delay, draw)
        return [current, Duration.millis(delay)]
      })
  }))

/**
 * One step of `schedule`, for a program that stores the State and sleeps instead of waiting: the State of the next try
 * and the milliseconds until it may begin.
 */
export const next = (
  policy: ReconnectPolicy,
  state: State,
  now: number
): Effect.Effect<readonly [next: State, delayMillis: number]> =>
  Schedule.toStep(schedule(policy, state)).pipe(
    Effect.flatMap((step) => step(now, undefined)),
    Effect.map(([next, delay]) => [next, Duration.toMillis(delay)] as const),
    Effect.orDie
  )

/** A healthy connection: tries start over. */
export const succeeded = (state: State): State => ({ attemptCount: 0, lastAttemptTime: state.lastAttemptTime, draw: 0 })
