/** Years of devices under faults, from seeds: every promise is kept, and the observations are the same each time. */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import * as Faults from "../../../src/adapters/simulation/faults/Faults.ts"
import { checkers } from "../../../src/programs/chaos/checkers/all.ts"
import * as Life from "../../../src/programs/chaos/Life.ts"
import * as Run from "../../../src/programs/chaos/Run.ts"
import * as Scene from "../../../src/programs/chaos/life/Scene.ts"
import * as Shrink from "../../../src/programs/chaos/Shrink.ts"
import * as Story from "../../../src/programs/chaos/Story.ts"
import * as Format from "../../../src/programs/dormouse/terminal/Format.ts"
import { underFaults as adapters } from "../../../src/adapters/simulation/driven.ts"
import { mutations } from "./mutations.ts"
import { isWhole, runs } from "../../support/runs.ts"

const layout: Format.Layout = { width: 110, stampWidth: 0, paint: Format.plain }

/**
 * Lives of so many wakes, until there are enough years; a broken promise is printed with the command that replays it.
 */
const keeps = async (seed: string, years: number, wakes: number): Promise<Run.Sum> => {
  const { failure, sum } = await Effect.runPromise(
    Run.run(adapters, { seed, years, wakes, checkers, onLife: () => {} })
  )
  const story = failure === undefined ? [] : [failure.broken.reason, Story.command(failure, failure.plan)]
  expect(story).toEqual([])
  return sum
}

/** A device with a bug that one kind of fault brings out, and the seed of a life in which it does. */
const failing = async (
  bug: string
): Promise<
  { readonly failure: Run.Failure<Faults.Fault>; readonly program: ReturnType<(typeof mutations)[number]["program"]> }
> => {
  const mutation = mutations.find((one) => one.bug === bug) as (typeof mutations)[number]
  const own = checkers.filter(({ name }) => name === mutation.checker)
  for (let seed = 1;; seed++) {
    const set = Run.setting(adapters, String(seed), 60)
    const program = mutation.program(set.scene.config)
    const { broken } = await Effect.runPromise(Life.live(adapters, { ...set, program, checkers: own }))
    if (broken !== undefined) return { failure: { ...set, faults: set.plan, broken }, program }
  }
}

/** The device of a seed and its faults, when no device had a second Server. */
const asItWas = (seed: string, wakes: number) => {
  const { config, ...scene } = Scene.draw(seed, wakes)
  const one = { ...scene, config: { ...config, mqtt: { ...config.mqtt, broker: "broker" } } }
  return { seed, scene: one, plan: adapters.plan(seed, config.publishInterval * 1_000, Life.actMillis(one), false) }
}

/** Everything that is seen in the life of a seed, as one number. */
const fingerprint = async (seed: string): Promise<string> => {
  const hash = createHash("sha256")
  await Effect.runPromise(Life.live(adapters, {
    ...Run.setting(adapters, seed, 60),
    checkers,
    onSeen: (at, seen) =>
      hash.update(at + JSON.stringify(seen, (_, value) => value instanceof Map ? [...value] : value))
  }))
  return hash.digest("hex")
}

describe("a device under faults", () => {
  it("keeps every promise in the lives of many seeds", { timeout: 300_000 }, async () => {
    const years = runs(1, 3)
    const { counts, lives } = await keeps("1", years, 100)
    expect(lives).toBeGreaterThan(10 * years)
    expect(counts.powerCuts).toBeGreaterThan(30 * years)
    // In a year two or three kinds may not come.
    const missing = Faults.kinds.filter((kind) => !counts.faults.has(kind))
    expect(missing.length).toBeLessThan(runs(4, 1))
    // What was taken has arrived, except what was dropped, lost with its reason reported, or is still pending.
    expect(counts.arrived - counts.duplicates).toBeGreaterThan(counts.readings / 2)
  })

  it("tries with the radio that it has turned on, though its clock is set back between", async () => {
    const set = Run.setting(adapters, "30084", 1_150)
    const plan = set.plan.filter((_, index) => index === 39 || index === 40)
    const { broken } = await Effect.runPromise(Life.live(adapters, { ...set, plan, checkers }))
    expect(broken).toBe(undefined)
  })

  // The life of 74398 takes longer than the others together.
  it.each(
    ["62138", "71334", ...(isWhole ? ["74398"] : []), "75029", "75625", "95033", "99005", "99137", "104449", "200004",
      "330067", "340020", "400740", "400814", "402655", "403081", "404067", "405431", "420128", "514386", "516124",
      "520248", "530019", "550019", "570364", "570872", "700075", "700096", "700413", "730109", "732007", "733397",
      "733919", "735713", "740250", "750234", "761719", "763141", "800434", "802249", "812699", "825112", "825444",
      "830998", "835585", "860823", "880957", "1000111", "1000167", "1000675", "1002440", "1400664", "2001321",
      "94731717fbfc1c710ac7f6dbd04e54efc8722c95.13"]
  )(
    "keeps every promise in the life of seed %s, in which one was broken once",
    async (seed) => {
      const { broken } = await Effect.runPromise(Life.live(adapters, { ...asItWas(seed, 100), checkers }))
      expect(broken).toBe(undefined)
    }
  )

  it.each(["855411", "856498", "857406"])("keeps every promise in the short life of seed %s, too", async (seed) => {
    const { broken } = await Effect.runPromise(Life.live(adapters, { ...asItWas(seed, 40), checkers }))
    expect(broken).toBe(undefined)
  })

  // A machine that builds each commit gives the commit's hash: each build runs lives that nobody has run before.
  it.skipIf(process.env["CHAOS_SEED"] === undefined)("keeps every promise in the lives of this build's seeds", {
    timeout: 300_000
  }, () => keeps(process.env["CHAOS_SEED"] as string, 2, 100))

  it("lives the same life from the same seed, byte for byte, and another from another", async () => {
    expect(await fingerprint("7")).toBe(await fingerprint("7"))
    expect(await fingerprint("8")).not.toBe(await fingerprint("7"))
  })
})

describe("the plan of a seed", () => {
  it("begins the same however long the life is", () => {
    const short = Faults.plan("5", Faults.usual, 1_000, 200_000)
    const long = Faults.plan("5", Faults.usual, 1_000, 800_000)
    expect(short.length).toBeGreaterThan(10)
    expect(long.slice(0, short.length)).toEqual(short)
  })

  it("has other kinds of faults in other seeds, and each kind in some", () => {
    const chosen = Array.from({ length: 30 },
      (_, seed) => Faults.kinds.filter((kind) => Faults.swarm(String(seed))[kind] > 0))
    expect(new Set(chosen.map(String)).size).toBe(30)
    expect(new Set(chosen.flat()).size).toBe(Faults.kinds.length)
  })

  it("draws devices of every sort", () => {
    const scenes = Array.from({ length: 60 }, (_, seed) => Scene.draw(String(seed), 10).config)
    expect(new Set(scenes.map(({ deepSleep }) => deepSleep)).size).toBe(2)
    expect(new Set(scenes.map(({ publishInterval }) => publishInterval)).size).toBeGreaterThan(7)
    expect(new Set(scenes.map(({ mqtt }) => mqtt.outbox.whenFull)).size).toBe(3)
  })
})

describe("a promise that is broken", () => {
  it("is printed with the faults that are enough, and with the command that replays it", { timeout: 300_000 },
    async () => {
      const { failure, program } = await failing("stops at bytes that it does not understand")
      const shrunk = await Effect.runPromise(Shrink.shrink(adapters, failure, { program }))
      expect(shrunk.faults.map(({ kind }) => kind)).toContain("garbage")
      expect(shrunk.faults.length).toBeLessThanOrEqual(2)
      expect(failure.plan.length).toBeGreaterThan(shrunk.faults.length)
      // The faults that are left are enough, and each of them is needed.
      const again = (plan: ReadonlyArray<Faults.Fault>) =>
        Effect.runPromise(
          Life.live(adapters, {
            ...failure,
            plan,
            program,
            checkers: [failure.broken.promise],
            until: shrunk.broken.at + 1
          })
        )
      expect((await again(shrunk.faults)).broken?.reason).toBe(shrunk.broken.reason)
      for (const fault of shrunk.faults) {
        expect((await again(shrunk.faults.filter((one) => one !== fault))).broken).toBeUndefined()
      }
      const story = Story.broken(failure, shrunk, [{ at: 5, event: { _tag: "Failed", reason: "a bug" } }],
        adapters.describe, layout)
      expect(story[0]).toBe("Broken: every wake ends in deep sleep; no input crashes the device")
      expect(story.join("\n")).toContain("the Server sends something wrong on the next connection")
      expect(story.join("\n")).toContain("trouble       a bug")
      const numbers = shrunk.faults.map((fault) => failure.plan.indexOf(fault)).join(",")
      expect(story.at(-1)).toBe(
        "Replay it: npx dormouse chaos --seed " + failure.seed + " --wakes 60 --only " + numbers
      )
    })
})

describe("the seeds that follow one", () => {
  it.each([["7", 0, "7"], ["7", 3, "10"], ["abc", 0, "abc"], ["abc", 2, "abc.2"], ["0f3a", 1, "0f3a.1"]])(
    "after %s number %i is %s",
    (first, count, seed) => {
      expect(Run.seedAfter(first, count)).toBe(seed)
    }
  )
})
