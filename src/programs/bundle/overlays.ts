/**
 * Which functions a board loads only when it calls them: each overlay is a file in the board's Storage beside the boot
 * code.
 *
 * One table of functions, so that no source file exists only because of what a board loads when. In the program a stub
 * replaces each function; the overlay's file has the function and everything that it calls. A function of an overlay
 * does not wait, and shares nothing with the program but its arguments and the Storage: the bundle refuses others
 * (`compile/stubs`, `compile/state`).
 */
import { join } from "node:path"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { hasOwnCode } from "./driverCode.ts"
import { hasNoTime, isDeaf, isSteady } from "./sparedBy.ts"
import type { Stubs } from "./compile/stubs.ts"

/** Functions of one module. */
export interface Part {
  /** Its path below src. */
  readonly module: string
  /** Names of functions that the module declares at its top level, exported or not. */
  readonly functions: ReadonlyArray<string>
  /**
   * Whether a board with this configuration calls them in every wake, so that they stay in its program; left out: none
   * does.
   */
  readonly isResident?: (config: DeviceConfig) => boolean
}

export interface Overlay {
  /** The file's name in the board's Storage. No name of the Storage port begins with a dot. */
  readonly file: string
  readonly parts: ReadonlyArray<Part>
  /** Whether a board with this configuration has the file; left out: each has. */
  readonly isWanted?: (config: DeviceConfig) => boolean
}

const hasTwoTopics = ({ mqtt }: DeviceConfig): boolean => mqtt.topicConfigVersion !== ""
const hasTls = ({ mqtt }: DeviceConfig): boolean => mqtt.ssl
const isAlwaysOn = ({ deepSleep }: DeviceConfig): boolean => !deepSleep
const hasSimulated = ({ sensors }: DeviceConfig): boolean => sensors.some(({ type }) => type === "simulated")
/** A sensor whose driver every program has. */
const hasReal = ({ sensors }: DeviceConfig): boolean =>
  sensors.some((sensor) => sensor.type !== "simulated" && !hasOwnCode(sensor))

/** Whether bytes/Incoming itself reads a message to this topic. */
const isAscii = (topic: string): boolean => /^[ -~]*$/.test(topic)

const part = (module: string, functions: ReadonlyArray<string>, isResident?: Part["isResident"]): Part =>
  isResident === undefined ? { module, functions } : { module, functions, isResident }

export const overlays: ReadonlyArray<Overlay> = [
  { file: ".review", parts: [part("programs/device/applyUpdate.ts", ["applyUpdate"])] },
  { file: ".refuse", parts: [part("programs/device/refuse.ts", ["refuse", "deadly"])] },
  {
    file: ".undo",
    parts: [part("programs/device/rollBack.ts", ["rollBack"]), part("domain/wake/Probation.ts", ["pass", "rolledBack"])]
  },
  {
    file: ".sensor",
    parts: [
      part("adapters/espruino/drivers/simulated.ts", ["simulated"], hasSimulated),
      part("adapters/espruino/drivers/drive.ts", ["drive"], hasReal)
    ]
  },
  {
    file: ".tls",
    parts: [part("adapters/espruino/tls.ts", ["openTls"], hasTls),
      part("programs/device/connection.ts", ["tlsOf"], hasTls)]
  },
  {
    file: ".fault",
    parts: [
      part("adapters/espruino/faults.ts", ["reasonOf", "noWifi", "storageError"]),
      part("adapters/espruino/runtime/Cause.ts", ["pretty"]),
      part("programs/device/timedOut.ts", ["notAnswered", "timedOut"]),
      part("programs/device/device.ts", ["overdue"]),
      part("adapters/espruino/bytes/ConnectionRefused.ts", ["make"]),
      // A device that is always on gets PINGRESP often.
      part("domain/packet/Violation.ts", ["subackMismatch", "unexpectedPacket"], isAlwaysOn),
      part("domain/wake/Answers.ts", ["unusual"], isAlwaysOn),
      part("domain/wake/Answers.ts", ["subscriptionRefused"]),
      part("domain/wake/ConnectionEnd.ts", ["learn"]),
      part("domain/wake/Held.ts", ["begin", "release", "follow"]),
      part("domain/wake/Tries.ts", ["untilNext"])
    ]
  },
  {
    file: ".wire",
    parts: [
      // SUBACK has two return codes if there are two topics.
      // So it has for commands, which come with QoS 1.
      part("adapters/espruino/bytes/unusual.ts", ["unusual", "oversized", "longHeader"],
        (config) => hasTwoTopics(config) || isAlwaysOn(config) || !isDeaf(config) || !isAscii(config.mqtt.topicConfig))
    ]
  },
  {
    file: ".first",
    parts: [
      part("domain/state/DeviceState.ts", ["initial"]),
      part("domain/state/OlderSnapshot.ts", ["upgraded"]),
      part("programs/device/storage.ts", ["rereadOrReport"])
    ]
  },
  {
    // Once a day.
    file: ".time",
    parts: [part("domain/time/Sntp.ts", ["request", "offset"]),
      part("domain/wake/Timing.ts", ["startedOver", "answered", "unanswered", "disbelief"])],
    isWanted: (config) => !hasNoTime(config)
  },
  {
    // In each wake, but only for a moment: its curves would take a hundred of a board's variables.
    file: ".battery",
    parts: [part("domain/wake/Battery.ts", ["measured"])],
    isWanted: ({ battery }) => battery !== undefined
  },
  {
    file: ".command",
    parts: [part("domain/wake/obey.ts", ["judge", "settle", "acknowledge", "confirmed"])],
    isWanted: (config) => !isDeaf(config)
  },
  { file: ".known", parts: [part("programs/device/backlog.ts", ["lookUp"])] },
  { file: ".spill", parts: [part("programs/device/backlog.ts", ["spill"])] },
  { file: ".room", parts: [part("programs/device/backlog.ts", ["makeRoom"])] },
  { file: ".loosen", parts: [part("programs/device/backlog.ts", ["loosen"])] },
  { file: ".refill", parts: [part("programs/device/backlog.ts", ["refill"])] },
  { file: ".place", parts: [part("programs/device/backlog.ts", ["assignInPlace"])] },
  { file: ".next", parts: [part("programs/device/backlog.ts", ["nextInPlace"])] },
  { file: ".settle", parts: [part("domain/wake/InPlace.ts", ["settle"])] },
  { file: ".parted", parts: [part("programs/device/backlog.ts", ["parted"])] },
  { file: ".log", parts: [part("adapters/espruino/log.ts", ["writeRarely"])] },
  { file: ".long", parts: [part("adapters/espruino/longSleep.ts", ["begin", "goOn"])] },
  {
    file: ".json",
    parts: [part("adapters/espruino/twins/look.ts", ["look"]), part("adapters/espruino/bytes/Json.ts", ["read"])]
  },
  {
    file: ".two",
    parts: [
      part("domain/config/ConfigUpdate.ts", ["receiveOfTwo", "unremarkableOfTwo", "isWaitingForTwo", "isShortOfTwo"],
        hasTwoTopics)
    ]
  },
  {
    file: ".rare",
    parts: [
      part("domain/message/Reading.ts", ["valueMessages"], ({ mqtt }) => mqtt.publishValues),
      part("domain/wake/SensorSchedule.ts", ["isDue", "taken"], (config) => !isSteady(config)),
      part("domain/wake/WakePhase.ts", ["sleepMillis"], ({ spreadWakes }) => spreadWakes)
    ]
  }
]

/**
 * Variables of modules that each call of an overlay's function sets before it reads them, or that no board sets. All
 * others are refused, because the overlay would have a new copy of them at each call.
 */
export const scratch: ReadonlyArray<string> = [
  "adapters/espruino/bytes/Json.ts#text",
  "adapters/espruino/bytes/Json.ts#at",
  "adapters/espruino/bytes/Json.ts#mantissa",
  "adapters/espruino/bytes/Json.ts#surplus",
  // The program passes its own.
  "ports/Storage.ts#Storage"
]

/** The configuration of the board's program, JSON as `residentConfig` leaves it. */
export const configFile = ".config"

/** Credentials, which `flash` puts beside a program that has none. */
export const credentialsFile = ".own"

/** Every file that a bundle may have beside its boot code. */
export const besides: ReadonlyArray<string> = [...overlays.map(({ file }) => file), configFile]

/** The overlays of a board with this configuration. */
export const overlaysOf = (config: DeviceConfig): ReadonlyArray<Overlay> =>
  overlays.filter(({ isWanted }) => isWanted?.(config) ?? true)

/** The functions of overlays, as `<module>#<name>`, that stay in the program of a board with this configuration. */
export const resident = (config: DeviceConfig): ReadonlyArray<string> =>
  overlays.flatMap(({ parts }) => parts).filter(({ isResident }) => isResident?.(config) ?? false)
    .flatMap(({ functions, module }) => functions.map((name) => module + "#" + name))

const storagePort = "ports/Storage.ts"

/** Loads one function of an overlay's file, which is dropped afterwards. */
const loader = "adapters/espruino/overlay.ts"

/** The functions of an overlay in the order of their numbers. */
const functionsOf = ({ parts }: Overlay): ReadonlyArray<{ readonly module: string; readonly name: string }> =>
  parts.flatMap(({ functions, module }) => functions.map((name) => ({ module, name })))

/**
 * What the program has in place of a module's functions; undefined: all of them are resident. If `config` is undefined,
 * no function of an overlay is.
 */
export const stubsOf = (
  all: ReadonlyArray<Overlay>,
  module: string,
  source: string,
  config: DeviceConfig | undefined
): Stubs | undefined => {
  const stubs = new Map<string, { readonly file: string; readonly index: number }>()
  for (const overlay of all) {
    for (const each of overlay.parts) {
      if (each.module !== module || config !== undefined && each.isResident?.(config)) continue
      for (const name of each.functions) {
        stubs.set(name, {
          file: overlay.file,
          index: functionsOf(overlay).findIndex((one) => one.module === module && one.name === name)
        })
      }
    }
  }
  return stubs.size === 0 ? undefined : { loader: join(source, loader), functions: stubs }
}

/** The names of a module that an overlay's own bundle needs. */
export const namesIn = ({ parts }: Overlay, module: string): ReadonlyArray<string> =>
  parts.flatMap((each) => each.module === module ? each.functions : [])

/** The entry of an overlay's own bundle. Its modules export what it needs under `exportedName`. */
export const entryOf = (
  overlay: Overlay,
  source: string,
  hasStorage: boolean,
  exportedName: (name: string) => string
): string => {
  const all = functionsOf(overlay).map(({ module, name }, index) => ({ module, name, local: "$" + index }))
  const imports = all.map(({ local, module, name }) =>
    `import { ${exportedName(name)} as ${local} } from ${JSON.stringify(join(source, module))}\n`
  )
  const storage = hasStorage
    ? `import { Storage } from ${JSON.stringify(join(source, storagePort))}\nStorage.v = $storage\n` : ""
  return `${imports.join("")}${storage}$overlay([${all.map(({ local }) => local).join(", ")}])\n`
}

/**
 * An overlay's script as the file that is read: a function, so that none of its names conflicts with a name of the
 * program.
 */
export const wrap = (code: string): string => `(function($storage,$overlay){${code}})`
