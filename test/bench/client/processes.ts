/**
 * The processes of the benchmark: built once, without what a loader for TypeScript would add, and started as often as
 * needed.
 */
import { build } from "esbuild"
import { type ChildProcess, fork } from "node:child_process"
import * as path from "node:path"
import type { Flood, Order, Taken } from "./orders.ts"

const root = path.join(import.meta.dirname, "../../..")
const built = path.join(root, "node_modules/.cache/dormouse-bench")

export const buildAll = async (): Promise<void> => {
  await build({
    entryPoints: ["worker.ts", "rawServer.ts", "aedesServer.ts"].map((name) => path.join(import.meta.dirname, name)),
    outdir: built,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // As in Node without a bundle: in one file, modules that MQTT 5 shares would be wrapped.
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning"
  })
}

const start = (name: string, ...options: ReadonlyArray<string>): ChildProcess =>
  fork(path.join(built, name + ".mjs"), options, { execArgv: ["--expose-gc"] })

/** The next message, or a rejection when the process ends instead. */
const message = <A>(child: ChildProcess): Promise<A> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off("message", take)
      child.off("exit", fail)
    }
    const take = (value: unknown): void => {
      settle()
      resolve(value as A)
    }
    const fail = (): void => {
      settle()
      reject(new Error("a process of the benchmark has ended; what it said is above"))
    }
    child.once("message", take)
    child.once("exit", fail)
  })

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once("exit", () => resolve())
    child.disconnect()
  })

export interface Worker {
  readonly name: Name
  /** `onReady` is called when the worker waits for messages from elsewhere. */
  readonly perform: (order: Order, onReady?: () => void) => Promise<Taken>
  readonly stop: () => Promise<void>
}

export type Name = "dormouse" | "mqttjs" | "bare"

export const worker = (name: Name, isProfiled = false): Worker => {
  const child = start("worker", name, isProfiled ? "profile" : "")
  return {
    name,
    perform: async (order, onReady) => {
      child.send(order)
      let answer = await message<Taken | "ready">(child)
      if (answer === "ready") {
        onReady?.()
        answer = await message<Taken>(child)
      }
      return answer as Taken
    },
    stop: () => stop(child)
  }
}

export interface Server {
  readonly port: number
  /** Of the raw Server: sends these messages. */
  readonly flood: (flood: Flood) => void
  readonly stop: () => Promise<void>
}

export const server = async (name: "rawServer" | "aedesServer"): Promise<Server> => {
  const child = start(name)
  const port = await message<number>(child)
  let isStopping = false
  child.once("exit", () => {
    // Whoever waits for its answers would wait for ever.
    if (!isStopping) throw new Error(`the benchmark's ${name} has ended; what it said is above`)
  })
  return {
    port,
    flood: (flood) => {
      child.send(flood)
    },
    stop: () => {
      isStopping = true
      return stop(child)
    }
  }
}
