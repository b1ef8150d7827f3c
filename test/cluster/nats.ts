/**
 * Three NATS nodes with JetStream. What they keep for MQTT has three copies, so a message is acknowledged when two nodes
 * have it.
 */
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import * as path from "node:path"
import { find } from "../support/installed.ts"
import * as Child from "./Child.ts"
import * as Cluster from "./Cluster.ts"
import * as HaProxy from "./haproxy.ts"

export const executable = find("nats-server")

export const version = (): string =>
  /v([\d.]+)/.exec(execFileSync(executable ?? "nats-server", ["--version"], { encoding: "utf8" }))?.[1] ?? ""

/** Of a node: for MQTT, for NATS's own clients, for the other nodes, and for who asks how it is. */
type Ports = readonly [mqtt: number, clients: number, nodes: number, health: number]

const configuration = (directory: string, ports: ReadonlyArray<Ports>, index: number): string => {
  const [mqtt, clients, nodes, health] = ports[index] as Ports
  return `server_name: node${index + 1}
listen: "127.0.0.1:${clients}"
http: "127.0.0.1:${health}"
jetstream { store_dir: ${JSON.stringify(path.join(directory, `node${index + 1}`))} }
cluster {
  name: dormouse
  listen: "127.0.0.1:${nodes}"
  routes: [${ports.map((other) => `"nats://127.0.0.1:${other[2]}"`).join(", ")}]
}
mqtt {
  listen: "127.0.0.1:${mqtt}"
  stream_replicas: 3
  ack_wait: "10s"
  max_ack_pending: 1000
}
`
}

/**
 * It has all messages that the others have. Under load 2.9 says for ever that some consumer is not current, which means
 * only that it learns a moment later what was delivered.
 */
const isHealthy = (port: number) => async (): Promise<boolean> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`)
    return answer.ok || (await answer.text()).includes("JetStream consumer")
  } catch {
    return false
  }
}

const node = (directory: string, ports: ReadonlyArray<Ports>, index: number) => {
  const [port, , , health] = ports[index] as Ports
  const file = path.join(directory, `node${index + 1}.conf`)
  writeFileSync(file, configuration(directory, ports, index))
  return Effect.map(
    Child.make({
      name: `node${index + 1}`,
      program: executable ?? "nats-server",
      args: ["-c", file],
      directory,
      isReady: isHealthy(health)
    }),
    (child): Cluster.Node => ({ ...child, port })
  )
}

const make = Effect.gen(function*() {
  const directory = yield* Cluster.temporary
  const [balanced, ...rest] = (yield* Cluster.ports(13)) as [number, ...Array<number>]
  const ports = Cluster.three.map((number) => rest.slice(4 * number - 4, 4 * number) as unknown as Ports)
  const nodes = yield* Effect.forEach([0, 1, 2], (index) => node(directory, ports, index))
  yield* Effect.promise(() => Promise.all(nodes.map(({ start }) => start())))
  yield* HaProxy.make(directory, balanced, nodes.slice(0, 2).map(({ port }) => port))
  return { words: `three NATS ${version()} nodes, HAProxy ${HaProxy.version()}`, nodes, balanced, directory }
})

export const nats: Cluster.Kind = {
  name: "nats",
  missing: Cluster.missing({ "nats-server": executable, haproxy: HaProxy.executable }),
  make
}
