/**
 * Espruino's platform as Node can stand in for it, for the port suites: real sockets, a flash that forgets nothing but
 * what a power cut takes, a radio that joins what it is told to. What the real interpreter does is tested on it
 * (interpreter.test.ts).
 */
import * as dgram from "node:dgram"
import * as net from "node:net"
import * as BoardFlash from "../../src/adapters/simulation/world/BoardFlash.ts"
import * as BoardStorage from "../../src/adapters/simulation/world/BoardStorage.ts"
import type {
  BoardCrypto,
  BoardDatagrams,
  BoardSocket,
  Dht22,
  I2c,
  Platform
} from "../../src/adapters/espruino/platform/platform.ts"

type Listener = (...given: Array<never>) => void

/** As on a board, one listener for each event is enough, and `on` gives nothing back. */
const emitter = () => {
  const listeners: Record<string, Listener> = {}
  return {
    on: (event: string, listener: Listener) => void (listeners[event] = listener),
    emit: (event: string, ...given: ReadonlyArray<unknown>) => listeners[event]?.(...given as Array<never>)
  }
}

const chunkBytes = 536

/** Who listens, as far as the platform knows: to connect elsewhere throws, as it does on a board. */
export const listening = new Set<number>()

const connect = (to: { readonly host: string; readonly port: number }, opened: () => void): BoardSocket => {
  if (to.host === "unknown.invalid") throw new Error("Unable to locate host")
  if (!listening.has(to.port)) throw new Error("Unable to create socket")
  const { emit, on } = emitter()
  const socket = net.connect(to.port, to.host)
  socket.on("connect", opened)
  socket.on("data", (chunk) => {
    for (let at = 0; at < chunk.length; at += chunkBytes) {
      emit("data", new Uint8Array(chunk.subarray(at, at + chunkBytes)))
    }
  })
  socket.on("error", (fault) => emit("error", fault))
  socket.on("close", () => emit("close", socket.errored !== null))
  return {
    on,
    write: (bytes) => {
      if (!socket.writable) throw new Error("This socket is closed")
      socket.write(bytes, () => emit("drain"))
    },
    end: () => {
      socket.end()
      // A board has closed when its last bytes have gone, and does not wait for the other side.
      socket.once("finish", () => socket.destroySoon())
      if (socket.connecting) socket.destroy()
    }
  } as BoardSocket
}

/** For UDP; a name resolves before `send` returns, which this machine's names do without a network. */
const createSocket = (): BoardDatagrams => {
  const { emit, on } = emitter()
  const socket = dgram.createSocket("udp4")
  socket.on("message", (bytes) => emit("message", new Uint8Array(bytes)))
  socket.on("error", (fault) => emit("error", fault))
  return { on, send: (bytes, port, host) => socket.send(bytes, port, host), close: () => void socket.close() }
}

export type Flash = BoardFlash.BoardFlash

export const emptyFlash = (): Flash => BoardFlash.make()

const bytesOf = (given: Uint8Array | string): Uint8Array =>
  typeof given === "string" ? new Uint8Array(Buffer.from(given, "latin1")) : given

/** Storage as jsflash.c has it. What it gives lies in flash. */
export const storageOn = (flash: Flash) => ({
  read: (name: string) => BoardStorage.read(flash, name),
  erase: (name: string) => BoardStorage.erase(flash, name),
  write: (name: string, given: Uint8Array | string, offset = 0, size = 0) =>
    BoardStorage.write(flash, name, bytesOf(given), offset, size)
})

/** Flash by its addresses. */
export const flashOn = (flash: Flash) => ({
  read: (length: number, address: number) => BoardFlash.read(flash, address, length).slice().buffer,
  write: (given: string, address: number) => BoardFlash.write(flash, address, bytesOf(given)),
  erasePage: (address: number) => BoardFlash.erasePage(flash, address)
})

export interface Radio {
  /** What can be joined. */
  reachable: ReadonlyArray<string>
  /** In the order they were tried. */
  readonly tried: Array<string>
  /** Never answers about these. */
  deaf: ReadonlyArray<string>
  isOn: boolean
}

const wifiOf = (radio: Radio) => ({
  connect: (ssid: string, _: { readonly password: string }, done: (error: string | null) => void) => {
    radio.tried.push(ssid)
    radio.isOn = true
    if (!radio.deaf.includes(ssid)) setTimeout(() => done(radio.reachable.includes(ssid) ? null : "NO_AP_FOUND"), 1)
  },
  disconnect: () => void (radio.isOn = false)
})

export interface BoardOptions {
  readonly flash?: Flash
  readonly radio?: Radio
  readonly dht22?: Dht22
  readonly bme280?: {
    readonly connect: (bus: I2c) => { readonly getData: () => { readonly temp: number; readonly humidity: number } }
  }
  readonly deepSleep?: (micros: number) => void
  readonly crypto?: BoardCrypto
  readonly setTime?: (seconds: number) => void
}

export interface Seen {
  readonly watchdog: Array<readonly [seconds: number, isAuto: boolean]>
  /** Who is told of the interpreter's errors. */
  readonly errorFlag: Array<(flags: ReadonlyArray<string>) => void>
  readonly buses: Array<object>
}

/** Puts the platform where the adapter looks for it. The last one counts. */
export const install = (options: BoardOptions): Seen => {
  const seen: Seen = { watchdog: [], errorFlag: [], buses: [] }
  const flash = options.flash ?? emptyFlash()
  const radio = options.radio ?? { reachable: [], tried: [], deaf: [], isOn: false }
  const modules: Record<string, unknown> = {
    net: { connect },
    dgram: { createSocket },
    // A handshake that never ends.
    tls: { connect: (to: { readonly host: string; readonly port: number }) => connect(to, () => {}) },
    Storage: storageOn(flash),
    Flash: flashOn(flash),
    Wifi: wifiOf(radio),
    DHT22: options.dht22,
    BME280: options.bme280,
    crypto: options.crypto
  }
  const require = (name: string) => {
    if (modules[name] === undefined) throw new Error(`Module "${name}" not found`)
    return modules[name]
  }
  const platform = {
    require,
    E: {
      toString: (bytes: ArrayBuffer) => Buffer.from(bytes).toString("latin1"),
      on: (_: string, listener: (flags: ReadonlyArray<string>) => void) => void seen.errorFlag.push(listener),
      enableWatchdog: (seconds: number, isAuto: boolean) => void seen.watchdog.push([seconds, isAuto])
    },
    ESP32: { deepSleep: options.deepSleep ?? (() => {}), getWakeupCause: () => 4 },
    Modules: { removeCached: () => undefined },
    getTime: () => Date.now() / 1000,
    setTime: options.setTime ?? (() => {}),
    I2C1: { setup: (pins: object) => void seen.buses.push(pins) }
  }
  Object.assign(globalThis, platform as unknown as Partial<Platform>)
  return seen
}
