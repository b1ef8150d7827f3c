/**
 * `dormouse simulate`: 30 days of a device in a simulated world, or, with --server, its next wake against a real one.
 *
 * The one file of the program that knows adapters, the terminal, and the process; its parts are in simulate/.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as DirectoryLock from "../../adapters/node/DirectoryLock.ts"
import * as NodeAdapters from "../../adapters/node/layer.ts"
import * as NodeSleep from "../../adapters/node/Sleep.ts"
import * as NodeStorage from "../../adapters/node/Storage.ts"
import * as Driven from "../../adapters/simulation/driven.ts"
import * as SimulationSensor from "../../adapters/simulation/Sensor.ts"
import * as SimulationWake from "../../adapters/simulation/wake.ts"
import * as World from "../../adapters/simulation/world/World.ts"
import type * as DeviceConfig from "../../domain/config/DeviceConfig.ts"
import * as Outlook from "../../domain/energy/Outlook.ts"
import * as Setup from "../../domain/energy/Setup.ts"
import type { Usage } from "../../domain/energy/Usage.ts"
import * as Weather from "../../domain/message/Weather.ts"
import { simulate as simulateCommand } from "./command.ts"
import { layout } from "../dormouse/terminal/layout.ts"
import * as Output from "../dormouse/Output.ts"
import { isMain, run } from "../dormouse/runCommand.ts"
import * as SimulationResult from "./life/SimulationResult.ts"
import { choose } from "./choose.ts"
import * as Comparison from "./life/Comparison.ts"
import { configured, imaginable, madeUp, onBoard, readable, withoutPin } from "../dormouse/configured.ts"
import { demoHere } from "../dormouse/demo.ts"
import * as Energy from "./life/Energy.ts"
import { type Machine, progress as fleetProgress } from "./fleet/progress.ts"
import * as FleetRun from "./fleet/run.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import * as Options from "./Options.ts"
import * as Ordinary from "./life/Ordinary.ts"
import * as OutageLines from "./life/OutageLines.ts"
import * as Progress from "../dormouse/terminal/Progress.ts"
import { reportKind } from "../report/kind.ts"
import * as RunAgainstServer from "../run/RunAgainstServer.ts"
import * as Simulation from "./life/Simulation.ts"
import { stoodStill } from "../dormouse/stoodStill.ts"
import * as Shared from "../dormouse/SharedOptions.ts"
import * as Story from "./life/Story.ts"
import * as Timeline from "./Timeline.ts"
import * as Totals from "./life/Totals.ts"
import type { Entry } from "./life/Wake.ts"

const world: Simulation.Adapters<World.World> = Driven.onBoard

const refuse = (message: string) => new Refusal({ message })

/** What is simulated, whatever the device. */
const scenario = (given: Options.Given) => {
  const name = Option.getOrElse(given.story, () => Option.isSome(given.outage) ? "outage" as const : "month" as const)
  return {
    days: Options.daysOf(given),
    seed: Option.getOrElse(given.seed, () => "1"),
    name,
    story: Option.isSome(given.outage) ? Story.outageOf(given.outage.value) : Story.stories[name],
    outageDays: Option.getOrUndefined(given.outage)
  }
}

/** Two devices by the names of their files, unless those are the same. */
const namesOf = (given: Options.Given): readonly [first: string, second: string] => {
  const [first, second] = [Option.getOrElse(given.config, () => "the demo device"),
    Option.getOrElse(given.compare, () => "")]
  const short = (path: string) => path.split(/[/\\]/).pop() as string
  return short(first) === short(second) ? [first, second] : [short(first), short(second)]
}

/**
 * Checked before, because after the simulation it is too late to learn that the report cannot be written, or would
 * destroy something else.
 */
const prepareReport = (path: string, given: Options.Given) =>
  Effect.gen(function*() {
    const wrong = yield* Output.fault(reportKind, path,
      [given.config, given.compare, given.energy].flatMap(Option.toArray))
    if (wrong !== undefined) return yield* refuse(wrong)
  })

const writeReport = (path: string, cases: ReadonlyArray<SimulationResult.SimulationResult>, given: Options.Given) =>
  Effect.gen(function*() {
    // Loaded only if needed: drawing takes libraries that a timeline does not need.
    const { render } = yield* Effect.promise(() => import("../report/report.ts"))
    const { name, outageDays, seed } = scenario(given)
    const html = render(cases, { story: name, seed, outageDays })
    yield* Effect.mapError(Output.write(reportKind.option, path, html), refuse)
    yield* Console.log(
      "\n" + path + ": the report, " + Format.amount(html.length / 1_024) + " kB; open it in a browser"
    )
  })

/** One device through the days, and through ordinary ones. It only calls `onEntry`. */
const live = (
  name: string,
  config: DeviceConfig.DeviceConfig,
  given: Options.Given,
  choice: Setup.Choice,
  onEntry: (entry: Entry) => void
) =>
  Effect.gen(function*() {
    const { days, name: storyName, seed, story } = scenario(given)
    const setup = Setup.make(choice, config.sensors.map(({ type }) => type))
    const charge = (usage: Usage, millis: number) =>
      Outlook.remaining({ usage, millis }, setup, Option.getOrElse(given.charge, () => 100))
    const lived = (options: Pick<Simulation.Options, "days" | "story" | "onEntry" | "charge">, called: string) =>
      Effect.mapError(Simulation.live(world, { config, seed, ...options }), stoodStill(called, options.days, seed))
    const life = yield* lived({ days, story, onEntry, charge }, storyName)
    const ordinary = Ordinary.isOrdinary(storyName, days, config) && life.totals.timesLow === 0
      ? life
      : yield* lived({ days: Ordinary.daysOf(config), story: Story.stories.healthy, onEntry: () => {} }, "healthy")
    return SimulationResult.make(name, config, days, life, ordinary, choice)
  })

const simulate = (given: Options.Given, layout: Omit<Format.Layout, "stampWidth">) =>
  Effect.gen(function*() {
    const console = yield* Console.Console
    const choice = yield* choose(given)
    const config = yield* onBoard(yield* configured(given.config))
    yield* imaginable(Option.getOrElse(given.config, () => "the demo device"), config)
    if (Option.isSome(given.charge) && config.battery === undefined) {
      yield* Console.error(
        "warning: --charge changes nothing: the device has no battery, so it measures none (docs/battery.md)"
      )
    }
    const compared = Option.isSome(given.compare) ? yield* onBoard(yield* configured(given.compare)) : undefined
    if (compared !== undefined) yield* imaginable(Option.getOrElse(given.compare, () => ""), compared)
    if (Option.isSome(given.report)) yield* prepareReport(given.report.value, given)
    const { days, name, seed } = scenario(given)
    const invention = madeUp(config)
    const stamps = Format.dayStamps(days, layout.width < 100)
    const noun = Simulation.nounOf(config)
    const whole = { ...layout, stampWidth: stamps.width }
    const { messages, verbose } = given
    const timeline = Timeline.make({ layout: whole, stamps, verbose, messages, sleeps: config.deepSleep, noun })
    const waiting = Progress.make()
    const reach = (millis: number) =>
      waiting.say(() => "day " + (Math.floor(millis / 86_400_000) + 1) + " of " + Math.ceil(days))
    const print = (lines: ReadonlyArray<string>) => {
      if (lines.length > 0) waiting.clear()
      for (const line of lines) console.log(line)
    }
    print(
      Simulation.title(config, days, name, seed).concat(invention ?? []).map((line) => layout.paint("strong", line))
        .concat([""])
    )
    const onEntry = (entry: Entry) => {
      print(timeline.push(entry))
      reach(entry.at)
    }
    const lived = yield* live(namesOf(given)[0], config, given, choice, onEntry)
    print(timeline.end())
    print(["", Format.rule("totals of " + Format.dayCount(days), whole),
      ...Totals.lines(lived.life.totals, lived.life.ending, whole)])
    for (const outage of Option.toArray(given.outage)) {
      print(["", Format.rule("the outage of " + Format.dayCount(outage), whole),
        ...OutageLines.lines(lived, noun, whole)])
    }
    print(["", Format.rule(Energy.title(lived), whole), ...Energy.lines(lived, noun, whole)])
    const other = compared === undefined ? []
      : [yield* live(namesOf(given)[1], compared, given, choice, ({ at }) => reach(at))]
    waiting.clear()
    for (const second of other) {print(["", Format.rule("compared with " + second.name, whole),
        ...Comparison.lines(lived, second, whole)])}
    if (Option.isSome(given.report)) yield* writeReport(given.report.value, [lived, ...other], given)
  })

const rehearse = (given: Options.Given, url: string, layout: Omit<Format.Layout, "stampWidth">) =>
  Effect.gen(function*() {
    const file = Option.getOrElse(given.config, () => "the demo device")
    const config = yield* withoutPin(file, yield* configured(given.config, demoHere))
    yield* readable(Option.getOrElse(given.config, () => "the demo device"), config)
    const directory = Option.getOrElse(given.state, () => Shared.usualState)
    const count = Option.getOrElse(given.wakes, () => 1)
    yield* RunAgainstServer.run({
      config,
      file: Option.getOrUndefined(given.config),
      url,
      directory,
      makeDirectory: NodeStorage.prepare(directory),
      hold: DirectoryLock.hold(directory),
      messages: given.messages,
      layout,
      wakes: (program) => NodeSleep.wakes(program, { count })
    }).pipe(
      Effect.provide(NodeAdapters.layer({ storageDirectory: directory }))
    )
  })

const machine: Machine = {
  ...Progress.stderr,
  processorMillis: () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000,
  megabytes: () => process.memoryUsage().rss / 1e6
}

const fleet = (given: Options.Given, devices: number, paint: Format.Paint) =>
  Effect.gen(function*() {
    const console = yield* Console.Console
    const config = yield* onBoard(yield* configured(given.config))
    yield* imaginable(Option.getOrElse(given.config, () => "the demo device"), config)
    if (config.wakePin !== undefined) {
      return yield* refuse("--fleet simulates devices that wake by their timer: leave wake_pin out for it")
    }
    if (typeof config.mqtt.broker !== "string") {
      return yield* refuse("--fleet simulates one Server: give mqtt.broker as a text for it")
    }
    const days = Option.getOrElse(given.days, () => 30)
    yield* FleetRun.run(
      {
        wakeIn: SimulationWake.wake,
        latencyMillis: World.usualLatencyMillis,
        sensorMillis: SimulationSensor.readMillis,
        measure: Weather.at
      },
      {
        config,
        devices,
        days,
        seed: Option.getOrElse(given.seed, () => "1"),
        story: Option.getOrElse(given.story, () => "outage" as const),
        paint,
        print: (line) => console.log(line),
        ...fleetProgress(machine, days)
      }
    )
  })

/** What the command does. */
export const handle = (given: Options.Given) =>
  Effect.gen(function*() {
    const seen = yield* layout
    const misplaced = Options.misplaced(given)
    if (misplaced !== undefined) return yield* refuse(misplaced)
    if (Option.isSome(given.server)) return yield* rehearse(given, given.server.value, seen)
    if (Option.isSome(given.fleet)) return yield* fleet(given, given.fleet.value, seen.paint)
    return yield* simulate(given, seen)
  }).pipe(Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message)))

if (isMain(import.meta.url)) run(Command.withHandler(simulateCommand, handle))
