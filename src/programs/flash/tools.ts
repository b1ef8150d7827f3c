/**
 * EspruinoTools in its own process: it opens a port (serial or TCP) and passes text both ways; Link.ts is its parent.
 *
 * It uses the API and not the command line, which ends with 0 whatever happens, writes the program after all other
 * files, and asks a server on the Internet about the board. It is a separate process, because it replaces globals,
 * prints, and throws a port's errors where nobody can catch them. Only its port drivers are used, directly: nothing
 * looks for Bluetooth.
 */
import { createRequire } from "node:module"

/** From the parent. A text is bytes, one in each character. */
export type Order =
  | { readonly _tag: "Open"; readonly port: string; readonly baud: number }
  | { readonly _tag: "Write"; readonly text: string }
  | { readonly _tag: "List" }
  | { readonly _tag: "Tokenise"; readonly scripts: ReadonlyArray<string> }

export interface Found {
  readonly path: string
  readonly description?: string
}

/** To the parent. `Failed` and `Closed` are the last. */
export type Report =
  | { readonly _tag: "Opened" }
  | { readonly _tag: "Received"; readonly text: string }
  | { readonly _tag: "Failed"; readonly reason: string }
  | { readonly _tag: "Closed" }
  | { readonly _tag: "Listed"; readonly ports: ReadonlyArray<Found> }
  | { readonly _tag: "Tokenised"; readonly scripts: ReadonlyArray<string> }

/** A driver of EspruinoTools, as its core/serial.js documents it. */
interface Driver {
  readonly name: string
  readonly getPorts: (listed: (ports: ReadonlyArray<Found> | undefined) => void) => void
  readonly open: (
    path: string,
    opened: (info: unknown) => void,
    received: (data: ArrayBuffer) => void,
    closed: () => void
  ) => void
  readonly write: (text: string, written: () => void) => void
}

interface Tools {
  readonly Espruino: {
    readonly Config: Record<string, unknown>
    readonly Core: { readonly Serial: { readonly devices: ReadonlyArray<Driver> } }
    readonly Plugins: { readonly Pretokenise: { readonly tokenise: (script: string) => string } }
  }
}

const report = (what: Report): void => {
  process.send?.(what)
}

const fail = (reason: string): void => report({ _tag: "Failed", reason })

const driver = (name: string): Driver | undefined =>
  (globalThis as unknown as Tools).Espruino.Core.Serial.devices.find((each) => each.name === name)

let current: Driver | undefined

const open = (port: string, baud: number): void => {
  const isNet = port.startsWith("tcp://")
  current = driver(isNet ? "Node Socket" : "Node Serial")
  if (current === undefined) return fail("the npm package serialport is not installed for this system")
  const { Config } = (globalThis as unknown as Tools).Espruino
  Config["BAUD_RATE"] = baud
  current.open(
    port,
    () => report({ _tag: "Opened" }),
    (data) => report({ _tag: "Received", text: Buffer.from(data).toString("latin1") }),
    () => report({ _tag: "Closed" })
  )
}

const list = (): void => {
  const serial = driver("Node Serial")
  if (serial === undefined) return report({ _tag: "Listed", ports: [] })
  serial.getPorts((ports = []) => report({ _tag: "Listed", ports }))
}

/** With everything that its plugin knows, strings and whole numbers too, because the caller knows the board. */
const tokenise = (scripts: ReadonlyArray<string>): void => {
  const { Config, Plugins } = (globalThis as unknown as Tools).Espruino
  Config["PRETOKENISE"] = 2
  report({ _tag: "Tokenised", scripts: scripts.map((script) => Plugins.Pretokenise.tokenise(script)) })
}

const obey = (order: Order): void => {
  switch (order._tag) {
    case "Open":
      return open(order.port, order.baud)
    case "List":
      return list()
    case "Tokenise":
      return tokenise(order.scripts)
    case "Write":
      return current?.write(order.text, () => {})
  }
}

/**
 * A failed socket is reported as JSON, {"errno":-104,"code":"ECONNRESET","syscall":"read"}: a reader and the parent
 * recognize it by this.
 */
const wordsOf = (info: unknown): string => {
  try {
    const { code, message } = JSON.parse(String(info)) as { readonly code?: unknown; readonly message?: unknown }
    return typeof code === "string" ? code : typeof message === "string" ? message : "it failed"
  } catch {
    return String(info)
  }
}

// The parent decides when this ends; a Ctrl-C goes to both.
process.on("SIGINT", () => {})
process.on("disconnect", () => process.exit())
process.on("uncaughtException", (fault) => fail(fault.message))
console.log = () => {}
// A failed socket is reported nowhere else.
console.error = (what: unknown, info: unknown) => {
  if (what === "RECEIVE ERROR:") fail(wordsOf(info))
}

const tools = createRequire(import.meta.url)("espruino") as { readonly init: (ready: () => void) => void }
tools.init(() => process.on("message", (order) => obey(order as Order)))
