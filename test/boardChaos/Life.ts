/**
 * One life of a board: its flash image, wake after wake, in two acts. In the first everything may go wrong; then the
 * Server is healed, and within a bound everything must be delivered. The first promise broken ends the life.
 */
import { rmSync } from "node:fs"
import * as path from "node:path"
import * as ConfigUpdate from "../../src/domain/config/ConfigUpdate.ts"
import type { DeviceConfig } from "../../src/domain/config/DeviceConfig.ts"
import { fileName as longSleep } from "../../src/adapters/espruino/prologue.ts"
import { maxWakes } from "../../src/domain/wake/Probation.ts"
import * as Espruino from "../support/espruino.ts"
import * as Absences from "./Absences.ts"
import * as Board from "./Board.ts"
import * as Bundles from "./Bundles.ts"
import type { Checker } from "./Checker.ts"
import * as Configuration from "./checkers/Configuration.ts"
import { isCutOff, liveness } from "./checkers/Liveness.ts"
import * as ObservedState from "./ObservedState.ts"
import { type Behaviour, type Fault, healthy, isSilent } from "./Fault.ts"
import * as Orders from "./Orders.ts"
import * as Plan from "./Plan.ts"
import * as random from "./random.ts"
import * as Scene from "./Scene.ts"
import type { Server } from "./Server.ts"
import * as Wear from "./Wear.ts"

export interface Options {
  readonly seed: string
  readonly wakes: number
  readonly scene: Scene.Scene
  readonly planned: ReadonlyArray<Plan.Planned>
  readonly server: Server
  readonly checkers: ReadonlyArray<Checker>
  /** For the flash image. */
  readonly directory: string
  readonly onWake: (wake: ObservedState.Wake) => void
}

export interface Broken {
  readonly promise: Checker
  readonly reason: string
  readonly wake: ObservedState.Wake
  readonly image: string
}

/** Of a board's time, to this machine's: where nobody is waited for, and where somebody keeps it waiting. */
const speeds = { usual: 8, silent: 80 }

/** So many wakes the second act may last, and longer where its policy holds the board back. */
const healedWakes = 40

/** How long one wake of a board that is always on lasts. */
const alwaysOnMillis = 130_000

/** A sleep goes on in the first lines of the program (prologue.ts), so often at most. */
const maxPieces = 200

/** The scene of a seed and what goes wrong in it. */
export const setting = (seed: string, wakes: number, name?: string) => {
  const chance = random.make(seed)
  const drawn = chance.one(Scene.scenes)
  const scene = (name === undefined ? undefined : Scene.named(name)) ?? drawn
  const orders = Orders.plan(random.make(seed + " commands"), scene, wakes)
  const absences = Absences.plan(random.make(seed + " servers"), scene, wakes)
  return { seed, wakes, scene, planned: [...Plan.plan(chance, scene, wakes), ...orders, ...absences] }
}

/** Milliseconds that pass until the policy has let a board try as often as an update on probation may need, and thrice. */
const longestHealing = ({ mqtt: { reconnect, sendInterval } }: DeviceConfig): number =>
  1_000 * (maxWakes + 3) * (reconnect.maxInterval * (1 + reconnect.jitter) + sendInterval)

interface State {
  clock: number
  cause: number
  isClockSteady: boolean
  operations: number
}

const retain = ({ retained }: Server, { config: { mqtt } }: ObservedState.Flash, fault: Fault): void => {
  if (fault.kind === "update") {
    if (mqtt.topicConfigVersion !== "") {
      retained.set(mqtt.topicConfigVersion, Buffer.from(fault.update.announced))
      retained.set(mqtt.topicConfigData, fault.update.text)
    } else retained.set(mqtt.topicConfig, fault.update.text)
  }
  if (fault.kind === "retained") { for (const topic of ConfigUpdate.topics(mqtt)) retained.set(topic, fault.payload) }
}

/** Publishes the commands of a wake; gives those that the Server keeps for the device. */
const order = (
  server: Server,
  { config: { mqtt } }: ObservedState.Flash,
  faults: ReadonlyArray<Fault>
): ReadonlyArray<Uint8Array> =>
  faults.flatMap((fault) =>
    fault.kind === "command" && server.order(mqtt.topicCommand, fault.payload) ? [fault.payload] : []
  )

const start = (
  image: string,
  chance: random.Chance,
  state: State,
  faults: ReadonlyArray<Fault>,
  config: ObservedState.Flash["config"]
): Board.Start => {
  const cut = faults.find((fault) => fault.kind === "power cut")
  const wifi = faults.find((fault) => fault.kind === "no Wi-Fi")
  const isSlow = faults.some(isSilent) || !config.deepSleep
  return {
    image,
    clock: state.clock,
    speed: isSlow ? speeds.silent : speeds.usual,
    seed: chance.whole(1, 1_000_000_000),
    cause: state.cause,
    // Not before the first write, and sometimes after the last.
    cut: cut === undefined ? undefined : 1 + Math.floor(cut.share * (state.operations * 1.2 + 40)),
    wifi: wifi?.how,
    patienceMillis: config.awakeTimeout * 2_000 + 90_000,
    stopMillis: config.deepSleep ? undefined : alwaysOnMillis
  }
}

/** Of a long sleep, when it ends; undefined where there is none. */
const sleepsUntil = (image: string): number | undefined => {
  const [begun, length] = (Espruino.valueIn(Espruino.readFlash(image)[longSleep]) ?? "").split(",").map(Number)
  return begun === undefined || length === undefined ? undefined : begun + length
}

/** Time goes on: the sleep, in as many pieces as it takes. */
const sleepOn = async (
  state: State,
  ended: Board.Ended,
  image: string,
  again: (clock: number) => Promise<Board.Ended>,
  cut: Extract<Fault, { readonly kind: "power cut" }> | undefined
): Promise<void> => {
  const isOff = ended.end !== "slept"
  state.isClockSteady = !isOff
  state.cause = isOff ? 0 : 4
  state.clock += ended.awakeMillis + (isOff ? 5_000 : ended.sleptMillis)
  if (ended.end === "cut" && cut?.resetsClock) state.clock = 1_000
  for (let pieces = 0; !isOff && pieces < maxPieces; pieces++) {
    const until = sleepsUntil(image)
    if (until === undefined || state.clock >= until - 1) return
    state.clock += (await again(state.clock)).sleptMillis
  }
}

const judge = (
  checks: ReadonlyArray<readonly [Checker, ReturnType<Checker["begin"]>]>,
  wake: ObservedState.Wake,
  book: ObservedState.Ledger,
  image: string
): Broken | undefined => {
  let broken: Broken | undefined
  for (const [promise, check] of checks) {
    const reason = check(wake, book)
    if (reason !== undefined) broken ??= { promise, reason, wake, image }
  }
  return broken
}

export const live = async (options: Options): Promise<Broken | undefined> => {
  const { checkers, onWake, planned, scene, seed, server, wakes } = options
  const chance = random.make(seed + " life")
  const image = path.join(options.directory, "seed-" + seed.replace(/[^\w.-]/g, "_") + ".flash")
  Espruino.writeFlash(image, Scene.at(await Bundles.files(scene), server.host))
  Wear.wear(image, chance)
  const baked = {
    ...scene.config,
    mqtt: { ...scene.config.mqtt, broker: Scene.brokersAt(scene.config.mqtt.broker, server.host) }
  }
  const book = ObservedState.ledger()
  const configs = new Map<number, DeviceConfig>()
  const checks = checkers.map((promise) => [promise, promise.begin()] as const)
  const state: State = { clock: chance.one([0, 1_700_000_000_000]), cause: 0, isClockSteady: false, operations: 600 }
  server.retained.clear()
  let healedSince = 0
  for (let number = 1;; number++) {
    const isHealed = number > wakes
    if (number === wakes + 1) healedSince = state.clock
    if (isHealed) server.retained.clear()
    const faults = isHealed ? [] : planned.filter(({ at }) => at === number).map(({ fault }) => fault)
    const before = ObservedState.readFlash(image, baked, configs)
    for (const fault of faults) {
      retain(server, before, fault)
      if (fault.kind === "clock") {
        state.clock = Math.max(0, state.clock + fault.millis)
        state.isClockSteady = false
      }
    }
    const behaviour = faults.reduce<Behaviour>(
      (sum, fault) => "behaviour" in fault ? { ...sum, ...fault.behaviour } : sum,
      healthy
    )
    const ordered = order(server, before, faults)
    await server.behave(number === 1 ? { ...behaviour, forgets: true } : behaviour)
    server.take()
    const { clock, isClockSteady } = state
    const begun = start(image, chance, state, faults, before.config)
    const ended = await Board.wake(begun)
    if (ended.operations > 0) state.operations = ended.operations
    const half = {
      number,
      scene,
      baked,
      faults,
      isHealed,
      clock,
      isClockSteady,
      ended,
      notes: server.take(),
      ordered,
      held: server.ordered(),
      before,
      retained: new Map(server.retained)
    }
    const outcome = Configuration.verdict(half)
    if (outcome._tag === "Accepted") configs.set(outcome.version, outcome.config)
    const wake: ObservedState.Wake = { ...half, after: ObservedState.readFlash(image, baked, configs) }
    ObservedState.add(book, wake)
    onWake(wake)
    const broken = judge(checks, wake, book, image)
    if (broken !== undefined) return broken
    if (isHealed && (ObservedState.isThrough(wake) || isCutOff(wake))) {
      rmSync(image)
      return undefined
    }
    const cut = faults.find((fault) => fault.kind === "power cut")
    if (number >= wakes + healedWakes && state.clock - healedSince >= longestHealing(wake.after.config)) {
      const left = ObservedState.pending(wake.after) + " messages and " + wake.held + " commands still pending after " +
        (number - wakes) + " wakes"
      return { promise: liveness, reason: left, wake, image }
    }
    await sleepOn(state, ended, image, (at) => Board.wake({ ...begun, clock: at, cut: undefined }), cut)
  }
}
