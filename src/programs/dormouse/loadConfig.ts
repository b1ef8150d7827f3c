/**
 * Reads a device's file on a machine that has files: JSON with the places of its mistakes, certificates read in, then
 * checked.
 *
 * `Json` decides what a document is, as for updates over MQTT. Only if it refuses does JsonScan look for the place,
 * because the platform's message does not always say it.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Address from "../../domain/config/Address.ts"
import * as ConfigTable from "../../domain/config/ConfigTable.ts"
import * as DeviceConfig from "../../domain/config/DeviceConfig.ts"
import * as Json from "../../domain/bytes/Json.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { syntaxFault } from "./JsonScan.ts"

/** The file, or one that it names, cannot be read or is not JSON. `message` says what to do. */
export class ConfigFileError extends Data.TaggedError("ConfigFileError")<{
  readonly path: string
  readonly message: string
}> {}

export interface LoadedConfig {
  readonly config: DeviceConfig.DeviceConfig
  readonly warnings: ReadonlyArray<string>
  /** The file as parsed, PEM texts in place of file names: complete in itself, ready for a board. */
  readonly document: { readonly [key: string]: unknown }
}

const syntaxMessage = (path: string, text: string): string => {
  const { column, line, problem } = syntaxFault(text)
  return `${path}, line ${line}, column ${column}: ${problem}`
}

const parse = (path: string, text: string): Effect.Effect<unknown, ConfigFileError> =>
  Effect.try({
    try: (): unknown => Json.parse(text),
    catch: () => new ConfigFileError({ path, message: syntaxMessage(path, text) })
  })

/** Why a file cannot be read, as the end of a sentence that begins with its name. */
export const reading = (error: PlatformError): string =>
  error.reason._tag === "NotFound"
    ? "does not exist"
    : error.reason._tag === "PermissionDenied"
    ? "may not be read by this user"
    : error.reason._tag === "BadResource"
    ? "is not a file"
    : `cannot be read (${error.reason._tag})`

const lineFeed = 10

/** The first line that is not UTF-8, counted from 1: no character of UTF-8 but the line feed has its byte. */
const spoiltLine = (bytes: Uint8Array): number => {
  let line = 1
  let begin = 0
  for (
    let end = bytes.indexOf(lineFeed);
    end >= 0 && Json.decode(bytes.subarray(begin, end)) !== undefined;
    end = bytes.indexOf(lineFeed, begin)
  ) {
    begin = end + 1
    line++
  }
  return line
}

/** The text of a document. `path` is for the message. */
export const decode = (path: string, bytes: Uint8Array): Effect.Effect<string, ConfigFileError> => {
  const text = Json.decode(bytes)
  return text === undefined
    ? Effect.fail(
      new ConfigFileError({
        path,
        message: `${path}, line ${spoiltLine(bytes)}: this is not UTF-8; save the file as UTF-8`
      })
    )
    : Effect.succeed(text)
}

/** The bytes of a file. `advice` follows the message when it cannot be read. */
export const readBytes = (
  path: string,
  advice: string
): Effect.Effect<Uint8Array, ConfigFileError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    return yield* Effect.mapError(files.readFile(path),
      (error) => new ConfigFileError({ path, message: `${path} ${reading(error)}; ${advice}` }))
  })

/** The text of the document in a file, without a byte order mark. */
export const readText = (path: string, advice: string): Effect.Effect<string, ConfigFileError, FileSystem.FileSystem> =>
  Effect.flatMap(readBytes(path, advice), (bytes) => decode(path, bytes))

/** What the JSON file at `path` holds, whatever it is. `advice` follows the message when it cannot be read. */
export const loadJson = (
  path: string,
  advice: string
): Effect.Effect<unknown, ConfigFileError, FileSystem.FileSystem> =>
  Effect.flatMap(readText(path, advice), (text) => parse(path, text))

const isAbsolute = (path: string): boolean => /^([/\\]|[A-Za-z]:[/\\])/.test(path)

const beside = (path: string, name: string): string =>
  isAbsolute(name) ? name : path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1) + name

/** The keys of `mqtt` that may name a file. */
export const pemKeys: ReadonlyArray<string> = ConfigTable.rowsOf(ConfigTable.mqttRows).filter(ConfigTable.isPem).map((
  [key]
) => key)

/** The PEM text that `mqtt.<key>` of the file at `path` stands for: itself, or what the file of that name holds. */
export const pemText = (
  path: string,
  key: string,
  value: string
): Effect.Effect<string, ConfigFileError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    if (value === "" || value.startsWith("-----BEGIN")) return value
    const file = beside(path, value)
    const advice = `mqtt.${key} in ${path} must be a PEM text or the name of a PEM file`
    // In any encoding: only the text around a certificate may be other than ASCII.
    const text = Bytes.toText(yield* readBytes(file, advice))
    if (!text.includes("-----BEGIN")) {
      return yield* new ConfigFileError({
        path: file,
        message: `${file} holds no PEM text; ${advice}`
      })
    }
    return text.slice(text.indexOf("-----BEGIN"))
  })

/** The `mqtt` of a file with PEM texts in place of file names. What is no text is left for the check to refuse. */
const withPems = (path: string, mqtt: { readonly [key: string]: unknown }) =>
  Effect.gen(function*() {
    const resolved: { [key: string]: unknown } = { ...mqtt }
    for (const key of pemKeys) {
      const value = mqtt[key]
      if (typeof value === "string") resolved[key] = yield* pemText(path, key, value)
    }
    return resolved
  })

/** The JavaScript that a sensor's `script` stands for: itself, or what the file of that name holds. */
export const scriptText = (
  path: string,
  key: string,
  script: string
): Effect.Effect<string, ConfigFileError, FileSystem.FileSystem> =>
  /^[^\n;(]+\.js$/.test(script)
    ? readText(beside(path, script),
      `sensors.${key}.script in ${path} must be JavaScript or the name of a file that ends in .js`)
    : Effect.succeed(script)

/** The sensors of a file with JavaScript in place of the names of files that hold it. */
const withScripts = (path: string, sensors: { readonly [key: string]: unknown }) =>
  Effect.gen(function*() {
    const resolved: { [key: string]: unknown } = { ...sensors }
    for (const [key, sensor] of Object.entries(sensors)) {
      const script = ConfigTable.isObject(sensor) ? sensor["script"] : undefined
      if (typeof script !== "string") continue
      resolved[key] = { ...sensor as object, script: yield* scriptText(path, key, script) }
    }
    return resolved
  })

/** The file without the key that names its JSON Schema to an editor, which is not a key of the configuration. */
export const withoutSchema = (file: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } => {
  const { $schema: _, ...document } = file
  return document
}

/**
 * The configuration in the file at `path`. `ssl_ca`, `ssl_cert`, `ssl_key`, and a sensor's `script` may name files,
 * relative to it. `mac` is filled in for `{mac}`, and `over` is laid over
 * the file. Wrong values fail with `InvalidConfig`, all of them at once.
 */
export const loadConfig = Effect.fn("loadConfig")(function*(
  path: string,
  mac?: string,
  over: { readonly [key: string]: unknown } = {}
): Effect.fn.Return<LoadedConfig, DeviceConfig.InvalidConfig | ConfigFileError, FileSystem.FileSystem> {
  const parsed = yield* loadJson(path, "give the path of a device's configuration, a JSON file")
  if (!ConfigTable.isObject(parsed)) {
    return yield* new ConfigFileError({
      path,
      message: `${path} must hold a JSON object, { ... }, but holds another value`
    })
  }
  const { sensors } = parsed
  const mqtt = ConfigTable.isObject(parsed["mqtt"]) ? { ...parsed["mqtt"], ...over["mqtt"] as object } : parsed["mqtt"]
  const document = withoutSchema({
    ...parsed,
    ...over,
    ...(ConfigTable.isObject(mqtt) ? { mqtt: yield* withPems(path, mqtt) } : {}),
    ...(ConfigTable.isObject(sensors) ? { sensors: yield* withScripts(path, sensors) } : {})
  })
  const { config, warnings } = yield* Effect.fromResult(DeviceConfig.check(document, mac))
  const unreachable = Address.faultOfServers(config.mqtt)
  if (unreachable !== undefined) return yield* DeviceConfig.invalid([{ field: "mqtt.broker", ...unreachable }])
  return { config, warnings, document }
})
