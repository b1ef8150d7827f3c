/**
 * A board on node:vm in a world that is played: its clock, its chance and its Server follow from a seed, so that two
 * bundles can be compared in all that they send, store and tell. The Server refuses, is silent, breaks off, and
 * publishes updates.
 */
import * as vm from "node:vm"
import { crc32 } from "../../src/domain/bytes/Crc32.ts"
import type { Bytes } from "../../src/domain/bytes/Bytes.ts"
import * as FlashLog from "../../src/domain/state/FlashLog.ts"
import { withLogs } from "../../src/programs/flash/logs.ts"
import { emptyFlash, flashOn, storageOn } from "./board.ts"
import { fromBoard, toBoard } from "./twins.ts"

/** What the world saw, in order. */
export type Trace = ReadonlyArray<readonly [what: string, ...more: ReadonlyArray<unknown>]>

/** Numbers from 0 to 1 (mulberry32). */
const chance = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
}

export interface World {
  readonly seed: number
  readonly wakes: number
  /** What may be on the configuration's topic, and that topic. */
  readonly topic: string
  readonly updates: ReadonlyArray<object>
}

/** Fixed header and body of each packet. */
const packetsIn = (bytes: Uint8Array): ReadonlyArray<readonly [type: number, flags: number, body: Uint8Array]> => {
  const found: Array<readonly [number, number, Uint8Array]> = []
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++] ?? 0
    let [length, shift, byte] = [0, 0, 0x80]
    for (; byte & 0x80; shift += 7) {
      byte = bytes[at++] ?? 0
      length |= (byte & 0x7f) << shift
    }
    found.push([first >> 4, first & 15, bytes.subarray(at, at + length)])
    at += length
  }
  return found
}

const field = (text: string): ReadonlyArray<number> => {
  const bytes = Buffer.from(text)
  return [bytes.length >> 8, bytes.length & 255, ...bytes]
}

const packet = (first: number, body: ReadonlyArray<number>): ReadonlyArray<number> => {
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7]
  return [first, ...length, ...body]
}

/** What a Server answers to what a client writes. */
const answersTo = (
  bytes: Uint8Array,
  { topic, update }: { readonly topic: string; readonly update: object | undefined },
  returnCode: number
) =>
  packetsIn(bytes).flatMap(([type, flags, body]) => {
    if (type === 1) return packet(0x20, [0, returnCode])
    if (type === 3 && flags & 6) {
      const at = ((body[0] ?? 0) << 8 | (body[1] ?? 0)) + 2
      return packet(0x40, [...body.subarray(at, at + 2)])
    }
    if (type !== 8) return []
    const retained = update === undefined ? [] : packet(0x31, [...field(topic), ...Buffer.from(JSON.stringify(update))])
    return [...packet(0x90, [body[0] ?? 0, body[1] ?? 0, 1]), ...retained]
  })

interface Timer {
  readonly at: number
  readonly act: () => void
}

/**
 * All of a board's life: `wakes` wakes, one after the other. The JSON in values of the names `kept` is looked at after
 * each.
 */
export const live = (files: Readonly<Record<string, string>>, world: World, kept: ReadonlyArray<string>): Trace => {
  const trace: Array<readonly [string, ...ReadonlyArray<unknown>]> = []
  const random = chance(world.seed)
  const flash = emptyFlash()
  const stored = storageOn(flash)
  const raw = flashOn(flash)
  const scripts = Object.entries(files).map(([name, text]) => ({ name, bytes: new Uint8Array(Buffer.from(text)) }))
  for (const { bytes, name } of withLogs(scripts)) stored.write(name, bytes)
  let now = 1_000_000
  let update: object | undefined

  const wake = () => {
    const timers: Array<Timer & { readonly id: number }> = []
    let [made, isAsleep] = [0, false]
    const later = (
      act: (...given: ReadonlyArray<unknown>) => void,
      millis: number,
      ...given: ReadonlyArray<unknown>
    ): number => {
      timers.push({ id: ++made, at: now + Math.max(0, millis), act: () => act(...given) })
      return made
    }
    const connect = (_: unknown, opened: () => void) => {
      const kind = random()
      trace.push(["connect"])
      if (kind < 0.2) throw new Error("Unable to create socket")
      const listeners: { [event: string]: (...given: ReadonlyArray<unknown>) => void } = {}
      const returnCode = kind < 0.25 ? 5 : 0
      later(opened, 5)
      return {
        on: (event: string, listener: (...given: ReadonlyArray<unknown>) => void) => void (listeners[event] = listener),
        write: (bytes: string) => {
          trace.push(["sent", Buffer.from(bytes, "latin1").toString("hex")])
          const answers = Uint8Array.from(answersTo(fromBoard(bytes), { topic: world.topic, update }, returnCode))
          const fate = random()
          if (fate < 0.1) return void later(() => listeners["close"]?.(false), 20)
          if (fate < 0.15) return undefined
          const cut = fate < 0.3 ? Math.floor(answers.length * random()) : answers.length
          if (cut > 0) later(() => listeners["data"]?.(toBoard(answers.subarray(0, cut))), 10)
          if (cut < answers.length) later(() => listeners["data"]?.(toBoard(answers.subarray(cut))), 15)
          later(() => listeners["drain"]?.(), 12)
        },
        end: () => void later(() => listeners["close"]?.(false), 3)
      }
    }
    const modules: Readonly<Record<string, unknown>> = {
      net: { connect },
      Storage: {
        read: (name: string) => {
          const bytes = stored.read(name)
          return bytes === undefined ? undefined : toBoard(bytes)
        },
        write: (name: string, data: string, offset?: number, size?: number) => {
          trace.push(["stored", name, data, offset, size])
          stored.write(name, data, offset, size)
        },
        erase: (name: string) => stored.erase(name)
      },
      Flash: {
        read: raw.read,
        write: raw.write,
        erasePage: raw.erasePage
      },
      Wifi: {
        connect: (ssid: string, options: object, done: (error: string | null) => void) => {
          trace.push(["joined", ssid, JSON.stringify(options)])
          later(() => done(random() < 0.1 ? "lost" : null), 50)
        },
        disconnect: () => undefined
      }
    }
    const print = (event: unknown) => void trace.push(["told", JSON.stringify(event)])
    const context = vm.createContext({
      require: (name: string) => modules[name],
      process: { memory: () => ({ free: 2_500 }) },
      E: {
        CRC32: (bytes: string) => crc32(fromBoard(bytes) as Bytes),
        toString: (bytes: ArrayBuffer) => toBoard(new Uint8Array(bytes)),
        on: () => undefined,
        enableWatchdog: (...given: ReadonlyArray<unknown>) => void trace.push(["watched", ...given])
      },
      ESP32: {
        deepSleep: (micros: number) => {
          trace.push(["slept", micros])
          isAsleep = true
          now += micros / 1000
          throw new Error("asleep")
        },
        getWakeupCause: () => 4
      },
      getSerial: () => "a0b1c2d3e4f5",
      setTimeout: later,
      clearTimeout: (id: number) => void timers.splice(0, timers.length, ...timers.filter((timer) => timer.id !== id)),
      print,
      console: { log: print }
    })
    Object.assign(vm.runInContext("Math", context) as object, { random })
    Object.assign(vm.runInContext("Date", context) as object, { now: () => now })
    const run = (act: () => void) => {
      try {
        act()
      } catch (thrown) {
        if (!isAsleep) trace.push(["uncaught", String(thrown)])
      }
    }
    run(() => void vm.runInContext(toBoard(stored.read(".bootcde") ?? new Uint8Array()), context))
    while (!isAsleep && timers.length > 0) {
      const first = timers.reduce((one, other) =>
        other.at < one.at || other.at === one.at && other.id < one.id ? other : one
      )
      timers.splice(timers.indexOf(first), 1)
      now = Math.max(now, first.at)
      run(first.act)
    }
    if (!isAsleep) now += 60_000
  }

  for (let count = 0; count < world.wakes; count++) {
    if (random() < 0.3) update = world.updates[Math.floor(random() * world.updates.length)]
    wake()
    for (const name of kept) {
      const file = stored.read(name)
      const value = file && FlashLog.read(file as Bytes)
      const text = value === undefined ? "" : toBoard(value as Uint8Array)
      if (text.includes("{")) trace.push(["kept", name, text.slice(text.indexOf("{"))])
    }
  }
  return trace
}
