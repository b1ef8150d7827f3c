/**
 * Whatever is remembered and whatever a Server sends, in whatever chunks: a connection never throws, and takes nothing
 * for acknowledged that was not sent on it.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import * as Session from "../../../src/domain/delivery/Session.ts"
import type * as Outbox from "../../../src/domain/delivery/Outbox.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Answers from "../../../src/domain/wake/Answers.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import * as ConnectionEnd from "../../../src/domain/wake/ConnectionEnd.ts"
import * as Held from "../../../src/domain/wake/Held.ts"
import * as Tries from "../../../src/domain/wake/Tries.ts"
import * as Wake from "../../../src/domain/wake/Wake.ts"
import {
  configOf,
  connack,
  message,
  pingresp,
  puback,
  suback,
  twoTopics,
  unsuback,
  wakeOf,
  written
} from "./support.ts"

const lastId = 14

const small = fc.integer({ min: 0, max: 5 })

/** Any state, as it comes back from a snapshot. Few Packet Identifiers, so that a Server often hits one. */
const state: fc.Arbitrary<DeviceState.DeviceState> = fc.record({
  entries: fc.uniqueArray(
    fc.record({ id: fc.integer({ min: 1, max: lastId }), topic: fc.constantFrom("a", "b", "c") }),
    { selector: ({ id }) => id, maxLength: 13, size: "max" }
  ),
  identifiers: fc.uniqueArray(fc.constantFrom(1, 2, 3, 4, 5, 6, 65_534, 65_535), { maxLength: 8 }),
  // A snapshot of a sick program may hold a Packet Identifier for what is not pending.
  inFlight: fc.uniqueArray(fc.integer({ min: -1, max: lastId }), { maxLength: 8 }),
  dup: fc.boolean(),
  lastIdentifier: fc.constantFrom(0, 3, 65_533, 65_535),
  attemptCount: small,
  probation: fc.record({ version: fc.constantFrom(0, 4, 5), wakes: small }),
  suspects: fc.uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: lastId + 2 }), fc.integer({ min: 1, max: 4 })),
    { selector: ([id]) => id, maxLength: 4 }
  ),
  connectAlone: fc.constantFrom(0, 1, 2, 24),
  unfinished: small
}).map((given) => {
  const { attemptCount, connectAlone, lastIdentifier, probation, suspects, unfinished } = given
  const entries: ReadonlyArray<Outbox.Entry> = given.entries.sort((a, b) => a.id - b.id).map(
    (entry) => ({ ...entry, payload: "" + entry.id })
  )
  return {
    ...DeviceState.initial(0, { attemptCount, lastAttemptTime: 0 }),
    outbox: { entries, lastId, dropped: 0 },
    session: {
      lastIdentifier,
      inFlight: given.inFlight.flatMap((entry, i) => {
        const packetIdentifier = given.identifiers[i]
        return packetIdentifier === undefined ? [] : [{ packetIdentifier, entry, dup: given.dup }]
      })
    },
    probation,
    suspects,
    connectAlone,
    unfinished
  }
})

const identifier = fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 65_534, 65_535)

const code = fc.constantFrom(0 as const, 1 as const, 2 as const, 0x80 as const)

/** One of a Server's packets, one that is too large, or bytes that are none. */
const packet: fc.Arbitrary<Bytes.Bytes> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(0 as const, 0 as const, 0 as const, 5 as const),
      fc.boolean()
    ).map(([returnCode, present]) => connack(returnCode, present && returnCode === 0))
  },
  { weight: 12, arbitrary: identifier.map(puback) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      identifier,
      fc.array(code, { minLength: 1, maxLength: 3 })
    ).map(([id, codes]) => suback(id, ...codes))
  },
  { weight: 1, arbitrary: identifier.map(unsuback) },
  { weight: 1, arbitrary: fc.constant(pingresp()) },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom("config", "config/version", "config/data", "cmd", "other"),
      fc.constantFrom("", "{}", "6", "{\"version\":6}", "x".repeat(17_000)),
      fc.option(identifier, { nil: undefined }),
      fc.boolean()
    ).map((given) => message(...given))
  },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }) }
)

type Step =
  | { readonly act: "take"; readonly chunk: Bytes.Bytes }
  | { readonly act: Act }

/** What happens between two chunks: the device does what it may then, or the Server acknowledges what is in flight. */
type Act = typeof acts[number]

const acts = ["send", "assign", "measure", "release", "acknowledgeFirst", "acknowledgeLast", "nothing"] as const

/** The packets, cut anywhere. */
const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.record({
  packets: fc.array(packet, { maxLength: 16 }),
  isAccepted: fc.constantFrom(true, true, true, false),
  cuts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
  between: fc.array(fc.constantFrom(...acts), { minLength: 1, maxLength: 12 })
}).map(({ between, cuts, isAccepted, packets }) => {
  const stream = Bytes.concat(isAccepted ? [connack(), ...packets] : [...packets, Bytes.empty])
  const all: Array<Step> = []
  for (let from = 0, i = 0; from < stream.length; i++) {
    const to = from + (cuts[i % cuts.length] as number) * (stream.length > 1_000 ? 500 : 1)
    all.push({ act: "take", chunk: stream.subarray(from, to) })
    from = to
    all.push({ act: between[i % between.length] ?? "nothing" })
  }
  return all.concat(between.map((act) => ({ act })))
})

const files = [
  {},
  { mqtt: { load_config_from_mqtt: false } },
  { mqtt: twoTopics },
  { file: { deep_sleep: false }, mqtt: { topic_command: "cmd" } }
]

const configs = files.map(configOf)

const ids = ({ outbox }: DeviceState.DeviceState): ReadonlyArray<number> => outbox.entries.map(({ id }) => id)

/** One more message is pending, which names its entry as all of them do. */
const measure = (before: DeviceState.DeviceState): DeviceState.DeviceState =>
  DeviceState.enqueue(
    before,
    { topic: "a", payload: "" + (before.outbox.lastId + 1) },
    { capacity: 1_000, whenFull: "drop_oldest" }
  ).state

/** Of anything in flight: of what was held back, and of what a damaged snapshot contains, too. */
const answer = ({ accepted, wake }: Attempt.Attempt, act: Act): Bytes.Bytes | undefined => {
  const { session } = wake.state
  const flight = act === "acknowledgeFirst" ? session.inFlight[0]
    : act === "acknowledgeLast" ? session.inFlight.at(-1)
    : undefined
  return accepted && flight !== undefined ? puback(flight.packetIdentifier) : undefined
}

/** Which Outbox entries were written, and which of them may be acknowledged by which Packet Identifier. */
const bookkeeper = (wake: Wake.Wake) => {
  const waiting = new Map<number, number>()
  const acknowledged = new Set<number>()
  const write = (packets: ReadonlyArray<string>): void => {
    for (const line of packets) {
      const found = /^PUBLISH (\d+) \S+ (\d+)/.exec(line)
      if (found !== null) waiting.set(Number(found[1]), Number(found[2]))
    }
  }
  const see = (before: ReadonlyArray<number>): void => {
    const after = ids(wake.state)
    for (const id of before) {
      if (after.includes(id)) continue
      const how = [...waiting].find(([, entry]) => entry === id)
      expect(how, `entry ${id} is gone, which was not sent on this connection`).toBeDefined()
      waiting.delete(how?.[0] ?? 0)
      acknowledged.add(id)
    }
  }
  return { acknowledged, see, write }
}

describe("a connection with any past and any Server", () => {
  it.each(
    configs.map((config, i) => [i, config] as const)
  )("throws never, and believes no acknowledgement of what was not sent (configuration %i)", (_, config) => {
    fc.assert(fc.property(state, steps, (past, all) => {
      const wake: Wake.Wake = {
        ...wakeOf(),
        config,
        state: Result.getOrThrow(DeviceState.decode(DeviceState.encode(past)))
      }
      // The connection before this one may have been in the same wake: then more is in flight than a snapshot contains.
      if (past.session.lastIdentifier === 3) {
        wake.state = { ...wake.state, session: Session.disconnected(past.session) }
      }
      Tries.begin(wake)
      const attempt = Attempt.make(wake)
      const { acknowledged, see, write } = bookkeeper(wake)
      const pending = ids(wake.state)
      write(written(Attempt.open(attempt)))
      for (const step of all) {
        const before = ids(wake.state)
        const { delivered } = attempt
        const chunk = step.act === "take" ? step.chunk : answer(attempt, step.act)
        if (chunk !== undefined) {
          Answers.take(attempt, chunk)
          see(before)
          expect(attempt.delivered - delivered).toBe(before.length - ids(wake.state).length)
          if (!attempt.accepted) expect(attempt.delivered).toBe(0)
        } else if (step.act !== "take" && attempt.accepted && attempt.broken === undefined) {
          if (step.act === "release") Held.release(wake, attempt.delivered)
          if (step.act === "measure") wake.state = measure(wake.state)
          if (step.act !== "send" && Attempt.hasPending(wake) && Attempt.hasRoom(wake)) Wake.assign(wake)
          write(written(Attempt.send(attempt)))
        }
      }
      const before = wake.state
      const isOut = Tries.ended(attempt, attempt.broken)
      expect(ids(wake.state)).toEqual(ids(before))
      expect(pending.filter((id) => !acknowledged.has(id))).toEqual(
        pending.filter((id) => ids(wake.state).includes(id))
      )
      if (!attempt.accepted) expect(isOut && attempt.broken !== undefined).toBe(false)
      written(Attempt.leave(attempt))
      const abandoned = wake.state.outbox.dropped
      ConnectionEnd.learn(attempt)
      expect(ids(before).length - ids(wake.state).length).toBe(wake.state.outbox.dropped - abandoned)
      // What is remembered of it can be read again.
      expect(ids(Result.getOrThrow(DeviceState.decode(DeviceState.encode(wake.state))))).toEqual(ids(wake.state))
    }), { numRuns: 500 })
  })
})
