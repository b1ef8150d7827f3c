/**
 * Three RabbitMQ nodes with the MQTT plugin. Subscriptions with QoS 1 are quorum queues, so a message is acknowledged when
 * two nodes have it on disk.
 *
 * They find each other with an epmd of their own: Debian's may run on this machine, too, and listens to everybody.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { mkdirSync, realpathSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { find } from "../support/installed.ts"
import * as Child from "./Child.ts"
import * as Cluster from "./Cluster.ts"
import * as HaProxy from "./haproxy.ts"

/** Debian's program on the PATH becomes another user; the one that it calls does not. */
const executable = find("rabbitmq-server", "/usr/lib/rabbitmq/bin")
const epmd = find("epmd")

export const version = (): string => /rabbitmq_server-([\d.]+)/.exec(realpathSync(executable ?? ""))?.[1] ?? ""

export interface Place {
  readonly directory: string
  readonly epmdPort: number
  /** Of each node: for MQTT, for AMQP, and for the other nodes. */
  readonly ports: ReadonlyArray<readonly [mqtt: number, amqp: number, nodes: number]>
  readonly plugins: ReadonlyArray<string>
  /** More lines for rabbitmq.conf. */
  readonly settings: ReadonlyArray<string>
}

const nameOf = (index: number): string => `dormouse${index + 1}@localhost`

const configuration = ({ ports, settings }: Place, index: number): string => {
  const [mqtt, amqp] = ports[index] as Place["ports"][number]
  return [
    `listeners.tcp.1 = 127.0.0.1:${amqp}`,
    `mqtt.listeners.tcp.1 = 127.0.0.1:${mqtt}`,
    "mqtt.durable_queue_type = quorum",
    "cluster_formation.peer_discovery_backend = classic_config",
    ...ports.map((_, other) => `cluster_formation.classic_config.nodes.${other + 1} = ${nameOf(other)}`),
    // A disk that is nearly full would stop publishers.
    "disk_free_limit.absolute = 1MB",
    ...settings,
    ""
  ].join("\n")
}

const node = (place: Place, index: number) => {
  const [port, , nodesPort] = place.ports[index] as Place["ports"][number]
  const directory = path.join(place.directory, `node${index + 1}`)
  mkdirSync(directory)
  const file = (name: string, text: string): string => {
    const target = path.join(directory, name)
    writeFileSync(target, text)
    return target
  }
  return Effect.map(
    Child.make({
      name: `node${index + 1}`,
      program: executable ?? "rabbitmq-server",
      args: [],
      directory: place.directory,
      env: {
        HOME: place.directory,
        ERL_EPMD_PORT: `${place.epmdPort}`,
        ERL_EPMD_ADDRESS: "127.0.0.1",
        RABBITMQ_NODENAME: nameOf(index),
        RABBITMQ_DIST_PORT: `${nodesPort}`,
        RABBITMQ_MNESIA_BASE: path.join(directory, "mnesia"),
        RABBITMQ_LOG_BASE: path.join(directory, "log"),
        RABBITMQ_CONFIG_FILE: file("rabbitmq.conf", configuration(place, index)),
        RABBITMQ_ENABLED_PLUGINS_FILE: file("enabled_plugins", `[${place.plugins.join(",")}].`),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}"
      },
      isReady: Child.listensAt(port)
    }),
    (child): Cluster.Node => ({ ...child, port })
  )
}

/** These nodes, started. */
export const nodes = (place: Place): Effect.Effect<ReadonlyArray<Cluster.Node>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { directory, epmdPort, ports } = place
    // The word by which nodes know each other; nobody else may read it.
    writeFileSync(path.join(directory, ".erlang.cookie"), Math.random().toString(36).slice(2).toUpperCase(), {
      mode: 0o400
    })
    const names = yield* Child.make({
      name: "epmd",
      program: epmd ?? "epmd",
      args: ["-port", `${epmdPort}`, "-address", "127.0.0.1"],
      directory,
      isReady: Child.listensAt(epmdPort)
    })
    yield* Effect.promise(names.start)
    const found = yield* Effect.forEach(ports, (_, index) => node(place, index))
    yield* Effect.promise(() => Promise.all(found.map(({ start }) => start())))
    return found
  })

const make = Effect.gen(function*() {
  const directory = yield* Cluster.temporary
  const [epmdPort, balanced, ...rest] = (yield* Cluster.ports(11)) as [number, number, ...Array<number>]
  const ports = Cluster.three.map((number) => rest.slice(3 * number - 3, 3 * number) as [number, number, number])
  const found = yield* nodes({ directory, epmdPort, ports, plugins: ["rabbitmq_mqtt"], settings: [] })
  yield* HaProxy.make(directory, balanced, found.slice(0, 2).map(({ port }) => port))
  return { words: `three RabbitMQ ${version()} nodes, HAProxy ${HaProxy.version()}`, nodes: found, balanced, directory }
})

/** What one node needs. */
export const needed = { "rabbitmq-server": executable, epmd }

export const rabbitmq: Cluster.Kind = {
  name: "rabbitmq",
  missing: Cluster.missing({ ...needed, haproxy: HaProxy.executable }),
  make
}
