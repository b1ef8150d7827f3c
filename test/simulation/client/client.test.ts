/**
 * A Client and a hostile Server, in the stories of many seeds: every promise is kept. More of them: `npm run
 * chaos:client`.
 */
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { program } from "../../support/program.ts"
import { runs } from "../../support/runs.ts"
import { checkers } from "./checkers/all.ts"
import * as Life from "./Life.ts"
import { mutants } from "./mutants.ts"
import * as Report from "./Report.ts"
import * as Run from "./Run.ts"
import { shrink } from "./Shrink.ts"
import {
  actionKinds,
  blows,
  blows5,
  blowsOfStore,
  describe as words,
  faultWords,
  others,
  spells,
  spells5,
  spellsOfStore,
  type Step
} from "./Step.ts"
import * as Story from "./Story.ts"

const live = (options: Life.Options) => Effect.runPromise(Life.live(options))

const told = (seed: string, steps?: ReadonlyArray<Step>, kind?: Story.KindName): Promise<Life.Life> => {
  const story = Story.draw(seed, kind)
  return live({ story, steps: steps ?? story.steps, checkers })
}

/** Everything that is seen in the story of a seed, as one number. */
const fingerprint = async (seed: string, kind?: Story.KindName): Promise<string> => {
  const story = Story.draw(seed, kind)
  const hash = createHash("sha256")
  await live({
    story,
    steps: story.steps,
    checkers: [],
    onSeen: (at, seen) => hash.update(`${at} ${seen._tag} ${Report.line(seen)}`)
  })
  return hash.digest("hex")
}

/** The faults of each kind of story; those of the first are in the others, too. */
const faultsOf: Readonly<Record<Story.KindName, ReadonlyArray<string>>> = {
  mqtt4: Object.keys({ ...spells, ...blows, ...others }),
  mqtt5: Object.keys({ ...spells5, ...blows5 }),
  "mqtt4-store": Object.keys({ ...spellsOfStore, ...blowsOfStore }),
  "mqtt5-store": Object.keys({ ...spells5, ...blows5, ...spellsOfStore, ...blowsOfStore })
}

describe("a Client with a hostile Server", () => {
  it.each(Story.kindNames)("keeps every promise in the stories of many seeds: %s", async (kind) => {
    const seeds = runs(kind === "mqtt4" ? 100 : 30, 200)
    const { failure, sum } = await Effect.runPromise(Run.run({ seed: 1, seeds, kinds: [kind], checkers }))
    const story = failure === undefined ? []
      : [failure.broken.reason, Report.command(failure.options, failure.options.steps)]
    expect(story).toEqual([])
    expect(sum.stories).toBe(seeds)
    expect(faultsOf[kind].filter((fault) => !sum.injected.has(fault))).toEqual([])
    expect(sum.arrivals).toBeGreaterThan(50 * seeds)
    expect(sum.connections).toBeGreaterThan(3.5 * seeds)
  })

  it.each([
    20556,
    220136680,
    220136887,
    220136894,
    700384,
    700657,
    701022,
    702720,
    703187,
    703908,
    801197,
    804298,
    805969,
    808579,
    808965,
    812456,
    800637,
    821511,
    830709,
    840611,
    854334,
    860787,
    870003,
    870487,
    875195,
    5066,
    30711,
    908948,
    915934,
    494959868,
    7101621,
    533253413
  ])(
    "keeps every promise in the story of seed %i, in which one was broken once",
    async (seed) => expect((await told(String(seed))).broken).toBe(undefined)
  )

  it.each<readonly [number, Story.KindName]>([
    [151, "mqtt4-store"],
    [328, "mqtt4-store"],
    [328, "mqtt5-store"],
    [651, "mqtt4-store"],
    [905, "mqtt5"],
    [10262, "mqtt5"],
    [5000800, "mqtt5"],
    [7001354, "mqtt5-store"],
    [7001859, "mqtt5-store"],
    [7101984, "mqtt4-store"],
    [7100590, "mqtt5-store"],
    [905, "mqtt5-store"],
    [1350, "mqtt4-store"],
    [1879, "mqtt5-store"],
    [3115, "mqtt5-store"],
    [3777, "mqtt4-store"],
    [10502, "mqtt4-store"],
    [20313, "mqtt5"],
    [30225, "mqtt5"],
    [30246, "mqtt4-store"],
    [40589, "mqtt5-store"],
    [40591, "mqtt5"],
    [40939, "mqtt5"]
  ])(
    "keeps every promise in the story of seed %i, %s, in which one was broken once",
    async (seed, kind) => expect((await told(String(seed), undefined, kind)).broken).toBe(undefined)
  )

  // A machine that builds each commit gives the commit's hash: each build runs stories that nobody has run before.
  it.skipIf(process.env["CHAOS_SEED"] === undefined)(
    "keeps every promise in the stories of this build's seeds",
    async () => {
      const seed = Number.parseInt(process.env["CHAOS_SEED"] ?? "", 16) % 1_000_000_000
      const { failure } = await Effect.runPromise(
        Run.run({ seed: Number.isNaN(seed) ? 0 : seed, seeds: 100, kinds: Story.kindNames, checkers })
      )
      expect(
        failure === undefined ? [] : [failure.broken.reason, Report.command(failure.options, failure.options.steps)]
      ).toEqual([])
    }
  )

  it("lives the same story from the same seed, event for event, and another from another", async () => {
    expect(await fingerprint("7")).toBe(await fingerprint("7"))
    expect(await fingerprint("8")).not.toBe(await fingerprint("7"))
    expect(await fingerprint("7", "mqtt5-store")).toBe(await fingerprint("7", "mqtt5-store"))
  })
})

describe("the promises", () => {
  it("are those that the guide lists", () => {
    const guide = readFileSync(new URL("../../../docs/library.md", import.meta.url), "utf8")
    const listed = [...(guide.split("## What is promised")[1] ?? "").matchAll(/^\| (.*?) \|/gm)].map(
      (match) => match[1] as string
    )
    expect(listed.slice(1).sort()).toEqual(checkers.map(({ promise }) => promise).sort())
  })
})

describe("the story of a seed", () => {
  it("depends on nothing but the seed", () => {
    expect(Story.draw("5")).toEqual(Story.draw("5"))
    expect(Story.draw("6")).not.toEqual(Story.draw("5"))
  })

  it("has the same steps in every kind, and more where there is more that can go wrong", () => {
    const plain = Story.draw("5")
    for (const kind of Story.kindNames) {
      const { options, steps } = Story.draw("5", kind)
      const own = new Set(steps.map((step) => JSON.stringify(step)))
      expect(plain.steps.filter((step) => !own.has(JSON.stringify(step)))).toEqual([])
      expect(options).toMatchObject(Story.kinds[kind])
    }
  })

  // A seed that was kept is of use only as long as its story stays what it was.
  it("is what it was when its seed was kept", () => {
    const { actMillis, options, steps } = Story.draw("220136680")
    const { hasStore: _, receiveMaximum: _r, sessionExpiryInterval: _s, topicAliasMaximum: _t, version: _v, ...plain } =
      options
    const text = JSON.stringify([actMillis, plain, steps])
    expect(createHash("sha256").update(text).digest("hex").slice(0, 16)).toBe("f84490c4b0013c9a")
  })

  it("has other kinds of steps in other seeds, and each kind in some, and words for each", () => {
    const drawn = Array.from({ length: 60 }, (_, seed) => Story.draw(String(seed), "mqtt5-store"))
    const kinds = drawn.map(({ steps }) => [...new Set(steps.map(({ kind }) => kind))].sort().join(" "))
    expect(new Set(kinds).size).toBe(60)
    const all = new Set(drawn.flatMap(({ steps }) => steps.map(({ kind }) => kind)))
    expect([...all].sort()).toEqual([...Object.keys(faultWords), ...actionKinds].sort())
    for (const { steps } of drawn) for (const step of steps) expect(words(step)).not.toContain("undefined")
  })

  it("draws Clients of every sort", () => {
    const options = Array.from({ length: 60 }, (_, seed) => Story.draw(String(seed)).options)
    expect(new Set(options.map(({ cleanSession }) => cleanSession)).size).toBe(2)
    expect(options.some(({ reconnect }) => reconnect === undefined)).toBe(true)
    expect(new Set(options.map(({ keepAlive }) => keepAlive)).size).toBeGreaterThan(2)
  })
})

describe("a promise that is broken", () => {
  it("is printed with the steps that are enough, and with the command that replays it", async () => {
    const bug = mutants.find(({ checker }) => checker === "parting")?.mutant() ?? {}
    const own = checkers.filter(({ name }) => name === "parting")
    const { failure } = await Effect.runPromise(Run.run({ seed: 1, seeds: 200, checkers: own, mutant: bug }))
    expect(failure).toBeDefined()
    if (failure === undefined) return
    const shrunk = await Effect.runPromise(shrink(failure.options, failure.broken))
    expect(shrunk.steps.length).toBeLessThan(failure.options.steps.length / 4)
    // The steps that are left are enough, and each of them is needed.
    const again = async (steps: ReadonlyArray<Step>) => (await live({ ...failure.options, steps })).broken
    expect((await again(shrunk.steps))?.reason).toBe(shrunk.broken.reason)
    for (const step of shrunk.steps) expect(await again(shrunk.steps.filter((one) => one !== step))).toBe(undefined)
    const story = Report.broken(failure, shrunk, ["what was seen"])
    expect(story[0]).toBe(
      "Broken: a Client that leaves sends DISCONNECT as its last packet, so the Server does not publish its Will"
    )
    const failedSeed = failure.options.story.seed
    const numbers = shrunk.steps.map((step) => failure.options.story.steps.indexOf(step)).join(",")
    expect(story.at(-1)).toBe(
      `Tell it again: npm run chaos:client -- --seed ${failedSeed} --only ${numbers === "" ? "none" : numbers}`
    )
  })

  it("is not broken by a world in which nothing happens", async () => {
    expect((await told("3", [])).broken).toBe(undefined)
  })
})

describe("npm run chaos:client", () => {
  const chaos = (...args: ReadonlyArray<string>) => {
    const command = [program("chaosClient"), ...args]
    const { status, stderr, stdout } = spawnSync(process.execPath, command, { encoding: "utf8" })
    return { status, out: stdout.trim(), err: stderr.trim() }
  }

  it("says what was seen in its stories", () => {
    const { err, out, status } = chaos("--seeds", "3", "--seed", "1")
    expect(out).toMatch(/^12 stories, .* of simulated time: \d+ promises kept in every one\n\d+ Clients, .*\nfaults: /)
    expect({ status, err }).toEqual({ status: 0, err: "" })
  })

  it("replays one story, with some of its steps", () => {
    const said = "Every promise was kept in the story of seed 7 with 2 of "
    expect(chaos("--seed", "7", "--only", "0,2")).toMatchObject({ status: 0, out: expect.stringContaining(said) })
  })

  it("replays one story of another kind", () => {
    const said = "Every promise was kept in the story of seed 7 with 1 of "
    expect(chaos("--seed", "7", "--kind", "mqtt5-store", "--only", "3")).toMatchObject({
      status: 0,
      out: expect.stringContaining(said)
    })
  })

  it("refuses steps that the story does not have", () => {
    const { err, status } = chaos("--seed", "7", "--only", "9999")
    expect(status).toBe(1)
    expect(err).toMatch(/^--only must be numbers from 0 to \d+ with commas .*, or none, or all, but has "9999"$/)
  })
})
