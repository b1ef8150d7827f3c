/**
 * The real interpreter, as built for Linux with a board's formats: programs are bundled as for a board, lie in a flash
 * image as `.bootcde`, and are booted. The environment variable ESPRUINO names the interpreter; without it these tests
 * are skipped.
 */
import * as Effect from "effect/Effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { prologue } from "../../src/adapters/espruino/prologue.ts"
import type { DeviceConfig } from "../../src/domain/config/DeviceConfig.ts"
import { type BoardScripts, build, buildBoard, buildOverlays, type Runtime } from "../../src/programs/bundle/build.ts"
import * as Link from "../../src/programs/flash/Link.ts"
import { configFile, overlays as allOverlays } from "../../src/programs/bundle/overlays.ts"
import { runtimeFolder } from "../../src/programs/bundle/swaps.ts"
import { withLogs } from "../../src/programs/flash/logs.ts"
import * as FlashLog from "../../src/domain/state/FlashLog.ts"
import * as Bound from "./bound.ts"
import { sharing } from "./keptScripts.ts"

export const interpreter = process.env["ESPRUINO"] ?? ""

/** For the name of a suite, so that a run says why it was skipped. */
export const hint = interpreter === "" ? " (skipped: set ESPRUINO to an interpreter built for Linux)" : ""

const source = path.join(import.meta.dirname, "../../src")

/** Some of the files beside the program that every board gets, with the numbers of their functions. */
export const overlays = async (wanted: ReadonlyArray<string>): Promise<Readonly<Record<string, string>>> => {
  const entry = path.join(source, "programs/device/main.espruino.ts")
  const runtime = path.join(source, runtimeFolder)
  const all = await buildOverlays({
    entry,
    source,
    runtime,
    define: { deviceConfig: "{}" },
    minify: true,
    shortNames: false,
    sleeps: true,
    overlays: allOverlays
  })
  return Object.fromEntries(
    all.filter(({ file }) => wanted.includes(file)).map(({ file, script }) => [file, script.code])
  )
}

/**
 * The script that a board would get, of a program and constants named in it. Its properties keep their names: it shows
 * them.
 */
export const bundle = async (program: string, define: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  const directory = mkdtempSync(path.join(tmpdir(), "dormouse-test-"))
  try {
    // Twins are swapped in behind the entry, so the program must not be that itself.
    const entry = path.join(directory, "main.ts")
    writeFileSync(entry, `import ${JSON.stringify(program)}\n`)
    const constants = Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)]))
    const runtime = path.join(source, runtimeFolder)
    const { code } = await build({
      entry,
      source,
      runtime,
      define: constants,
      minify: true,
      shortNames: false,
      sleeps: true
    })
    return code
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A device's file, for a Server on this machine. */
export const document = (port: number, mqtt: object, version = 1) => ({
  device_id: "greenhouse",
  version,
  update_interval: 600,
  network: { ssid: "home", password: "secret" },
  sensors: { simulated: { id: "air" } },
  mqtt: {
    enabled: true,
    broker: "127.0.0.1",
    port,
    topic_data_prefix: "/homecontrol/greenhouse/data",
    topic_config: "/homecontrol/greenhouse/config",
    ...mqtt
  }
})

/** What was bundled as files: the boot code first. */
export const filesOf = ({ overlays, script }: BoardScripts): Readonly<Record<string, string>> => {
  const files: Record<string, string> = { ".bootcde": prologue + "\n" + script.code }
  for (const overlay of overlays) files[overlay.file] = overlay.script.code
  return files
}

const made = async (config: DeviceConfig, runtime: Runtime, minify = true): Promise<Readonly<Record<string, string>>> =>
  filesOf(await buildBoard(config, { source, runtime, minify, ...sharing() }))

/** A board's files, as `npm run bundle` makes them: the boot code first. */
export const device = (config: DeviceConfig) => made(config, "device")

/** The same without minification. */
export const unminified = (config: DeviceConfig) => made(config, "device", false)

/** The same on effect's own runtime: one file, for an interpreter with `manyVariables`. */
export const deviceOnEffect = (config: DeviceConfig) => made(config, "effect")

/** Variables that effect's own runtime needs. */
export const manyVariables = 16_000

/** For the interpreter: the C stack of the boards that have so many. */
export const large = { ESPRUINO_STACK: "25000" }

/** The same files as `flash` puts them on this interpreter. */
export const tokenised = async (
  files: Readonly<Record<string, string>>
): Promise<Readonly<Record<string, Uint8Array>>> => {
  const names = Object.keys(files)
  // The configuration is no script.
  const isScript = (name: string): boolean => name !== configFile
  const scripts = [...await Effect.runPromise(Link.tokenise(names.filter(isScript).map((name) => files[name] ?? "")))]
  const stored = names.map((name) => ({
    name,
    bytes: isScript(name) ? Buffer.from(scripts.shift() ?? "", "latin1") : Buffer.from(files[name] ?? "")
  }))
  return Object.fromEntries(withLogs(stored).map(({ bytes, name }) => [name, bytes]))
}

/** These files, and others behind them that begin on a page. */
export const padded = (
  files: Readonly<Record<string, string>>,
  others: Readonly<Record<string, Uint8Array>>
): Readonly<Record<string, string | Uint8Array>> => {
  const stored = Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) }))
  return { ...Object.fromEntries(withLogs(stored).map(({ bytes, name }) => [name, bytes])), ...others }
}

/** The file of a log that holds this value, which must begin on a page. */
export const logOf = (name: string, value: string | Uint8Array): Uint8Array => {
  const size = FlashLog.sizeOf(FlashLog.pagesOf(name))
  const bytes = new Uint8Array(size).fill(0xff)
  for (const [text, at] of FlashLog.beginnings(0, size)) bytes.set(Buffer.from(text), at)
  const write = (part: Uint8Array, at: number) => void bytes.set(part, at)
  FlashLog.append({ bytes, write, erasePage: () => {} }, Buffer.from(value))
  return bytes
}

/** The last value in the file of a log. */
export const valueIn = (file: string | undefined): string | undefined => {
  const value = file === undefined ? undefined : FlashLog.read(Buffer.from(file, "latin1"))
  return value && Buffer.from(value).toString("latin1")
}

const flashBytes = 896 * 1024
const pageBytes = 4096
const headerBytes = 32

/** A flash image with these files: size, flags, name of 28 bytes, content, each aligned to 4 bytes. */
export const writeFlash = (image: string, files: Readonly<Record<string, string | Uint8Array>>): void => {
  const flash = Buffer.alloc(flashBytes, 0xff)
  let at = 0
  for (const [name, content] of Object.entries(files)) {
    const data = typeof content === "string" ? Buffer.from(content) : content
    flash.writeUInt32LE(data.length, at)
    flash.fill(0, at + 4, at + headerBytes)
    flash.write(name, at + 4, "latin1")
    flash.set(data, at + headerBytes)
    at += headerBytes + ((data.length + 3) & ~3)
  }
  writeFileSync(image, flash)
}

/** The files in a flash image that are not erased. */
export const readFlash = (image: string): Readonly<Record<string, string>> => {
  const flash = readFileSync(image)
  const files: Record<string, string> = {}
  for (let at = 0; at + headerBytes <= flash.length;) {
    const word = flash.readUInt32LE(at)
    if (word === 0xffffffff) {
      at = (at & ~(pageBytes - 1)) + pageBytes
      continue
    }
    const size = word & 0xffffff
    const name = flash.toString("latin1", at + 4, at + headerBytes).replace(/\0.*$/s, "")
    if (name !== "") files[name] = flash.toString("latin1", at + headerBytes, at + headerBytes + size)
    at += headerBytes + ((size + 3) & ~3)
  }
  return files
}

export interface Boot {
  /** What the program printed, a line each. */
  readonly lines: ReadonlyArray<string>
  /** Microseconds of the deep sleep it ended in. */
  readonly slept: number | undefined
  /** What a measuring interpreter says of itself at the end. */
  readonly report: {
    readonly jsvars: { readonly loaded: number; readonly peak: number; readonly total: number }
    readonly stack: { readonly needed: number; readonly limit: number }
    readonly flash: { readonly written: number }
  } | undefined
}

const giveUpMillis = 20_000

export interface Watching {
  /** Is given what the program prints, as it does. */
  readonly onText: (text: string) => void
  readonly giveUpMillis: number
}

/** Boots a flash image and lets it run until it sleeps or quits. */
export const boot = (
  image: string,
  environment: Readonly<Record<string, string>> = {},
  watching?: Watching
): Promise<Boot> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, ESPRUINO_FLASH: image, ...environment }
    const child = Bound.start(interpreter, { cwd: path.dirname(image), env })
    let out = ""
    let err = ""
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString("latin1")
      watching?.onText(data.toString("latin1"))
    })
    child.stderr.on("data", (data: Buffer) => {
      err += data.toString("latin1")
    })
    const timer = setTimeout(() => child.kill("SIGKILL"), watching?.giveUpMillis ?? giveUpMillis)
    child.on("error", reject)
    child.on("close", (code, signal) => {
      clearTimeout(timer)
      if (code !== 0) return reject(new Error(`the interpreter ended with ${code ?? signal}:\n${out}\n${err}`))
      // Without what the console does to a terminal: its prompt, and an order to clear the rest of the line.
      const plain = out.replaceAll("\u001b[J", "").replaceAll("\r", "")
      const lines = plain.split("\n").map((line) => line.replace(/^>+/, "")).filter((line) => line !== "")
      const slept = /ESP32\.deepSleep\((-?\d+)\)/.exec(err)?.[1]
      const report = /^\{"jsvars".*\}$/m.exec(err)?.[0]
      resolve({
        lines,
        slept: slept === undefined ? undefined : Number(slept),
        report: report === undefined ? undefined : JSON.parse(report) as Boot["report"]
      })
    })
  })
