/**
 * `dormouse sign --config device.json update.json`: makes the payload of an update for a device with a secret.
 *
 * An update that the device would refuse is not signed. The secret is `mqtt.config_secret` of the device's file, so
 * that it is on no command line. The payload goes to standard output, byte for byte: without a line end after it.
 */
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Command from "effect/cli/Command"
import * as Address from "../../domain/config/Address.ts"
import * as ConfigReview from "../../domain/config/ConfigReview.ts"
import * as ConfigUpdate from "../../domain/config/ConfigUpdate.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as Signature from "../../domain/config/Signature.ts"
import { sign as signCommand } from "./command.ts"
import * as fs from "node:fs"
import { isMain, run } from "../dormouse/runCommand.ts"
import { loadConfig, loadJson, readBytes } from "../dormouse/loadConfig.ts"

/** Why nothing was signed. `message` names the file and the fix. */
class SignError extends Data.TaggedError("SignError")<{ readonly message: string }> {
  // It is shown where it occurs.
  override readonly [Runtime.errorReported] = false
}

const refuse = (message: string) => new SignError({ message })

/** Whether standard output goes to this file, as `> update.json` makes it. */
const isOutput = (file: string): boolean => {
  try {
    const [output, input] = [fs.fstatSync(1), fs.statSync(file)]
    return output.isFile() && output.dev === input.dev && output.ino === input.ino
  } catch {
    return false
  }
}

/** What a device with this file would say about the payload; undefined: it would take it. */
const fault = (config: DeviceConfig, file: string, payload: string): string | undefined => {
  const mqtt = { ...config.mqtt, topicConfig: file, topicConfigVersion: "" }
  const verdict = ConfigReview.review({ ...ConfigUpdate.begin(mqtt, config.version, config), document: payload })
  if (verdict._tag === "Accepted") {
    const unreachable = Address.faultOfServers(verdict.config.mqtt)
    return unreachable === undefined ? undefined
      : `${file}: mqtt.broker must be ${unreachable.fix}, but ${unreachable.problem}`
  }
  if (verdict._tag === "Unchanged") {
    return file + ": version must be higher than " + config.version + ", which the device's file has, but is " +
      verdict.version
  }
  return verdict.reason.startsWith(file) ? verdict.reason : file + ": " + verdict.reason
}

const sign = (given: { readonly config: string; readonly update: string }) =>
  Effect.gen(function*() {
    const emptied = [given.config, given.update].find(isOutput)
    if (emptied !== undefined) {
      return yield* refuse(
        emptied +
          " is also the output, and the shell has emptied it: give the output another name, as in > signed"
      )
    }
    const orRefuse = Effect.mapError((error: { readonly message: string }) => refuse(error.message))
    const { config } = yield* orRefuse(loadConfig(given.config))
    const secret = config.mqtt.configSecret
    if (secret === "") return yield* refuse(given.config + ": mqtt.config_secret must be given to sign with it")
    const advice = "give the path of an update, a JSON file with a version and what is to change"
    yield* orRefuse(loadJson(given.update, advice))
    // The bytes are signed and sent as they are, whatever an editor has put around the text.
    const payload = Signature.sign(secret, yield* orRefuse(readBytes(given.update, advice)))
    const wrong = fault(config, given.update, Bytes.toBinary(payload))
    if (wrong !== undefined) return yield* refuse(wrong)
    yield* Effect.sync(() => process.stdout.write(payload))
  })

/** What the command does. */
export const handle = (given: { readonly config: string; readonly update: string }) =>
  Effect.tapErrorTag(sign(given), "SignError", ({ message }) => Console.error(message))

if (isMain(import.meta.url)) run(Command.withHandler(signCommand, handle))
