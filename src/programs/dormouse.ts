/**
 * `dormouse`: all commands as one. Each is loaded when it is called.
 */
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Commands from "./dormouse/commands.ts"
import { run } from "./dormouse/run.ts"

/** A handler that is imported when it is called. */
const later = <Given, A, E, R>(load: () => Promise<{ readonly handle: (given: Given) => Effect.Effect<A, E, R> }>) =>
  (given: Given): Effect.Effect<A, E, R> => Effect.flatMap(Effect.promise(load), ({ handle }) => handle(given))

const dormouse = Command.make("dormouse").pipe(
  Command.withDescription("An MQTT client and a sensor program for ESP32 boards that sleep most of their life."),
  Command.withSubcommands([
    Command.withHandler(Commands.init, later(() => import("./dormouse/init.ts"))),
    Command.withHandler(Commands.check, later(() => import("./dormouse/check.ts"))),
    Command.withHandler(Commands.schema, later(() => import("./dormouse/schema.ts"))),
    Command.withHandler(Commands.simulate, later(() => import("./simulate.ts"))),
    Command.withHandler(Commands.run, later(() => import("./run.ts"))),
    Command.withHandler(Commands.announce, later(() => import("./announce.ts"))),
    Command.withHandler(Commands.bundle, later(() => import("./bundle.ts"))),
    Command.withHandler(Commands.flash, later(() => import("./flash.ts"))),
    Command.withHandler(Commands.monitor, later(() => import("./monitor.ts"))),
    Command.withHandler(Commands.sign, later(() => import("./sign.ts"))),
    Command.withHandler(Commands.chaos, later(() => import("./chaos.ts")))
  ])
)

run(dormouse)
