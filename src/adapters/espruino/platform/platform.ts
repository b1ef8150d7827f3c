/**
 * The types of the part of Espruino's library that this adapter uses, and of nothing else.
 *
 * Everything is reached through `globalThis`, which the interpreter has: Node's types have another `require`, and tests
 * on Node can put their own platform there. On a board a string is a run of bytes, so bytes are typed as `Bytes` here.
 */
import type { Bytes } from "../../../domain/bytes/Bytes.ts"

/** A connection of `net` or `tls`. Its `on` returns nothing. */
export interface BoardSocket {
  /** Takes any length into memory; `drain` comes when all of it has been sent. Throws once it is closed. */
  readonly write: (bytes: Bytes) => void
  /** Closes when everything written has been sent. */
  readonly end: () => void
  on(event: "data", listener: (bytes: Bytes) => void): void
  /** Before `close`, which always follows. */
  on(event: "error", listener: (fault: { readonly message: string }) => void): void
  on(event: "close" | "drain", listener: () => void): void
}

export interface Net {
  /** Resolves the name and connects before it returns, and throws when either fails. Certificates and keys in DER. */
  readonly connect: (
    to: { host: string; port: number; ca?: string | undefined; cert?: string | undefined; key?: string | undefined },
    opened: () => void
  ) => BoardSocket
}

/** A socket of `dgram`, for UDP. Its `on` gives nothing back. */
export interface BoardDatagrams {
  /** Resolves the name before it returns. The packet leaves at the next turn of the loop. */
  readonly "send": (bytes: Bytes, port: number, host: string) => void
  readonly "close": () => void
  on(event: "message", listener: (bytes: Bytes) => void): void
  on(event: "error", listener: (fault: { readonly message: string }) => void): void
}

export interface BoardStorage {
  readonly read: (name: string) => Bytes | undefined
  /**
   * At offset 0 it erases the file of that name FIRST, then makes one of `size` bytes (default: the length of the
   * data). At other offsets it fills in bytes that were not yet written. Throws if there is no room.
   */
  readonly write: (name: string, data: Bytes | string, offset?: number, size?: number) => void
  readonly erase: (name: string) => void
}

/**
 * Flash by its addresses. Nothing is checked: bits change from 1 to 0, and what else is in a page is erased with it.
 */
export interface BoardFlash {
  readonly read: (length: number, address: number) => ArrayBuffer
  readonly write: (data: string, address: number) => void
  readonly erasePage: (address: number) => void
}

export interface BoardWifi {
  /** Calls back with an error's text or with nothing. A new call replaces one that has not ended. */
  readonly connect: (
    ssid: string,
    options: { password: string },
    done: (error: string | null | undefined) => void
  ) => void
  readonly disconnect: () => void
}

/** `temp` in degrees Celsius, `rh` in percent. */
export interface Dht22 {
  readonly connect: (pin: number) => {
    readonly read: (
      done: (got: { readonly err?: boolean; readonly temp: number; readonly rh: number }) => void,
      tries: number
    ) => void
  }
}

/** `temp` in degrees Celsius, `humidity` in percent. */
export interface Bme280 {
  readonly connect: (bus: I2c) => { readonly getData: () => { readonly temp: number; readonly humidity: number } }
}

export interface I2c {
  readonly setup: (pins: { sda: number; scl: number }) => void
}

/** In Espruino's firmware for ESP32. */
export interface BoardCrypto {
  /** 32 bytes. */
  readonly SHA256: (bytes: string) => ArrayBuffer
}

export interface Platform {
  require(module: "net" | "tls"): Net
  require(module: "dgram"): { readonly "createSocket": (type: "udp4") => BoardDatagrams }
  require(module: "Storage"): BoardStorage
  require(module: "Flash"): BoardFlash
  require(module: "crypto"): BoardCrypto
  require(module: "Wifi"): BoardWifi
  require(module: "DHT22"): Dht22
  require(module: "BME280"): Bme280
  readonly E: {
    readonly CRC32: (bytes: Bytes) => number
    /** A character for each byte. */
    readonly toString: (bytes: ArrayBuffer) => string
    /** Resets the board after `seconds` without a kick. `isAuto`: the idle loop kicks. */
    readonly enableWatchdog: (seconds: number, isAuto: boolean) => void
    /** Errors of the interpreter that no program can catch, by name, reported when it comes to rest after them. */
    readonly on: (event: "errorFlag", listener: (flags: ReadonlyArray<string>) => void) => void
  }
  readonly ESP32: {
    /** A C int: at most 2^31 - 1 microseconds. Does not return. */
    readonly "deepSleep": (micros: number) => void
    readonly getWakeupCause: () => number
    /** Until the pin has this level; no timer. Does not return, or throws for a pin that cannot. An ESP32-C3 has none. */
    readonly "deepSleepExt0": (pin: number, level: number) => void
  }
  readonly I2C1: I2c
  /** The interpreter keeps what `require` has read. Throws for a module that it does not keep. */
  readonly Modules: { readonly removeCached: (name: string) => void }
  /** How many of the interpreter's variables are left after garbage collection. */
  readonly process: { readonly "memory": () => { readonly free: number } }
  readonly "digitalRead": (pin: number) => number | boolean
  /** Measures at a pin: 0 to 1. */
  readonly "analogRead": (pin: number) => number
  /** The MAC address of an ESP32: `a0b1c2d3-e4f5`. */
  readonly "getSerial": () => string
  /** The clock in seconds, with a fraction. */
  readonly "getTime": () => number
  /** Timers go on as they were. */
  readonly "setTime": (seconds: number) => void
  /** For a file that contains a function. */
  readonly eval: (
    script: Bytes | string
  ) => (
    storage: unknown,
    overlay: (functions: ReadonlyArray<(...given: ReadonlyArray<unknown>) => unknown>) => void
  ) => void
}

export const platform = globalThis as unknown as Platform
