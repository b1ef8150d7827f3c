/**
 * The power is cut at every operation of one wake, and at every byte that it writes to flash or to the network: the
 * device recovers every time, nothing is lost, and the next wake delivers what is pending.
 *
 * `npm test` cuts at every operation, and of its bytes at the first, the last and some between; all of them, a few
 * minutes long: `POWER_CUTS=all npx vitest run test/simulation/powerCut`, which prints how many they were.
 */
import { describe, expect, it } from "vitest"
import * as World from "../../../src/adapters/simulation/world/World.ts"
import { checkers } from "../../../src/programs/chaos/checkers/all.ts"
import * as StoredState from "../../../src/programs/chaos/life/StoredState.ts"
import { liveOn, prepare, type Prepared, situations } from "./situations.ts"
import { runs } from "../../support/runs.ts"

const isWhole = process.env["POWER_CUTS"] === "all"

/** Between two cuts in one operation, in bytes. */
const stride = isWhole ? 1 : runs(39, 13)

/** The power is away for a second; then there is time for a wake. */
const outage = 1_000
const afterwards = 10_000

/** A wake that is not cut is over by then. */
const wakeMillis = 4_000

interface Cut {
  /** Whether the power went in the wake. */
  readonly isCut: boolean
  /** Bytes that the operation was to move. */
  readonly size: number
  readonly fault: string | undefined
  readonly isBroken: boolean
}

/** Cuts the power at the operation number `step` of the wake, when so many of its bytes are through. */
const cut = async (prepared: Prepared, until: number, step: number, size: number, bytes: number): Promise<Cut> => {
  let cutAt: number | undefined
  const answers = new Set<string>()
  const { broken, world } = await liveOn(prepared, {
    plan: [{
      kind: "powerCut",
      at: prepared.at,
      steps: step,
      lasts: 0,
      amount: outage,
      share: (bytes + 0.5) / (size + 1)
    }],
    checkers,
    until,
    onSeen: (at, seen, world) => {
      if (seen._tag === "Arrived" && seen.topic.endsWith("/command_result")) {
        answers.add(new TextDecoder().decode(seen.payload))
      }
      if (seen._tag !== "Injected" || seen.kind !== "powerCut") return
      cutAt = at
      World.setServer(world, "up")
    }
  })
  const isCut = cutAt !== undefined && cutAt - prepared.at < wakeMillis
  const state = world.storage.get(StoredState.stateName)
  const kept = state === undefined ? undefined : StoredState.decode(state)
  const config = world.storage.get(StoredState.configName)
  const fault = broken !== undefined
    ? broken.promise.name + ": " + broken.reason
    : kept === undefined
    ? "the state cannot be read"
    : config !== undefined && !StoredState.isConfig(config)
    ? "the configuration cannot be read"
    : kept.pending.length > 0 || kept.journal > 0
    ? kept.pending.length + " still pending, and what lies in the journal from " + kept.journal + " on"
    : answers.size !== prepared.answers
    ? "commands were answered by " + [...answers].join(" ")
    : undefined
  return { isCut, size: world.activeFaults.cutSize, fault, isBroken: broken !== undefined }
}

const sweep = async (prepared: Prepared, until: number) => {
  const faults: Array<string> = []
  let operations = 0
  let cuts = 0
  for (let step = 0;; step++) {
    const first = await cut(prepared, until, step, 0, 0)
    if (!first.isCut) {
      if (first.isBroken) faults.push("without a power cut: " + first.fault)
      return { faults, operations, cuts }
    }
    operations++
    for (
      let bytes = 0;
      bytes <= first.size;
      bytes = bytes < first.size ? Math.min(bytes + stride, first.size) : bytes + 1
    ) {
      const { fault } = bytes === 0 ? first : await cut(prepared, until, step, first.size, bytes)
      cuts++
      if (fault !== undefined) faults.push("operation " + step + ", byte " + bytes + " of " + first.size + ": " + fault)
    }
  }
}

describe("the power is cut at every operation and every byte when", () => {
  it.each(situations)("$name", { timeout: 300_000 }, async (situation) => {
    const { cuts, faults, operations } = await sweep(await prepare(situation), situation.afterwards ?? afterwards)
    if (isWhole) console.log(situation.name + ": " + operations + " operations, " + cuts + " cuts")
    expect(faults).toEqual([])
    expect(operations).toBeGreaterThan(3)
    expect(cuts).toBeGreaterThan(isWhole ? 100 : runs(10, 20))
  })
})
