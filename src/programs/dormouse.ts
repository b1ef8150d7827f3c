/**
 * `dormouse`: all commands as one. Each is loaded when it is called.
 */
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import { announce as announceCommand } from "./announce/command.ts"
import { bundle as bundleCommand } from "./bundle/command.ts"
import { chaos as chaosCommand } from "./chaos/command.ts"
import { check as checkCommand } from "./check/command.ts"
import { collect as collectCommand } from "./collect/command.ts"
import { compare as compareCommand } from "./compare/command.ts"
import { flash as flashCommand } from "./flash/command.ts"
import { init as initCommand } from "./init/command.ts"
import { monitor as monitorCommand } from "./monitor/command.ts"
import { run as runCommand } from "./run/command.ts"
import { schema as schemaCommand } from "./schema/command.ts"
import { sign as signCommand } from "./sign/command.ts"
import { simulate as simulateCommand } from "./simulate/command.ts"
import { run } from "./dormouse/runCommand.ts"

/** A handler that is imported when it is called. */
const later =
  <Given, A, E, R>(load: () => Promise<{ readonly handle: (given: Given) => Effect.Effect<A, E, R> }>) =>
  (given: Given): Effect.Effect<A, E, R> => Effect.flatMap(Effect.promise(load), ({ handle }) => handle(given))

const dormouse = Command.make("dormouse").pipe(
  Command.withDescription("An MQTT client and a sensor program for ESP32 boards that sleep most of their life."),
  Command.withSubcommands([
    Command.withHandler(initCommand, later(() => import("./init/init.ts"))),
    Command.withHandler(checkCommand, later(() => import("./check/check.ts"))),
    Command.withHandler(schemaCommand, later(() => import("./schema/schema.ts"))),
    Command.withHandler(simulateCommand, later(() => import("./simulate/simulate.ts"))),
    Command.withHandler(runCommand, later(() => import("./run/run.ts"))),
    Command.withHandler(announceCommand, later(() => import("./announce/announce.ts"))),
    Command.withHandler(collectCommand, later(() => import("./collect/collect.ts"))),
    Command.withHandler(compareCommand, later(() => import("./compare/compare.ts"))),
    Command.withHandler(bundleCommand, later(() => import("./bundle/bundle.ts"))),
    Command.withHandler(flashCommand, later(() => import("./flash/flash.ts"))),
    Command.withHandler(monitorCommand, later(() => import("./monitor/monitor.ts"))),
    Command.withHandler(signCommand, later(() => import("./sign/sign.ts"))),
    Command.withHandler(chaosCommand, later(() => import("./chaos/chaos.ts")))
  ])
)

run(dormouse)
