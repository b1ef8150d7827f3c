/**
 * `npm run chaos:board`: lives of the flashed bundle on Espruino's own interpreter, wake after wake from its flash
 * image, against a Server that plays the faults of a seed. A broken promise is printed, with the command that replays
 * it.
 */
import { constants } from "node:os"
import { parseArgs } from "node:util"
import { seedAfter } from "../../src/programs/chaos/Run.ts"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Espruino from "../support/espruino.ts"
import { checkers } from "./checkers/all.ts"
import type { Wake } from "./ObservedState.ts"
import { healthy } from "./Fault.ts"
import * as Interpreter from "./Interpreter.ts"
import * as Life from "./Life.ts"
import * as Place from "./Place.ts"
import * as Scene from "./Scene.ts"
import * as Server from "./Server.ts"
import * as Shrink from "./Shrink.ts"
import * as Story from "./Story.ts"
import * as Sum from "./Sum.ts"

const usage =
  `npm run chaos:board -- [--seed 1] [--wakes 1000] [--life 60] [--lanes 2] [--configuration NAME] [--only NUMBERS] [--shrink]
  --seed S           the first seed; the lives that follow have the seeds after it
  --wakes N          wakes in all
  --life N           wakes of one life, before everything works again
  --lanes N          lives at once
  --configuration    one of: ${Scene.scenes.map(({ name }) => name).join(", ")}
  --only NUMBERS     one life, with these faults of its plan: numbers with commas between them, or none
  --shrink           look for the fewest faults that still break the promise
  --stop             end at the first promise that is broken`

const fail = (message: string): never => {
  console.error(message)
  process.exit(1)
}

const options = () => {
  try {
    return parseArgs({
      options: {
        seed: { type: "string", default: "1" },
        wakes: { type: "string", default: "1000" },
        life: { type: "string", default: "60" },
        lanes: { type: "string", default: "2" },
        configuration: { type: "string" },
        only: { type: "string" },
        shrink: { type: "boolean", default: false },
        stop: { type: "boolean", default: false },
        help: { type: "boolean", default: false }
      }
    }).values
  } catch (fault) {
    return fail((fault as Error).message + "\n" + usage)
  }
}

const positive = (name: string, text: string): number =>
  /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text)
    : fail(`--${name} must be a whole number above 0, but is ${JSON.stringify(text)}`)

/** An address of this machine that nobody uses, of nine characters as the one that is bundled. */
const serve = async (): Promise<Server.Server> => {
  for (let tries = 0; tries < 50; tries++) {
    const digit = () => Math.floor(Math.random() * 9) + 1
    try {
      return await Server.make(`127.${digit()}.${digit()}.${digit()}`, healthy)
    } catch {
      // Another run has it.
    }
  }
  return fail("no address of 127.x.y.z is free at the ports " + Scene.ports.plain + " and " + Scene.ports.tls)
}

const given = options()
if (given.help) {
  console.log(usage)
  process.exit(0)
}
const life = positive("life", given.life)
const wanted = given.only === undefined ? positive("wakes", given.wakes) : 1
const only = given.only === undefined ? undefined : given.only === "none" ? [] : given.only.split(",").map(Number)
if (only?.some((one) => !Number.isInteger(one) || one < 0) === true) {
  fail("--only must be numbers with commas between them, or none")
}
if (given.configuration !== undefined && Scene.named(given.configuration) === undefined) {
  fail("there is no configuration " + JSON.stringify(given.configuration) + "\n" + usage)
}
if (Espruino.interpreter === "") fail(Interpreter.howTo)
const place = Place.make()
process.once("exit", place.clear)
const missing = await Interpreter.lacks(place.lane("look"))
if (missing.length > 0) {
  fail("the interpreter " + Espruino.interpreter + " lacks: " + missing.join(", ") + "\n" + Interpreter.howTo)
}

const sum = Sum.make()
/** Those that are running now. */
const seeds = new Set<string>()
let nextSeed = 0
let isOver = false

const progress = Progress.make()
const seconds = () => progress.elapsed() / 1_000
const far = () =>
  `${sum.wakes} of ${wanted} wakes in ${Math.round(seconds())} s (${
    (sum.wakes / seconds()).toFixed(1)
  } a second), ${sum.lives} lives, `
  + `now ${[...seeds].join(" and ")}, ${[...sum.broken.values()].reduce((all, one) => all + one, 0)} promises broken, `
  + `${Math.round(process.memoryUsage.rss() / 1e6)} MB of memory`

/** Output that stays. */
const print = (text: string) => {
  progress.clear()
  console.log(text)
}

const tell = () => {
  for (const line of Sum.lines(sum, checkers.length)) print(line)
  print(`${(seconds() / Math.max(1, sum.wakes)).toFixed(3)} s a wake`)
}

// The interpreters end with this process, and so do the flash images of the lives that were going on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    progress.clear()
    console.error("Ended by " + signal + ": " + sum.wakes + " of " + wanted + " wakes")
    tell()
    process.exit(128 + constants.signals[signal])
  })
}

/** The life of one seed. True: every promise was kept. */
const liveOne = async (seed: string, server: Server.Server): Promise<boolean> => {
  const set = Life.setting(seed, life, given.configuration)
  const directory = place.lane(server.host)
  const wakes: Array<Wake> = []
  const planned = only === undefined ? set.planned : set.planned.filter((_, index) => only.includes(index))
  const base = { ...set, planned, server, checkers, directory }
  let broken = await Life.live({
    ...base,
    onWake: (wake) => {
      Sum.add(sum, wake)
      wakes.push(wake)
      if (wakes.length > 5) wakes.shift()
    }
  })
  Sum.end(sum, broken)
  if (broken !== undefined) broken = { ...broken, image: place.keep(broken.image) }
  let shownOnly = only
  if (broken !== undefined && given.shrink) {
    const shrunk = await Shrink.shrink(base, broken, place.keep)
    broken = shrunk.broken
    wakes.splice(0, wakes.length, ...shrunk.wakes)
    shownOnly = shrunk.planned.map((one) => set.planned.indexOf(one))
    print(
      Story.lines({ seed, life, scene: given.configuration, planned: shrunk.planned, only: shownOnly, broken, wakes })
        .join("\n") + "\n"
    )
  } else if (broken !== undefined) {
    print(
      Story.lines({ seed, life, scene: given.configuration, planned, only: shownOnly, broken, wakes }).join("\n") + "\n"
    )
  }
  return broken === undefined
}

const lane = async (): Promise<void> => {
  const server = await serve()
  while (!isOver && sum.wakes < wanted && (only === undefined || nextSeed === 0)) {
    const seed = seedAfter(given.seed, nextSeed++)
    seeds.add(seed)
    try {
      if (!await liveOne(seed, server) && given.stop) isOver = true
    } catch (fault) {
      // No promise of a board: it is this harness that could not go on.
      progress.clear()
      console.error("The life of seed " + seed + " could not be lived:", fault)
      process.exitCode = 1
      isOver = true
    }
    seeds.delete(seed)
  }
  await server.close()
}

const lanes = only === undefined ? positive("lanes", given.lanes) : 1
// Of its own accord: a wake that takes long is seen as well, and by its seed.
await Progress.during(progress, far, () => Promise.all(Array.from({ length: lanes }, lane)))
tell()
if (sum.broken.size > 0) process.exitCode = 1
