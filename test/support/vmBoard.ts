/**
 * A board on node:vm: boots what is flashed in a context that holds what Espruino has and nothing that it lacks, over
 * real sockets. Deep sleep ends the context; the next wake begins in a new one, with nothing but Storage left.
 *
 * A whole engine hides how the interpreter takes the language itself (no hoisting, its stack, its memory). The dialect
 * checker stands in for that in a build, and interpreter.test.ts where there is an interpreter.
 */
import { createHash } from "node:crypto"
import * as net from "node:net"
import * as tls from "node:tls"
import * as vm from "node:vm"
import { crc32 } from "../../src/domain/bytes/Crc32.ts"
import type { Bytes } from "../../src/domain/bytes/Bytes.ts"
import type { Endpoint } from "../../src/ports/Socket.ts"
import { withLogs } from "../../src/programs/flash/logs.ts"
import type { WakeEvent } from "../../src/domain/wake/WakeEvent.ts"
import { emptyFlash, type Flash, flashOn, storageOn } from "./board.ts"
import { platformNames } from "../../src/programs/bundle/dialect/platformNames.ts"
import { fromBoard, toBoard } from "./twins.ts"

/** The name under which the one Server of the board's world is known there. */
export const serverName = "server.test"

const chunkBytes = 536
const longestNameBytes = 28

/** ESP32.getWakeupCause() */
const wokenBy = { power: 0, pin: 2, timer: 4 }

/**
 * The interpreter's library, all of it that a context has too: the functions of each, then the methods of what it
 * makes. Promise is left out, though Espruino has it: a device does without.
 */
const library: { readonly [name: string]: readonly [functions: string, methods: string] } = {
  Object: [
    "assign create defineProperties defineProperty entries fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getPrototypeOf keys setPrototypeOf values",
    "hasOwnProperty toString valueOf __proto__"
  ],
  Function: ["", "apply bind call toString"],
  Array: [
    "isArray",
    "concat every fill filter find findIndex forEach includes indexOf join map pop push reduce reverse shift slice some sort splice toString unshift"
  ],
  String: [
    "fromCharCode",
    "charAt charCodeAt concat endsWith includes indexOf lastIndexOf match padEnd padStart repeat replace slice split startsWith substr substring toLowerCase toUpperCase trim toString valueOf"
  ],
  Number: ["EPSILON MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY", "toFixed toString valueOf"],
  Math: [
    "E LN2 LN10 LOG2E LOG10E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sign sin sqrt tan",
    ""
  ],
  JSON: ["parse stringify", ""]
}

const wholes =
  "Boolean Date RegExp Error SyntaxError TypeError ReferenceError ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray " +
  "Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array NaN Infinity undefined globalThis eval parseInt parseFloat isNaN " +
  "isFinite encodeURIComponent decodeURIComponent"

const everyOwn = ["length", "name", "prototype", "constructor"]

const keepOnly = (owner: object, names: string): void => {
  const kept = names.split(" ")
  for (const name of Object.getOwnPropertyNames(owner)) {
    if (!kept.includes(name) && !everyOwn.includes(name)) Reflect.deleteProperty(owner, name)
  }
}

/** A context with no more than Espruino's library in it. */
const bareContext = (): vm.Context => {
  const context = vm.createContext({})
  for (const [name, [functions, methods]] of Object.entries(library)) {
    const owner = vm.runInContext(name, context) as { readonly prototype?: object }
    keepOnly(owner, functions)
    if (owner.prototype !== undefined) keepOnly(owner.prototype, methods)
  }
  const names = vm.runInContext("Object.getOwnPropertyNames(globalThis)", context) as ReadonlyArray<string>
  const kept = [...Object.keys(library), ...wholes.split(" ")]
  for (const name of names) {
    if (!kept.includes(name)) vm.runInContext(`delete globalThis[${JSON.stringify(name)}]`, context)
  }
  return context
}

/** One awake period, from a start to deep sleep. */
export interface Wake {
  readonly events: ReadonlyArray<WakeEvent>
  /** Microseconds of the deep sleep it ended in. */
  readonly slept: number
  /** The pin that ends it, and the level; undefined: the timer does. */
  readonly onPin: readonly [pin: number, level: number] | undefined
  /** The board's clock at its beginning and at its end, milliseconds. */
  readonly began: number
  readonly ended: number
  /** What was thrown and caught by nobody: the interpreter prints it and goes on. */
  readonly uncaught: ReadonlyArray<string>
  /** Connections that deep sleep has cut off. */
  readonly cutOff: number
  /** The Wi-Fi was on when the board fell asleep. */
  readonly isRadioOn: boolean
  /** The networks that it was told to join: names and passwords. */
  readonly joined: ReadonlyArray<readonly [ssid: string, password: string]>
  /** Its watchdog: seconds, and whether the idle loop kicks it. */
  readonly watchdog: readonly [seconds: number, isAuto: boolean] | undefined
}

/** What ends the code of a wake: a board never comes back from deep sleep. */
const asleep = new Error("the board sleeps")

interface Given {
  readonly host: string
  readonly port: number
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

const pem = (what: string, der: string | undefined): string | undefined =>
  der === undefined ? undefined
    : `-----BEGIN ${what}-----\n${Buffer.from(der, "latin1").toString("base64")}\n-----END ${what}-----\n`

/** As on a board, TLS takes any certificate and TCP alone counts as connected. */
const dial = ({ host, port }: Endpoint, given: Given, isSecure: boolean): net.Socket =>
  isSecure
    ? tls.connect({
      host,
      port,
      rejectUnauthorized: false,
      cert: pem("CERTIFICATE", given.cert),
      key: pem("PRIVATE KEY", given.key)
    })
    : net.connect(port, host)

type Listener = (...given: ReadonlyArray<unknown>) => void

/** Everything that happens to the code happens through `run`, which a sleeping board ignores. */
interface Power {
  readonly run: (code: () => void) => void
  /** Throws when the board sleeps. */
  readonly use: () => void
}

const boardSocket = (socket: net.Socket, opened: () => void, power: Power) => {
  const listeners: { [event: string]: Listener } = {}
  const emit = (event: string, ...given: ReadonlyArray<unknown>) => power.run(() => listeners[event]?.(...given))
  socket.on("connect", () => power.run(opened))
  socket.on("data", (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += chunkBytes) emit("data", toBoard(chunk.subarray(at, at + chunkBytes)))
  })
  socket.on("error", (fault) => {
    socket.destroy()
    emit("error", { code: -1, message: fault.message })
  })
  socket.on("close", () => emit("close", socket.errored !== null))
  return {
    on: (event: string, listener: Listener) => void (listeners[event] = listener),
    write: (bytes: string) => {
      power.use()
      if (!socket.writable) throw new Error("This socket is closed")
      socket.write(fromBoard(bytes), (fault) => {
        if (fault === undefined || fault === null) emit("drain")
      })
    },
    end: () => {
      if (socket.connecting) return void socket.destroy()
      // A board has closed when its last bytes have gone, and does not wait for the other side.
      socket.once("finish", () => socket.destroySoon())
      socket.end()
    }
  }
}

const network = (server: Endpoint | undefined, open: Set<net.Socket>, power: Power, isSecure: boolean) => ({
  connect: (given: Given, opened: () => void) => {
    power.use()
    if (given.host !== serverName) throw new Error("Unable to locate host")
    if (server === undefined) throw new Error("Unable to create socket")
    const socket = dial(server, given, isSecure)
    open.add(socket)
    socket.on("close", () => open.delete(socket))
    return boardSocket(socket, opened, power)
  }
})

const storage = (flash: Flash, power: Power) => {
  const files = storageOn(flash)
  const checked = (name: string): string => {
    power.use()
    if (name.length > longestNameBytes) throw new Error("File name too long")
    return name
  }
  return {
    read: (name: string) => {
      const bytes = files.read(checked(name))
      return bytes === undefined ? undefined : toBoard(bytes)
    },
    write: (name: string, data: string, offset?: number, size?: number) =>
      files.write(checked(name), data, offset, size),
    erase: (name: string) => files.erase(checked(name))
  }
}

/** By its addresses; none of what is there moves. */
const rawFlash = (flash: Flash, power: Power) => {
  const raw = flashOn(flash)
  return {
    read: (length: number, address: number) => {
      power.use()
      return raw.read(length, address)
    },
    write: (data: string, address: number) => {
      power.use()
      raw.write(data, address)
    },
    erasePage: (address: number) => {
      power.use()
      raw.erasePage(address)
    }
  }
}

export interface Board {
  readonly flash: Flash
  /** Where the Server called `serverName` listens; undefined: nowhere. */
  server: Endpoint | undefined
  /** What the interpreter says it has left. A whole engine does not run out of them. */
  freeVariables: number
  /** What `digitalRead` gives. */
  level: 0 | 1
  /** Whether its chip has the wake-up by a pin. */
  hasExt0: boolean
  /** Its MAC address, as Espruino gives it. */
  serial: string
  /** What `analogRead` gives at a pin, 0 to 1; it throws where this does. */
  analog: (pin: number) => number
  /** The board's clock, milliseconds. It runs with the machine's, and on through sleep. */
  readonly now: () => number
  /** Boots: first by its power, then by the timer, when it has slept as long as it was told to. */
  readonly wake: () => Promise<Wake>
}

/** A wake of the tests that has not ended by then never will. */
const giveUpMillis = 20_000

export interface Options {
  /**
   * A script that takes a global name of the platform does not run: on a board it would take it from the platform, too.
   */
  readonly isFrozen?: boolean
}

/** Names of the platform that a context has not are there, too, and nothing of it can be replaced. */
const freeze = (context: vm.Context): void => {
  for (const name of platformNames) {
    if (name === "arguments") continue
    const value: unknown = Object.hasOwn(context, name) ? (context as Record<string, unknown>)[name]
      : vm.runInContext(`typeof ${name} === "undefined" ? {} : ${name}`, context)
    Object.defineProperty(context, name, { value, writable: false, configurable: false })
  }
}

/** A board with these files in its Storage: `.bootcde` is what it boots. */
export const make = (files: Readonly<Record<string, string>>, server?: Endpoint, options: Options = {}): Board => {
  const flash = emptyFlash()
  const scripts = Object.entries(files).map(([name, text]) => ({ name, bytes: new Uint8Array(Buffer.from(text)) }))
  for (const { bytes, name } of withLogs(scripts)) storageOn(flash).write(name, bytes)
  // A board's source is bytes, a text in it too.
  const script = new vm.Script(toBoard(storageOn(flash).read(".bootcde") ?? new Uint8Array()), {
    filename: "bootcde.js"
  })
  let offset = 0
  let cause = wokenBy.power
  let due = 0
  const now = () => performance.timeOrigin + performance.now() + offset

  const live = (ended: (wake: Wake) => void) => {
    const began = now()
    const events: Array<WakeEvent> = []
    const uncaught: Array<string> = []
    const sockets = new Set<net.Socket>()
    const timers: Array<NodeJS.Timeout> = []
    let isRadioOn = false
    const joined: Array<readonly [string, string]> = []
    let watchdog: Wake["watchdog"]
    let isAsleep = false

    const power: Power = {
      use: () => {
        if (isAsleep) throw asleep
      },
      run: (code) => {
        if (isAsleep) return
        try {
          code()
        } catch (thrown) {
          if (thrown !== asleep) uncaught.push(String(thrown))
        }
      }
    }
    const modules: Readonly<Record<string, unknown>> = {
      net: network(board.server, sockets, power, false),
      tls: network(board.server, sockets, power, true),
      Storage: storage(flash, power),
      Flash: rawFlash(flash, power),
      Wifi: {
        connect: (ssid: string, { password }: { readonly password: string }, done: (error: string | null) => void) => {
          isRadioOn = true
          joined.push([Buffer.from(fromBoard(ssid)).toString(), Buffer.from(fromBoard(password)).toString()])
          timers.push(setTimeout(() => power.run(() => done(null)), 1))
        },
        disconnect: () => void (isRadioOn = false)
      },
      crypto: { SHA256: (bytes: string) => createHash("sha256").update(fromBoard(bytes)).digest() }
    }
    const deepSleep = (micros: number, onPin?: readonly [number, number]) => {
      power.use()
      isAsleep = true
      for (const timer of timers) clearTimeout(timer)
      ended({
        events,
        slept: micros,
        onPin,
        began,
        ended: now(),
        uncaught,
        cutOff: [...sockets].filter((socket) => !socket.destroyed).length,
        isRadioOn,
        joined,
        watchdog
      })
      for (const socket of sockets) socket.destroy()
      throw asleep
    }
    const print = (event: unknown) => {
      if (!isAsleep) events.push(JSON.parse(JSON.stringify(event)) as WakeEvent)
    }
    const later =
      (set: (act: () => void, millis: number) => NodeJS.Timeout) =>
      (act: Listener, millis: number, ...given: ReadonlyArray<unknown>): number =>
        // Numbers that count from 1.
        timers.push(set(() => power.run(() => act(...given)), millis))
    const clear = (id: number) => clearTimeout(timers[id - 1])

    const context = bareContext()
    Object.assign(context, {
      require: (name: string) => {
        if (modules[name] !== undefined) return modules[name]
        const file = storageOn(flash).read(name)
        if (file === undefined) throw new Error(`Module "${name}" not found`)
        return vm.runInContext(`(function(){var exports={};${toBoard(file)};return exports})()`, context, {
          filename: name
        }) as unknown
      },
      process: { memory: () => ({ free: board.freeVariables }) },
      digitalRead: () => board.level,
      getSerial: () => board.serial,
      analogRead: (pin: number) => board.analog(pin),
      I2C1: { setup: () => undefined },
      Modules: { removeCached: () => undefined },
      E: {
        CRC32: (bytes: string) => crc32(fromBoard(bytes) as Bytes),
        toString: (bytes: Uint8Array | ArrayBuffer) => toBoard(new Uint8Array(bytes)),
        on: () => undefined,
        enableWatchdog: (seconds: number, isAuto: boolean) => void (watchdog = [seconds, isAuto])
      },
      ESP32: {
        deepSleep: (micros: number) => deepSleep(micros),
        getWakeupCause: () => cause,
        ...(board.hasExt0 ? { deepSleepExt0: (pin: number, level: number) => deepSleep(0, [pin, level]) } : {})
      },
      setTimeout: later(setTimeout),
      setInterval: later(setInterval),
      clearTimeout: clear,
      clearInterval: clear,
      atob,
      btoa,
      print,
      console: { log: print }
    })
    const date = vm.runInContext("Date", context) as { now: () => number }
    // With a fraction, as Espruino's.
    date.now = now
    if (options.isFrozen) freeze(context)
    power.run(() => void script.runInContext(context))
  }

  const board: Board = {
    flash,
    server,
    freeVariables: 2_500,
    level: 0,
    hasExt0: true,
    serial: "a0b1c2d3-e4f5",
    analog: () => 0,
    now,
    wake: () =>
      new Promise((resolve, reject) => {
        offset += due
        const late = setTimeout(() => reject(new Error("the board does not fall asleep")), giveUpMillis)
        live((wake) => {
          clearTimeout(late)
          due = wake.slept / 1000
          cause = wake.onPin === undefined ? wokenBy.timer : wokenBy.pin
          resolve(wake)
        })
      })
  }
  return board
}
