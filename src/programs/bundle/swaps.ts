/**
 * Which modules a board gets in another form. One table: a module of `src` on the left, its twin on the right.
 *
 * A twin exports the same names and is swapped in as soon as its file exists. The modules of effect have theirs in one
 * folder, name by name; a name that the device uses and the twin lacks is an error of the bundle.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"

/** The folder of the device-sized runtime: `effect/Ref` is `Ref.ts` there. */
export const runtimeFolder = "adapters/espruino/effect"

const twins: { readonly [module: string]: string } = {
  "domain/packet/Bytes.ts": "adapters/espruino/bytes/Bytes.ts",
  "domain/packet/Incoming.ts": "adapters/espruino/bytes/Incoming.ts",
  "domain/packet/Outgoing.ts": "adapters/espruino/bytes/Outgoing.ts",
  "domain/Text.ts": "adapters/espruino/bytes/Text.ts",
  "domain/Json.ts": "adapters/espruino/bytes/Json.ts",
  "domain/Contents.ts": "adapters/espruino/contents.ts",
  "domain/Crc32.ts": "adapters/espruino/bytes/Crc32.ts",
  "domain/Ability.ts": "adapters/espruino/Ability.ts",
  "domain/changed.ts": "adapters/espruino/changed.ts",
  "domain/Hmac.ts": "adapters/espruino/bytes/Hmac.ts",
  "domain/ConnectionRefused.ts": "adapters/espruino/bytes/ConnectionRefused.ts",
  "domain/wake/maximumPacketSize.ts": "adapters/espruino/maximumPacketSize.ts",
  "domain/wake/known.ts": "adapters/espruino/known.ts",
  "domain/wake/fullConfig.ts": "adapters/espruino/fullConfig.ts"
}

/** What the board reads only when it calls it, from a file of its own beside the boot code. */
export interface Aside {
  /** The file's name in the board's Storage. No name of the Storage port begins with a dot. */
  readonly file: string
  /**
   * Modules, and of each all functions that the program calls. They do not wait, and share nothing with the program but what
   * they are given and the Storage.
   */
  readonly modules: { readonly [module: string]: ReadonlyArray<string> }
}

export const asides: ReadonlyArray<Aside> = [
  { file: ".review", modules: { "programs/device/applyUpdate.ts": ["applyUpdate"] } },
  { file: ".undo", modules: { "programs/device/rollBack.ts": ["rollBack"], "domain/wake/ProbationEnd.ts": ["pass"] } },
  {
    file: ".sensor",
    modules: {
      "adapters/espruino/drivers/simulated.ts": ["simulated"],
      "adapters/espruino/drivers/drive.ts": ["drive"]
    }
  },
  { file: ".tls", modules: { "adapters/espruino/tls.ts": ["openTls"], "programs/device/tlsOf.ts": ["tlsOf"] } },
  {
    file: ".fault",
    modules: {
      "adapters/espruino/faults.ts": ["reasonOf", "noWifi", "storageError"],
      "adapters/espruino/effect/Cause.ts": ["pretty"],
      "domain/wake/refusedSubscription.ts": ["refusedSubscription"],
      "programs/device/timedOut.ts": ["timedOut"],
      "domain/wake/overdue.ts": ["overdue"],
      "adapters/espruino/bytes/ConnectionRefused.ts": ["make"],
      "domain/Violation.ts": ["miscounted", "outOfTurn"],
      "domain/wake/UnusualPackets.ts": ["take"],
      "domain/wake/ConnectionEnd.ts": ["learn"],
      "domain/wake/Held.ts": ["begin", "release", "follow"]
    }
  },
  { file: ".wire", modules: { "adapters/espruino/bytes/unusual.ts": ["unusual", "oversized", "longFrame"] } },
  { file: ".first", modules: { "domain/FirstState.ts": ["initial"], "domain/OlderSnapshot.ts": ["upgraded"], "programs/device/readAgain.ts": ["readAgain"] } },
  { file: ".log", modules: { "adapters/espruino/log.ts": ["writeRarely"] } },
  { file: ".long", modules: { "adapters/espruino/longSleep.ts": ["begin", "goOn"] } },
  { file: ".more", modules: { "domain/GivingWay.ts": ["thin", "forget"] } },
  { file: ".json", modules: { "adapters/espruino/look.ts": ["look"], "adapters/espruino/bytes/Json.ts": ["read"] } },
  { file: ".two", modules: { "domain/TwoTopics.ts": ["receive", "unremarkable", "isWaiting", "isShort"] } },
  {
    file: ".rare",
    modules: {
      "domain/PlainValues.ts": ["messages"],
      "domain/Turn.ts": ["isDue", "taken"],
      "domain/WakePhase.ts": ["sleepMillis"]
    }
  }
]

/** The configuration of the board's program, JSON as `carried` leaves it. */
export const configFile = ".config"

/** Every file that a bundle may have beside its boot code. */
export const besides: ReadonlyArray<string> = [...asides.map(({ file }) => file), configFile]

/** Whether bytes/Incoming reads a message to this topic on the spot. */
const isAscii = (topic: string): boolean => /^[ -~]*$/.test(topic)

/** Modules of asides that a board with this configuration needs in every wake: they stay in its program. */
export const everyday = ({ deepSleep, mqtt, sensors, spreadWakes }: DeviceConfig): ReadonlyArray<string> => {
  // SUBACK has two return codes.
  const hasTwoTopics = mqtt.topicConfigVersion !== ""
  return [
    ...sensors.map(({ type }) => `adapters/espruino/drivers/${type === "simulated" ? type : "drive"}.ts`),
    ...(sensors.some(({ interval }) => interval > 0) ? ["domain/Turn.ts"] : []),
    ...(mqtt.ssl ? ["adapters/espruino/tls.ts", "programs/device/tlsOf.ts"] : []),
    ...(mqtt.publishValues ? ["domain/PlainValues.ts"] : []),
    ...(spreadWakes ? ["domain/WakePhase.ts"] : []),
    ...(hasTwoTopics ? ["domain/TwoTopics.ts"] : []),
    ...(hasTwoTopics || !deepSleep || !isAscii(mqtt.topicConfig) ? ["adapters/espruino/bytes/unusual.ts"] : []),
    // PINGRESP.
    ...(deepSleep ? [] : ["domain/wake/UnusualPackets.ts", "domain/Violation.ts"])
  ]
}

/**
 * A configuration, JSON, without what only an update is laid over: what shows in Home Assistant, and the certificates of a
 * connection that has none. `whole` has it all.
 */
export const carried = (json: string): string => {
  const { deviceId: _id, deviceName: _name, mqtt, sensors, ...config } = JSON.parse(json) as DeviceConfig
  const { publishInterval: _interval, templates: _templates, useEsp32Client: _client, ...account } = mqtt
  const { sslCa: _ca, sslCert: _cert, sslKey: _key, ...plain } = account
  return JSON.stringify({
    ...config,
    sensors: sensors.map(({ id, interval, pin, temperature: { unit }, type }) => ({ type, id, pin, interval, temperature: { unit } })),
    mqtt: mqtt.ssl ? account : plain
  })
}

const storagePort = "ports/Storage.ts"

/** Reads an aside's file for one of its functions, which is forgotten again. */
const loader = "adapters/espruino/aside.ts"

/** The functions of an aside in the order of their numbers. */
const functionsOf = ({ modules }: Aside): ReadonlyArray<string> => Object.values(modules).flat()

/** What the program gets in place of a module of an aside. `arities`: how many parameters its functions have. */
export const stubOf = (aside: Aside, module: string, source: string, arities: ReadonlyMap<string, number>): string =>
  `import { load } from ${JSON.stringify(join(source, loader))}\n` + (aside.modules[module] ?? []).map((name) => {
    const params = ["a", "b", "c", "d"].slice(0, arities.get(name.replace("$now", ""))).join()
    return `export const ${name} = (${params}) => load("${aside.file}", ${functionsOf(aside).indexOf(name)})(${params})\n`
  }).join("")

/** The entry of an aside's own bundle. */
export const entryOf = (aside: Aside, source: string): string => {
  const imports = Object.entries(aside.modules).map(([module, names]) =>
    `import { ${names.join(", ")} } from ${JSON.stringify(join(source, module))}\n`)
  const storage = existsSync(join(source, storagePort))
    ? `import { Storage } from ${JSON.stringify(join(source, storagePort))}\nStorage.v = $storage\n`
    : ""
  return `${imports.join("")}${storage}$aside([${functionsOf(aside).join(", ")}])\n`
}

/** An aside's script as the file that is read: a function, so that none of its names meets a name of the program. */
export const wrap = (code: string): string => `(function($storage,$aside){${code}})`

/** For a board that sleeps: it need not know how to stay on. */
const sleepingTwins: { readonly [module: string]: string } = {
  "programs/device/alwaysOn.ts": "adapters/espruino/lazy/alwaysOn.ts",
  "programs/device/answering.ts": "adapters/espruino/lazy/answering.ts",
  "domain/wake/commands.ts": "adapters/espruino/lazy/commands.ts",
  "programs/device/withDeadline.ts": "adapters/espruino/lazy/withDeadline.ts"
}

/** For a board whose sensors are read at each wake: every wake has something to say. */
const steadyTwins: { readonly [module: string]: string } = { "domain/wake/quiet.ts": "adapters/espruino/lazy/quiet.ts" }

/** Whether no sensor has an interval of its own. */
export const isSteady = ({ sensors }: DeviceConfig): boolean => sensors.every(({ interval }) => interval === 0)

/** The twin of `path` (absolute), if it has one under `source`, the folder src. A twin may import what it replaces. */
export const twinOf = (source: string, path: string, sleeps = false, steady = false): string | undefined => {
  for (const [module, twin] of Object.entries({ ...twins, ...(sleeps ? sleepingTwins : {}), ...(steady ? steadyTwins : {}) })) {
    if (join(source, module) === path) {
      const swapped = join(source, twin)
      return existsSync(swapped) ? swapped : undefined
    }
  }
  return undefined
}
