/**
 * A Mosquitto process, where Mosquitto is installed.
 *
 * It cannot choose a port itself, so it is given ones that were free a moment ago and is started again with others when
 * somebody was quicker. It counts as started when its log says so: a connection to a port that is not open yet may meet
 * another's listener there, or itself. Plain promises and timers, no Effect clock: a test may well run under a virtual
 * one.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import type { Endpoint } from "../../src/ports/Socket.ts"
import type { Broker, BrokerOptions } from "./broker.ts"
import * as certificates from "./certificates.ts"
import { find } from "./installed.ts"
import * as TcpServer from "./tcpServer.ts"

/** The path of the program, or `undefined` where Mosquitto is not installed. */
export const executable: string | undefined = find("mosquitto")

/** Whether it was built with WebSocket: the names of the library for it are then in the program. */
export const hasWebSocket: boolean = executable !== undefined && readFileSync(executable).includes("lws_")

interface Ports {
  readonly tcp: number
  readonly tls: number
  readonly ws: number
}

const configure = (
  directory: string,
  ports: Ports,
  options: BrokerOptions,
  settings: ReadonlyArray<string>
): string => {
  const file = (name: string, text: string): string => {
    const target = path.join(directory, name)
    writeFileSync(target, text, { mode: 0o600 })
    return target
  }
  const identity = options.identity ?? certificates.server
  const lines = [
    // Started by root it would become another user, who may not read this directory.
    "user root",
    "persistence false",
    "log_dest stderr",
    "set_tcp_nodelay true",
    ...settings,
    `allow_anonymous ${options.user === undefined}`,
    `listener ${ports.tcp} 127.0.0.1`,
    `listener ${ports.tls} 127.0.0.1`,
    `certfile ${file("server.cert.pem", identity.cert)}`,
    `keyfile ${file("server.key.pem", identity.key)}`,
    `cafile ${file("ca.pem", certificates.ca)}`,
    `require_certificate ${options.clientCertificate === true}`,
    ...(hasWebSocket ? [`listener ${ports.ws} 127.0.0.1`, "protocol websockets"] : [])
  ]
  if (options.user !== undefined) {
    const passwords = path.join(directory, "passwords")
    const passwd = find("mosquitto_passwd") ?? "mosquitto_passwd"
    execFileSync(passwd, ["-b", "-c", passwords, options.user.username, options.user.password], { stdio: "pipe" })
    // A setting for all listeners must come before the first.
    lines.unshift(`password_file ${passwords}`)
  }
  return file("mosquitto.conf", lines.join("\n") + "\n")
}

interface Running {
  readonly ports: Ports
  readonly stop: () => Promise<void>
  /** With SIGKILL. */
  readonly kill: () => Promise<void>
}

/** Gives the process's log when it stopped instead of listening, which means that a port was taken. */
const launch = async (program: string, configuration: string, ports: Ports): Promise<Running | string> => {
  const child: ChildProcess = spawn(program, ["-c", configuration], { stdio: ["ignore", "ignore", "pipe"] })
  let log = ""
  let open = () => {}
  const running = new Promise<void>((resolve) => {
    open = resolve
  })
  child.stderr?.on("data", (text) => {
    log = (log + text).slice(-2_000)
    if (/mosquitto version \S+ running/.test(log)) open()
  })
  let exited = false
  const exit = new Promise<void>((resolve) => {
    const settle = () => {
      exited = true
      resolve()
    }
    child.once("exit", settle)
    child.once("error", (fault) => {
      log += fault.message
      settle()
    })
  })
  const kill = () => {
    child.kill("SIGKILL")
  }
  process.once("exit", kill)
  const stop = async () => {
    process.off("exit", kill)
    child.kill("SIGTERM")
    const late = setTimeout(kill, 2_000)
    await exit
    clearTimeout(late)
  }
  await Promise.race([exit, running])
  if (!exited) {
    const killNow = async () => {
      process.off("exit", kill)
      kill()
      await exit
    }
    return { ports, stop, kill: killNow }
  }
  process.off("exit", kill)
  return log
}

const start = async (options: BrokerOptions, settings: ReadonlyArray<string>): Promise<Running> => {
  if (executable === undefined) throw new Error("Mosquitto is not installed; ask `executable` first")
  const directory = mkdtempSync(path.join(tmpdir(), "dormouse-mosquitto-"))
  const clear = () => rmSync(directory, { recursive: true, force: true })
  let log = ""
  for (let attempt = 0; attempt < 5; attempt++) {
    const tcp = options.port ?? await Effect.runPromise(TcpServer.freePort)
    const ports = {
      tcp,
      tls: await Effect.runPromise(TcpServer.freePort),
      ws: await Effect.runPromise(TcpServer.freePort)
    }
    const running = await launch(executable, configure(directory, ports, options, settings), ports)
    if (typeof running !== "string") {
      const { kill, ports, stop } = running
      return { ports, stop: () => stop().finally(clear), kill: () => kill().finally(clear) }
    }
    log = running
  }
  clear()
  throw new Error(`Mosquitto does not start: ${log}`)
}

/** What starts a Mosquitto again and again on one port, and gives what kills it with SIGKILL. */
export const killable = (): () => Promise<{ readonly port: number; readonly kill: () => Promise<void> }> => {
  let port: number | undefined
  return async () => {
    const running = await start(port === undefined ? {} : { port }, [])
    port = running.ports.tcp
    return { port, kill: running.kill }
  }
}

/** `settings`: lines for mosquitto.conf, for all listeners. */
export const make = (
  options: BrokerOptions = {},
  settings: ReadonlyArray<string> = []
): Effect.Effect<Broker & { readonly ws: Endpoint }, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.promise(() => start(options, settings)), (running) => Effect.promise(running.stop)).pipe(
    Effect.map(({ ports }) => ({
      tcp: { host: "127.0.0.1", port: ports.tcp },
      tls: { host: "127.0.0.1", port: ports.tls, tls: { ca: certificates.ca } },
      // Nobody listens there without `hasWebSocket`.
      ws: { host: "127.0.0.1", port: ports.ws, webSocket: { path: "/mqtt" } }
    }))
  )
