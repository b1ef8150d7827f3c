/** What became of the messages of a run: each has a number. */
import type { Noted } from "./Wire.ts"

/** One message as it came to the subscriber. */
export interface Arrival {
  readonly payload: string
  readonly dup: boolean
}

export interface Verdict {
  readonly acknowledged: number
  /** Acknowledged by a Server, and never delivered. */
  readonly lost: ReadonlyArray<string>
  /** Delivered, and never published. */
  readonly invented: ReadonlyArray<string>
  /** Repetitions that the publisher sent with DUP 1, because the Server had kept its Session. */
  readonly repeated: number
  /** Those that it sent as new, because the Server had lost the Session (MQTT-4.4.0-1 asks for nothing then). */
  readonly anew: number
  /** Those whose DUP was wrong: not set though the Session was kept, or set without a Session. */
  readonly wrongDup: ReadonlyArray<string>
  /** Sent with DUP 1 for the first time: they waited to be written when the connection was lost. */
  readonly cautious: number
  /** Deliveries after the first, with DUP 1. */
  readonly duplicates: number
  /** Those without DUP of a message that the publisher had sent again. */
  readonly explained: number
  /** Those without DUP, more than the message was sent: the Servers have made two of one. */
  readonly doubled: ReadonlyArray<string>
}

interface Sum {
  sent: number
  arrived: number
  arrivedWithoutDup: number
}

/** `sent` and `arrivals` in their order. */
export const judge = (
  acknowledged: ReadonlySet<string>,
  sent: ReadonlyArray<Noted>,
  arrivals: ReadonlyArray<Arrival>
): Verdict => {
  const sums = new Map<string, Sum>()
  const wrongDup: Array<string> = []
  let [repeated, anew, cautious] = [0, 0, 0]
  for (const { dup, payload, sessionPresent } of sent) {
    const sum = sums.get(payload) ?? { sent: 0, arrived: 0, arrivedWithoutDup: 0 }
    sums.set(payload, sum)
    const isAgain = sum.sent++ > 0
    if (dup ? !sessionPresent : isAgain && sessionPresent) wrongDup.push(payload)
    else if (dup && !isAgain) cautious++
    else if (dup) repeated++
    else if (isAgain) anew++
  }
  const invented: Array<string> = []
  let [duplicates, explained] = [0, 0]
  const doubled: Array<string> = []
  for (const { dup, payload } of arrivals) {
    const sum = sums.get(payload)
    if (sum === undefined) {
      invented.push(payload)
      continue
    }
    const isAgain = sum.arrived++ > 0
    if (!dup) sum.arrivedWithoutDup++
    if (!isAgain) continue
    if (dup) duplicates++
    else if (sum.arrivedWithoutDup <= sum.sent) explained++
    else doubled.push(payload)
  }
  const lost = [...acknowledged].filter((payload) => (sums.get(payload)?.arrived ?? 0) === 0)
  return {
    acknowledged: acknowledged.size,
    lost,
    invented,
    repeated,
    anew,
    wrongDup,
    cautious,
    duplicates,
    explained,
    doubled
  }
}
