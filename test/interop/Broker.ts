/** The brokers of the table of interoperability: each with all ways to reach it, and what it lacks. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { writeFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { Endpoint } from "../../src/ports/Socket.ts"
import * as Child from "../cluster/Child.ts"
import * as Cluster from "../cluster/Cluster.ts"
import * as Nats from "../cluster/nats.ts"
import * as RabbitMq from "../cluster/rabbitmq.ts"
import * as Aedes from "../support/aedes.ts"
import * as certificates from "../support/certificates.ts"
import * as Mosquitto from "../support/mosquitto.ts"

export const transports = ["TCP", "TLS", "WS", "WSS"] as const
export type Transport = (typeof transports)[number]
export type Places = { readonly [transport in Transport]: Endpoint }

export const features = ["QoS 0", "QoS 1", "QoS 2", "retained", "Will", "kept Session", "shared"] as const
export type Feature = (typeof features)[number]

/** Something that a broker lacks, in which version of MQTT, over which transports if not over all, and why. */
export interface Lack {
  readonly version: 4 | 5
  readonly transports?: ReadonlyArray<Transport>
  readonly features: ReadonlyArray<Feature>
  readonly why: string
}

export interface Broker {
  readonly name: string
  readonly missing: ReadonlyArray<string>
  readonly lacks: ReadonlyArray<Lack>
  readonly make: Effect.Effect<Places, never, Scope.Scope>
}

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url))
const [ca, cert, key] = ["ca.cert", "server.cert", "server.key"].map(fixture) as [string, string, string]

const placesAt = (ports: ReadonlyArray<number>, webSocketPath: string): Places => {
  const [tcp, tls, ws, wss] = ports.map((port) => ({ host: "127.0.0.1", port })) as [
    Endpoint,
    Endpoint,
    Endpoint,
    Endpoint
  ]
  const [trusting, webSocket] = [{ tls: { ca: certificates.ca } }, { webSocket: { path: webSocketPath } }]
  return {
    TCP: tcp,
    TLS: { ...tls, ...trusting },
    WS: { ...ws, ...webSocket },
    WSS: { ...wss, ...trusting, ...webSocket }
  }
}

const mosquitto: Broker = {
  name: "Mosquitto",
  missing: Mosquitto.executable === undefined ? ["mosquitto"]
    : Mosquitto.hasWebSocket ? []
    : ["a Mosquitto with WebSocket"],
  lacks: [],
  make: Effect.gen(function*() {
    const [port] = (yield* Cluster.ports(1)) as [number]
    const settings = [`listener ${port} 127.0.0.1`, "protocol websockets", `certfile ${cert}`, `keyfile ${key}`]
    const { tcp, tls, ws } = yield* Mosquitto.make({}, settings)
    return placesAt([tcp.port, tls.port, ws.port, port], "/mqtt")
  })
}

const noVersion5 = (why: string): Lack => ({ version: 5, features, why })

const aedes: Broker = {
  name: "Aedes",
  missing: [],
  lacks: [
    noVersion5("no MQTT 5"),
    { version: 4, features: ["shared"], why: "no shared subscriptions" }
  ],
  make: Effect.map(Aedes.make(), ({ tcp, tls, ws, wss }) => ({ TCP: tcp, TLS: tls, WS: ws, WSS: wss }))
}

const rabbitmq: Broker = {
  name: "RabbitMQ",
  missing: Cluster.missing(RabbitMq.needed),
  lacks: [
    noVersion5("no MQTT 5 before 3.13"),
    { version: 4, features: ["QoS 2"], why: "QoS 2 becomes QoS 1" },
    // Neither to MQTT.js.
    { version: 4, transports: ["WS", "WSS"], features: ["kept Session"], why: "what waits does not come" },
    { version: 4, features: ["shared"], why: "no shared subscriptions" }
  ],
  make: Effect.gen(function*() {
    const directory = yield* Cluster.temporary
    const [epmdPort, amqp, nodes, ...ports] = (yield* Cluster.ports(7)) as [number, number, number, ...Array<number>]
    const [tcp, tls, ws, wss] = ports as [number, number, number, number]
    const secrets = (prefix: string) => [
      `${prefix}.cacertfile = ${ca}`,
      `${prefix}.certfile = ${cert}`,
      `${prefix}.keyfile = ${key}`
    ]
    const settings = [`mqtt.listeners.ssl.1 = 127.0.0.1:${tls}`, ...secrets("ssl_options"),
      "web_mqtt.tcp.ip = 127.0.0.1", `web_mqtt.tcp.port = ${ws}`, "web_mqtt.ssl.ip = 127.0.0.1",
      `web_mqtt.ssl.port = ${wss}`, ...secrets("web_mqtt.ssl")]
    const plugins = ["rabbitmq_mqtt", "rabbitmq_web_mqtt"]
    yield* RabbitMq.nodes({ directory, epmdPort, ports: [[tcp, amqp, nodes]], plugins, settings })
    return placesAt(ports, "/ws")
  })
}

/** One listener of it has TLS, or has not: so two of them. */
const natsNode = (
  name: string,
  ports: readonly [mqtt: number, webSocket: number, clients: number],
  isSecure: boolean
) =>
  Effect.gen(function*() {
    const directory = yield* Cluster.temporary
    const [mqtt, webSocket, clients] = ports
    const tls = `tls { cert_file: ${JSON.stringify(cert)}, key_file: ${JSON.stringify(key)} }`
    const file = path.join(directory, "nats.conf")
    writeFileSync(
      file,
      `server_name: ${name}
listen: "127.0.0.1:${clients}"
jetstream { store_dir: ${JSON.stringify(directory)} }
mqtt { listen: "127.0.0.1:${mqtt}", ${isSecure ? tls : ""} }
websocket { listen: "127.0.0.1:${webSocket}", ${isSecure ? tls : "no_tls: true"} }
`
    )
    const child = yield* Child.make({
      name,
      program: Nats.executable ?? "nats-server",
      args: ["-c", file],
      directory,
      isReady: async () => await Child.listensAt(mqtt)() && await Child.listensAt(webSocket)()
    })
    yield* Effect.promise(child.start)
  })

const nats: Broker = {
  name: "NATS",
  missing: Cluster.missing({ "nats-server": Nats.executable }),
  lacks: [
    noVersion5("no MQTT 5"),
    { version: 4, features: ["QoS 2"], why: "no QoS 2 before 2.10" },
    { version: 4, features: ["shared"], why: "no shared subscriptions" }
  ],
  make: Effect.gen(function*() {
    const [tcp, ws, one, tls, wss, other] = (yield* Cluster.ports(6)) as [
      number,
      number,
      number,
      number,
      number,
      number
    ]
    yield* natsNode("plain", [tcp, ws, one], false)
    yield* natsNode("secure", [tls, wss, other], true)
    return placesAt([tcp, tls, ws, wss], "/mqtt")
  })
}

export const brokers: ReadonlyArray<Broker> = [mosquitto, aedes, rabbitmq, nats]
