/** Two Aedes, each a process, that keep Sessions and messages in one Redis. */
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { createRequire } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"
import { find } from "../support/installed.ts"
import * as Child from "./Child.ts"
import * as Cluster from "./Cluster.ts"
import * as HaProxy from "./haproxy.ts"

const executable = find("redis-server")

const redisVersion = (): string =>
  /v=([\d.]+)/.exec(execFileSync(executable ?? "redis-server", ["--version"], { encoding: "utf8" }))?.[1] ?? ""

const require = createRequire(import.meta.url)

interface Versions {
  readonly devDependencies: { readonly aedes: string }
}

const aedesVersion = (): string => (require("../../package.json") as Versions).devDependencies.aedes

/** Lets Node read TypeScript. */
const loader = pathToFileURL(require.resolve("tsx")).href

const node = (directory: string, port: number, redisPort: number, index: number) =>
  Effect.map(
    Child.make({
      name: `node${index + 1}`,
      program: process.execPath,
      args: ["--import", loader, fileURLToPath(new URL("aedesNode.ts", import.meta.url)), `${port}`, `${redisPort}`],
      directory,
      isReady: Child.listensAt(port)
    }),
    (child): Cluster.Node => ({ ...child, port })
  )

const make = Effect.gen(function*() {
  const directory = yield* Cluster.temporary
  const [balanced, redisPort, ...ports] = (yield* Cluster.ports(4)) as [number, number, ...Array<number>]
  const redis = yield* Child.make({
    name: "redis",
    program: executable ?? "redis-server",
    args: ["--bind", "127.0.0.1", "--port", `${redisPort}`, "--save", "", "--dir", directory],
    directory,
    isReady: Child.listensAt(redisPort)
  })
  yield* Effect.promise(redis.start)
  const nodes = yield* Effect.forEach(ports, (port, index) => node(directory, port, redisPort, index))
  yield* Effect.promise(() => Promise.all(nodes.map(({ start }) => start())))
  yield* HaProxy.make(directory, balanced, ports)
  const words = `two Aedes ${aedesVersion()} over Redis ${redisVersion()}, HAProxy ${HaProxy.version()}`
  return { words, nodes, balanced, directory }
})

export const aedes: Cluster.Kind = {
  name: "aedes",
  missing: Cluster.missing({ "redis-server": executable, haproxy: HaProxy.executable }),
  make
}
