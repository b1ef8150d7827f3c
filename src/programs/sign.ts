/**
 * `dormouse sign --config device.json update.json`: an update as the payload that a device with a secret takes.
 *
 * The secret is `mqtt.config_secret` of the device's file, so that it is on no command line. The payload goes to standard
 * output, to the byte: without a line end behind it.
 */
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Runtime from "effect/Runtime"
import * as Command from "effect/cli/Command"
import * as Signature from "../domain/Signature.ts"
import * as Commands from "./dormouse/commands.ts"
import { isMain, run } from "./dormouse/run.ts"
import { loadConfig } from "./loadConfig.ts"

/** Why nothing was signed. `message` names the file and the fix. */
class SignError extends Data.TaggedError("SignError")<{ readonly message: string }> {
  // It is shown where it arises.
  override readonly [Runtime.errorReported] = false
}

const refuse = (message: string) => new SignError({ message })

const versionOf = (text: string): unknown => {
  const document: unknown = JSON.parse(text)
  return typeof document === "object" && document !== null ? (document as { readonly version?: unknown }).version : undefined
}

const sign = (given: { readonly config: string; readonly update: string }) =>
  Effect.gen(function*() {
    const { config } = yield* Effect.mapError(loadConfig(given.config), (error) => refuse(error.message))
    const secret = config.mqtt.configSecret
    if (secret === "") return yield* refuse(given.config + ": mqtt.config_secret must be given to sign with it")
    const files = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(files.readFileString(given.update), () => refuse(given.update + " cannot be read"))
    const version = yield* Effect.try({ try: () => versionOf(text), catch: () => refuse(given.update + " must hold JSON, but holds something else") })
    if (typeof version !== "number" || version <= config.version) {
      return yield* refuse(given.update + ": version must be given, higher than " + config.version + " in " + given.config)
    }
    yield* Effect.sync(() => process.stdout.write(Signature.sign(secret, text)))
  })

/** What the command does. */
export const handle = (given: { readonly config: string; readonly update: string }) =>
  Effect.tapErrorTag(sign(given), "SignError", ({ message }) => Console.error(message))

if (isMain(import.meta.url)) run(Command.withHandler(Commands.sign, handle))
