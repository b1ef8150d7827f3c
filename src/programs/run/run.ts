/**
 * `dormouse run --config device.json`: the device on this machine, wake after wake against its real Server, really
 * sleeping between them.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as DirectoryLock from "../../adapters/node/DirectoryLock.ts"
import * as NodeAdapters from "../../adapters/node/layer.ts"
import * as NodeSleep from "../../adapters/node/Sleep.ts"
import * as NodeStorage from "../../adapters/node/Storage.ts"
import * as Machine from "../../domain/config/Machine.ts"
import * as Credentials from "../dormouse/credentials.ts"
import { layout } from "../dormouse/terminal/layout.ts"
import type { Given } from "./Options.ts"
import { configured, readable, withoutPin } from "../dormouse/configured.ts"
import { demoHere } from "../dormouse/demo.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import * as RunAgainstServer from "./RunAgainstServer.ts"

/** What the command does. */
export const handle = ({ config, credentials, messages, server, state, wakes }: Given) =>
  Effect.gen(function*() {
    const over = Option.isSome(credentials) ? (yield* Credentials.read(credentials.value)).of(Machine.mac()) : {}
    const given = yield* configured(config, demoHere, Machine.mac(), over)
    const device = yield* withoutPin(Option.getOrElse(config, () => "the demo device"), given)
    yield* readable(Option.getOrElse(config, () => "the demo device"), device)
    if (Option.isSome(wakes) && !device.deepSleep) {
      return yield* new Refusal({
        message: "--wakes cannot be used with a device that never sleeps (deep_sleep is false): Ctrl-C ends it"
      })
    }
    yield* RunAgainstServer.run({
      config: device,
      file: Option.getOrUndefined(config),
      url: Option.getOrUndefined(server),
      directory: state,
      makeDirectory: NodeStorage.prepare(state),
      hold: DirectoryLock.hold(state),
      messages,
      layout: yield* layout,
      wakes: (program) => NodeSleep.wakes(program, Option.isSome(wakes) ? { count: wakes.value } : {})
    }).pipe(Effect.provide(NodeAdapters.layer({ storageDirectory: state })))
  }).pipe(Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message)))
